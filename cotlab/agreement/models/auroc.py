"""The area under the ROC curve of scores that should be higher where something holds."""

import numpy as np

from cotlab.agreement.ratings import Codes, Mask
from cotlab.agreement.tables import Floats, ratio

COLUMNS = 4
"""What each score gives to sums from which the area can be resampled."""


def auroc(
    holds: Mask, score: Floats, stratum: Codes | None = None, weight: Floats | None = None
) -> tuple[float, Floats]:  # fmt: skip
    """The area, and what each of n scores gives to it, of shape [n, COLUMNS]; NaN where all hold or none does.

    With weights above 0, of shape [n], a pair counts the product of both.

    With strata of shape [n] a score is held against those of its own stratum alone: the area is the share, of all pairs
    of one where it holds and one where it does not within a stratum, in which the first is the higher.

    The area is the probability that a score where it holds is above one where it does not, a tie counting half (J. A.
    Hanley & B. J. McNeil, 1982, Radiology 143, 29-36). What a score gives is its placement among those of the other
    kind (E. R. DeLong, D. M. DeLong & D. L. Clarke-Pearson, 1988, Biometrics 44, 837-845), whose sums over clusters
    give the variance of the area where scores of a cluster depend on each other (N. A. Obuchowski, 1997, Biometrics
    53, 567-578).
    """
    each = np.ones(len(score)) if weight is None else weight
    placed, others = np.empty(len(score)), np.zeros(len(score))
    for one in (None,) if stratum is None else np.unique(stratum):
        inside = np.ones(len(score), dtype=np.bool_) if one is None else stratum == one
        up, down = holds & inside, ~holds & inside
        placed[up] = _share_below(score[down], each[down], score[up])
        placed[down] = 1.0 - _share_below(score[up], each[up], score[down])
        others[up], others[down] = each[down].sum(), each[up].sum()
    pairs = float((each * others)[holds].sum())
    placed = np.nan_to_num(placed)
    area = float((each * others * placed)[holds].sum() / pairs) if pairs else float("nan")
    part = each * np.where(holds, *(others / max(1.0, others[kind].max(initial=0.0)) for kind in (holds, ~holds)))
    parts = np.stack([holds * placed * part, holds * part, ~holds * placed * part, ~holds * part], axis=-1)
    return area, parts


def resampled_auroc(area: float, sums: Floats) -> Floats:
    """The area for each row of sums [..., COLUMNS] over drawn clusters, to the first order about the `area` of all."""
    values = ratio(sums[..., 0], sums[..., 1]) + ratio(sums[..., 2], sums[..., 3]) - area
    return np.clip(values, 0.0, 1.0)


def _share_below(others: Floats, weight: Floats, score: Floats) -> Floats:
    """The share, by weight, of `others` that lie below each score, ties by half."""
    if not len(others):
        return np.full(len(score), np.nan)
    order = np.argsort(others, kind="stable")
    below = np.concatenate([[0.0], np.cumsum(weight[order])])
    left, right = (below[np.searchsorted(others[order], score, side)] for side in ("left", "right"))
    shares: Floats = (left + right) / 2.0 / below[-1]
    return shares
