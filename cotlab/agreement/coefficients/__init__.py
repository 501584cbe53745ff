"""Agreement: arrays in, numbers out.

A new coefficient is its module and one line in the tuple below (and in docs/agreement.md).
"""

from typing import Protocol

from cotlab.agreement.coefficients.ac1 import Ac1
from cotlab.agreement.coefficients.alpha import Alpha
from cotlab.agreement.coefficients.cohen_kappa import CohenKappa
from cotlab.agreement.coefficients.fleiss_kappa import FleissKappa
from cotlab.agreement.coefficients.percent import Percent
from cotlab.agreement.tables import Counts, Floats
from cotlab.domain.errors import BadInput


class Coefficient(Protocol):
    """A coefficient: what it is computed from, and its value.

    `values` takes tables of shape [..., tables, k, k] and answers the shape [...]; NaN where it is undefined, for which
    `measure` finds the words.
    """

    @property
    def name(self) -> str: ...

    @property
    def counts(self) -> Counts: ...

    def values(self, tables: Floats) -> Floats: ...


ALPHA = Alpha("alpha", ordinal=False)
ALPHA_ORDINAL = Alpha("alpha-ordinal", ordinal=True)
COEFFICIENTS: tuple[Coefficient, ...] = (
    ALPHA,
    ALPHA_ORDINAL,
    CohenKappa(),
    FleissKappa(),
    Ac1(),
    Percent(),
)
NOMINAL: tuple[Coefficient, ...] = tuple(one for one in COEFFICIENTS if one is not ALPHA_ORDINAL)
"""Those that take labels without an order."""


def coefficient(name: str) -> Coefficient:
    """The coefficient of that name; BadInput lists them."""
    for one in COEFFICIENTS:
        if one.name == name:
            return one
    raise BadInput(f"There is no coefficient {name!r}; there are {', '.join(one.name for one in COEFFICIENTS)}.")
