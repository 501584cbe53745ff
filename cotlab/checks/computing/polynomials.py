"""Trees with letters as exact rational functions in a ring of sympy, built by calls alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any

from sympy.polys.domains import QQ
from sympy.polys.orderings import grevlex
from sympy.polys.rings import PolyRing

from cotlab.checks.computing.budget import MAX_LETTERS, OverBudget, Undefined, Unread
from cotlab.checks.computing.values import value
from cotlab.checks.reading.tree import Apply, Letter, Measured, Node, Number

MAX_TERMS = 400
PI = "π"
"""The generator for pi: no polynomial with rational coefficients has it as a root, so it may be any letter."""
MAX_TOTAL_DEGREE = 24


@dataclass(frozen=True, slots=True)
class Rational:
    """over / under, both elements of one ring."""

    over: Any
    under: Any


def ring_of(names: Iterable[str]) -> Any:
    """The ring over the rational numbers in these letters."""
    letters = sorted(set(names))
    if len(letters) > MAX_LETTERS:
        raise OverBudget(f"more than {MAX_LETTERS} letters")
    return PolyRing(letters or ["unused"], QQ, grevlex)


def generators(ring: Any) -> Mapping[str, Any]:
    return dict(zip(map(str, ring.symbols), ring.gens, strict=True))


def rational(tree: Node, ring: Any) -> Rational:
    """The tree as a rational function; Unread where it is none (a root of a letter), OverBudget if it is large."""
    return _read(tree, ring, generators(ring))


def _read(tree: Node, ring: Any, letters: Mapping[str, Any]) -> Rational:
    match tree:
        case Letter(name):
            if name not in letters:
                raise Unread(f"{name} is no letter here")
            return Rational(letters[name], ring.one)
        case Number(number):
            return _constant(number, ring)
        case Apply("pi") if PI in letters:
            return Rational(letters[PI], ring.one)
        case Measured(inner, _) | Apply("()", (inner,)):
            return _read(inner, ring, letters)
        case Apply("neg", (inner,)):
            found = _read(inner, ring, letters)
            return Rational(-found.over, found.under)
        case Apply("+" | "-" | "*" | "/" | "of", (left, right)):
            return _combined(tree.operation, _read(left, ring, letters), _read(right, ring, letters))
        case Apply("^", (base, exponent)):
            return _power(_read(base, ring, letters), value(exponent), ring)
        case Apply("mixed", (left, right)):
            return _combined("+", _read(left, ring, letters), _read(right, ring, letters))
    number = value(tree)
    if not isinstance(number, Fraction):
        raise Unread("an irrational number")
    return _constant(number, ring)


def _constant(number: Fraction, ring: Any) -> Rational:
    return Rational(ring(QQ(number.numerator, number.denominator)), ring.one)


def _combined(operation: str, left: Rational, right: Rational) -> Rational:
    if operation == "/":
        if right.over == 0:
            raise Undefined("it divides by zero")
        operation, right = "*", Rational(right.under, right.over)
    if operation in "*of":
        return Rational(_product(left.over, right.over), _product(left.under, right.under))
    sign = -1 if operation == "-" else 1
    if left.under == right.under:
        return Rational(left.over + sign * right.over, left.under)
    over = _product(left.over, right.under) + sign * _product(right.over, left.under)
    return Rational(over, _product(left.under, right.under))


def _product(left: Any, right: Any) -> Any:
    if len(left) * len(right) > 4 * MAX_TERMS or _degree(left) + _degree(right) > MAX_TOTAL_DEGREE:
        raise OverBudget("the expression grows too large")
    return left * right


def _degree(polynomial: Any) -> int:
    return max((sum(powers) for powers in polynomial.itermonoms()), default=0)


def _power(base: Rational, exponent: Any, ring: Any) -> Rational:
    if not isinstance(exponent, Fraction) or exponent.denominator != 1:
        raise Unread("a power that is no whole number")
    times = abs(exponent.numerator)
    for one in (base.over, base.under):
        if _degree(one) * times > MAX_TOTAL_DEGREE or (len(one) > 1 and comb(times + len(one) - 1, times) > MAX_TERMS):
            raise OverBudget("the power of a sum grows too large")
        if one.is_ground and times > MAX_TOTAL_DEGREE * 8:
            raise OverBudget("an exponent is too large")
    if exponent < 0:
        if base.over == 0:
            raise Undefined("it divides by zero")
        return Rational(base.under**times, base.over**times)
    return Rational(base.over**times, base.under**times)


def difference(left: Node, right: Node, ring: Any) -> Any:
    """The polynomial that is zero where left = right (and both are defined)."""
    one, two = rational(left, ring), rational(right, ring)
    if one.under == two.under:
        return one.over - two.over
    return _product(one.over, two.under) - _product(two.over, one.under)
