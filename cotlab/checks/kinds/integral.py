"""Integrals: definite ones by value, others by differentiating back, up to a constant."""

from typing import Any

import sympy

from cotlab.checks.computing.budget import TOO_EXPENSIVE, OverBudget, Undefined, Unread
from cotlab.checks.computing.identities import close
from cotlab.checks.computing.readings import rounds_to
from cotlab.checks.computing.sums import states_equation
from cotlab.checks.computing.symbolic import number_from, symbol, symbolic
from cotlab.checks.computing.values import USUAL, said, value
from cotlab.checks.computing.vanishing import vanishes
from cotlab.checks.findings import Finding, Licence, refuted, undecided, verified
from cotlab.checks.reading.facts import Facts
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import Apply, Letter, Node, letters, shown


class Integral:
    """The derivative of the right side must be the integrand; with ends, both sides must be the same number."""

    name = "integral"
    licence = Licence(real=2, alarms=2)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        left, right = statement.left, statement.right
        if not states_equation(statement) or right is None or not isinstance(left, Apply) or left.operation != "int":
            return None
        body, letter = left.arguments[:2]
        assert isinstance(letter, Letter)
        normalised = f"∫ {shown(body)} d{letter.name} = {shown(right)}"
        try:
            if len(left.arguments) == 4:
                return _definite(left.arguments, right, normalised)
            return _indefinite(body, letter, right, normalised)
        except OverBudget as error:
            return undecided(f"{TOO_EXPENSIVE}: {error}", normalised)
        except (Undefined, Unread) as error:
            return undecided(f"not computed: {error}", normalised)


def _indefinite(body: Node, letter: Letter, right: Node, normalised: str) -> Finding:
    back = symbolic(right).diff(symbol(letter.name))
    holds = vanishes(back - symbolic(body))
    reason = f"the derivative of {shown(right)} is {back}".replace("**", "^")
    if holds is None:
        return undecided("it has no value at the points tried", normalised)
    return verified(reason, normalised) if holds else refuted(f"{reason}, not {shown(body)}", normalised)


def _definite(arguments: tuple[Node, ...], right: Node, normalised: str) -> Finding:
    body, letter, low, high = arguments
    assert isinstance(letter, Letter)
    if letters(right) - {"e"} or letters(body) - {"e", letter.name} or letters(low) | letters(high) - {"e"}:
        raise Unread("an integral with further letters")
    found: Any = sympy.integrate(symbolic(body), (symbol(letter.name), symbolic(low), symbolic(high)))
    if found.has(sympy.Integral):
        raise Unread("no closed form was found")
    exact, shown_value = number_from(found), value(right)
    if close(exact, shown_value) or rounds_to(exact, right, shown_value, USUAL):
        return verified(f"the integral is {said(exact)}", normalised)
    return refuted(f"the integral is {said(exact)}, not {shown(right)}", normalised)
