"""How far scores are the probabilities that they are meant to be."""

import numpy as np

from cotlab.agreement.ratings import Mask
from cotlab.agreement.tables import Floats, ratio

BINS = 10
EDGES = np.arange(1, BINS) / BINS
COLUMNS = 3 * BINS
"""By bin: how many scores, their sum, and how often it holds."""


def reliability(holds: Mask, score: Floats) -> Floats:
    """What each of n scores gives to the reliability table, of shape [n, COLUMNS].

    Bins are of equal width, from 0 to 1, each with its lower end; the last one with its upper end too.
    """
    place, rows = np.searchsorted(EDGES, score, "right"), np.arange(len(score))
    parts = np.zeros((len(score), 3, BINS))
    parts[rows, 0, place], parts[rows, 1, place], parts[rows, 2, place] = 1.0, score, holds
    return parts.reshape(len(score), COLUMNS)


def calibration_error(sums: Floats) -> Floats:
    """ECE = sum_b n_b / n * |mean score of b - share of b that holds|, for sums [..., COLUMNS]; NaN of no score.

    M. P. Naeini, G. F. Cooper & M. Hauskrecht, 2015, AAAI 29, 2901-2907.
    """
    table = sums.reshape(*sums.shape[:-1], 3, BINS)
    apart = np.abs(table[..., 1, :] - table[..., 2, :]).sum(axis=-1)
    return ratio(apart, table[..., 0, :].sum(axis=-1))
