"""Divisibility and primes: 84 is divisible by 7, 97 is prime."""

from fractions import Fraction

from cotlab.checks.computing.budget import TOO_EXPENSIVE, OverBudget, Undefined, Unread
from cotlab.checks.computing.values import value
from cotlab.checks.findings import Finding, Licence, refuted, undecided, verified
from cotlab.checks.reading.facts import Facts
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import Node, shown

PROPERTIES = frozenset({"divisible", "not divisible", "divides", "prime", "not prime"})
LARGEST = 10**12
"""Numbers up to this are factored by trial division."""


class Divisibility:
    """a is divisible by b where a / b is whole; n is prime where no number from 2 to its root divides it."""

    name = "divisibility"
    licence = Licence(real=2, alarms=2)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if statement.relation not in PROPERTIES or statement.letters:
            return None
        try:
            number = _whole(statement.left)
            if statement.right is None:
                return _prime(number, statement.relation)
            other = _whole(statement.right)
        except OverBudget as error:
            return undecided(f"{TOO_EXPENSIVE}: {error}", statement.text)
        except (Undefined, Unread) as error:
            return undecided(str(error), statement.text)
        pair = (other, number) if statement.relation == "divides" else (number, other)
        return _divisible(*pair, expected=statement.relation != "not divisible")


def _whole(tree: Node) -> int:
    number = value(tree)
    if not isinstance(number, Fraction) or number.denominator != 1:
        raise Undefined(f"{shown(tree)} is no whole number")
    return number.numerator


def _divisible(number: int, by: int, expected: bool) -> Finding:
    normalised = f"{number} is {'' if expected else 'not '}divisible by {by}"
    if by == 0:
        return undecided("it divides by zero", normalised)
    quotient, rest = divmod(number, by)
    said = f"{number} = {by} * {quotient}" if rest == 0 else f"{number} divided by {by} leaves {rest}"
    return verified(said, normalised) if (rest == 0) == expected else refuted(said, normalised)


def _prime(number: int, relation: str) -> Finding:
    normalised = f"{number} is {relation}"
    if number > LARGEST:
        return undecided(f"{TOO_EXPENSIVE}: a prime of more than 12 digits", normalised)
    factor = next((one for one in _candidates(number) if number % one == 0), None)
    prime = number > 1 and factor is None
    said = (
        "no smaller number but 1 divides it"
        if prime
        else f"{number} = {factor} * {number // factor}"
        if factor
        else (f"{number} is below 2")
    )
    return verified(said, normalised) if prime == (relation == "prime") else refuted(said, normalised)


def _candidates(number: int) -> range | tuple[int, ...]:
    if number > 3 and number % 2 == 0:
        return (2,)
    return range(3, int(number**0.5) + 1, 2) if number > 3 else ()
