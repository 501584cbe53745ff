"""The shape of PRMBench: steps with their numbers, and which of them are errors, counted from 1 (its data format)."""

from collections.abc import Iterable
from typing import ClassVar

from cotlab.domain.datasets.exports import LabelledPath, LeftOut, Target
from cotlab.domain.text import FilledText, Name, Text
from cotlab.domain.traces.records import Origin, Problem, SourceLabel, Step, Trace
from cotlab.exchange.formats.columns import Column, Columns
from cotlab.exchange.formats.path_rows import truths
from cotlab.exchange.formats.problems import problem_text
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated

SOURCE = "PRMBench"


class PrmBenchRecord(Foreign):
    idx: Name
    modified_question: FilledText
    modified_process: tuple[FilledText, ...]
    error_steps: tuple[int, ...]
    reason: Text | None = None
    classification: Name


class PrmBenchReader:
    """The modified process with its question: `error` for steps in `error_steps` (from 1), `no error` for all others.

    The number in front of each step (`1. `) is cut where every step has its own. `classification` is the kind of each
    error and a label on the whole trace, `reason` the rationale of the first error. The original question and process
    are not read.
    """

    name = "prmbench"

    def recognises(self, record: Record) -> bool:
        return {"idx", "modified_question", "modified_process", "error_steps"} <= record.keys()

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(PrmBenchRecord, record)
        for step in row.error_steps:
            if not 1 <= step <= len(row.modified_process):
                raise RecordError("error_steps", f"{step} is none of the {len(row.modified_process)} steps from 1")
        first = min(row.error_steps, default=0)
        yield Trace(
            id=row.idx,
            problem=Problem(text=row.modified_question, domain="mathematics", source=SOURCE),
            steps=tuple(
                Step(text=text, labels=(_label(row, place, first),))
                for place, text in enumerate(_without_numbers(row.modified_process), start=1)
            ),
            origin=Origin.SEMI_SYNTHETIC,
            labels=(SourceLabel(source=SOURCE, value=f"classification: {row.classification}"),),
        )


def _label(row: PrmBenchRecord, place: int, first: int) -> SourceLabel:
    if place not in row.error_steps:
        return SourceLabel(source=SOURCE, value="no error")
    reason = row.reason if place == first else None
    return SourceLabel(source=SOURCE, value="error", kind=row.classification, rationale=reason or None)


def _without_numbers(texts: tuple[str, ...]) -> list[str]:
    numbers = [f"{place}. " for place in range(1, len(texts) + 1)]
    if all(
        text.startswith(number) and text[len(number) :].strip() for text, number in zip(texts, numbers, strict=True)
    ):
        return [text[len(number) :] for text, number in zip(texts, numbers, strict=True)]
    return list(texts)


class PrmBenchWriter:
    """A path as PRMBench's modified process. The mapping says which steps are errors.

    A judged path was altered by nobody: both questions are the problem, `original_process` is empty, `modified_steps`
    are the error steps. `classification` is the kind, or else the label, of the first error; `correct` without one.
    Every step needs a label, because a step that is not named counts as right.
    """

    name = "prmbench"
    target = bool
    columns: ClassVar[Columns] = {
        "idx": Column.TEXT,
        "question": Column.TEXT,
        "original_question": Column.TEXT,
        "modified_question": Column.TEXT,
        "original_process": Column.TEXTS,
        "modified_process": Column.TEXTS,
        "modified_steps": Column.INTEGERS,
        "error_steps": Column.INTEGERS,
        "reason": Column.TEXT,
        "classification": Column.TEXT,
    }

    def rows(self, path: LabelledPath, target: Target) -> Iterable[dict[str, object]]:
        if path.alternative:
            return
        if path.rest or not path.steps:
            raise LeftOut("steps_without_a_label")
        errors = [place for place, value in enumerate(truths(path, target), start=1) if not value]
        labels = [path.steps[place - 1].labels[0] for place in errors]
        problem = problem_text(path.problem)
        yield {
            "idx": path.external_id or path.trace_id,
            "question": problem,
            "original_question": problem,
            "modified_question": problem,
            "original_process": [],
            "modified_process": [f"{place}. {step.text}" for place, step in enumerate(path.steps, start=1)],
            "modified_steps": errors,
            "error_steps": errors,
            "reason": "\n\n".join(label.rationale for label in labels if label.rationale),
            "classification": (labels[0].kind or labels[0].value) if labels else "correct",
        }
