"""A problem and its steps as one text, `Step 1:` before the first step and a marker after each (Math-Shepherd)."""

import re
from collections.abc import Sequence

from cotlab.domain.datasets.exports import LabelledPath, LeftOut, Target
from cotlab.exchange.formats.path_rows import SEPARATORS, truths
from cotlab.exchange.formats.problems import problem_text
from cotlab.exchange.readers.records import RecordError

MARKER = "ки"
MARKED = re.compile(rf" {MARKER}[ ]*(?:\n+|\Z)")
FIRST_STEP = "Step 1:"
SIGNS = {True: "+", False: "-"}


def numbered(path: LabelledPath) -> tuple[str, list[str]]:
    """The problem and the labelled steps, each with its number in front, as `Step 2: ...`, where it has none.

    Raises LeftOut where the marker stands in a text, or `Step 1:` anywhere but before the first step: readers would
    cut the text there.
    """
    problem = problem_text(path.problem).rstrip()
    steps = [_numbered(place, step.text.rstrip(SEPARATORS)) for place, step in enumerate(path.steps, start=1)]
    if MARKER in "\n".join([problem, *steps]):
        raise LeftOut("the_marker_stands_in_the_text")
    if FIRST_STEP in problem or "\n".join(steps).count(FIRST_STEP) > 1:
        raise LeftOut("step_1_stands_in_the_text")
    return problem, steps


def _numbered(place: int, text: str) -> str:
    return text if text.startswith(f"Step {place}:") else f"Step {place}: {text}"


def signs(path: LabelledPath, target: Target) -> list[str]:
    return [SIGNS[value] for value in truths(path, target)]


def marked(problem: str, steps: Sequence[str], markers: Sequence[str]) -> str:
    """`problem Step 1: ... M\\nStep 2: ... M`, with the marker M of each step."""
    return f"{problem} " + "\n".join(f"{step} {marker}" for step, marker in zip(steps, markers, strict=True))


def begin(field: str, text: str) -> tuple[str, int]:
    """The problem, and where the first step starts. RecordError where `Step 1:` does not stand in the text once."""
    if text.count(FIRST_STEP) != 1:
        raise RecordError(field, f'"{FIRST_STEP}" stands in it {text.count(FIRST_STEP)} times, not once')
    start = text.index(FIRST_STEP)
    problem = text[:start].rstrip()
    if not problem:
        raise RecordError(field, f'there is no problem before "{FIRST_STEP}"')
    return problem, start


def parted(field: str, text: str) -> tuple[str, list[str], list[str]]:
    """Problem, the steps that end with a marker, and the text after the last marker where there is any."""
    problem, start = begin(field, text)
    steps = list[str]()
    for marker in MARKED.finditer(text, start):
        steps.append(text[start : marker.start()])
        start = marker.end()
        if not steps[-1].strip():
            raise RecordError(field, f"step {len(steps)} is empty")
    return problem, steps, [text[start:]] if text[start:].strip() else []
