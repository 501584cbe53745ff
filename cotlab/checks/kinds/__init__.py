"""The kinds of claims, in the order in which they are asked; the first that judges a statement has it.

A new kind is its module and one line in the tuple below (and in docs/evidence.md).
"""

from cotlab.checks.findings import Kind
from cotlab.checks.kinds.arithmetic import Arithmetic
from cotlab.checks.kinds.base import Base
from cotlab.checks.kinds.constant import Constant
from cotlab.checks.kinds.derivative import Derivative
from cotlab.checks.kinds.divisibility import Divisibility
from cotlab.checks.kinds.divisors import Divisors
from cotlab.checks.kinds.identity import Identity
from cotlab.checks.kinds.implication import Implication
from cotlab.checks.kinds.inequality import Inequality
from cotlab.checks.kinds.integral import Integral
from cotlab.checks.kinds.limit import Limit
from cotlab.checks.kinds.percent import Percent
from cotlab.checks.kinds.remainder import Remainder
from cotlab.checks.kinds.series import Series
from cotlab.checks.kinds.solutions import Solutions
from cotlab.checks.kinds.substitution import Substitution
from cotlab.checks.kinds.units import Units

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
