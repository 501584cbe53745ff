"""Plain equations of numbers in the text of a step: `3 · 24 = 72`, `$\\frac{1}{2} \\cdot 6 = 3$`, `12 V / 6 Ω = 2 A`.

Strict: a side that holds anything but numbers, or may be cut out of something larger, is left out, not guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import comb

import sympy

UNITS = (
    r"kg·m/s|kg/m³|m²/s²|km/h|m/s²|m/s|kWh|kW|kg|cm³|m²|m³|cm|bar|°C|°|km|m|s|J|W|V|A|Ω|K|"
    "euros|grams|hours|minutes|days|pupils|marbles|degrees"
)
SIGNS = str.maketrans({"−": "-", "·": "*", "×": "*", "½": "(1/2)", "⅓": "(1/3)"})
POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
RUN = re.compile(r"[0-9.+\-*/^()√!=≈ ]+")
NUMBER = r"\d+(?:\.\d+)?"
SIDE = re.compile(rf"(?:{NUMBER}|[-+*/^()√!]|\s)+")


@dataclass(frozen=True, slots=True)
class Equation:
    left: str
    sign: str
    right: str

    def holds(self) -> bool:
        """Whether both sides agree: exactly for `=`, to the last digit given for `≈`."""
        difference = sympy.simplify(value(self.left) - value(self.right))
        if self.sign == "=":
            return bool(difference == 0)
        digits = len(self.right.partition(".")[2])
        return bool(abs(difference) <= sympy.Rational(1, 2 * 10**digits))


def equations(text: str) -> Iterator[Equation]:
    """Yield the equations of numbers in `text` in which at least one side is computed."""
    plain = normalised(text)
    for run in RUN.finditer(plain):
        if not {"=", "≈"} & set(run.group()):
            continue
        parts = re.split("([=≈])", run.group())
        sides: list[str | None] = [side.strip() for side in parts[::2]]
        if cut_before(plain, run.start(), parts[0]):
            sides[0] = None
        if cut_after(plain, run.end()):
            sides[-1] = None
        else:
            sides[-1] = (sides[-1] or "").rstrip(" .(")
        for (left, right), sign in zip(pairwise(sides), parts[1::2], strict=True):
            if is_value(left) and is_value(right) and (is_computed(left) or is_computed(right)):
                yield Equation(left or "", sign, right or "")


def normalised(text: str) -> str:
    """`text` with LaTeX, signs, powers and units brought to plain arithmetic."""
    text = text.replace("$", "")
    text = re.sub(r"\\binom\{(\d+)\}\{(\d+)\}", lambda found: str(comb(int(found[1]), int(found[2]))) + "*1", text)
    text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
    text = re.sub(r"\\sqrt\{([^{}]*)\}", r"√(\1)", text)
    text = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text)
    text = text.replace(r"\cdot", "*").replace(r"\times", "*").replace(r"\,", "")
    text = re.sub(rf"(?<=[\d)]) ?(?:{UNITS})(?![\w/²³])", "", text)
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: "^" + found[0].translate(POWERS), text)
    return text.translate(SIGNS)


def cut_before(text: str, start: int, side: str) -> bool:
    """Whether the first side may be the rest of something larger, such as `f(3)` or `x + 3`."""
    before = text[:start]
    glued = not side.startswith(" ") and before[-1:] not in {"", "\n", "'", ":", ",", ";"}
    word = re.search(r"\w+$", before)
    signed = side.lstrip()[:1] in {"+", "-"}
    return glued or (signed and bool(before) and (word is None or len(word[0]) == 1 or not word[0].isalpha()))


def cut_after(text: str, end: int) -> bool:
    """Whether the last side goes on in something that is no number, such as `2x`, `5 %` or `3 π`."""
    return bool(re.match(r"[\w\\%{π]", text[end : end + 1])) and (
        text[end - 1] != " " or bool(re.match(r"%|\\|π|(?!a )\w(?!\w)", text[end:]))
    )


def is_computed(side: str | None) -> bool:
    return side is not None and bool(re.search(r"[+*/^√!]|(?<=.)-", side))


def is_value(side: str | None) -> bool:
    if not side or not SIDE.fullmatch(side) or re.search(rf"{NUMBER}\s+{NUMBER}", side):
        return False
    try:
        value(side)
    except (sympy.SympifyError, SyntaxError, TypeError):
        return False
    return True


def value(side: str) -> sympy.Expr:
    """The exact value of a side that `SIDE` matches."""
    side = re.sub(rf"√({NUMBER})", r"√(\1)", side)
    side = re.sub(r"(?<=[\d)])\s*(?=[(√])", "*", side)
    side = re.sub(r"(\d+)!", r"factorial(\1)", side)
    return sympy.sympify(side.replace("^", "**").replace("√", "sqrt"), rational=True)
