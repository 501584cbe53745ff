"""The result of a calculation with the other sign."""

from collections.abc import Sequence

from cotlab.drafting.altering.equations import Equation, equations
from cotlab.drafting.altering.results import rewritten
from cotlab.drafting.altering.texts import Altered, Edit, StepToAlter, altered


class Sign:
    """`2 - 5 = -3` becomes `2 - 5 = 3`, and `3*4 = 12` becomes `3*4 = -12`."""

    name = "sign"
    label = "incorrect"
    kinds: frozenset[str] | None = None

    def alterations(self, step: StepToAlter) -> Sequence[Altered]:
        found = (_turned(step.text, one) for one in equations(step.text) if one.results and one.value)
        return [altered(step.text, edits) for edits in found if edits is not None]


def _turned(text: str, equation: Equation) -> list[Edit] | None:
    minus = "−" if "−" in text else "-"

    def rewrite(numeral: str, start: int, negative: bool) -> Edit | None:
        if negative:
            return (start, text.index(numeral, start), "")
        before = text[:start]
        while before.endswith(("$", "£", "€")) and not _delimits(before, text):
            before = before.removesuffix(before[-1]).removesuffix("\\")
        return (len(before), len(before), minus)

    return rewritten(text, equation, rewrite)


def _delimits(before: str, text: str) -> bool:
    """Whether the dollar at the end of `before` opens mathematics: as many of them open as close."""
    plain = text.replace(r"\$", "")
    return before.endswith("$") and not before.endswith(r"\$") and plain.count("$") % 2 == 0
