"""Cohen's kappa."""

from dataclasses import dataclass

import numpy as np

from cotlab.agreement.tables import Floats, contingencies, disagreeing, ratio


@dataclass(frozen=True, slots=True)
class CohenKappa:
    """kappa = (p - e) / (1 - e), with e = sum_c p_c q_c

    over the units that two people labelled: p is the share on which they agree, p_c and q_c are the shares of their
    own labels. Of more people it is the mean over all pairs that share units (Light, 1971); a pair in which both gave
    one and the same label throughout has no kappa and is left out. Undefined where no pair has one.

    Jacob Cohen (1960), A coefficient of agreement for nominal scales, Educational and Psychological Measurement
    20(1), 37-46.
    """

    name: str = "cohen-kappa"
    counts = staticmethod(contingencies)

    def values(self, tables: Floats) -> Floats:
        kappas = self.of_pairs(tables)
        defined = ~np.isnan(kappas)
        return ratio(np.where(defined, kappas, 0.0).sum(axis=-1), defined.sum(axis=-1).astype(np.float64))

    def of_pairs(self, tables: Floats) -> Floats:
        """The kappa of each pair, shape [..., tables]."""
        n = tables.sum(axis=(-2, -1))
        chance = (tables.sum(axis=-1) * tables.sum(axis=-2)).sum(axis=-1)
        return 1.0 - ratio(n * disagreeing(tables), np.square(n) - chance)
