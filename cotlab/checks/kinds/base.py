"""Numbers written in a base: 52_7 - 15_7 = 34_7."""

from cotlab.checks.computing.sums import judge_equation, operations_of, states_equation
from cotlab.checks.findings import Finding, Licence
from cotlab.checks.reading.facts import Facts
from cotlab.checks.reading.statements import Statement


class Base:
    """Both sides are computed as whole numbers; a digit that its base does not have decides nothing."""

    name = "base"
    licence = Licence(real=2, alarms=2)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if not states_equation(statement) or statement.letters or "base" not in operations_of(statement):
            return None
        return judge_equation(statement)
