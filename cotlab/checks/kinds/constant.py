"""Roots, constants and functions of numbers: \\sqrt{50} = 5\\sqrt{2}, \\pi ≈ 3.14."""

from cotlab.checks.computing.identities import with_constant_e
from cotlab.checks.computing.irrational import REAL_FUNCTIONS
from cotlab.checks.computing.sums import judge_equation, operations_of, states_equation
from cotlab.checks.findings import Finding, Licence
from cotlab.checks.reading.facts import Facts
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import letters

OPERATIONS = frozenset({"sqrt", "root", "cbrt", "pi", "infinity", "log", *REAL_FUNCTIONS})


class Constant:
    """Both sides are computed in 60 digits, exactly where a root is rational."""

    name = "constant"
    licence = Licence(real=17, alarms=17)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if not states_equation(statement) or statement.right is None:
            return None
        left, right = with_constant_e(statement.left), with_constant_e(statement.right)
        if letters(left) or letters(right):
            return None
        if not (operations_of(statement) & OPERATIONS or left != statement.left or right != statement.right):
            return None
        return judge_equation(statement, left, right)
