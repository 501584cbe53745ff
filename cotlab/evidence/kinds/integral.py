"""Integrals: definite ones by value, others by differentiating back, up to a constant."""

from typing import Any

import sympy

from cotlab.evidence.budget import TOO_EXPENSIVE, OverBudget, Undefined, Unread
from cotlab.evidence.facts import Facts
from cotlab.evidence.findings import Finding, Licence, refuted, undecided, verified
from cotlab.evidence.identities import close
from cotlab.evidence.readings import rounds_to
from cotlab.evidence.statements import Statement
from cotlab.evidence.sums import states_equation
from cotlab.evidence.symbolic import number_from, symbol, symbolic
from cotlab.evidence.tree import Apply, Letter, Node, letters, shown
from cotlab.evidence.values import USUAL, said, value
from cotlab.evidence.vanishing import vanishes


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
