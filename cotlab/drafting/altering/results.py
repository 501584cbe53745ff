"""The result of an equation written otherwise, with all that repeats it."""

from collections.abc import Callable, Iterator, Sequence

from cotlab.drafting.altering.equations import Equation
from cotlab.drafting.altering.numerals import MINUS, Kind, Token, tokens
from cotlab.drafting.altering.texts import Edit

Rewrite = Callable[[str, int, bool], Edit | None]
"""A numeral, where it starts (with its sign), and whether it is negative -> the edit; None where there is none."""
BESIDE = (Kind.OPERATOR, Kind.EQUALS, Kind.OPEN, Kind.CLOSE, Kind.ANNOTATION, Kind.END)


def rewritten(text: str, equation: Equation, rewrite: Rewrite) -> list[Edit] | None:
    """Edits that change the result of an equation, and each later mention of it outside a calculation."""
    places = [(one.numeral, one.start, one.negative) for one in equation.results]
    edits = [rewrite(token.text, start, negative) for token, start, negative in [*places, *_mentions(text, equation)]]
    found = [edit for edit in edits if edit is not None]
    return found if found and len(found) == len(edits) else None


def _mentions(text: str, equation: Equation) -> Iterator[tuple[Token, int, bool]]:
    """Where the result is named again after the equation: the numeral, where it starts, whether it has a minus."""
    read, negative = tokens(text), equation.value < 0
    for at, one in enumerate(read):
        if one.start < equation.stop or one.value is None or one.value != abs(equation.value):
            continue
        first = at - 1 if negative else at
        signed = not negative or (read[first].text in MINUS and read[first].stop == one.start)
        if signed and not _calculates(read, first, at):
            yield one, read[first].start, negative


def _calculates(read: Sequence[Token], first: int, last: int) -> bool:
    around = (*read[max(0, first - 1) : first], *read[last + 1 : last + 2])
    return any(one.kind in BESIDE for one in around)
