"""Amounts in units and of money: 1 km and 1000 m, $18 and 18 dollars; a unit that one side leaves out."""

from fractions import Fraction

from cotlab.checks.answers.amounts import compared
from cotlab.checks.answers.findings import Comparison, differ, doubtful, equal
from cotlab.checks.answers.reading import expression
from cotlab.checks.answers.stated import Stated
from cotlab.checks.computing.budget import Unread
from cotlab.checks.computing.readings import compare, measured
from cotlab.checks.computing.values import PLAIN, USUAL, same, value
from cotlab.checks.reading.angles import pairs
from cotlab.checks.reading.grammar import Side
from cotlab.checks.reading.tree import Measured, Node, letters, parts, shown
from cotlab.domain.checks import Verdict

CURRENCIES = frozenset("$€£¥₹")


class Amounts:
    """Both sides in base units, with the fixed factors of pint; nouns that are no known units stand for themselves."""

    name = "units"

    def compare(self, answer: Stated, reference: Stated) -> Comparison | None:
        one, two = expression(answer.text), expression(reference.text)
        if one is None or two is None or letters(one.tree) or letters(two.tree):
            return None
        if not (measured(one.tree) or measured(two.tree)):
            return None
        signs = [CURRENCIES & set(side.text) for side in (answer, reference)]
        if all(signs) and signs[0] != signs[1]:
            return doubtful("they are in two currencies")
        found = _in_base_units(one.tree, two.tree) or _as_angles(one.tree, two.tree)
        return found or _by_value(one, two, answer.about or reference.about)


def _in_base_units(answer: Node, reference: Node) -> Comparison | None:
    """Both in their base units, where they measure the same in different units."""
    from cotlab.checks.computing.units import quantity

    try:
        (one, of_one), (two, of_two) = quantity(answer, USUAL), quantity(reference, USUAL)
    except Unread:
        return None
    if of_one != of_two or not of_one or _words(answer) == _words(reference):
        return None
    words = f"{shown(answer)} and {shown(reference)}"
    if same(one, two):
        return equal(f"{words} are the same amount")
    if two != 0 and abs(one / two - 1) < Fraction(1, 30):
        return doubtful(f"{words} differ by little, and the factor between the units may be rounded")
    return differ(f"{shown(answer)} is not {shown(reference)}")


def _as_angles(answer: Node, reference: Node) -> Comparison | None:
    """Both in radians or degrees, where they are the same; None where they are not."""
    words = f"{shown(answer)} and {shown(reference)}"
    for one, two in pairs(answer, reference):
        if (one, two) == (answer, reference):
            continue
        if same(value(one), value(two)):
            return equal(f"{words} are the same angle")
        if compare(one, two).equal:
            return doubtful(f"{words} are the same angle as rounded")
    return None


def _by_value(answer: Side, reference: Side, about: bool) -> Comparison:
    """By the numbers, where the units are the same or one of them is left out."""
    from cotlab.checks.computing.units import FACTORS, SMALL_FACTORS

    own, given = _words(answer.tree), _words(reference.tree)
    found = compared(answer, reference, about)
    if not (own <= given or given <= own):
        return doubtful(f"{shown(answer.tree)} and {shown(reference.tree)} are in units without a known conversion")
    if found.verdict is Verdict.REFUTED and own != given and _has_known(own | given):
        one, two = value(answer.tree), value(reference.tree)
        factors = {abs(PLAIN["/"](one, two)), abs(PLAIN["/"](two, one))} if one and two else set()
        if factors & (FACTORS | SMALL_FACTORS):
            return doubtful(f"{found.reason}, but they differ by a factor between units")
    return found


def _words(tree: Node) -> frozenset[str]:
    from cotlab.checks.computing.units import singular

    written = {word for node in parts(tree) if isinstance(node, Measured) for word in node.unit}
    return frozenset("dollar" if word == "$" else singular(word) for word in written)


def _has_known(words: frozenset[str]) -> bool:
    from cotlab.checks.reading.unit_words import UNITS

    return any(word in UNITS or f"{word}s" in UNITS for word in words)
