"""Shares of labels that are right, with their intervals."""

from cotlab.domain.agreement.coefficients import Estimate
from cotlab.domain.model import Model


class Rate(Estimate):
    """A share: `hits` of `of` steps in so many traces, or the reason why there is none. Of a reweighted one the value
    is by weight, and the steps are those that weigh something.
    """

    hits: int
    of: int
    traces: int


class LabelRates(Model):
    """Recall is the share of the steps of a label that were given it; precision of those given it that have it."""

    label: str
    recall: Rate
    precision: Rate
