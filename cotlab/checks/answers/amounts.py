"""Two amounts without letters: whether they are the same, may be meant to be, or differ."""

from collections.abc import Iterator
from itertools import product

from cotlab.checks.answers.findings import Comparison, differ, doubtful, equal
from cotlab.checks.computing.irrational import real
from cotlab.checks.computing.readings import ROUGHLY, Valued, readings, rounds_to
from cotlab.checks.computing.values import USUAL, Reading, Value, said, same, value
from cotlab.checks.reading.grammar import Side
from cotlab.checks.reading.tree import Node, literal, operations, shown

Pairs = list[tuple[tuple[Reading, Value], tuple[Reading, Value]]]
GROUP = 3
FURTHER_DECIMALS = 3
"""So many decimals more than the reference make an answer the value that the reference is rounded from."""
ENOUGH_DIGITS = 4
"""Digits from which a rounded answer stands for a reference that is no decimal number."""


def compared(answer: Side, reference: Side, about: bool = False) -> Comparison:
    """OverBudget, Undefined and Unread where one has no value.

    A % and a scale word have their value here, and not that of a label: where only the label would make both equal it
    stays open, since the question may have asked "what percentage" or "how many millions".
    """
    left, right = answer.tree, reference.tree
    one, two = value(left), value(right)
    pairs = list(product(_valued(answer), _valued(reference)))
    if any(same(a, b) for (reading, a), (other, b) in pairs if _proper(reading, other)):
        return equal(f"{shown(left)} is {said(two)}")
    words = f"{_named(left, one)} is not {_named(right, two)}"
    if _surely_rounded(left, right, one, two):
        return equal(f"{_named(left, one)} and {_named(right, two)} are equal as rounded")
    doubt = next(_doubts(left, right, one, two, pairs, about), None)
    if doubt is None and (answer.doubts or reference.doubts):
        doubt = ", ".join(sorted(answer.doubts | reference.doubts))
    return differ(words) if doubt is None else doubtful(f"{words}, but {doubt}")


def _valued(side: Side) -> Valued:
    return [(reading, value(side.tree, reading)) for reading in readings(side.tree, side.doubts)]


def _proper(one: Reading, two: Reading) -> bool:
    return one.percent and two.percent and one.scale and two.scale


def _named(tree: Node, number: Value) -> str:
    text = shown(tree)
    return text if literal(tree) is not None else f"{text} = {said(number)}"


def _surely_rounded(answer: Node, reference: Node, one: Value, two: Value) -> bool:
    """Whether one is printed rounded, and the other is exact enough to say so: 1/3 beside 0.33, 3.14159 beside 3.14."""
    own, given = literal(answer), literal(reference)
    if given is not None and rounds_to(one, reference, two, USUAL):
        return own is None or own.decimals >= given.decimals + FURTHER_DECIMALS
    return own is not None and given is None and own.digits >= ENOUGH_DIGITS and rounds_to(two, answer, one, USUAL)


def _doubts(answer: Node, reference: Node, one: Value, two: Value, pairs: Pairs, about: bool) -> Iterator[str]:
    for (_, a), (_, b) in pairs:
        if same(a, b):
            label = "%" in operations(answer) or "%" in operations(reference)
            yield f"the {'percent sign' if label else 'scale word'} may be a label"
    for printed, shown_value, exact in ((answer, one, two), (reference, two, one)):
        if rounds_to(exact, printed, shown_value, USUAL):
            yield "one may be the other rounded"
        if _cut(printed, shown_value, exact):
            yield "one may be the other without its decimals"
        if _is_grouped(printed, exact):
            yield "the point may separate thousands"
    if about and two != 0 and abs(real(one) - real(two)) <= abs(real(two)) * real(ROUGHLY):
        yield "it is said to be approximate"


def _cut(printed: Node, shown_value: Value, exact: Value) -> bool:
    """Whether a number may be printed without decimals that it has: left off, or cut off instead of rounded."""
    number = literal(printed)
    if number is None or number.value == 0 or (number.value.denominator > 1 and not number.decimals):
        return False
    place = abs(real(shown_value) / real(number.value)) / 10**number.decimals
    return bool(0 < abs(real(exact) - real(shown_value)) < place)


def _is_grouped(printed: Node, other: Value) -> bool:
    """Whether a point may separate thousands: 1.234 for 1234."""
    number = literal(printed)
    if number is None or number.decimals != GROUP or number.digits > GROUP + 3:
        return False
    return bool(abs(real(number.value)) * 10**GROUP == abs(real(other)))
