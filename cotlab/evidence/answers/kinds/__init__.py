"""The kinds of answers, in the order in which they are asked; the first that compares two answers has them.

A new kind is its module and one line in a tuple below (and in docs/evidence.md).
"""

from cotlab.evidence.answers.findings import AnswerKind
from cotlab.evidence.answers.kinds.category import Categories
from cotlab.evidence.answers.kinds.choice import Choices
from cotlab.evidence.answers.kinds.collection import Collections
from cotlab.evidence.answers.kinds.equation import Equations
from cotlab.evidence.answers.kinds.expression import Expressions
from cotlab.evidence.answers.kinds.interval import Intervals
from cotlab.evidence.answers.kinds.number import Numbers
from cotlab.evidence.answers.kinds.percent import Percentages
from cotlab.evidence.answers.kinds.sequence import Sequences
from cotlab.evidence.answers.kinds.units import Amounts
from cotlab.evidence.answers.kinds.words import Words

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
