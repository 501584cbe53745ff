"""StepVerify: wrong solutions of students with their first error (dataset.json of verify-then-generate)."""

from collections.abc import Iterable

from cotlab.domain.text import FilledText, Name, Text
from cotlab.domain.traces.records import Origin, Problem, SourceLabel, Trace
from cotlab.exchange.formats.first_errors import steps
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated

SOURCE = "StepVerify"


class StepVerifyRecord(Foreign):
    problem: FilledText
    topic: Name | None = None
    reference_solution: Text | None = None
    student_incorrect_solution: tuple[Text, ...]
    incorrect_index: int
    error_category: Name | None = None
    error_description: Text | None = None


class StepVerifyReader:
    """`incorrect_index` counts from 0. The last line is the final answer and no step, unless it is the wrong step.

    The answer of the reference solution's last line is the right one. The description is the first error's rationale,
    its category a label on the whole trace. Dialogue and corrected response are not read.
    """

    name = "stepverify"

    def recognises(self, record: Record) -> bool:
        return {"student_incorrect_solution", "incorrect_index"} <= record.keys()

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(StepVerifyRecord, record)
        texts, answer = _parted(row)
        if not 0 <= row.incorrect_index < len(texts):
            raise RecordError("incorrect_index", f"{row.incorrect_index} is none of the steps, which count from 0")
        for place, text in enumerate(texts):
            if not text.strip():
                raise RecordError(f"student_incorrect_solution.{place}", "the text is empty")
        right = (row.reference_solution or "").strip().rpartition("\n")[2].strip()
        yield Trace(
            problem=Problem(
                text=row.problem,
                domain="mathematics",
                source=SOURCE,
                tags=(row.topic,) if row.topic else (),
                reference_answer=right or None,
            ),
            steps=steps(texts, row.incorrect_index, SOURCE, row.error_description),
            final_answer=answer,
            origin=Origin.UNKNOWN,
            labels=(SourceLabel(source=SOURCE, value=f"category: {row.error_category}"),) if row.error_category else (),
        )


def _parted(row: StepVerifyRecord) -> tuple[tuple[str, ...], str | None]:
    lines = row.student_incorrect_solution
    if len(lines) > 1 and row.incorrect_index < len(lines) - 1:
        return lines[:-1], lines[-1].strip()
    return lines, None
