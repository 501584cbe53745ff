"""The kinds of answers, in the order in which they are asked; the first that compares two answers has them.

A new kind is its module and one line in a tuple below (and in docs/evidence.md).
"""

from cotlab.checks.answers.findings import AnswerKind
from cotlab.checks.answers.kinds.category import Categories
from cotlab.checks.answers.kinds.choice import Choices
from cotlab.checks.answers.kinds.collection import Collections
from cotlab.checks.answers.kinds.equation import Equations
from cotlab.checks.answers.kinds.expression import Expressions
from cotlab.checks.answers.kinds.interval import Intervals
from cotlab.checks.answers.kinds.number import Numbers
from cotlab.checks.answers.kinds.percent import Percentages
from cotlab.checks.answers.kinds.sequence import Sequences
from cotlab.checks.answers.kinds.units import Amounts
from cotlab.checks.answers.kinds.words import Words

SINGLE: tuple[AnswerKind, ...] = (Choices(), Categories(), Numbers(), Percentages(), Amounts(), Expressions())
"""What an item of a collection may be."""
KINDS: tuple[AnswerKind, ...] = (
    *SINGLE,
    Equations(),
    Intervals(),
    Sequences(),
    Collections((*SINGLE, Words())),
    Words(),
)
