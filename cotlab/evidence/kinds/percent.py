"""Percentages: the sign as a label or as 1/100."""

from cotlab.evidence.facts import Facts
from cotlab.evidence.findings import Finding, Licence
from cotlab.evidence.statements import Statement
from cotlab.evidence.sums import judge_equation, operations_of, states_equation


class Percent:
    """Equal where one meaning of the percent signs makes both sides equal; see `readings`."""

    name = "percent"
    licence = Licence(real=4, alarms=4)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if not states_equation(statement) or statement.letters or "%" not in operations_of(statement):
            return None
        return judge_equation(statement)
