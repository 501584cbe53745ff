"""Krippendorff's alpha, nominal and ordinal."""

from dataclasses import dataclass

import numpy as np

from cotlab.agreement.tables import Floats, coincidences, ratio


@dataclass(frozen=True, slots=True)
class Alpha:
    """alpha = 1 - D_o / D_e = 1 - (n - 1) * sum_cd o_cd d_cd / sum_cd n_c n_d d_cd

    over coincidences o_cd of labels c and d, with n_c the sum of a row and n of all rows. d is 0 for the same label
    and 1 else (nominal), or, for labels on a scale, the square of (sum of n_g from g = c to d) - (n_c + n_d) / 2.
    Takes any number of people and missing ratings; undefined where one label only was given.

    Klaus Krippendorff (2011), Computing Krippendorff's Alpha-Reliability; (2004), Content Analysis, ch. 11.
    """

    name: str
    ordinal: bool
    counts = staticmethod(coincidences)

    def values(self, tables: Floats) -> Floats:
        table = tables[..., 0, :, :]
        given = table.sum(axis=-1)
        n = given.sum(axis=-1)
        distance = distances(given, self.ordinal)
        observed = (table * distance).sum(axis=(-2, -1))
        expected = (given[..., :, None] * given[..., None, :] * distance).sum(axis=(-2, -1))
        return 1.0 - ratio((n - 1.0) * observed, expected)


def distances(given: Floats, ordinal: bool) -> Floats:
    """d of shape [..., k, k], from how often each label was given, [..., k]."""
    if not ordinal:
        return np.broadcast_to(1.0 - np.eye(given.shape[-1]), (*given.shape, given.shape[-1]))
    middle = np.cumsum(given, axis=-1) - given / 2.0
    squares: Floats = np.square(middle[..., :, None] - middle[..., None, :])
    return squares
