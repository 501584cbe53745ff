"""Whether a side of a relation is complete: what stands before the left one, and after the right one.

Each function answers None for a clean boundary, else what cuts the side in words; LABEL where it is no side at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cotlab.checks.reading import words
from cotlab.checks.reading.grammar import Side, is_share
from cotlab.checks.reading.tokens import Sort, Token
from cotlab.checks.reading.tree import Letter, literal

LABEL = "label"
"""A number that only follows a word, as in "Week 3 = 12 + 5"."""
PROPERTIES = frozenset(words.PROPERTIES.values())
FURTHER = 5
"""Words after the right side that are looked at."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation by its sign and number of tokens; weak is a word such as "is"."""

    sign: str
    length: int
    weak: bool = False


def is_bullet(tokens: Sequence[Token], place: int) -> bool:
    """Whether a sign stands at the start of a line, before a blank: a list, not a minus."""
    token = tokens[place]
    if token.sort is not Sort.OPERATOR or token.text not in ("+", "-", "*"):
        return False
    return (place == 0 or tokens[place - 1].text == "\n") and tokens[place + 1].blank


def is_ratio(tokens: Sequence[Token], place: int) -> bool:
    """Whether the colon here stands as in 3:4 or $20 : $5, and not as in "Step 4: 20 - 5"."""
    if place == 0 or tokens[place].text != ":" or tokens[place - 1].sort is not Sort.NUMBER:
        return False
    after = tokens[place + 1]
    return (tokens[place].blank or not after.blank) and after.sort in (Sort.NUMBER, Sort.MONEY, Sort.WORD)


def cut_left(tokens: Sequence[Token], left: Side, relation: Relation) -> str | None:
    if left.start == 0:
        return None
    before, here = tokens[left.start - 1], tokens[left.start]
    bare = literal(left.tree) is not None
    match before.sort:
        case Sort.WORD:
            return _cut_by_word(before, tokens, left, bare, relation)
        case Sort.STOP:
            return _cut_by_stop(tokens, left, bare)
        case Sort.RELATION:
            return "a sign before it" if here.text == "+" else None
        case Sort.MATHS:
            return _cut_before_maths(tokens, left, relation)
        case Sort.OPEN:
            return "a bracket before it" if tokens[left.start - 2].sort is Sort.OPERATOR else None
        case Sort.OPERATOR:
            return None if is_bullet(tokens, left.start - 1) or before.text == "&" else "an operator before it"
        case Sort.FUNCTION:
            return None if before.text == "to" else "a sign before it"
        case Sort.CLOSE:
            return None if before.text == ")" and here.blank and not bare else "a bracket before it"
    return "a sign that is not read before it"


def _cut_by_stop(tokens: Sequence[Token], left: Side, bare: bool) -> str | None:
    place = left.start - 1
    before, here = tokens[place], tokens[left.start]
    after_number = place > 0 and tokens[place - 1].sort is Sort.NUMBER
    if is_ratio(tokens, place):
        return "a colon between numbers is not read"
    if before.text == "," and not here.blank and after_number:
        return "a comma between numbers"
    if before.text == "." and bare and after_number:
        return LABEL
    return "a sign before it" if here.text == "+" else None


def _cut_by_word(before: Token, tokens: Sequence[Token], left: Side, bare: bool, relation: Relation) -> str | None:
    low, here = before.text.lower(), tokens[left.start]
    if here.sort is Sort.OPERATOR and here.blank and tokens[left.start + 1].blank:
        return "an operator after a word"
    if relation.weak and low in ("and", "or"):
        return f"“{low}” before it"
    if not here.blank and here.sort is not Sort.MONEY:
        return LABEL
    if low in words.LABELS and here.sort in (Sort.NUMBER, Sort.WORD):
        return LABEL
    if low in words.CUTTING:
        if bare:
            return LABEL
        return None if low in words.LEADING and not relation.weak else f"“{low}” before it"
    if bare and low not in words.LINKS and not isinstance(left.tree, Letter) and relation.sign not in PROPERTIES:
        return LABEL
    return None


def _cut_before_maths(tokens: Sequence[Token], left: Side, relation: Relation) -> str | None:
    if left.start < 2:
        return None
    before, bare = tokens[left.start - 2], literal(left.tree) is not None
    if before.sort is Sort.WORD and relation.sign not in PROPERTIES:
        low = before.text.lower()
        if (relation.weak and low in words.CUTTING | {"and", "or"}) or (bare and low in words.CUTTING | words.LABELS):
            return f"“{low}” before it"
    return "an operator before it" if before.sort is Sort.OPERATOR and before.text != "&" else None


def cut_open(tokens: Sequence[Token], left: Side, right: Side) -> str | None:
    """A group of LaTeX that is opened before the left side and goes on after the right one, or is never closed."""
    opened = left.start > 0 and tokens[left.start - 1].text == "{"
    closed = tokens[right.stop].sort in (Sort.CLOSE, Sort.RELATION)
    return "a bracket before it" if opened and not closed else None


def cut_right(tokens: Sequence[Token], right: Side) -> str | None:
    after, following = tokens[right.stop], tokens[min(right.stop + 1, len(tokens) - 1)]
    match after.sort:
        case Sort.END | Sort.RELATION | Sort.MATHS | Sort.CLOSE:
            return None
        case Sort.STOP if is_ratio(tokens, right.stop):
            return "a colon between numbers is not read"
        case Sort.STOP:
            return "it goes on" if following.sort is Sort.UNREAD and not following.blank else None
        case Sort.WORD:
            return _cut_after(tokens, right)
        case Sort.OPEN:
            return None if after.blank or after.text == "{" else "a bracket after it"
        case Sort.OPERATOR if after.text == "*" and following.sort in (Sort.STOP, Sort.END):
            return None
        case Sort.OPERATOR:
            return None if after.text == "&" else "an operator after it"
        case Sort.NUMBER:
            return "a number after it"
        case Sort.FUNCTION:
            return None if after.text in ("pmod", "boxed") else "a sign after it"
    return "a sign that is not read after it"


def _cut_after(tokens: Sequence[Token], right: Side) -> str | None:
    """Words after the right side by which the number goes on: 20 more than 5."""
    place = right.stop
    if not tokens[place].blank:
        return "letters after it"
    first = tokens[place].text.lower()
    if first == "of":
        return "“of” after it" if is_share(right.tree) else None
    for distance, token in enumerate(tokens[place : place + FURTHER]):
        low = token.text.lower()
        if token.sort is not Sort.WORD:
            return "an operator after it" if token.sort is Sort.OPERATOR and token.text in "+-*/^" else None
        if low in words.ENDING:
            return None
        if low == "x" or (low in words.COMPARING and not (first in words.COUNTING and _only_names(tokens, place))):
            return f"“{low}” after it"
        if low == "of" and distance:
            return None
    return None


def _only_names(tokens: Sequence[Token], place: int) -> bool:
    """Whether "more", "times" and the like name what is counted ("5 more pages than Ann"), as no number follows."""
    return all(token.sort not in (Sort.NUMBER, Sort.MONEY) for token in tokens[place + 1 : place + 8])
