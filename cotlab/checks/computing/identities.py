"""Whether two expressions with letters are equal wherever both are defined: exactly, or in 60 digits at many points."""

import random
from fractions import Fraction

from cotlab.checks.computing.budget import OverBudget, Undefined, Unread
from cotlab.checks.computing.irrational import real
from cotlab.checks.computing.polynomials import difference, ring_of
from cotlab.checks.computing.values import Value, value
from cotlab.checks.reading.tree import Apply, Letter, Node, letters

POINTS = 24
ENOUGH = 6
CLOSE = Fraction(1, 10**25)


def identical(left: Node, right: Node) -> bool | None:
    """True or False; None where too few points have a value."""
    names = letters(left) | letters(right)
    try:
        return bool(difference(left, right, ring_of(names)) == 0)
    except Unread:
        return equal_at_points(
            with_constant_e(left), with_constant_e(right), names - {"e"} if _has_e(left, right) else names
        )


def equal_at_points(left: Node, right: Node, names: frozenset[str]) -> bool | None:
    """Compare at up to 24 points, the same each time; None where fewer than 6 have a value on both sides."""
    chance = random.Random(20)
    agreed = 0
    for _ in range(POINTS):
        point = {name: Fraction(chance.randint(-400, 900), chance.randint(90, 110)) for name in sorted(names)}
        try:
            one, two = value(left, known=point), value(right, known=point)
        except (Undefined, OverBudget):
            continue
        if not close(one, two):
            return False
        agreed += 1
        if agreed == ENOUGH:
            return True
    return None


def close(one: Value, two: Value) -> bool:
    size = max(1, abs(real(one)), abs(real(two)))
    return bool(abs(real(one) - real(two)) <= size * real(CLOSE))


def _has_e(*trees: Node) -> bool:
    return any(with_constant_e(tree) != tree for tree in trees)


def with_constant_e(tree: Node) -> Node:
    """The tree with the letter e, where it is the base of a power, as the constant."""
    match tree:
        case Apply("^", (Letter("e"), exponent)):
            return Apply("exp", (with_constant_e(exponent),))
        case Apply(operation, arguments):
            return Apply(operation, tuple(with_constant_e(one) for one in arguments))
    return tree
