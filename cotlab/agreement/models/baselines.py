"""What can be guessed of steps without reading them, and how far scores do better at the same position.

A baseline parts steps into cells: all of them, those at one position, those of a fifth of lengths. It gives a step the
share of its cell that holds, and the label that is the most common there; by length the score may be the length itself.
Baselines are fitted to the steps that are judged, which favours them a little.
"""

from collections.abc import Sequence

import numpy as np

from cotlab.agreement.intervals.bootstrap import FEWEST_CLUSTERS, draws, interval
from cotlab.agreement.intervals.wilson import wilson
from cotlab.agreement.models.auroc import COLUMNS, auroc, resampled_auroc
from cotlab.agreement.models.judgement_intervals import DECIMALS
from cotlab.agreement.ratings import Codes, Mask
from cotlab.agreement.tables import Floats, compact, ratio, summed
from cotlab.domain.agreement.coefficients import Estimate, Interval

FIFTHS = (0.2, 0.4, 0.6, 0.8)
NO_PAIRS = "no position has both errors and other steps"
NOTHING = "nothing to compare"

Estimates = tuple[Estimate, ...]


def fifths(length: Codes) -> Codes:
    """The fifth in which each length lies, of all of them."""
    edges = np.unique(np.quantile(length, FIFTHS)) if len(length) else np.empty(0)
    return np.searchsorted(edges, length, "left").astype(np.int64)


def shares(holds: Mask, cell: Codes, weight: Floats) -> Floats:
    """Of each step the share, by weight, of its cell that holds; all of shape [n]."""
    _, code = compact(cell)
    found: Floats = (np.bincount(code, weights=weight * holds) / np.bincount(code, weights=weight))[code]
    return found


def by_length(holds: Mask, length: Codes, stratum: Codes, weight: Floats) -> Floats:
    """Scores by length alone: the length, up or down, or the share of its fifth, whichever tells most within strata."""
    ways = [length.astype(np.float64), -length.astype(np.float64), shares(holds, fifths(length), weight)]
    return max(ways, key=lambda score: np.nan_to_num(auroc(holds, score, stratum, weight)[0]))


def commonest(label: Codes, cell: Codes, weight: Floats) -> Codes:
    """Of each step the most common label of its cell, by weight, of several the first; all of shape [n]."""
    _, code = compact(cell)
    counts = np.zeros((int(code.max(initial=-1)) + 1, int(label.max(initial=0)) + 1))
    np.add.at(counts, (code, label), weight)
    found: Codes = counts.argmax(axis=1)[code].astype(np.int64)
    return found


def comparable(holds: Mask, stratum: Codes) -> Mask:
    """The steps that stand in a stratum where it holds for some and not for others."""
    strata, code = compact(stratum)
    up, all_ = np.bincount(code, weights=holds, minlength=len(strata)), np.bincount(code, minlength=len(strata))
    found: Mask = ((up > 0) & (up < all_))[code]
    return found


def areas(
    holds: Mask, scores: Floats, stratum: Codes, cluster: Codes, replicates: int, seed: int,
    weight: Floats | None = None,
) -> tuple[Estimates, Estimates]:  # fmt: skip
    """The area under the ROC curve within strata of each row of scores, [rows, n], and by how much that of the first
    row is above each other one. `holds`, `stratum`, `cluster` and `weight` (above 0; None: each 1) have the shape [n].

    Clusters are drawn anew, the same ones for all rows.
    """
    clusters, code = compact(cluster)
    found = [auroc(holds, score, stratum, weight) for score in scores]
    given = np.zeros((len(clusters), len(scores) * COLUMNS))
    np.add.at(given, code, np.concatenate([parts for _, parts in found], axis=1))
    resampled = _drawn(given, replicates, seed).reshape(-1, len(scores), COLUMNS)
    values = np.array([area for area, _ in found])
    drawn = np.stack([resampled_auroc(area, resampled[:, row]) for row, area in enumerate(values)])
    return _estimates(values, drawn, len(clusters), NO_PAIRS)


def means(
    hits: Floats, cluster: Codes, replicates: int, seed: int, weight: Floats | None = None
) -> tuple[Estimates, Estimates]:  # fmt: skip
    """The same of the mean of each row of hits, [rows, n]: 1 where it is right, 0 where it is not."""
    clusters, code = compact(cluster)
    given = np.zeros((len(clusters), len(hits) + 1))
    each = (np.ones(len(code)) if weight is None else weight)[:, None]
    np.add.at(given, code, each * np.concatenate([hits.T, np.ones((len(code), 1))], axis=1))
    resampled = _drawn(given, replicates, seed).T
    drawn = ratio(resampled[:-1], np.broadcast_to(resampled[-1], resampled[:-1].shape))
    values = np.average(hits, axis=1, weights=weight) if len(code) else np.full(len(hits), np.nan)
    return _estimates(values, drawn, len(clusters), NOTHING)


def _drawn(given: Floats, replicates: int, seed: int) -> Floats:
    """Sums of what each cluster gives, [clusters, places], over clusters that are drawn; [replicates, places]."""
    light = given.astype(np.float32)
    found = [summed(weights, light) for weights in draws(len(given), replicates, seed)]
    return np.concatenate([np.empty((0, given.shape[1])), *found])


def _estimates(values: Floats, resampled: Floats, clusters: int, reason: str) -> tuple[Estimates, Estimates]:
    """Each value, and by how much the first is above each other one."""
    rows = tuple(zip(values, resampled, strict=True))
    alone = tuple(_estimate(value, each, value, clusters, reason) for value, each in rows)
    ahead = tuple(
        _estimate(values[0] - value, resampled[0] - each, values[0], clusters, reason) for value, each in rows[1:]
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
