"""Mr-Ben: solutions of models in several subjects with their first error and its reasons (its repository's data)."""

from collections.abc import Iterable

from cotlab.domain.text import FilledText, Name, Text
from cotlab.domain.traces.records import Origin, Problem, Trace
from cotlab.exchange.formats.first_errors import steps
from cotlab.exchange.formats.traces.mr_gsm8k import first_from_1, reason, said_right
from cotlab.exchange.readers.records import Foreign, Record, validated

SOURCE = "Mr-Ben"


class MrBenRecord(Foreign):
    Question_UUID: Name
    Subject: Name
    Question: FilledText
    Options: Text | None = None
    Ground_Truth_Answer: Text | None = None
    Ground_Truth_Answer_Modified: Text | None = None
    Sampled_Model: Name | None = None
    Model_Solution_Steps: tuple[FilledText, ...]
    Model_Solution_Correctness: Text
    Model_Solution_First_Error_Step: int | Text
    Model_Solution_Error_Reason: Text | tuple[Text, ...] | None = None


class MrBenReader:
    """The first error counts from 1, as text; `N/A` where the solution is right. Options go below the question.

    The right answer is the one that was modified, where there is one. All reasons are the rationale of the first error;
    the rectified steps are not read. The subject is tag and domain.
    """

    name = "mr-ben"

    def recognises(self, record: Record) -> bool:
        return {"Model_Solution_Steps", "Model_Solution_First_Error_Step"} <= record.keys()

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(MrBenRecord, record)
        right = said_right("Model_Solution_Correctness", row.Model_Solution_Correctness)
        first = first_from_1(
            "Model_Solution_First_Error_Step", row.Model_Solution_First_Error_Step, len(row.Model_Solution_Steps), right
        )
        given = row.Model_Solution_Error_Reason
        reasons = (given,) if isinstance(given, str) else given or ()
        yield Trace(
            id=f"{row.Question_UUID}-{row.Sampled_Model or 'unknown'}",
            problem=Problem(
                text=f"{row.Question}\n\n{row.Options}" if row.Options and row.Options.strip() else row.Question,
                domain=row.Subject,
                source=SOURCE,
                tags=(row.Subject,),
                reference_answer=row.Ground_Truth_Answer_Modified or row.Ground_Truth_Answer,
            ),
            steps=steps(
                row.Model_Solution_Steps,
                first,
                SOURCE,
                reason("\n\n".join(one.strip() for one in reasons if reason(one))),
            ),
            origin=Origin.MODEL,
            generator=row.Sampled_Model,
        )
