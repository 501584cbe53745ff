"""ProcessBench: the first wrong step of model solutions to mathematics problems (its README and run_eval)."""

from collections.abc import Iterable
from typing import ClassVar

from cotlab.domain.datasets.exports import LabelledPath, Target
from cotlab.domain.text import FilledText, Name
from cotlab.domain.traces.records import Origin, Problem, SourceLabel, Trace
from cotlab.exchange.formats.columns import Column, Columns
from cotlab.exchange.formats.first_errors import steps
from cotlab.exchange.formats.path_rows import answered, first_error, texts
from cotlab.exchange.formats.problems import problem_text
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated

SOURCE = "ProcessBench"


class ProcessBenchRecord(Foreign):
    id: Name
    generator: Name
    problem: FilledText
    steps: tuple[FilledText, ...]
    final_answer_correct: bool
    label: int


class ProcessBenchReader:
    """`label` is the first wrong step, counted from 0, or -1 where no step is wrong.

    The file says nothing else, so its own words are kept: `before first error`, then `first error`, then no label
    at all for the steps after it; with -1 every step is `no error`. `final_answer_correct` stays a label on the
    whole trace. The split (gsm8k, math, ...) is the front part of the id and becomes a tag.
    """

    name = "processbench"

    def recognises(self, record: Record) -> bool:
        return {"generator", "problem", "steps", "final_answer_correct", "label"} <= record.keys()

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(ProcessBenchRecord, record)
        if not -1 <= row.label < len(row.steps):
            raise RecordError("label", f"{row.label} is no step; the {len(row.steps)} steps count from 0, none is -1")
        split = row.id.rpartition("-")[0].strip()
        yield Trace(
            id=row.id,
            problem=Problem(text=row.problem, domain="mathematics", source=SOURCE, tags=(split,) if split else ()),
            steps=steps(row.steps, None if row.label == -1 else row.label, SOURCE),
            origin=Origin.MODEL,
            generator=row.generator,
            labels=(
                SourceLabel(source=SOURCE, value=f"final_answer_correct: {str(row.final_answer_correct).lower()}"),
            ),
        )


class ProcessBenchWriter:
    """All steps, and the place (from 0) of the first one that the mapping makes false, or -1.

    Left out are paths with unlabelled steps and no false one before them, and those whose final answer nobody judged.
    `generator` is the path's origin where no generator is known.
    """

    name = "processbench"
    target = bool
    columns: ClassVar[Columns] = {
        "id": Column.TEXT,
        "generator": Column.TEXT,
        "problem": Column.TEXT,
        "steps": Column.TEXTS,
        "final_answer_correct": Column.BOOLEAN,
        "label": Column.INTEGER,
    }

    def rows(self, path: LabelledPath, target: Target) -> Iterable[dict[str, object]]:
        if path.alternative:
            return
        error = first_error(path, target)
        yield {
            "id": path.external_id or path.trace_id,
            "generator": path.generator or path.origin,
            "problem": problem_text(path.problem),
            "steps": texts(path),
            "final_answer_correct": answered(path),
            "label": -1 if error is None else error,
        }
