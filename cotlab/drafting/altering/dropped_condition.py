"""A statement without the condition under which it was made."""

import re
from collections.abc import Iterator, Sequence

from cotlab.drafting.altering.sentences import capital, whole
from cotlab.drafting.altering.texts import Altered, Edit, StepToAlter, altered

WORDS = r"(?:if|provided(?: that)?|assuming(?: that)?|as long as|on condition that|unless|for all|for every|for any)"
_LEADING = re.compile(rf"(?:^|(?<=[.!?] ))(?P<out>(?P<condition>{WORDS}\b[^.!?\n]*?), (?:then )?)(?P<next>\S)", re.I)
_TRAILING = re.compile(rf"(?P<out>,? (?P<condition>{WORDS}\b[^.!?\n]*?))(?=[.!?](?:\s|$)|$)", re.I)
_BRACKETED = re.compile(rf"(?P<out> \((?P<condition>{WORDS}\b[^()\n]*)\))", re.I)
_SIGNS = re.compile(r"(?P<out>±|\\pm(?![A-Za-z])\s*)(?=[\d\\({a-z])")
_ASKS = re.compile(
    r"\b(?:see|check|ask|asks|determine|decide|tell|know|test|wonder|verify|find out|even|as|only)$", re.I
)
"""What makes of an `if` no condition."""
FEWEST = 3
"""Words that remain of a sentence."""


class DroppedCondition:
    """`If x > 0, then we may divide by x.` becomes `We may divide by x.`; `x = ±3` becomes `x = 3`."""

    name = "dropped-condition"
    label = "incomplete"
    kinds: frozenset[str] | None = frozenset()

    def alterations(self, step: StepToAlter) -> Sequence[Altered]:
        return [altered(step.text, edits) for edits in _edits(step.text)]


def _edits(text: str) -> Iterator[list[Edit]]:
    for found in _LEADING.finditer(text):
        if _drops(text, found) and found["condition"].count(",") == 0:
            yield [(found.start("out"), found.end("next"), capital(found["next"]))]
    for found in (*_TRAILING.finditer(text), *_BRACKETED.finditer(text)):
        if _drops(text, found) and "," not in found["condition"]:
            yield [(found.start("out"), found.end("out"), "")]
    for found in _SIGNS.finditer(text):
        if not re.search(r"[\d\w)}]\s*$", text[: found.start()]):
            yield [(found.start("out"), found.end("out"), "")]


def _drops(text: str, found: re.Match[str]) -> bool:
    """Whether what goes is a whole clause, and a statement remains."""
    rest = text[: found.start("out")] + text[found.end("out") :]
    apart = whole(text[: found.start("out")]) and whole(found["out"]) and not _ASKS.search(text[: found.start("out")])
    return apart and len(found["condition"].split()) > 1 and len(rest.split()) >= FEWEST and "?" not in rest
