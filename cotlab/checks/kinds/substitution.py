"""Values of defined functions: f(4) = 4 where f(x) = x^2 - 3x."""

from dataclasses import replace

from cotlab.checks.computing.budget import OverBudget, Undefined, Unread
from cotlab.checks.computing.identities import identical
from cotlab.checks.computing.sums import judge_equation, operations_of, states_equation
from cotlab.checks.findings import Finding, Licence, verified
from cotlab.checks.reading.facts import Facts, named_functions
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import shown


class Substitution:
    """The function's body is put in; numbers are compared, and letters verified as an identity."""

    name = "substitution"
    licence = Licence(real=3, alarms=3)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if not states_equation(statement) or statement.right is None:
            return None
        if not statement.uses:
            return None
        if "derivative" in operations_of(statement) or named_functions(statement.left) | named_functions(
            statement.right
        ):
            return None
        if not statement.letters:
            return replace_steps(judge_equation(statement), statement.uses)
        try:
            if identical(statement.left, statement.right):
                normalised = f"{shown(statement.left)} = {shown(statement.right)}"
                return verified("the value put in gives this", normalised, statement.uses)
        except (OverBudget, Undefined, Unread):
            return None
        return None


def replace_steps(finding: Finding, steps: frozenset[int]) -> Finding:
    return replace(finding, steps=steps)
