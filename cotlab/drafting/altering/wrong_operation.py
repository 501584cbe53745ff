"""A calculation with another operation, and the result that it had."""

from collections.abc import Iterator, Sequence

from cotlab.drafting.altering.equations import Equation, Unreadable, equations, evaluated
from cotlab.drafting.altering.numerals import Kind, Token
from cotlab.drafting.altering.texts import Altered, Edit, StepToAlter, altered

OTHER = {
    "+": ("-",), "-": ("+",), "−": ("+",), "*": ("/", "+"), "/": ("*",), "×": ("÷", "+"), "÷": ("×",), "·": ("÷", "+"),
    r"\times": (r"\div", "+"), r"\cdot": (r"\div", "+"), r"\div": (r"\times",), "x": ("+",),
}  # fmt: skip
"""What is written instead of each sign."""


class WrongOperation:
    """`6/2 = 3` becomes `6*2 = 3`, where that is false."""

    name = "wrong-operation"
    label = "incorrect"
    kinds: frozenset[str] | None = None

    def alterations(self, step: StepToAlter) -> Sequence[Altered]:
        return [altered(step.text, edits) for one in equations(step.text) for edits in _exchanged(one)]


def _exchanged(equation: Equation) -> Iterator[list[Edit]]:
    """Each way to exchange one sign of the left side; where that stands there twice, of both."""
    for at, sign in enumerate(equation.sides[0] if equation.sides else ()):
        if sign.kind is Kind.OPERATOR and _between(equation.sides[0], at):
            for other in OTHER[sign.text]:
                if _is_false(equation, at, other):
                    yield [(side[at].start, side[at].stop, _as(side[at].text, other)) for side in equation.sides]


def _between(side: Sequence[Token], at: int) -> bool:
    """Whether an operator has a number on both sides of it, and is no sign of one."""
    return 0 < at < len(side) - 1 and side[at - 1].kind in (Kind.NUMBER, Kind.CLOSE)


def _as(sign: str, other: str) -> str:
    """The other sign as it goes with how this side is written."""
    if other == "+" or (sign in OTHER and other in OTHER[sign]):
        return other
    return OTHER[sign][0]


def _is_false(equation: Equation, at: int, other: str) -> bool:
    side = list(equation.sides[0])
    side[at] = Token(Kind.OPERATOR, other, side[at].start, side[at].stop)
    try:
        return evaluated(side) != equation.value
    except Unreadable:
        return False
