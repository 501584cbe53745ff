"""BIG-Bench Mistake: the first mistake of a chain of steps, and the answers (its README), read and written."""

from collections.abc import Iterable
from typing import ClassVar

from cotlab.domain.datasets.exports import LabelledPath, LeftOut, Target
from cotlab.domain.text import FilledText, Text
from cotlab.domain.traces.records import Origin, Problem, Trace
from cotlab.exchange.formats.columns import Column, Columns
from cotlab.exchange.formats.first_errors import steps
from cotlab.exchange.formats.path_rows import first_error, texts
from cotlab.exchange.formats.problems import problem_text
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated

SOURCE = "BIG-Bench Mistake"


class MistakeRecord(Foreign):
    input: FilledText
    steps: tuple[FilledText, ...]
    answer: Text
    target: Text
    mistake_index: int | None


class BigBenchMistakeReader:
    """`mistake_index` is the first mistake, counted from 0, or null where there is none.

    The words are those of all such sets: `before first error`, `first error`, then no label; or `no error` everywhere.
    """

    name = "bigbench-mistake"

    def recognises(self, record: Record) -> bool:
        return {"input", "steps", "answer", "target", "mistake_index"} <= record.keys()

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(MistakeRecord, record)
        mistake = row.mistake_index
        if mistake is not None and not 0 <= mistake < len(row.steps):
            raise RecordError("mistake_index", f"{mistake} is none of the {len(row.steps)} steps, which count from 0")
        yield Trace(
            problem=Problem(text=row.input, source=SOURCE, reference_answer=row.target),
            steps=steps(row.steps, mistake, SOURCE),
            final_answer=row.answer,
            origin=Origin.MODEL,
        )


class BigBenchMistakeWriter:
    """All steps, both answers, and the place (from 0) of the first step that the mapping makes false, or null.

    Left out are paths without a final or a reference answer, and those with unlabelled steps and no false one before.
    """

    name = "bigbench-mistake"
    target = bool
    columns: ClassVar[Columns] = {
        "input": Column.TEXT,
        "steps": Column.TEXTS,
        "answer": Column.TEXT,
        "target": Column.TEXT,
        "mistake_index": Column.INTEGER,
    }

    def rows(self, path: LabelledPath, target: Target) -> Iterable[dict[str, object]]:
        if path.alternative:
            return
        mistake = first_error(path, target)
        if path.final_answer is None:
            raise LeftOut("no_final_answer")
        if path.problem.reference_answer is None:
            raise LeftOut("no_reference_answer")
        yield {
            "input": problem_text(path.problem),
            "steps": texts(path),
            "answer": path.final_answer,
            "target": path.problem.reference_answer,
            "mistake_index": mistake,
        }
