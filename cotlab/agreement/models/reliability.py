"""How far scores are the probabilities that they are meant to be."""

import numpy as np

from cotlab.agreement.ratings import Codes
from cotlab.agreement.tables import Floats, ratio

BINS = 10
EDGES = np.arange(1, BINS) / BINS
COLUMNS = 3 * BINS
"""By bin: how many scores, their sum, and how often it holds."""


def bins_of(score: Floats) -> Codes:
    """The bin of each score: bins are of equal width, each with its lower end, the last one with 1 too."""
    return np.searchsorted(EDGES, score, "right").astype(np.int64)


def calibration_error(sums: Floats) -> Floats:
    """ECE = sum_b n_b / n * |mean score of b - share of b that holds|, for sums [..., COLUMNS]; NaN of no score.

    M. P. Naeini, G. F. Cooper & M. Hauskrecht, 2015, AAAI 29, 2901-2907.
    """
    table = sums.reshape(*sums.shape[:-1], 3, BINS)
    apart = np.abs(table[..., 1, :] - table[..., 2, :]).sum(axis=-1)
    return ratio(apart, table[..., 0, :].sum(axis=-1))
