"""Percentages: the sign as a label or as 1/100."""

from cotlab.checks.computing.sums import judge_equation, operations_of, states_equation
from cotlab.checks.findings import Finding, Licence
from cotlab.checks.reading.facts import Facts
from cotlab.checks.reading.statements import Statement


class Percent:
    """Equal where one meaning of the percent signs makes both sides equal; see `readings`."""

    name = "percent"
    licence = Licence(real=4, alarms=4)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if not states_equation(statement) or statement.letters or "%" not in operations_of(statement):
            return None
        return judge_equation(statement)
