"""Ways in which a model alters a step, where that is prose and no template is exact."""

from dataclasses import dataclass

from cotlab.drafting.altering.texts import Altered, altered
from cotlab.drafting.altering.unit_slip import UnitSlip

PROSE_VERSION = "prose-1.0"
"""Of the instructions here. Where another version may ask otherwise, it has another number."""


@dataclass(frozen=True, slots=True)
class Prose:
    """A way by what a model is told; the other fields are those of a template (`Way`)."""

    name: str
    label: str
    kinds: frozenset[str] | None
    told: str
    of_earlier: bool = False
    """Whether it takes a step before."""


PROSE: tuple[Prose, ...] = (
    Prose(
        "wrong-operation", "incorrect", None,
        "Do the wrong thing with the right quantities (add where one must multiply, take the share of the wrong "
        "whole), and keep the result as it stands.",
    ),
    Prose(
        "unit-slip", "incorrect", UnitSlip.kinds,
        "Let one quantity be of a wrong unit, as if minutes were hours; keep its number.",
    ),
    Prose(
        "dropped-condition", "incomplete", frozenset(),
        "Leave out a condition, a case or a restriction that the step needs. Say nothing false.",
    ),
    Prose(
        "circular", "incorrect", frozenset(),
        "Argue in a circle: give as the reason what the step concludes, in other words. Keep what it concludes.",
    ),
    Prose(
        "unsupported", "incorrect", frozenset(),
        "Conclude something that does not follow from what is given and found so far, as if it did.",
    ),
    Prose(
        "restatement", "redundant", frozenset(),
        "Write in its place a step that only says again, in other words, what an earlier step has found. Say nothing "
        "new and nothing false.",
        of_earlier=True,
    ),
)  # fmt: skip
PROSE_BY_NAME = {way.name: way for way in PROSE}


def rewritten(original: str, text: str) -> Altered:
    """A step as a model has written it anew, with the one stretch in which it differs, in whole words."""
    start = _alike(original, text)
    same = min(len(original), len(text)) - start
    end = min(same, _alike(original[::-1], text[::-1]))
    while start and not original[start - 1].isspace():
        start -= 1
    while end and not original[-end].isspace():
        end -= 1
    return altered(original, [(start, len(original) - end, text[start : len(text) - end])])


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
