"""Numbers of a model's judgement with their intervals, also where all resamples agree.

A model that is right, or wrong, on all of some traces is so in each resample, which says nothing of how many they were.
There the interval of a share is Wilson's for as many independent cases as there are problems, and that of a harmonic
mean is made of the ends of its two shares, which is wider than 95 % asks for.
"""

import numpy as np

from cotlab.agreement.intervals.bootstrap import BLOCK, ENDS, FEWEST_CLUSTERS, interval
from cotlab.agreement.intervals.wilson import wilson
from cotlab.agreement.models.judgement import BINNED, Number, Share, Sums, share
from cotlab.agreement.models.reliability import BINS, calibration_error
from cotlab.agreement.tables import Floats, Weights, summed
from cotlab.domain.agreement.coefficients import Estimate, Interval

DECIMALS = 6
"""Resamples are summed in single precision."""
ANYTHING = Interval(low=0.0, high=1.0)


def estimate(found: Sums, resampled: Floats, number: Number, reason: str) -> Estimate:
    """A number with its interval over the problems that were drawn, or `reason` where it is undefined."""
    value = float(number(found.total[None])[0])
    if np.isnan(value):
        return Estimate(reason=reason, interval_reason=reason)
    ends, why = interval(value, np.round(number(resampled), DECIMALS), len(found.shares))
    return Estimate(value=value + 0.0, interval=ends, interval_reason=why)


def share_estimate(found: Sums, resampled: Floats, of: Share, reason: str) -> Estimate:
    """A share in the same way, and where all resamples agree with Wilson's interval over its problems."""
    one = estimate(found, resampled, share(of), reason)
    problems = int(np.count_nonzero(of(found.shares.astype(np.float64))[1]))
    if one.value is None or problems < FEWEST_CLUSTERS or not _all_agree(resampled, share(of)):
        return one
    low, high = wilson(one.value, problems)
    ends = Interval(low=max(0.0, min(low, one.value)), high=min(1.0, max(high, one.value)))
    return Estimate(value=one.value, interval=ends)


def harmonic_estimate(
    found: Sums, resampled: Floats, number: Number, shares: tuple[Share, Share], reason: str
) -> Estimate:
    """A number that is the harmonic mean of two shares, and where all resamples agree with an interval of their ends.

    A share that is undefined, or has no interval, may be anything.
    """
    mean = estimate(found, resampled, number, reason)
    if mean.value is None or not _all_agree(resampled, number):
        return mean
    one, other = (share_estimate(found, resampled, of, reason).interval for of in shares)
    if one is None and other is None:
        return mean
    (a, b), (c, d) = ((ends.low, ends.high) for ends in (one or ANYTHING, other or ANYTHING))
    return Estimate(value=mean.value, interval=Interval(low=_harmonic(a, c), high=_harmonic(b, d)))


def usual_error(everything: Sums, steps: int, replicates: int, seed: int) -> float | None:
    """The ECE below which it lies for 97.5 % of the sets of about so many steps, drawn by problems from everything.

    ECE is the higher the fewer the steps are (A. Kumar, P. Liang & T. Ma, 2019, NeurIPS 32), so that a slice is not
    held against the value over everything. None where that has too few problems.
    """
    shares = everything.shares[:, BINNED]
    problems, scored = len(shares), float(shares[:, :BINS].sum())
    if problems < FEWEST_CLUSTERS or not scored or not replicates:
        return None
    drawn = max(1, round(steps * problems / scored))
    generator = np.random.default_rng(seed)
    rows = max(1, BLOCK // max(problems, drawn))
    found = [
        calibration_error(summed(_weights(generator, min(rows, replicates - start), drawn, problems), shares))
        for start in range(0, replicates, rows)
    ]
    return float(np.nanquantile(np.concatenate(found), ENDS[1]))


def _weights(generator: np.random.Generator, rows: int, drawn: int, problems: int) -> Weights:
    """How often each problem is among so many that are drawn, of shape [rows, problems]."""
    places = generator.integers(0, problems, size=(rows, drawn)) + problems * np.arange(rows)[:, None]
    counts = np.bincount(places.ravel(), minlength=rows * problems)
    return counts.reshape(rows, problems).astype(np.float32)


def _all_agree(resampled: Floats, number: Number) -> bool:
    values = np.round(number(resampled), DECIMALS)
    defined = values[~np.isnan(values)]
    return len(defined) > 0 and bool(np.ptp(defined) == 0)


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other > 0 else 0.0
