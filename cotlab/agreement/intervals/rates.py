"""Shares of steps, with intervals that allow for steps of one trace being right or wrong together.

The interval is Wilson's (E. B. Wilson, 1927, JASA 22, 209-212) for as many independent steps as tell as much, n / d.
The design effect d is the larger of two: what the traces show, the linearised variance of a ratio over traces (W. G.
Cochran, 1977, Sampling techniques, ch. 6.8) against the binomial one; and 1 + (b - 1) r of traces of b steps with a
correlation r (L. Kish, 1965, Survey sampling), since few traces, or traces without a mistake, show nothing of it.
"""

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from cotlab.agreement.ratings import Codes, Mask
from cotlab.agreement.tables import Floats
from cotlab.domain.agreement.coefficients import Interval
from cotlab.domain.agreement.rates import Rate
from cotlab.domain.reports.people import RateChange

TWO_SIDED = 1.96
"""Standard errors on either side of a 95 % interval."""
NOTHING = "no step"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of so many steps in so many traces; `effective` is how many independent ones tell as much, `share` what
    share they are, by weight where steps have one.
    """

    hits: int
    of: int
    traces: int
    effective: float
    share: float


def count(hits: Mask, trace: Codes, within: float, weight: Floats | None = None) -> Counted:
    """`hits`, the code of each step's trace and its weight, of shape [steps]; `within` is the correlation r of two
    mistakes.

    Steps without a weight are none. Weighted steps tell as much as (sum w)^2 / sum w^2 alike ones (L. Kish, 1965).
    """
    if weight is not None:
        hits, trace, weight = hits[weight > 0], trace[weight > 0], weight[weight > 0]
    if not len(hits):
        return Counted(0, 0, 0, 0.0, 0.0)
    each = np.ones(len(hits)) if weight is None else weight
    _, code = np.unique(trace, return_inverse=True)
    sizes, right = np.bincount(code, weights=each), np.bincount(code, weights=each * hits)
    whole, squares, traces = float(sizes.sum()), float((each**2).sum()), len(sizes)
    steps, share = whole**2 / squares, float(np.average(hits, weights=weight))
    kish = 1.0 + (float((sizes**2).sum()) / squares - 1.0) * within
    shown, binomial = 0.0, share * (1.0 - share) / max(1.0, steps - 1.0)
    if traces > 1 and binomial > 0:
        apart = right - share * sizes
        shown = traces / (traces - 1) * float((apart**2).sum()) / whole**2 / binomial
    return Counted(int(np.count_nonzero(hits)), len(hits), traces, steps / max(1.0, kish, shown), share)


def interval(one: Counted) -> Interval:
    """Wilson's interval for the effective number of steps, of which there is one at least."""
    share, part = one.share, TWO_SIDED**2 / one.effective
    half = sqrt(part * (share * (1.0 - share) + part / 4.0))
    low, high = ((share + part / 2.0 + side * half) / (1.0 + part) for side in (-1.0, 1.0))
    return Interval(low=max(0.0, min(low, share)), high=min(1.0, max(high, share)))


def rate(hits: Mask, trace: Codes, within: float, weight: Floats | None = None) -> Rate:
    """The share with its interval, or the reason why there is none."""
    return as_rate(count(hits, trace, within, weight))


def as_rate(one: Counted) -> Rate:
    if not one.of:
        return Rate(reason=NOTHING, interval_reason=NOTHING, hits=0, of=0, traces=0)
    return Rate(value=one.share, interval=interval(one), hits=one.hits, of=one.of, traces=one.traces)


def change(before: Counted, after: Counted) -> RateChange | None:
    """By how much a share rose; None of nothing.

    The interval squares and adds the two of the shares (R. G. Newcombe, 1998, Statistics in Medicine 17, 873-890,
    method 10); `chance` is the two-sided probability of as large a difference were there none, from the pooled share.
    """
    if not before.of or not after.of:
        return None
    rise = after.share - before.share
    old, new = interval(before), interval(after)
    low = rise - sqrt((after.share - new.low) ** 2 + (old.high - before.share) ** 2)
    high = rise + sqrt((new.high - after.share) ** 2 + (before.share - old.low) ** 2)
    pooled = (before.hits + after.hits) / (before.of + after.of)
    spread = sqrt(pooled * (1.0 - pooled) * (1.0 / before.effective + 1.0 / after.effective))
    chance = erfc(abs(rise) / spread / sqrt(2.0)) if spread else 1.0
    return RateChange(value=rise, interval=Interval(low=max(-1.0, low), high=min(1.0, high)), chance=chance)
