"""Percentages: 50% is 0.5 and 1/2, and is not 50."""

from cotlab.checks.answers.amounts import compared
from cotlab.checks.answers.findings import Comparison
from cotlab.checks.answers.reading import expression
from cotlab.checks.answers.stated import Stated
from cotlab.checks.computing.readings import measured
from cotlab.checks.reading.tree import letters, operations


class Percentages:
    """A sign of percent is 1/100. 50% beside 50 stays open: the question may ask how many percent."""

    name = "percent"

    def compare(self, answer: Stated, reference: Stated) -> Comparison | None:
        one, two = expression(answer.text), expression(reference.text)
        if one is None or two is None or letters(one.tree) or letters(two.tree):
            return None
        if measured(one.tree) or measured(two.tree) or "%" not in operations(one.tree) | operations(two.tree):
            return None
        return compared(one, two, answer.about or reference.about)
