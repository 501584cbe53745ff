"""Greatest common divisors and least common multiples."""

from cotlab.checks.computing.sums import judge_equation, operations_of, states_equation
from cotlab.checks.findings import Finding, Licence
from cotlab.checks.reading.facts import Facts
from cotlab.checks.reading.statements import Statement


class Divisors:
    """Euclid's algorithm on the numbers named."""

    name = "gcd-lcm"
    licence = Licence(real=1, alarms=1)

    def judge(self, statement: Statement, facts: Facts) -> Finding | None:
        if not states_equation(statement) or statement.letters:
            return None
        return judge_equation(statement) if operations_of(statement) & {"gcd", "lcm"} else None
