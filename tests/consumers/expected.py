"""What a consumer must find in an exported file, worked out from the paths and by no writer; and writers with a fault.

Each fault is one that exporters of others had. A test of a consumer's code that does not see them proves nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cotlab.domain.datasets.exports import ExportedStep, LabelledPath, LeftOut
from cotlab.domain.datasets.row_ids import ROW_ID, RowId
from cotlab.exchange.formats import writer
from cotlab.exchange.formats.columns import Column, Columns
from tests.exchange.paths import BY_ANOTHER_VERSION, CORRECTNESS, JUDGED, LONG, PATHS

HOLDS = {"correct": True, "redundant": True, "incorrect": False, "incomplete": False, "false": False}
EVERY = (*PATHS, LONG, BY_ANOTHER_VERSION, *JUDGED)


@dataclass(frozen=True)
class Judged:
    """A problem's text and its judged steps, each with whether it holds."""

    problem: str
    steps: tuple[tuple[str, bool], ...]


def judged(path: LabelledPath) -> Judged:
    """Line feeds at ends are nothing that a consumer is to see."""
    passages = [f"{one.name}:\n{one.text}" for one in path.problem.passages]
    text = "\n\n".join([path.problem.text, *passages])
    steps = tuple((step.text.rstrip("\r\n"), HOLDS[step.labels[0].value]) for step in path.steps)
    return Judged(text.rstrip("\r\n"), steps)


def training_paths() -> list[LabelledPath]:
    """The paths that are rows of process supervision; an alternative without a label of its own is none."""
    return [path for path in EVERY if len(path.steps) > path.branch]


def rows(format: str, fault: str | None, paths: Iterable[LabelledPath]) -> list[dict[str, Any]]:
    """What a writer writes of some paths, as it is or with a fault."""
    change = FAULTS[fault] if fault else None
    return [row for path in paths for row in _rows(format, path if change is None else change(path))]


def _rows(format: str, path: LabelledPath) -> Iterator[dict[str, Any]]:
    with suppress(LeftOut):
        yield from writer(format).rows(path, CORRECTNESS)


def _off_by_one(path: LabelledPath) -> LabelledPath:
    """Each step with the label of the next one."""
    labels = [step.labels for step in path.steps]
    moved = zip(path.steps, [*labels[1:], *labels[:1]], strict=True)
    return path.model_copy(update={"steps": tuple(ExportedStep(text=step.text, labels=own) for step, own in moved)})


def _null_as_false(path: LabelledPath) -> LabelledPath:
    """Steps that nobody labelled as wrong ones."""
    if not path.rest or not path.steps:
        return path
    (label, *_) = path.steps[0].labels
    wrong = label.model_copy(update={"value": "incorrect", "schema_version": None})
    added = tuple(ExportedStep(text=text, labels=(wrong,)) for text in path.rest)
    return path.model_copy(update={"steps": (*path.steps, *added), "rest": ()})


def _merged_step(path: LabelledPath) -> LabelledPath:
    """The first two steps as one, with the label of the second."""
    if len(path.steps) < 2:
        return path
    first, second, *others = path.steps
    merged = ExportedStep(text=f"{first.text}\n{second.text}", labels=second.labels)
    return path.model_copy(update={"steps": (merged, *others), "branch": max(path.branch - 1, 0)})


FAULTS: Mapping[str, Callable[[LabelledPath], LabelledPath]] = {
    "labels off by one": _off_by_one,
    "a null written as false": _null_as_false,
    "a merged step": _merged_step,
}


def named(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, ROW_ID: str(RowId(f"{number:032x}", "settled"))} for number, row in enumerate(rows)]


def with_names(columns: Columns | None) -> Columns:
    return {**(columns or {}), ROW_ID: Column.TEXT}
