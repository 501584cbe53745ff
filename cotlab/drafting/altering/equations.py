"""Equations of numbers in a text that hold, and can be read in one way alone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from cotlab.drafting.altering.numerals import MINUS, OVER, PLUS, TIMES, Kind, Token, tokens

MOST_TOKENS = 60
MOST_EQUATIONS = 100
"""Of a text, the first ones."""
IN_EXPRESSION = (Kind.NUMBER, Kind.OPERATOR, Kind.OPEN, Kind.CLOSE)
TENTATIVE = re.compile(
    r"\b(?:let|suppose|assum\w*|try\w*|test\w*|if|when|where|for|set|put|plug\w*|substitut\w*|guess\w*|not|or)\b",
    re.IGNORECASE,
)
"""Words beside which `x = 3` may state nothing."""


FOLLOW = (*'.,;:!?()]$=\\"”', ">>", r"\$")
"""What may touch the end of an expression."""
PART = re.compile(r"[\w^\\}'|]")
"""What a letter right after it belongs to."""
ENDS = re.compile(r"\s*(?:\$|\\\)|\\\])?\s*(?:[.,;]?\s*$|[.;]\s)")
"""What follows a number with which a sentence ends."""


class Unreadable(Exception):
    """A side is no expression of numbers."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number that stands alone on a side: from its sign on, with the numeral as it is written."""

    start: int
    stop: int
    numeral: Token
    value: Fraction

    @property
    def negative(self) -> bool:
        return self.value < 0


@dataclass(frozen=True, slots=True)
class Equation:
    """An equation that holds. The same one may stand there twice, once as an annotation (`48/2=<<48/2=24>>24`): then
    `results` has the number on the right of both, and `sides` both left sides; `sides` is empty where the left side is
    a letter or cannot be read. `letter` tells that nobody has computed whether it holds.
    """

    sides: tuple[tuple[Token, ...], ...]
    results: tuple[Numeral, ...]
    value: Fraction
    letter: bool = False

    @property
    def stop(self) -> int:
        return max((one.stop for one in self.results), default=0)


def equations(text: str) -> list[Equation]:
    """The equations of a text, in order; those in an annotation belong to the one that it annotates.

    A text is read once, from its beginning to its end, whatever is in it.
    """
    return list(islice(_equations(text), MOST_EQUATIONS))


def _equations(text: str) -> Iterator[Equation]:
    read, annotated = tokens(text), False
    stated = not TENTATIVE.search(text)
    for place, token in enumerate(read):
        if token.kind in (Kind.ANNOTATION, Kind.END):
            annotated = token.kind is Kind.ANNOTATION
        elif token.kind is Kind.EQUALS and not annotated and _plain(text, token):
            one = _equation(text, read, place, stated)
            if one is not None:
                yield one


def _plain(text: str, token: Token) -> bool:
    """Whether an equals sign is no part of another sign, such as <= or ==."""
    before, after = text[token.start - 1 : token.start], text[token.stop : token.stop + 2]
    return (not before or before not in "<>!=~≈:") and (after == "<<" or after[:1] not in tuple("=<>~≈"))


def _equation(text: str, read: Sequence[Token], place: int, stated: bool) -> Equation | None:
    """That of the equals sign at a place; `stated`: nothing in the text says that letters are tried out."""
    left = _before(read, place)
    start = place + 1
    if start < len(read) and read[start].kind is Kind.CURRENCY:
        start += 1
    if start < len(read) and read[start].kind is Kind.ANNOTATION:
        return _with_annotation(read, left, start)
    right = _after(read, place + 1)
    if left is None:
        return _letter(text, read, place, right) if stated else None
    try:
        value = evaluated(left)
        if not right or evaluated(right) != value:
            return None
    except Unreadable:
        return None
    result = _numeral(right)
    return Equation((left,), () if result is None else (result,), value)


def _with_annotation(
    read: Sequence[Token], left: tuple[Token, ...] | None, opened: int
) -> Equation | None:  # fmt: skip
    """Of `LEFT=<<A=B>>C`, where A = B holds, and C is B."""
    last = min(len(read), opened + 2 * (MOST_TOKENS + 1) + 1)
    closed = next((at for at in range(opened, last) if read[at].kind is Kind.END), last)
    inner = [at for at in range(opened, closed) if read[at].kind is Kind.EQUALS]
    if closed == last or len(inner) != 1:
        return None
    side, right = tuple(read[opened + 1 : inner[0]]), tuple(read[inner[0] + 1 : closed])
    try:
        value = evaluated(side)
        if evaluated(right) != value:
            return None
        outside = _numeral(_after(read, closed + 1))
        inside = _numeral(right)
        if inside is None or outside is None or outside.value != value:
            return None
        if left is not None and evaluated(left) != value:
            return None
    except Unreadable:
        return None
    sides = (left, side) if left is not None and _signs(left) == _signs(side) else ()
    return Equation(sides, (inside, outside), value)


def _letter(text: str, read: Sequence[Token], place: int, right: tuple[Token, ...]) -> Equation | None:
    """Of `x = 12`, where it is stated and stands alone."""
    name, before = read[place - 1] if place else None, read[place - 2] if place > 1 else None
    if name is None or name.kind is not Kind.WORD or len(name.text) != 1:
        return None
    if before is not None and (before.kind in (*IN_EXPRESSION, Kind.EQUALS) or PART.match(text[name.start - 1])):
        return None
    result = _numeral(right)
    if result is None or not ENDS.match(text, result.stop):
        return None
    return Equation((), (result,), result.value, letter=True)


