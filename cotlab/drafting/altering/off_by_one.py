"""The result of a calculation, one more or one less."""

from collections.abc import Sequence

from cotlab.drafting.altering.equations import Equation, equations
from cotlab.drafting.altering.numerals import MINUS, written
from cotlab.drafting.altering.results import rewritten
from cotlab.drafting.altering.texts import Altered, Edit, StepToAlter, altered


class OffByOne:
    """`3*4 = 12` becomes `3*4 = 13` or `3*4 = 11`; whole numbers alone."""

    name = "off-by-one"
    label = "incorrect"
    kinds: frozenset[str] | None = None

    def alterations(self, step: StepToAlter) -> Sequence[Altered]:
        found = (_by(step.text, one, by) for one in equations(step.text) if one.results for by in (1, -1))
        return [altered(step.text, edits) for edits in found if edits is not None]


def _by(text: str, equation: Equation, by: int) -> list[Edit] | None:
    value = equation.value + by
    if value.denominator != 1 or equation.value * value < 0:
        return None

    def rewrite(numeral: str, start: int, negative: bool) -> Edit | None:
        at = text.index(numeral, start)
        new = written(value, numeral)
        signed = negative and value == 0 and text[start] in MINUS
        return None if new is None else (start if signed else at, at + len(numeral), new)

    return rewritten(text, equation, rewrite)
