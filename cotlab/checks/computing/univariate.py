"""Equations and inequalities in one letter, decided at sample points: every root of every side, and between them.

Between two neighbouring roots no polynomial changes its sign, so one point stands for the whole interval.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from cotlab.checks.computing.budget import OverBudget, Unread
from cotlab.checks.computing.irrational import CONTEXT, real
from cotlab.checks.computing.polynomials import Rational, rational, ring_of
from cotlab.checks.reading.facts import Fact

MAX_POINTS = 60
MAX_UNIVARIATE_DEGREE = 12
TINY = Fraction(1, 10**25)
HOLDS: dict[str, Callable[[int], bool]] = {
    "=": lambda sign: sign == 0,
    "≠": lambda sign: sign != 0,
    "<": lambda sign: sign < 0,
    ">": lambda sign: sign > 0,
    "≤": lambda sign: sign <= 0,
    "≥": lambda sign: sign >= 0,
}
"""A relation -> whether it holds where left - right has this sign."""


@dataclass(frozen=True, slots=True)
class Condition:
    """over / under against zero, in one letter."""

    relation: str
    side: Rational

    def holds(self, point: Any) -> bool:
        under = _sign(self.side.under, point)
        return under != 0 and HOLDS[self.relation](_sign(self.side.over, point) * under)


def condition(fact: Fact, ring: Any) -> Condition:
    """left - right against zero; Unread where a side is no rational function."""
    if fact.relation not in HOLDS:
        raise Unread("a relation that is not read")
    left, right = rational(fact.left, ring), rational(fact.right, ring)
    if left.under == right.under:
        return Condition(fact.relation, Rational(left.over - right.over, left.under))
    over = left.over * right.under - right.over * left.under
    return Condition(fact.relation, Rational(over, left.under * right.under))


def sample_points(conditions: Sequence[Condition]) -> list[Any]:
    """All roots of the conditions, and a point in each interval between and beyond them."""
    roots: list[Any] = []
    for one in conditions:
        for polynomial in (one.side.over, one.side.under):
            roots.extend(root for root in real_roots(polynomial) if not any(_near(root, known) for known in roots))
    roots.sort(key=real)
    if len(roots) > MAX_POINTS:
        raise OverBudget("too many roots")
    if not roots:
        return [Fraction(0), Fraction(7, 3)]
    between = [_halfway(one, two) for one, two in pairwise(roots)]
    return [_rounded(roots[0]) - 1, *roots, *between, _rounded(roots[-1]) + 1]


def real_roots(polynomial: Any) -> list[Any]:
    """The real roots of a polynomial in one letter, as fractions where they are rational."""
    if polynomial.is_ground:
        return []
    free = polynomial.sqf_part()
    coefficients = _dense(free)
    if len(coefficients) - 1 > MAX_UNIVARIATE_DEGREE:
        raise OverBudget(f"a degree beyond {MAX_UNIVARIATE_DEGREE}")
    if len(coefficients) == 2:
        return [-coefficients[1] / coefficients[0]]
    found = CONTEXT.polyroots([real(one) for one in coefficients], maxsteps=200, extraprec=200)
    kept = []
    for root in found:
        if abs(root.imag) <= real(TINY) * (1 + abs(root.real)):
            kept.append(_recognised(root.real, polynomial))
    return kept


def _dense(polynomial: Any) -> list[Fraction]:
    """Coefficients, the highest power first."""
    by_power = {powers[0]: Fraction(int(one.numerator), int(one.denominator)) for powers, one in polynomial.terms()}
    return [by_power.get(power, Fraction(0)) for power in range(max(by_power), -1, -1)]


def _recognised(root: Any, polynomial: Any) -> Any:
    """The root as a fraction where that is one."""
    guess = Fraction(str(CONTEXT.nstr(root, 40))).limit_denominator(100_000)
    return guess if _evaluate(polynomial, guess) == 0 else root


def _evaluate(polynomial: Any, point: Any) -> Any:
    total: Any = Fraction(0) if isinstance(point, Fraction) else CONTEXT.mpf(0)
    for one in _dense(polynomial) if polynomial else ():
        total = total * point + (one if isinstance(point, Fraction) else real(one))
    return total


def _sign(polynomial: Any, point: Any) -> int:
    found = _evaluate(polynomial, point)
    if isinstance(found, Fraction):
        return (found > 0) - (found < 0)
    size = 1 + sum(abs(real(one)) for one in _dense(polynomial)) * (1 + abs(point)) ** 3 if polynomial else 1
    return 0 if abs(found) <= real(TINY) * size else 1 if found > 0 else -1


def _near(one: Any, two: Any) -> bool:
    return bool(abs(real(one) - real(two)) <= real(TINY) * (1 + abs(real(one))))


def _halfway(one: Any, two: Any) -> Fraction:
    middle = (real(one) + real(two)) / 2
    return Fraction(str(CONTEXT.nstr(middle, 30)))


def _rounded(root: Any) -> Fraction:
    return Fraction(int(real(root)))


def follows(facts: Sequence[Fact], claim: Fact) -> tuple[bool, bool]:
    """Whether the claim holds wherever the facts do, and whether it holds anywhere with them; one letter in all.

    Unread where a side is no rational function; OverBudget where degrees are too high.
    """
    ring = ring_of({name for fact in (*facts, claim) for name in fact.letters})
    known = [condition(fact, ring) for fact in facts]
    asked = condition(claim, ring)
    points = [point for point in sample_points([*known, asked]) if all(one.holds(point) for one in known)]
    if not points:
        raise Unread("the facts contradict each other")
    holding = [asked.holds(point) for point in points]
    return all(holding), any(holding)