def _signs(side: Sequence[Token]) -> list[object]:
    """What an expression says, however it is written."""
    return [_sign(one) if one.kind is Kind.OPERATOR else one.value or one.kind for one in side]


def _sign(one: Token) -> str:
    return "-" if one.text in MINUS else "*" if one.text in TIMES else "/" if one.text in OVER else one.text


def _before(read: Sequence[Token], place: int) -> tuple[Token, ...] | None:
    """The expression that ends at a place; None where it begins within something else."""
    start, opened = place, 0
    while start and _belongs(read, start - 1):
        start -= 1
        opened += _opens(read[start])
    while start < place and read[start].kind is Kind.OPEN and opened > 0 and _begins(read, start):
        start, opened = start + 1, opened - 1
    if start == place or place - start > MOST_TOKENS or not _begins(read, start):
        return None
    return tuple(one for one in read[start:place] if one.kind is not Kind.CURRENCY)


def _opens(one: Token) -> int:
    """1 for a bracket that opens, -1 for one that closes."""
    return (one.kind is Kind.OPEN) - (one.kind is Kind.CLOSE)


def _belongs(read: Sequence[Token], at: int) -> bool:
    """Whether a token is part of an expression; a sign of a currency is, right before its number."""
    one = read[at]
    if one.kind is Kind.CURRENCY:
        return at + 1 < len(read) and read[at + 1].kind is Kind.NUMBER and read[at + 1].start == one.stop
    return one.kind in IN_EXPRESSION


def _begins(read: Sequence[Token], start: int) -> bool:
    """Whether nothing that stands before an expression belongs to it."""
    first = read[start]
    before = read[start - 1] if start else None
    if before is None or before.kind in (Kind.END, Kind.EQUALS):
        return True
    if first.kind is Kind.OPERATOR:
        return before.text in tuple(",:;[$")
    if before.kind is Kind.OPEN:
        return True
    if before.stop == first.start:
        return before.kind is Kind.CURRENCY or before.text in tuple(',:;["“')
    return before.kind in (Kind.WORD, Kind.CURRENCY) or before.text in tuple('.,:;"”!?')


def _after(read: Sequence[Token], start: int) -> tuple[Token, ...]:
    """The expression that begins at a place, empty where it goes on in a way that cannot be read."""
    stop, opened = start, 0
    while stop < len(read) and _belongs(read, stop):
        opened += _opens(read[stop])
        stop += 1
    while stop > start and (read[stop - 1].kind is Kind.OPEN or opened < 0):
        stop -= 1
        opened -= _opens(read[stop])
    if stop == start or stop - start > MOST_TOKENS:
        return ()
    if stop < len(read) and read[stop].start == read[stop - 1].stop and read[stop].text not in FOLLOW:
        return ()
    return tuple(one for one in read[start:stop] if one.kind is not Kind.CURRENCY)


def _numeral(side: Sequence[Token]) -> Numeral | None:
    """The number that a side consists of, in brackets or not."""
    inner = list(side)
    while len(inner) > 2 and inner[0].kind is Kind.OPEN and inner[-1].kind is Kind.CLOSE:
        inner = inner[1:-1]
    negative = len(inner) == 2 and inner[0].text in MINUS
    if len(inner) != 1 + negative or inner[-1].value is None:
        return None
    value = -inner[-1].value if negative else inner[-1].value
    return Numeral(inner[0].start, inner[-1].stop, inner[-1], value)


def evaluated(side: Sequence[Token]) -> Fraction:
    """The value of an expression of numbers. Raises Unreadable."""
    reader = _Reader(side)
    value = reader.sum()
    if reader.at != len(side):
        raise Unreadable
    return value


class _Reader:
    """Reads an expression by the usual precedence."""

    def __init__(self, side: Sequence[Token]) -> None:
        if len(side) > MOST_TOKENS:
            raise Unreadable
        self.side, self.at = side, 0

    def _next(self) -> Token | None:
        return self.side[self.at] if self.at < len(self.side) else None

    def _operators(self, signs: Sequence[str]) -> Iterator[str]:
        while (one := self._next()) is not None and one.kind is Kind.OPERATOR and one.text in signs:
            self.at += 1
            yield one.text

    def sum(self) -> Fraction:
        value = self.product()
        for sign in self._operators((PLUS, *MINUS)):
            value = value + self.product() if sign == PLUS else value - self.product()
        return value

    def product(self) -> Fraction:
        value = self.factor()
        for sign in self._operators((*TIMES, *OVER)):
            other = self.factor()
            if sign in OVER and other == 0:
                raise Unreadable
            value = value * other if sign in TIMES else value / other
        return value

    def factor(self) -> Fraction:
        one = self._next()
        if one is None:
            raise Unreadable
        self.at += 1
        if one.kind is Kind.OPERATOR and one.text in MINUS:
            return -self.factor()
        if one.kind is Kind.OPEN:
            value = self.sum()
            closing = self._next()
            if closing is None or closing.kind is not Kind.CLOSE:
                raise Unreadable
            self.at += 1
            return value
        if one.value is None:
            raise Unreadable
        return one.value
