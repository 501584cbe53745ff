"""The kinds of claims, in the order in which they are asked; the first that judges a statement has it.

A new kind is its module and one line in the tuple below (and in docs/evidence.md).
"""

from cotlab.evidence.findings import Kind
from cotlab.evidence.kinds.arithmetic import Arithmetic
from cotlab.evidence.kinds.base import Base
from cotlab.evidence.kinds.constant import Constant
from cotlab.evidence.kinds.derivative import Derivative
from cotlab.evidence.kinds.divisibility import Divisibility
from cotlab.evidence.kinds.divisors import Divisors
from cotlab.evidence.kinds.identity import Identity
from cotlab.evidence.kinds.implication import Implication
from cotlab.evidence.kinds.inequality import Inequality
from cotlab.evidence.kinds.integral import Integral
from cotlab.evidence.kinds.limit import Limit
from cotlab.evidence.kinds.percent import Percent
from cotlab.evidence.kinds.remainder import Remainder
from cotlab.evidence.kinds.series import Series
from cotlab.evidence.kinds.solutions import Solutions
from cotlab.evidence.kinds.substitution import Substitution
from cotlab.evidence.kinds.units import Units

KINDS: tuple[Kind, ...] = (
    Remainder(),
    Divisibility(),
    Derivative(),
    Integral(),
    Limit(),
    Substitution(),
    Inequality(),
    Divisors(),
    Base(),
    Series(),
    Constant(),
    Units(),
    Percent(),
    Arithmetic(),
    Solutions(),
    Identity(),
    Implication(),
)
