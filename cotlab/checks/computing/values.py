"""The value of a tree without letters, or with values for them: an exact fraction, else 60 digits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import comb, factorial, gcd, lcm
from typing import Any

from cotlab.checks.computing.budget import (
    MAX_BITS,
    MAX_EXPONENT,
    MAX_FACTORIAL,
    MAX_TERMS,
    OverBudget,
    Undefined,
    Unread,
)
from cotlab.checks.computing.irrational import CONSTANTS, OTHER_BRANCH, REAL_FUNCTIONS, real, root
from cotlab.checks.reading.tree import Apply, Letter, Measured, Node, Number

Value = Any
"""A Fraction, or a real number of mpmath with 60 digits where the value is irrational."""
Values = Mapping[str, Value]
NONE: Values = {}


@dataclass(frozen=True, slots=True)
class Reading:
    """How signs with two meanings are read."""

    percent: bool = True
    """Whether % means 1/100; else it is a label."""
    mixed: bool = True
    """Whether 3 1/2 is a sum; else a product."""
    scale: bool = True
    """Whether "million" multiplies; else it is a unit."""
    share: bool = True
    """Whether "of" multiplies; else what follows is only named."""
    bang: bool = True
    """Whether an exclamation mark at the end is a factorial."""
    natural: bool = False
    """Whether log is the natural one; else that to base 10."""
    principal: bool = True
    """Whether arccot, arcsec and arccsc below zero have the values of mpmath; else those of the other convention."""


USUAL = Reading()
LONG = 200
"""Bits of a whole number that is no longer printed in full."""
LARGE_DENOMINATOR = 1_000


def value(tree: Node, reading: Reading = USUAL, known: Values = NONE) -> Value:
    """The value of a tree; OverBudget, Undefined, or Unread where a letter has no value or an operation none here."""
    match tree:
        case Number(number):
            return number
        case Letter(name):
            if name in known:
                return known[name]
            raise Unread(f"nothing says what {name} is")
        case Measured(inner, _):
            return value(inner, reading, known)
        case Apply("+" | "-" | "*"):
            return _spine(tree, reading, known)
        case Apply(operation, arguments):
            if (special := SPECIAL.get(operation)) is not None:
                return special(arguments, reading, known)
            if (plain := PLAIN.get(operation)) is None:
                raise Unread(f"{operation} is not computed here")
            return plain(*(value(one, reading, known) for one in arguments))


def _spine(tree: Apply, reading: Reading, known: Values) -> Value:
    """A long sum or product, without a call for each term."""
    waiting: list[tuple[str, Node]] = []
    node: Node = tree
    while isinstance(node, Apply) and node.operation in ("+", "-", "*"):
        left, right = node.arguments
        waiting.append((node.operation, right))
        node = left
    total = value(node, reading, known)
    for operation, term in reversed(waiting):
        total = PLAIN[operation](total, value(term, reading, known))
    return total


def _within(number: Value) -> Value:
    if isinstance(number, Fraction) and number.numerator.bit_length() + number.denominator.bit_length() > MAX_BITS:
        raise OverBudget("the number is too long")
    return number


def _divide(over: Value, under: Value) -> Value:
    if under == 0:
        raise Undefined("it divides by zero")
    if isinstance(over, Fraction) and isinstance(under, Fraction):
        return _within(over / under)
    return real(over) / real(under)


def power(base: Value, exponent: Value) -> Value:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        times = exponent.numerator
        if base == 0 and times <= 0:
            raise Undefined("it is zero to the power of zero or less")
        if abs(base) == 1:
            return base if times % 2 else Fraction(1)
        if abs(times) > MAX_EXPONENT:
            raise OverBudget(f"an exponent is beyond {MAX_EXPONENT}")
        if (base.numerator.bit_length() + base.denominator.bit_length()) * abs(times) > MAX_BITS:
            raise OverBudget("the power is too long")
        return base**times
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        if abs(exponent) > MAX_EXPONENT:
            raise OverBudget(f"an exponent is beyond {MAX_EXPONENT}")
        return base**exponent.numerator
    if isinstance(exponent, Fraction) and exponent.denominator <= 64:
        return power(root(base, exponent.denominator), Fraction(exponent.numerator))
    if base <= 0:
        raise Undefined("it is a power of a number below zero")
    if abs(exponent) > MAX_EXPONENT:
        raise OverBudget(f"an exponent is beyond {MAX_EXPONENT}")
    return real(base) ** real(exponent)


def _whole(number: Value, least: int = 0) -> int:
    if not isinstance(number, Fraction) or number.denominator != 1 or number < least:
        raise Undefined("it takes a whole number")
    return number.numerator


def _factorial(number: Value) -> Value:
    if _whole(number) > MAX_FACTORIAL:
        raise OverBudget(f"a factorial of more than {MAX_FACTORIAL}")
    return Fraction(factorial(number.numerator))


def _binomial(above: Value, below: Value) -> Value:
    if _whole(above) > MAX_FACTORIAL:
        raise OverBudget(f"a binomial of more than {MAX_FACTORIAL}")
    return Fraction(comb(above.numerator, _whole(below)))


def _modulo(number: Value, modulus: Value) -> Value:
    return Fraction(_whole(number, -(10**400)) % _whole(modulus, 1))


def _root_of(number: Value, degree: Value = Fraction(2)) -> Value:
    return root(number, _whole(degree, 1))


def _floor(number: Value) -> Value:
    return Fraction(number.__floor__() if isinstance(number, Fraction) else int(real(number).__floor__()))


def _alike(combine: Callable[[Value, Value], Value]) -> Callable[[Value, Value], Value]:
    """The operation on two fractions, or on two real numbers where one of them is none."""

    def computed(left: Value, right: Value) -> Value:
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return _within(combine(left, right))
        return combine(real(left), real(right))

    return computed


PLAIN: dict[str, Callable[..., Value]] = {
    "+": _alike(lambda left, right: left + right),
    "-": _alike(lambda left, right: left - right),
    "*": _alike(lambda left, right: left * right),
    "/": _divide,
    "()": lambda inner: inner,
    "rad": lambda inner: inner,
    "neg": lambda inner: -inner,
    "^": power,
    "abs": abs,
    "binom": _binomial,
    "mod": _modulo,
    "sqrt": _root_of,
    "root": _root_of,
    "cbrt": lambda inner: root(inner, 3),
    "gcd": lambda *all_of: Fraction(reduce(gcd, (_whole(one) for one in all_of))),
    "lcm": lambda *all_of: Fraction(reduce(lcm, (_whole(one, 1) for one in all_of))),
    "max": max,
    "min": min,
    "scientific": lambda mantissa, exponent: mantissa * power(Fraction(10), exponent),
    "floor": _floor,
    "ceil": lambda inner: -_floor(-inner),
    "factorial": _factorial,
    **CONSTANTS,
    **REAL_FUNCTIONS,
}


def _percent(arguments: tuple[Node, ...], reading: Reading, known: Values) -> Value:
    inner = value(arguments[0], reading, known)
    return inner / 100 if reading.percent else inner


def _mixed(arguments: tuple[Node, ...], reading: Reading, known: Values) -> Value:
    left, right = (value(one, reading, known) for one in arguments)
    return PLAIN["+" if reading.mixed else "*"](left, right)


def _scale(arguments: tuple[Node, ...], reading: Reading, known: Values) -> Value:
    left, factor = (value(one, reading, known) for one in arguments)
    return left * factor if reading.scale else left


def _of(arguments: tuple[Node, ...], reading: Reading, known: Values) -> Value:
    part = value(arguments[0], reading, known)
    return PLAIN["*"](part, value(arguments[1], reading, known)) if reading.share else part


def _bang(arguments: tuple[Node, ...], reading: Reading, known: Values) -> Value:
    inner = value(arguments[0], reading, known)
    return _factorial(inner) if reading.bang else inner


def _base(arguments: tuple[Node, ...], reading: Reading, known: Values) -> Value:
    digits, base = (_whole(value(one, reading, known)) for one in arguments)
    if not 2 <= base <= 10 or any(int(digit) >= base for digit in str(digits)):
        raise Undefined(f"{digits} has a digit that is none in base {base}")
    return Fraction(int(str(digits), base))


def _series(combine: Callable[[Value, Value], Value], first: int) -> Callable[..., Value]:
    def compute(arguments: tuple[Node, ...], reading: Reading, known: Values) -> Value:
        term, letter, low, high = arguments
        assert isinstance(letter, Letter)
        start = _whole(value(low, reading, known), -MAX_TERMS)
        stop = _whole(value(high, reading, known), -MAX_TERMS)
        if stop - start > MAX_TERMS:
            raise OverBudget(f"a range of more than {MAX_TERMS:,} terms")
        total: Value = Fraction(first)
        for number in range(start, stop + 1):
            total = combine(total, value(term, reading, {**known, letter.name: Fraction(number)}))
        return total

    return compute


def _log(arguments: tuple[Node, ...], reading: Reading, known: Values) -> Value:
    number, *base = (value(one, reading, known) for one in arguments)
    natural = REAL_FUNCTIONS["ln"]
    if not base and reading.natural:
        return natural(number)
    under = base[0] if base else Fraction(10)
    if (
        isinstance(number, Fraction)
        and isinstance(under, Fraction)
        and (exact := _exact_log(number, under)) is not None
    ):
        return exact
    return _divide(natural(number), natural(under))


def _inverse(name: str) -> Callable[[tuple[Node, ...], Reading, Values], Value]:
    def compute(arguments: tuple[Node, ...], reading: Reading, known: Values) -> Value:
        (number,) = (value(one, reading, known) for one in arguments)
        found = REAL_FUNCTIONS[name](number)
        return found if reading.principal or number >= 0 else OTHER_BRANCH[name](real(found))

    return compute


def _exact_log(number: Fraction, base: Fraction) -> Fraction | None:
    """The whole number n with base^n = number, for small ones."""
    if base <= 1 or number <= 0:
        return None
    for times in range(0, 64):
        if base**times == number:
            return Fraction(times)
        if base**times == 1 / number:
            return Fraction(-times)
        if base**times > number and base**times > 1 / number:
            return None
    return None


SPECIAL: dict[str, Callable[[tuple[Node, ...], Reading, Values], Value]] = {
    "%": _percent,
    "mixed": _mixed,
    "scale": _scale,
    "of": _of,
    "!": _bang,
    "base": _base,
    "sum": _series(PLAIN["+"], 0),
    "prod": _series(PLAIN["*"], 1),
    "log": _log,
    **{name: _inverse(name) for name in OTHER_BRANCH},
}


def same(left: Value, right: Value) -> bool:
    """Equal: exactly, or in 40 digits where one of them is irrational."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left == right
    size = max(1, abs(real(left)), abs(real(right)))
    return bool(abs(real(left) - real(right)) <= size * real(Fraction(1, 10**40)))


def said(number: Value) -> str:
    """A value in words: a whole number, a short decimal, a fraction beside its decimals, else some decimals."""
    if not isinstance(number, Fraction):
        return f"about {_about(number)}"
    if number.denominator == 1:
        return str(number.numerator) if number.numerator.bit_length() < LONG else f"about {_about(number)}"
    if 10**6 % number.denominator == 0 and abs(number) < 10**12:
        return f"{float(number):.12g}"
    if number.denominator < LARGE_DENOMINATOR:
        return f"{number.numerator}/{number.denominator}, about {_about(number)}"
    return f"about {_about(number)}"


def _about(number: Value) -> str:
    try:
        return f"{float(number):.{5 if abs(number) < 10**4 else 9}g}"
    except OverflowError:
        return f"{'-' if number < 0 else ''}a number of hundreds of digits"
