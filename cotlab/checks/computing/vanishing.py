"""Whether a sympy expression is zero: at random points, in 40 digits."""

import random
from typing import Any

import sympy

POINTS = 16
ENOUGH = 5


def vanishes(expression: Any) -> bool | None:
    """True or False; None where fewer than 5 of 16 points have a real value."""
    names = sorted(expression.free_symbols, key=str)
    chance = random.Random(20)
    agreed = 0
    for _ in range(POINTS):
        point = {name: sympy.Rational(chance.randint(30, 700), chance.randint(90, 110)) for name in names}
        found = sympy.N(expression.subs(point), 40)
        if not found.is_Float and not found.is_Integer and not found.is_zero:
            continue
        if abs(found) > sympy.Float(10) ** -25:
            return False
        agreed += 1
        if agreed == ENOUGH or not names:
            return True
    return None
