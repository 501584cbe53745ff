"""Gwet's AC1."""

from dataclasses import dataclass

import numpy as np

from cotlab.agreement.tables import Floats, disagreeing, even_coincidences, ratio


@dataclass(frozen=True, slots=True)
class Ac1:
    """AC1 = (p - e) / (1 - e), with e = sum_c p_c (1 - p_c) / (k - 1)

    where p is the share of pairs of ratings on a unit that agree and p_c the share of a label, of k labels: those of
    the table, given or not. Over units with the same number of ratings, as Fleiss' kappa. Stays near p where one
    label is far more frequent than the others; undefined where the table has one label only.

    Kilem L. Gwet (2008), Computing inter-rater reliability and its variance in the presence of high agreement, British
    Journal of Mathematical and Statistical Psychology 61(1), 29-48.
    """

    name: str = "ac1"
    counts = staticmethod(even_coincidences)

    def values(self, tables: Floats) -> Floats:
        table = tables[..., 0, :, :]
        given, others = table.sum(axis=-1), table.shape[-1] - 1
        n = given.sum(axis=-1)
        if not others:
            return np.full(n.shape, np.nan)
        chance = (given * (n[..., None] - given)).sum(axis=-1) / others
        return 1.0 - ratio(n * disagreeing(table), np.square(n) - chance)
