"""A whole answer read as one expression, in the grammar that steps are read in."""

from fractions import Fraction
from functools import lru_cache

from cotlab.checks.reading.grammar import OPEN_FACTORIAL, Side, read_side
from cotlab.checks.reading.quantities import bare
from cotlab.checks.reading.tokens import Sort, tokens
from cotlab.checks.reading.tree import Apply, Number

FORMULA = frozenset("\\^_√+*/()")
"""Signs by which letters in an answer are factors."""
ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
          seventeen eighteen nineteen"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NAMES = {name: value for value, name in enumerate(ONES.split())} | {
    name: 20 + 10 * place for place, name in enumerate(TENS.split())
}


@lru_cache(maxsize=256)
def expression(text: str) -> Side | None:
    """The expression that takes the whole text, else None. OverBudget where it nests too deep.

    It is read within brackets, so that any noun at its end is the unit of a number.
    """
    named = number_name(text)
    if named is not None:
        return Side(named, 0, 1, frozenset())
    cut = [token for token in tokens(f"({text})") if token.sort is not Sort.MATHS]
    maths = frozenset(range(len(cut))) if FORMULA & set(text) else frozenset[int]()
    side = read_side(cut, 0, maths)
    if side is None or cut[side.stop].sort is not Sort.END or not isinstance(side.tree, Apply):
        return None
    doubts = side.doubts | ({OPEN_FACTORIAL} if text.endswith("!") else set())
    return Side(bare(side.tree), 0, side.stop, doubts)


def number_name(text: str) -> Number | None:
    """The number of "eighteen" or "twenty-five"."""
    parts = text.lower().replace("-", " ").split()
    if len(parts) > 2 or not all(part in NAMES for part in parts) or not parts:
        return None
    first, second = NAMES[parts[0]], NAMES[parts[1]] if len(parts) > 1 else 0
    if len(parts) > 1 and not (first >= 20 and 0 < second < 10):
        return None
    return Number(Fraction(first + second), 0, len(str(first + second)))
