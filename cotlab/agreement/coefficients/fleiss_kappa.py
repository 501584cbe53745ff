"""Fleiss' kappa."""

from dataclasses import dataclass

import numpy as np

from cotlab.agreement.tables import Floats, disagreeing, even_coincidences, ratio


@dataclass(frozen=True, slots=True)
class FleissKappa:
    """kappa = (p - e) / (1 - e), with e = sum_c p_c^2

    where p is the share of pairs of ratings on a unit that agree and p_c the share of a label, over units with the
    same number of ratings, which need not be by the same people; units with another number are left out. Of two
    people it is Scott's pi, and of one label against the rest it is Fleiss' kappa of a category. Undefined where one
    label only was given.

    Joseph L. Fleiss (1971), Measuring nominal scale agreement among many raters, Psychological Bulletin 76(5), 378-382.
    """

    name: str = "fleiss-kappa"
    counts = staticmethod(even_coincidences)

    def values(self, tables: Floats) -> Floats:
        table = tables[..., 0, :, :]
        given = table.sum(axis=-1)
        n = given.sum(axis=-1)
        return 1.0 - ratio(n * disagreeing(table), np.square(n) - np.square(given).sum(axis=-1))
