"""Whether two numbers written down are equal under some reading, or what else could have been meant."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from cotlab.checks.computing.budget import Undefined, Unread
from cotlab.checks.computing.irrational import OTHER_BRANCH, real
from cotlab.checks.computing.values import USUAL, Reading, Value, said, same, value
from cotlab.checks.reading import angles
from cotlab.checks.reading.grammar import OPEN_FACTORIAL
from cotlab.checks.reading.tree import (
    Apply,
    Measured,
    Node,
    Number,
    apply,
    literal,
    operations,
    parts,
    shown_unit,
    whole,
)

AGREEING_DIGITS = 10
ROUGHLY = Fraction(1, 20)
"""By what share an approximate value may be off before it is wrong."""
CONVERTED_ROUGHLY = Fraction(1, 30)
"""By what share amounts in two units may differ because the factor between them was rounded."""
AMBIGUOUS = frozenset({"%", "mixed", "scale", "log", "!", *OTHER_BRANCH})
SMALL = 2
"""Up to here a value of a trigonometric function is not printed as a whole number that is far off."""
SIGN_LEFT_OUT = "the angle may be in degrees"
Valued = list[tuple[Reading, Value]]
"""The value of a side under each of its readings."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`equal`: under a reading. Else `doubt`: why they may be meant to be equal; None: they differ.

    `left` and `right` are the values in words, under the usual reading.
    """

    equal: bool
    doubt: str | None
    left: str
    right: str


def readings(tree: Node, doubts: frozenset[str] = frozenset()) -> list[Reading]:
    """Every reading of a tree; the usual one first."""
    used = operations(tree)
    if not used or used.isdisjoint(AMBIGUOUS):
        return [USUAL]
    both = (True, False)
    return [
        Reading(percent, mixed, scale, True, bang, natural, principal)
        for percent, mixed, scale, bang, natural, principal in product(
            both if "%" in used else both[:1],
            both if "mixed" in used else both[:1],
            both if "scale" in used else both[:1],
            both if OPEN_FACTORIAL in doubts else both[:1],
            both[::-1] if "log" in used else both[1:],
            both if used & OTHER_BRANCH.keys() else both[:1],
        )
    ]


def compare(left: Node, right: Node, *, approximate: bool = False, doubts: frozenset[str] = frozenset()) -> Comparison:
    """Two trees without letters. OverBudget, Undefined and Unread where one has no value."""
    tried = []
    for one, two in angles.pairs(left, right):
        tried.append(_compared(one, two, approximate, doubts))
        if tried[-1].equal:
            return tried[-1]
    converted = angles.converts(left, right)
    found = tried[-1 if converted else 0]
    doubt = next((one.doubt for one in tried[converted:] if one.doubt), None)
    if doubt is None and not converted and _holds_in_degrees(left, right, approximate, doubts):
        doubt = SIGN_LEFT_OUT
    return replace(found, doubt=doubt)


def _holds_in_degrees(left: Node, right: Node, approximate: bool, doubts: frozenset[str]) -> bool:
    """Whether the sides are equal, or may be, where degrees are meant and not named."""
    found = (_compared(one, two, approximate, doubts) for one, two in angles.pairs_without_sign(left, right))
    return any(one.equal or one.doubt for one in found)


def _compared(left: Node, right: Node, approximate: bool, doubts: frozenset[str]) -> Comparison:
    """By all readings of either side, with degrees as they are."""
    lefts = [(reading, value(left, reading)) for reading in readings(left, doubts)]
    rights = [(reading, value(right, reading)) for reading in readings(right, doubts)]
    one, two = lefts[0][1], rights[0][1]
    for (_, a), (_, b) in product(lefts, rights):
        if same(a, b):
            return _comparison(True, None, one, two)
    for (reading, a), (other, b) in product(lefts, rights):
        if rounds_to(a, right, b, other, approximate) or rounds_to(b, left, a, reading, approximate):
            return _comparison(True, None, one, two)
    converted = _converted(left, right) if measured(left) or measured(right) else None
    if converted is not None and (converted.equal or converted.doubt):
        return converted
    doubt = next(_doubts(left, right, lefts, rights, approximate, converted is not None), None)
    if converted is not None and doubt is None:
        return converted
    return _comparison(False, doubt, *_clearest(left, right, lefts, rights))


def _comparison(equal: bool, doubt: str | None, left: Value, right: Value) -> Comparison:
    return Comparison(equal, doubt, said(left), said(right))


def _clearest(left: Node, right: Node, lefts: Valued, rights: Valued) -> tuple[Value, Value]:
    """The values to name: where a percent sign stands on one side only it is a label there."""
    if ("%" in operations(right)) == ("%" in operations(left)):
        return lefts[0][1], rights[0][1]
    return _labelled(left, lefts), _labelled(right, rights)


def _labelled(side: Node, values: Valued) -> Value:
    if literal(side) is None:
        return values[0][1]
    return next((number for reading, number in values if not reading.percent), values[0][1])


def last_place(tree: Node, reading: Reading) -> Fraction | None:
    """What one unit of the last printed decimal is worth; None for no literal, or one without decimals."""
    number = literal(tree)
    if number is None or not (number.decimals or number.endless):
        return None
    return Fraction(1, 10**number.decimals) * _factor(tree, reading)


def _factor(tree: Node, reading: Reading) -> Fraction:
    match tree:
        case Measured(inner, _) | Apply("()" | "neg", (inner,)):
            return _factor(inner, reading)
        case Apply("%", (inner,)):
            return _factor(inner, reading) / (100 if reading.percent else 1)
        case Apply("scientific", (inner, exponent)):
            return _factor(inner, reading) * Fraction(value(apply("^", whole(10), exponent)))
        case Apply("scale", (inner, Number(factor))):
            return _factor(inner, reading) * (factor if reading.scale else 1)
    return Fraction(1)


def rounds_to(exact: Value, printed: Node, shown: Value, reading: Reading, approximate: bool = False) -> bool:
    """Whether a value is printed as this literal: rounded to its decimals, or equal in ten digits."""
    number = literal(printed)
    if number is None:
        return False
    place = last_place(printed, reading)
    distance = abs(real(exact) - real(shown)) if not isinstance(exact, Fraction) else abs(exact - shown)
    if place is not None:
        if distance <= real_as(place if number.endless else place / 2, distance):
            return True
        if number.digits >= AGREEING_DIGITS and exact != 0:
            return bool(distance <= abs(exact) * real_as(Fraction(1, 10 ** (AGREEING_DIGITS - 1)), distance))
    elif approximate:
        return bool(distance <= real_as(_trailing(number) * _factor(printed, reading) / 2, distance))
    return False


def real_as(number: Fraction, like: Value) -> Value:
    return number if isinstance(like, Fraction) else real(number)


def _trailing(number: Number) -> Fraction:
    """What the last digit that is not a zero is worth: 100 for 4,700."""
    whole, place = abs(number.value.numerator), 1
    while number.value.denominator == 1 and whole and whole % 10 == 0:
        whole, place = whole // 10, place * 10
    return Fraction(place)


# Other meanings: each of them blocks a refutation


def _doubts(
    left: Node, right: Node, lefts: Valued, rights: Valued, approximate: bool, units_fit: bool
) -> Iterator[str]:
    for (reading, a), (other, b) in product(lefts, rights):
        if _cut_whole(a, left, right, b) or _cut_whole(b, right, left, a):
            yield "a value with decimals is printed as a whole number"
        if _truncates(a, right, b, other) or _truncates(b, left, a, reading):
            yield "the value is cut off instead of rounded"
        if approximate and a != 0 and abs(real(a) - real(b)) <= abs(real(a)) * real(ROUGHLY):
            yield "the value is approximate"
    if _holds_regrouped(left, rights) or _holds_regrouped(right, lefts):
        yield "the product after a division may stand below it"
    if _adds_percent(left) or _adds_percent(right):
        yield "adding or taking off a percentage may mean a share of the number before it"
    if not units_fit:
        yield from _units(left, right, lefts, rights)
    for reading in readings(right):
        other = Reading(percent=reading.percent, share=False)
        for side, values in ((right, lefts), (left, rights)):
            if "of" in operations(side) and any(same(one, value(side, other)) for _, one in values):
                yield "the share is named and what it is a share of follows"


def _cut_whole(exact: Value, side: Node, printed: Node, shown: Value) -> bool:
    number = literal(printed)
    if number is None or number.decimals or number.value.denominator > 1:
        return False
    is_whole = isinstance(exact, Fraction) and exact.denominator == 1
    near = ROUGHLY if angles.is_trigonometric(side) and abs(exact) <= SMALL else Fraction(1)
    return not is_whole and abs(real(exact) - real(shown)) < real(near)


def _truncates(exact: Value, printed: Node, shown: Value, reading: Reading) -> bool:
    place = last_place(printed, reading)
    if place is None:
        return False
    distance = (real(exact) - real(shown)) * (1 if exact >= 0 else -1)
    return bool(0 <= distance < real(place))


def _holds_regrouped(side: Node, others: Valued) -> bool:
    """Whether the sides are equal with a / b * c read as a / (b * c)."""
    regrouped = _regrouped(side)
    if regrouped == side:
        return False
    exact = value(regrouped)
    return any(abs(real(exact) - real(other)) <= abs(real(other)) * real(ROUGHLY) / 10 for _, other in others)


def _regrouped(tree: Node) -> Node:
    match tree:
        case Apply("*", (left, right)):
            inner, last = _regrouped(left), _regrouped(right)
            if isinstance(inner, Apply) and inner.operation == "/":
                over, under = inner.arguments
                return apply("/", over, apply("*", under, last))
            return apply("*", inner, last)
        case Apply("+" | "-" | "neg" | "()" as operation, arguments):
            return Apply(operation, tuple(_regrouped(one) for one in arguments))
    return tree


def _adds_percent(tree: Node) -> bool:
    """Whether a percentage is added to, or taken from, a number that is none: 80 + 5%."""
    for node in parts(tree):
        match node:
            case Apply("+" | "-", (left, Apply("%", _))) if "%" not in operations(left):
                return True
    return False


def measured(tree: Node) -> bool:
    return any(isinstance(node, Measured) for node in parts(tree))


def _converted(left: Node, right: Node) -> Comparison | None:
    """Both sides in the right one's unit (else the left one's), where they measure the same; None where they do not."""
    from cotlab.checks.computing.units import quantity, unit, unit_of_literal

    try:
        (one, of_one), (two, of_two) = quantity(left, USUAL), quantity(right, USUAL)
        target = unit_of_literal(right)
        source = unit_of_literal(left)
    except (Unread, Undefined):
        return None
    if of_one != of_two or not of_one:
        return None
    written = [node.unit for side in (right, left) for node in parts(side) if isinstance(node, Measured)]
    named = next((one for one in written if unit(one)[1] == of_one), None)
    scale, words = (unit(named)[0], f" {shown_unit(named)}") if named else (Fraction(1), "")
    names = f"{said(one / scale)}{words}", f"{said(two / scale)}{words}"
    if same(one, two) or any(
        other is not None and rounds_to(exact / other[0], printed, shown / other[0], USUAL)
        for other, exact, printed, shown in ((target, one, right, two), (source, two, left, one))
    ):
        return Comparison(True, None, *names)
    if source is None or target is None or source[0] == target[0]:
        return Comparison(False, None, *names)
    rounded = two != 0 and abs(real(one) / real(two) - 1) < real(CONVERTED_ROUGHLY)
    return Comparison(False, "the factor between the units may be rounded" if rounded else None, *names)


def _units(left: Node, right: Node, lefts: Valued, rights: Valued) -> Iterator[str]:
    on_left, on_right = measured(left), measured(right)
    if not (on_left or on_right):
        return
    if (_is_share(left) and on_right) or (_is_share(right) and on_left):
        yield "a share is set equal to an amount"
    if _temperature(left) != _temperature(right) and (literal(left) is not None or _temperature(left)):
        yield "a temperature may be in another scale on the other side"
    if on_left != on_right and any(
        _by_a_unit(a, b, right if on_right else left, on_left and literal(left) is not None)
        for (_, a), (_, b) in product(lefts, rights)
    ):
        yield "the sides differ by a factor between units"
    if literal(left) is not None and literal(right) is not None and _different_units(left, right):
        yield "two amounts in units without a known conversion"


def _temperature(tree: Node) -> frozenset[str]:
    """The scales of the temperatures in it."""
    from cotlab.checks.reading.unit_words import TEMPERATURES

    return frozenset(word for node in parts(tree) if isinstance(node, Measured) for word in node.unit).intersection(
        TEMPERATURES.values()
    )


def _by_a_unit(left: Value, right: Value, amount: Node, said_again: bool) -> bool:
    """Whether the values differ by a factor between units.

    A small one counts where the amount is a volume or a length, or where a bare amount is said again in other units.
    """
    from cotlab.checks.computing.units import FACTORS, SMALL_FACTORS, is_length_or_volume

    if not (isinstance(left, Fraction) and isinstance(right, Fraction) and left and right):
        return False
    factors = {abs(left / right), abs(right / left)}
    small = said_again or is_length_or_volume(amount)
    return bool(factors & FACTORS or (small and factors & SMALL_FACTORS))


def _different_units(left: Node, right: Node) -> bool:
    from cotlab.checks.computing.units import singular

    def names(tree: Node) -> set[str]:
        return {singular(word) for node in parts(tree) if isinstance(node, Measured) for word in node.unit}

    return names(left) != names(right)


def _is_share(tree: Node) -> bool:
    """A bare fraction or percentage."""
    while isinstance(tree, Apply) and tree.operation in ("()", "neg"):
        tree = tree.arguments[0]
    match tree:
        case Number(number, 0):
            return number.denominator > 1
        case Apply("/", (over, under)):
            one, two = literal(over), literal(under)
            return one is not None and two is not None and not measured(tree) and one.value < two.value
        case Apply("%", (inner,)):
            return literal(inner) is not None
    return False
