"""Several answers: sets, lists, tuples, vectors, "2 and 3", "x = 2 or x = -3", \\pm 3."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cotlab.checks.answers.findings import AnswerKind, Comparison, differ, doubtful, equal
from cotlab.checks.answers.stated import Stated, stated
from cotlab.domain.checks import Verdict

MATRIX = re.compile(r"^\\begin\{([pbvB]?matrix|array)\}(?:\{[lcr|]*\})?(.*)\\end\{\1\}$", re.DOTALL)
BRACKETS = {"{": "}", "(": ")", "[": "]"}
OPENED, CLOSED = "([{", ")]}"
JOINED = re.compile(r"\s*(?:,?\s*\b(?:and|or)\b)\s*|\s*[;&]\s*")
PLUS_MINUS = re.compile(r"^(?:([A-Za-z])\s*=\s*)?(?:\\pm(?![a-z])|±|\+/-|\+-)\s*(\S.*)$")
THOUSANDS = re.compile(r"\d,\d{3}(?!\d)")
MOST = 40
Judged = tuple[Verdict, AnswerKind]


@dataclass(frozen=True, slots=True)
class Collection:
    """Items with the bracket around them: "" where there is none, the rows of a matrix where it is one."""

    bracket: str
    items: tuple[str, ...]
    doubtful: bool = False

    @property
    def ordered(self) -> bool:
        return self.bracket not in ("", "{")

    @property
    def free(self) -> bool:
        return self.bracket == "{" and not self.doubtful


class Collections:
    """Items are compared by the kinds of single answers; tuples and vectors in their order, sets in any.

    A list without brackets is a set unless its items are words. Two differ where every item of one can be compared with
    every item of the other, and they do not match.
    """

    name = "collection"

    def __init__(self, singles: Sequence[AnswerKind]) -> None:
        self.singles = singles

    def compare(self, answer: Stated, reference: Stated) -> Comparison | None:
        one, two = read(answer.text), read(reference.text)
        if one is None or two is None:
            return None
        words = f"{answer.text} and {reference.text}"
        if max(len(one.items), len(two.items)) > MOST:
            return doubtful(f"more than {MOST} items")
        judged = [[self._judged(a, b) for b in two.items] for a in one.items]
        in_place = [row[place] for place, row in enumerate(judged)] if len(one.items) == len(two.items) else []
        alike = one.bracket == two.bracket or not (one.ordered and two.ordered)
        if in_place and all(map(_verified, in_place)) and (alike or len(one.items) > 2):
            return equal(f"{words} have the same items")
        in_order = one.ordered and two.ordered
        if not in_order and _match(judged, len(two.items)):
            free = not (one.ordered or two.ordered) and (one.free or two.free or not _of_words(judged))
            return equal(f"{words} have the same items") if free else doubtful(f"{words} differ in the order")
        pairs = in_place if in_order and in_place else [one for row in judged for one in row]
        if not all(map(_clear, pairs)) or not alike or one.doubtful or two.doubtful:
            return doubtful(f"{words} cannot be held against each other item by item")
        return differ(f"{words} do not have the same items")

    def _judged(self, answer: str, reference: str) -> Judged | None:
        """The verdict on two items, and whose it is; a named value is compared by its value."""
        one, two = stated(answer)[-1:], stated(reference)[-1:]
        if not one or not two or (one[0].name and two[0].name and one[0].name != two[0].name):
            return None
        for kind in self.singles:
            if (found := kind.compare(one[0], two[0])) is not None:
                return found.verdict, kind
        return None


def _verified(judged: Judged | None) -> bool:
    return judged is not None and judged[0] is Verdict.VERIFIED


def _clear(judged: Judged | None) -> bool:
    return judged is not None and judged[0] is not Verdict.UNDECIDED


def _of_words(judged: Sequence[Sequence[Judged | None]]) -> bool:
    """Whether items are equal as words alone, which may be a list in order."""
    return any(one is not None and one[1].name == "words" for row in judged for one in row if _verified(one))


def _match(judged: Sequence[Sequence[Judged | None]], width: int) -> bool:
    """Whether each item has its own equal one on the other side."""
    if len(judged) != width:
        return False
    free = set(range(width))
    for row in judged:
        place = next((place for place in sorted(free) if _verified(row[place])), None)
        if place is None:
            return False
        free.remove(place)
    return True


def read(text: str) -> Collection | None:
    """The items of a text; None where it is one answer."""
    text = text.strip().replace("\\{", "{").replace("\\}", "}").replace("\\langle", "(").replace("\\rangle", ")")
    if matrix := MATRIX.match(text):
        rows = [row for row in re.split(r"\\\\", matrix[2]) if row.strip()]
        return Collection(f"{len(rows)} rows", tuple(item.strip() for row in rows for item in row.split("&")))
    if both := PLUS_MINUS.match(text):
        return Collection("", (both[2], f"-({both[2]})"))
    bracket = text[0] if text and BRACKETS.get(text[:1]) == text[-1:] and _encloses(text) else ""
    inside = text[1:-1] if bracket else text
    items = _split(inside)
    if items is None or (len(items) < 2 and bracket != "{"):
        return None
    if bracket == "{":
        items = tuple(dict.fromkeys(items))
    packed = ", " not in inside and THOUSANDS.search(inside) is not None
    return Collection(bracket, items, packed)


def _encloses(text: str) -> bool:
    """Whether the first bracket is closed by the last sign."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in OPENED) - (sign in CLOSED)
        if depth == 0:
            return place == len(text) - 1
    return False


def _split(text: str) -> tuple[str, ...] | None:
    """The parts between commas, "and" and "or" that stand in no bracket; None where a part is empty."""
    comma = re.compile(r",\s+") if ", " in text else re.compile(r",")
    parts, depth, begun, place = list[str](), 0, 0, 0
    while place < len(text):
        depth += (text[place] in OPENED) - (text[place] in CLOSED)
        found = None if depth else JOINED.match(text, place) or comma.match(text, place)
        if found is None or found.end() == place:
            place += 1
            continue
        parts.append(text[begun:place].strip())
        begun = place = found.end()
    parts.append(text[begun:].strip())
    return tuple(parts) if all(parts) else None
