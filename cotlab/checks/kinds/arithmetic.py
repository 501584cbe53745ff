"""Sums of numbers: fractions, decimals, powers, factorials, money, words such as "divided by"."""

from cotlab.checks.computing.sums import judge_equation, states_equation
from cotlab.checks.findings import Finding, Licence
from cotlab.checks.reading.facts import Facts
from cotlab.checks.reading.statements import Statement


class Arithmetic:
    """Both sides are computed exactly and compared."""

    name = "arithmetic"
    licence = Licence(real=302, alarms=303)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if not states_equation(statement) or statement.letters:
            return None
        return judge_equation(statement)
