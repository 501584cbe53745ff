"""What can be guessed of steps without reading them, and how far scores do better at the same position.

A baseline parts steps into cells: all of them, those at one position, those of a fifth of lengths. It gives a step the
share of its cell that holds, and the label that is the most common there. Cells are taken from the steps that are
judged, which favours the baseline a little.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cotlab.agreement.auroc import COLUMNS, auroc, resampled_auroc
from cotlab.agreement.bootstrap import FEWEST_CLUSTERS, draws, interval
from cotlab.agreement.judgement_intervals import DECIMALS
from cotlab.agreement.ratings import Codes, Mask
from cotlab.agreement.tables import Floats, compact, ratio, summed
from cotlab.agreement.wilson import wilson
from cotlab.domain.agreement import Estimate, Interval

FIFTHS = (0.2, 0.4, 0.6, 0.8)
NO_PAIRS = "no position has both errors and other steps"
NO_STEP = "no step"


def fifths(length: Codes) -> Codes:
    """The fifth in which each length lies, of all of them."""
    edges = np.unique(np.quantile(length, FIFTHS)) if len(length) else np.empty(0)
    return np.searchsorted(edges, length, "left").astype(np.int64)


def shares(holds: Mask, cell: Codes) -> Floats:
    """Of each step the share of its cell that holds; both of shape [n]."""
    _, code = compact(cell)
    found: Floats = (np.bincount(code, weights=holds) / np.maximum(1, np.bincount(code)))[code]
    return found


def commonest(label: Codes, cell: Codes) -> Codes:
    """Of each step the most common label of its cell, of several the first; both of shape [n]."""
    _, code = compact(cell)
    counts = np.zeros((int(code.max(initial=-1)) + 1, int(label.max(initial=-1)) + 1))
    np.add.at(counts, (code, label), 1.0)
    found: Codes = counts.argmax(axis=1)[code].astype(np.int64)
    return found


def comparable(holds: Mask, stratum: Codes) -> Mask:
    """The steps that stand in a stratum where it holds for some and not for others."""
    strata, code = compact(stratum)
    up, all_ = np.bincount(code, weights=holds, minlength=len(strata)), np.bincount(code, minlength=len(strata))
    found: Mask = ((up > 0) & (up < all_))[code]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """A source (the first row) and baselines on n steps: their `scores`, [1 + baselines, n], and whether each has the
    label right, `hits` of the same shape. `stratum` and `cluster` have the shape [n].
    """

    holds: Mask
    scores: Floats
    hits: Mask
    stratum: Codes
    cluster: Codes


@dataclass(frozen=True, slots=True)
class Standings:
    """Of the source and each baseline its area within strata and its share of right labels, and by how much the source
    is ahead of each baseline in either.
    """

    within: tuple[Estimate, ...]
    right: tuple[Estimate, ...]
    ahead: tuple[Estimate, ...]
    right_ahead: tuple[Estimate, ...]


def held(contest: Contest, replicates: int, seed: int) -> Standings:
    """Draw clusters anew, the same ones for all, so that differences are of the same steps."""
    rows, steps = contest.scores.shape
    clusters, cluster = compact(contest.cluster)
    given = np.zeros((len(clusters), rows * COLUMNS + rows + 1))
    areas = np.empty(rows)
    for row, score in enumerate(contest.scores):
        areas[row], parts = auroc(contest.holds, score, contest.stratum)
        np.add.at(given, (cluster, slice(row * COLUMNS, (row + 1) * COLUMNS)), parts)
    np.add.at(given, (cluster, slice(rows * COLUMNS, rows * COLUMNS + rows)), contest.hits.T.astype(np.float64))
    np.add.at(given, (cluster, -1), 1.0)
    light = given.astype(np.float32)
    drawn = [summed(weights, light) for weights in draws(len(clusters), replicates, seed)]
    resampled = np.concatenate([np.empty((0, given.shape[1])), *drawn])
    area = np.stack([resampled_auroc(areas[row], resampled[:, row * COLUMNS : (row + 1) * COLUMNS])
                     for row in range(rows)])  # fmt: skip
    right = ratio(resampled[:, rows * COLUMNS : -1].T, np.broadcast_to(resampled[:, -1], (rows, len(resampled))))
    rates = contest.hits.mean(axis=1) if steps else np.full(rows, np.nan)
    return Standings(
        *_estimates(areas, area, len(clusters), NO_PAIRS), *_estimates(rates, right, len(clusters), NO_STEP)
    )


def _estimates(
    values: Floats, resampled: Floats, clusters: int, reason: str
) -> tuple[tuple[Estimate, ...], tuple[Estimate, ...]]:
    """Each value, and by how much the first is above each other one."""
    alone = tuple(
        _estimate(value, each, value, clusters, reason) for value, each in zip(values, resampled, strict=True)
    )
    ahead = tuple(
        _estimate(values[0] - value, resampled[0] - each, values[0], clusters, reason)
        for value, each in zip(values[1:], resampled[1:], strict=True)
    )
    return alone, ahead


def _estimate(value: float, resampled: Floats, share: float, clusters: int, reason: str) -> Estimate:
    """Where all resamples agree, the interval is Wilson's of the share for so many clusters, moved to the value."""
    if np.isnan(value):
        return Estimate(reason=reason, interval_reason=reason)
    value, rounded = float(value) + 0.0, np.round(resampled, DECIMALS)
    if clusters >= FEWEST_CLUSTERS and len(rounded) and not np.isnan(rounded).any() and np.ptp(rounded) == 0:
        low, high = (end - share + value for end in wilson(float(share), clusters))
        return Estimate(value=value, interval=Interval(low=min(low, value), high=max(high, value)))
    ends, why = interval(value, rounded, clusters)
    return Estimate(value=value, interval=ends, interval_reason=why)


def beaten(ahead: Sequence[Estimate]) -> bool:
    """Whether the interval of each difference lies above zero."""
    return all(one.interval is not None and one.interval.low > 0 for one in ahead)
