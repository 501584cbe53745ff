"""GSM8K: a question, and an answer whose lines are steps and whose last line is `#### N` (its README)."""

from collections.abc import Iterable

from cotlab.domain.text import FilledText
from cotlab.domain.traces.records import Origin, Problem, Step, Trace
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated

SOURCE = "GSM8K"
ANSWER = "####"


class Gsm8kRecord(Foreign):
    question: FilledText
    answer: FilledText


class Gsm8kReader:
    """Each line before `####` is a step, its `<<3*2=6>>` included; what follows is the final and the right answer.

    The steps are a reference solution by a person, and nobody labelled them.
    """

    name = "gsm8k"

    def recognises(self, record: Record) -> bool:
        question, answer = record.get("question"), record.get("answer")
        return isinstance(question, str) and isinstance(answer, str) and ANSWER in answer

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(Gsm8kRecord, record)
        solution, mark, answer = row.answer.rpartition(ANSWER)
        lines = [line for line in solution.split("\n") if line.strip()]
        if not mark or not lines:
            raise RecordError("answer", f"there should be steps, a line each, and then {ANSWER} with the answer")
        yield Trace(
            problem=Problem(text=row.question, domain="mathematics", source=SOURCE, reference_answer=answer.strip()),
            steps=tuple(Step(text=line) for line in lines),
            final_answer=answer.strip(),
            origin=Origin.HUMAN,
            canonical=True,
        )
