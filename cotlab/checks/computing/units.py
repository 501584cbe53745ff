"""Units of a quantity: fixed factors from pint for known ones, and nouns that stand for themselves."""

from fractions import Fraction
from functools import cache
from typing import Any

import pint

from cotlab.checks.computing.budget import Unread
from cotlab.checks.computing.values import PLAIN, Reading, Value, value
from cotlab.checks.reading.tree import Apply, Measured, Node, parts
from cotlab.checks.reading.unit_words import UNITS

Dimensions = tuple[tuple[str, int], ...]
"""What a unit measures, as (("[length]", 1), ("[time]", -1)); sorted, without zeros."""
Unit = tuple[Fraction, Dimensions]
OWN: dict[str, Unit] = {
    "cents_of_money": (Fraction(1, 100), (("money", 1),)),
    "nickels_of_money": (Fraction(5, 100), (("money", 1),)),
    "dimes_of_money": (Fraction(10, 100), (("money", 1),)),
    "quarters_of_money": (Fraction(25, 100), (("money", 1),)),
    "dollars_of_money": (Fraction(1), (("money", 1),)),
    "months_of_calendar": (Fraction(1), (("calendar", 1),)),
    "years_of_calendar": (Fraction(12), (("calendar", 1),)),
    "ton_of_some_kind": (Fraction(1), (("ton", 1),)),
}
FACTORS = frozenset(
    Fraction(one)
    for one in (7, 12, 24, 30, 36, 52, 60, 100, 365, 1_000, 1_440, 1_760, 3_600, 5_280, 10_000, 86_400, 10**6, 10**9)
)
"""By how much two sides may differ where a unit on one of them was left out on the other."""
SMALL_FACTORS = frozenset(Fraction(one) for one in (2, 3, 4, 8, 10, 16, 32, 128))
Quantity = tuple[Value, Dimensions]


@cache
def registry() -> Any:
    return pint.UnitRegistry(non_int_type=Fraction, cache_folder=None)


@cache
def _base(name: str) -> Unit:
    """The factor to pint's base units, and the dimension."""
    if name in OWN:
        return OWN[name]
    quantity = registry().Quantity(Fraction(1), name)
    factor = Fraction(str(quantity.to_base_units().magnitude))
    dimensions = tuple(sorted((key, int(power)) for key, power in quantity.dimensionality.items()))
    return factor, dimensions


@cache
def unit(words: tuple[str, ...]) -> Unit:
    """The unit of ("km", "/", "h"): its factor and dimension; nouns that are not known stand for themselves."""
    factor, dimensions = Fraction(1), dict[str, int]()
    power, place = 1, 0
    noun: list[str] = []
    while place < len(words):
        word = words[place]
        if word == "/":
            power = -1
        elif word in ("square", "cubic", "sq") and place + 1 < len(words):
            place += 1
            factor = _times(factor, dimensions, words[place], power * (3 if word == "cubic" else 2))
        elif word[0] == "^":
            raise Unread("a unit with an exponent")
        elif _name(word) is not None:
            factor = _times(factor, dimensions, word, power)
        else:
            noun.append(singular(word))
            if place + 1 == len(words) or words[place + 1] == "/":
                key = " ".join(noun)
                dimensions[key] = dimensions.get(key, 0) + power
                noun.clear()
        place += 1
    return factor, _sorted(dimensions)


def _name(word: str) -> str | None:
    return UNITS.get(word) or UNITS.get(word.lower())


def _times(factor: Fraction, dimensions: dict[str, int], word: str, power: int) -> Fraction:
    name = _name(word)
    if name is None:
        raise Unread(f"{word} is no unit")
    base, inner = _base(name)
    for key, exponent in inner:
        dimensions[key] = dimensions.get(key, 0) + exponent * power
    return factor * base**power


def _sorted(dimensions: dict[str, int]) -> Dimensions:
    return tuple(sorted((key, power) for key, power in dimensions.items() if power))


def singular(word: str) -> str:
    low = word.lower()
    return low[:-1] if low.endswith("s") and len(low) > 3 else low


def has_unit(tree: Node) -> bool:
    match tree:
        case Measured():
            return True
        case Apply(_, arguments):
            return any(has_unit(one) for one in arguments)
    return False


def quantity(tree: Node, reading: Reading) -> Quantity:
    """The value in base units and its dimension; Unread where the units do not fit."""
    match tree:
        case Measured(inner, words):
            factor, dimensions = unit(words)
            number, of_inner = quantity(inner, reading)
            if of_inner:
                raise Unread("a unit of a unit")
            return number * factor, dimensions
        case Apply("()" | "neg", (inner,)):
            number, dimensions = quantity(inner, reading)
            return (number if tree.operation == "()" else -number), dimensions
        case Apply("+" | "-", (left, right)):
            (one, of_one), (two, of_two) = quantity(left, reading), quantity(right, reading)
            if of_one != of_two:
                raise Unread("a sum of different units")
            return PLAIN[tree.operation](one, two), of_one
        case Apply("*" | "/" | "of", (left, right)):
            (one, of_one), (two, of_two) = quantity(left, reading), quantity(right, reading)
            power = -1 if tree.operation == "/" else 1
            joined = dict(of_one)
            for key, exponent in of_two:
                joined[key] = joined.get(key, 0) + exponent * power
            return PLAIN["/" if power < 0 else "*"](one, two), _sorted(joined)
    if has_unit(tree):
        raise Unread("a unit inside a function")
    return value(tree, reading), ()


def is_length_or_volume(tree: Node) -> bool:
    """Whether a known unit of length, area or volume stands in it."""
    for node in parts(tree):
        if isinstance(node, Measured) and any(_name(word) is not None for word in node.unit):
            dimensions = unit(node.unit)[1]
            if any(key == "[length]" for key, _ in dimensions):
                return True
    return False


def unit_of_literal(tree: Node) -> Unit | None:
    """The unit where a tree is one quantity."""
    while isinstance(tree, Apply) and tree.operation in ("()", "neg"):
        tree = tree.arguments[0]
    return unit(tree.unit) if isinstance(tree, Measured) else None
