"""Numbers: 18, 1,234, 3/4, 2 1/2, 1.5e3, 3\\sqrt{13}, eighteen."""

from cotlab.checks.answers.amounts import compared
from cotlab.checks.answers.findings import Comparison
from cotlab.checks.answers.reading import expression
from cotlab.checks.answers.stated import Stated
from cotlab.checks.computing.readings import measured
from cotlab.checks.reading.tree import letters, operations


class Numbers:
    """Equal in value, or as rounded to the decimals that are printed."""

    name = "number"

    def compare(self, answer: Stated, reference: Stated) -> Comparison | None:
        one, two = expression(answer.text), expression(reference.text)
        if one is None or two is None or letters(one.tree) or letters(two.tree):
            return None
        if measured(one.tree) or measured(two.tree) or "%" in operations(one.tree) | operations(two.tree):
            return None
        return compared(one, two, answer.about or reference.about)
