"""Expressions with letters: 15x - 80 and 5(3x - 16)."""

from cotlab.checks.answers.findings import Comparison, differ, doubtful, equal
from cotlab.checks.answers.reading import expression
from cotlab.checks.answers.stated import Stated
from cotlab.checks.computing.identities import identical
from cotlab.checks.reading.facts import named_functions
from cotlab.checks.reading.tree import letters, operations, shown

NOT_HERE = frozenset({"±", "derivative", "int", "lim", "sum", "prod", "base"})


class Expressions:
    """Equal for all values, however written; simplified or not is not judged. They differ in the same letters only."""

    name = "expression"

    def compare(self, answer: Stated, reference: Stated) -> Comparison | None:
        one, two = expression(answer.text), expression(reference.text)
        if one is None or two is None or not letters(one.tree) or not letters(two.tree):
            return None
        if (operations(one.tree) | operations(two.tree)) & NOT_HERE:
            return None
        if named_functions(one.tree) or named_functions(two.tree):
            return None
        found = identical(one.tree, two.tree)
        if found:
            return equal(f"{shown(one.tree)} is {shown(two.tree)} for all values")
        words = f"{shown(one.tree)} is not {shown(two.tree)} for all values"
        if found is None or letters(one.tree) != letters(two.tree) or one.doubts or two.doubts:
            return doubtful(f"{words}, but they may be meant alike")
        return differ(words)
