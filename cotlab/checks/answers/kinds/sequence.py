"""Sequences without commas: signs of brackets as in "} ) ]", and long lists of words that are to be in order."""

import re

from cotlab.checks.answers.findings import Comparison, differ, equal
from cotlab.checks.answers.stated import Stated
from cotlab.checks.reading import words

SIGNS = re.compile(r"^[\[\](){}<>\s]+$")
WORD = re.compile(r"^[a-z][a-z'&.-]*$")
ENOUGH = 5
"""Words from which a list is told from a name or a phrase."""
PROSE_SHARE = 1 / 6
"""A list may hold so many of the words of which prose is made."""
PROSE = words.STOPS | words.LINKS | words.NEGATIONS | {"a", "an", "i", "you"}


class Sequences:
    """The same signs or words in the same order. Only a reference without commas says that the order counts."""

    name = "sequence"

    def compare(self, answer: Stated, reference: Stated) -> Comparison | None:
        if SIGNS.match(answer.text) and SIGNS.match(reference.text):
            one, two = ("".join(side.text.split()) for side in (answer, reference))
            return equal(f"both are {one}") if one == two else differ(f"{one} is not {two}")
        found, wanted = _list(answer.text.replace(",", " ")), _list(reference.text)
        if found is None or wanted is None:
            return None
        return equal("the same words in order") if found == wanted else differ(_first_difference(found, wanted))


def _list(text: str) -> list[str] | None:
    """The words of a list in lower case, no prose."""
    found = text.split()
    if len(found) < ENOUGH or not all(WORD.match(word) for word in found) or _is_prose(found):
        return None
    return found


def _is_prose(found: list[str]) -> bool:
    return sum(word in PROSE for word in found) > PROSE_SHARE * len(found)


def _first_difference(found: list[str], wanted: list[str]) -> str:
    for place, (one, two) in enumerate(zip(found, wanted, strict=False), start=1):
        if one != two:
            return f"word {place} is “{one}”, not “{two}”"
    return f"there are {len(found)} words, not {len(wanted)}"
