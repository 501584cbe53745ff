"""Ratios of sums over clusters, such as steps a trace: their values, and the replicates of all in the same resamples.

A ratio of sums is resampled by whole clusters (A. C. Davison & D. V. Hinkley, 1997, Bootstrap methods, ch. 2.4); since
all come from the same draws, a difference of two has the replicates of both.
"""

from dataclasses import dataclass

import numpy as np

from cotlab.agreement.intervals.bootstrap import REPLICATES, draws, interval
from cotlab.agreement.tables import Floats, ratio
from cotlab.domain.agreement.coefficients import Estimate

ONE_SIDED = "one of the two is the same in every resample"
NOTHING = "there is nothing to divide by"


@dataclass(frozen=True, slots=True)
class Ratios:
    """`values` of shape [ratios], `replicates` [replicates, ratios]; `clusters` how many each has something in."""

    values: Floats
    replicates: Floats
    clusters: Floats

    def estimate(self, one: int) -> Estimate:
        """A ratio with its interval."""
        return self._estimate(self.values[one], self.replicates[:, one], int(self.clusters[one]))

    def difference(self, one: int, other: int) -> Estimate:
        """The first minus the second.

        No interval where either is the same in every resample: it is not known as well as that says.
        """
        fewest = int(min(self.clusters[one], self.clusters[other]))
        apart = self.replicates[:, one] - self.replicates[:, other]
        found = self._estimate(self.values[one] - self.values[other], apart, fewest)
        if found.interval is not None and any(np.nanstd(self.replicates[:, each]) == 0 for each in (one, other)):
            return found.model_copy(update={"interval": None, "interval_reason": ONE_SIDED})
        return found

    @staticmethod
    def _estimate(value: float, replicates: Floats, clusters: int) -> Estimate:
        if np.isnan(value):
            return Estimate(reason=NOTHING, interval_reason=NOTHING)
        ends, why = interval(float(value), replicates, clusters)
        return Estimate(value=float(value), interval=ends, interval_reason=why)


def ratios(sums: Floats, of: Floats, replicates: int = REPLICATES, seed: int = 1) -> Ratios:
    """Of numerators and denominators of shape [clusters, ratios]; NaN where a denominator is 0."""
    blocks = [ratio(weights @ sums, weights @ of) for weights in draws(len(sums), replicates, seed)]
    none = np.empty((0, sums.shape[1]))
    found = ratio(sums.sum(axis=0), of.sum(axis=0))
    return Ratios(found, np.concatenate(blocks) if blocks else none, (of > 0).sum(axis=0).astype(np.float64))
