"""The shipped example data, read once for all tests of this folder."""

from functools import cache
from pathlib import Path

from cotlab.domain.traces.records import Step, Trace

FOLDER = Path(__file__).parents[2] / "datasets"
LABELS = frozenset({"correct", "redundant", "incorrect", "incomplete"})
WRONG = frozenset({"incorrect", "incomplete"})


@cache
def read(stem: str) -> tuple[Trace, ...]:
    """Every trace of `datasets/<stem>.jsonl`, in the order of the file."""
    lines = (FOLDER / f"{stem}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(Trace.model_validate_json(line) for line in lines)


def everything() -> tuple[Trace, ...]:
    """Every trace of every shipped file."""
    return tuple(trace for path in sorted(FOLDER.glob("*.jsonl")) for trace in read(path.stem))


def label(step: Step) -> str:
    """The one label of a step."""
    (only,) = step.labels
    return only.value


def labels(trace: Trace) -> list[str]:
    return [label(step) for step in trace.steps]


def answer_is_right(trace: Trace) -> bool:
    """What the label of the whole trace says of its final answer."""
    (only,) = trace.labels
    return {"answer correct": True, "answer wrong": False}[only.value]


def named(trace: Trace) -> str:
    """The trace's id, which every shipped trace has."""
    assert trace.id is not None
    return trace.id
