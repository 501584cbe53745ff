"""Irrational numbers in 60 digits: roots, constants and functions; exact where the result is rational."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath

from cotlab.checks.computing.budget import MAX_EXPONENT, OverBudget, Undefined

CONTEXT = mpmath.MPContext()
CONTEXT.dps = 60
TINY = CONTEXT.mpf(10) ** -50


def real(number: Any) -> Any:
    """A fraction or whole number in 60 digits; anything else as it is."""
    if isinstance(number, Fraction):
        return CONTEXT.mpf(number.numerator) / number.denominator
    return number


def root(number: Any, degree: int) -> Any:
    """The real root, as a fraction where it is one; Undefined for an even root below zero."""
    if degree == 1:
        return number
    if number < 0:
        if degree % 2 == 0:
            raise Undefined("it is the root of a negative number")
        return -root(-number, degree)
    if isinstance(number, Fraction):
        over, under = _whole_root(number.numerator, degree), _whole_root(number.denominator, degree)
        if over is not None and under is not None:
            return Fraction(over, under)
    return CONTEXT.root(real(number), degree)


def _whole_root(number: int, degree: int) -> int | None:
    if number.bit_length() < 2:
        return number
    guess = round(CONTEXT.root(CONTEXT.mpf(number), degree)) if number.bit_length() < 190 else 0
    return int(guess) if int(guess) ** degree == number else None


def _function(name: str) -> Callable[[Any], Any]:
    compute = getattr(CONTEXT, name)

    def applied(number: Any) -> Any:
        if abs(number) > 10**15:
            raise OverBudget("the argument is too large")
        try:
            found = compute(real(number))
        except ZeroDivisionError as error:
            raise Undefined("the function has no value there") from error
        if not isinstance(found, CONTEXT.mpf) or not CONTEXT.isfinite(found) or abs(found) > CONTEXT.mpf(10) ** 40:
            raise Undefined("the function has no value there")
        return found if number and abs(found) < TINY and abs(number) < 1 else halves(found)

    return applied


def halves(number: Any) -> Any:
    """A whole number or half of one as a fraction; it is taken for one where they agree in 50 digits."""
    nearest = CONTEXT.nint(2 * number)
    return Fraction(int(nearest), 2) if abs(2 * number - nearest) <= TINY * max(1, abs(nearest)) else number


def radians(degrees: Any) -> Any:
    return CONTEXT.radians(real(degrees)) if degrees else Fraction(0)


def degrees(radians: Any) -> Any:
    return halves(CONTEXT.degrees(real(radians)))


def _exponential(number: Any) -> Any:
    if abs(number) > MAX_EXPONENT:
        raise OverBudget(f"an exponent is beyond {MAX_EXPONENT}")
    return CONTEXT.exp(real(number))


def _logarithm(number: Any) -> Any:
    if number <= 0:
        raise Undefined("it is the logarithm of a number that is not above zero")
    return CONTEXT.log(real(number))


def _no_number() -> Any:
    raise Undefined("infinity is no number")


CONSTANTS: dict[str, Callable[[], Any]] = {
    "pi": lambda: +CONTEXT.pi,
    "e": lambda: +CONTEXT.e,
    "infinity": _no_number,
}
REAL_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": _exponential,
    "ln": _logarithm,
    **{name: _function(name) for name in ("sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh")},
    **{f"arc{name}": _function(f"a{name}") for name in ("sin", "cos", "tan", "sec", "csc", "cot")},
    "°": radians,
    "degrees": degrees,
}
OTHER_BRANCH: dict[str, Callable[[Any], Any]] = {
    "arccot": lambda found: found + CONTEXT.pi,
    "arcsec": lambda found: 2 * CONTEXT.pi - found,
    "arccsc": lambda found: CONTEXT.pi - found,
}
"""The value below zero in the other usual convention, from that of mpmath."""
