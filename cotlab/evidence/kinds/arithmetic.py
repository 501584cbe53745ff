"""Sums of numbers: fractions, decimals, powers, factorials, money, words such as "divided by"."""

from cotlab.evidence.facts import Facts
from cotlab.evidence.findings import Finding, Licence
from cotlab.evidence.statements import Statement
from cotlab.evidence.sums import judge_equation, states_equation


class Arithmetic:
    """Both sides are computed exactly and compared."""

    name = "arithmetic"
    licence = Licence(real=302, alarms=303)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if not states_equation(statement) or statement.letters:
            return None
        return judge_equation(statement)
