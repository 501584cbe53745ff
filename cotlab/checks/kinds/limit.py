"""Limits: \\lim_{x \\to 0} \\frac{\\sin x}{x} = 1."""

import sympy

from cotlab.checks.computing.budget import TOO_EXPENSIVE, OverBudget, Undefined, Unread
from cotlab.checks.computing.identities import close, with_constant_e
from cotlab.checks.computing.sums import states_equation
from cotlab.checks.computing.symbolic import number_from, symbol, symbolic
from cotlab.checks.computing.values import said, value
from cotlab.checks.findings import Finding, Licence, refuted, undecided, verified
from cotlab.checks.reading.facts import Facts
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import Apply, Letter, shown


class Limit:
    """sympy's limit from both sides, where it is a number."""

    name = "limit"
    licence = Licence(real=1, alarms=1)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        left, right = statement.left, statement.right
        if not states_equation(statement) or right is None or not isinstance(left, Apply) or left.operation != "lim":
            return None
        body, letter, target = left.arguments
        assert isinstance(letter, Letter)
        normalised = f"lim {letter.name} -> {shown(target)} of {shown(body)} = {shown(right)}"
        try:
            found = number_from(sympy.limit(symbolic(body), symbol(letter.name), symbolic(target), "+-"))
            other = value(with_constant_e(right))
        except OverBudget as error:
            return undecided(f"{TOO_EXPENSIVE}: {error}", normalised)
        except (Undefined, Unread, NotImplementedError, ValueError) as error:
            return undecided(f"not computed: {error}", normalised)
        if close(found, other):
            return verified(f"the limit is {said(found)}", normalised)
        return refuted(f"the limit is {said(found)}, not {shown(right)}", normalised)
