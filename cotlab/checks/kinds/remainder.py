"""Remainders and congruences: 130 / 60 = 2 remainder 10, 17 ≡ 2 (mod 5), 29 mod 6 = 5."""

from fractions import Fraction

from cotlab.checks.computing.budget import TOO_EXPENSIVE, OverBudget, Undefined, Unread
from cotlab.checks.computing.sums import judge_equation, operations_of, states_equation
from cotlab.checks.computing.values import value
from cotlab.checks.findings import Finding, Licence, refuted, undecided, verified
from cotlab.checks.reading.facts import Facts
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import Apply, Node, shown


class Remainder:
    """a / b = q remainder r holds where a = b * q + r and 0 <= r < b; a ≡ b (mod m) where m divides a - b."""

    name = "remainder"
    licence = Licence(real=7, alarms=7)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if statement.letters or statement.right is None:
            return None
        try:
            if statement.modulus is not None and statement.relation in "≡=":
                return _congruence(statement, statement.modulus, statement.right)
            if statement.remainder is not None and statement.relation == "=":
                return _division(statement, statement.remainder, statement.right)
        except OverBudget as error:
            return undecided(f"{TOO_EXPENSIVE}: {error}", statement.text)
        except (Undefined, Unread) as error:
            return undecided(str(error), statement.text)
        if states_equation(statement) and "mod" in operations_of(statement):
            return judge_equation(statement)
        return None


def _congruence(statement: Statement, modulus: Node, right: Node) -> Finding:
    base = _whole(value(modulus))
    if base < 1:
        raise Undefined("the modulus is not above zero")
    normalised = f"{shown(statement.left)} ≡ {shown(right)} (mod {base})"
    one, two = _residue(statement.left, base), _residue(right, base)
    said = f"{shown(statement.left)} leaves {one} when divided by {base}"
    if one == two:
        return verified(said, normalised)
    return refuted(f"{said}, and {shown(right)} leaves {two}", normalised)


def _residue(tree: Node, modulus: int) -> int:
    """The remainder, with a power taken modulo, so that no number grows long."""
    match tree:
        case Apply("^", (base, exponent)):
            times = _whole(value(exponent))
            if times < 0 or times.bit_length() > 4_000:
                raise Unread("the exponent of a power with a modulus")
            return pow(_residue(base, modulus), times, modulus)
        case Apply("+" | "-" | "*" as sign, (left, right)):
            one, two = _residue(left, modulus), _residue(right, modulus)
            return (one + two if sign == "+" else one - two if sign == "-" else one * two) % modulus
        case Apply("()", (inner,)):
            return _residue(inner, modulus)
        case Apply("neg", (inner,)):
            return -_residue(inner, modulus) % modulus
    return _whole(value(tree)) % modulus


def _whole(number: object) -> int:
    if not isinstance(number, Fraction) or number.denominator != 1:
        raise Undefined("it takes a whole number")
    return number.numerator


def _division(statement: Statement, remainder: Node, right: Node) -> Finding | None:
    if not isinstance(statement.left, Apply) or statement.left.operation != "/":
        return undecided("a remainder without a division", statement.text)
    over, under = (_whole(value(one)) for one in statement.left.arguments)
    quotient, rest = _whole(value(right)), _whole(value(remainder))
    normalised = f"{over} / {under} = {quotient} remainder {rest}"
    if under <= 0 or over < 0:
        return undecided("a remainder of numbers below zero", normalised)
    back = under * quotient + rest
    if back == over and rest < under:
        return verified(f"{under} * {quotient} + {rest} is {over}", normalised)
    if back == over:
        return undecided(f"the remainder {rest} is not below {under}", normalised)
    return refuted(f"{under} * {quotient} + {rest} is {back}, not {over}", normalised)
