"""Amounts in two units of the same dimension: 3 hours = 180 minutes."""

from cotlab.checks.computing.budget import Undefined, Unread
from cotlab.checks.computing.readings import measured
from cotlab.checks.computing.sums import judge_equation, states_equation
from cotlab.checks.computing.units import quantity
from cotlab.checks.computing.values import USUAL
from cotlab.checks.findings import Finding, Licence
from cotlab.checks.reading.facts import Facts
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import Measured, Node, parts


class Units:
    """Both sides are computed in base units, with the fixed factors of pint."""

    name = "units"
    licence = Licence(real=7, alarms=7)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if not states_equation(statement) or statement.letters or statement.right is None:
            return None
        if not (measured(statement.left) and measured(statement.right)):
            return None
        try:
            left, right = quantity(statement.left, USUAL), quantity(statement.right, USUAL)
        except (Unread, Undefined):
            return None
        converts = left[1] == right[1] and _units(statement.left) != _units(statement.right)
        return judge_equation(statement) if converts else None


def _units(tree: Node) -> frozenset[str]:
    return frozenset(word for node in parts(tree) if isinstance(node, Measured) for word in node.unit)
