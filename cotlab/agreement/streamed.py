"""Alpha over more ratings than are held at once: tables are summed part by part, and clusters drawn as they pass.

A cluster is drawn a Poisson number of times with mean 1, which needs no count of clusters beforehand and is the
bootstrap's draw in the limit of many of them (Hanley & MacGibbon, 2006).
"""

import numpy as np

from cotlab.agreement.coefficients import ALPHA
from cotlab.agreement.intervals.bootstrap import REPLICATES, interval
from cotlab.agreement.measure import NO_PAIR
from cotlab.agreement.ratings import Ratings
from cotlab.agreement.tables import Floats, coincidences
from cotlab.domain.datasets.manifests import ManifestAgreement

ONE_LABEL = "one label only"


class StreamedAlpha:
    """Krippendorff's nominal alpha of all labels and of each against the rest; no cluster may lie in two parts."""

    def __init__(self, labels: tuple[str, ...], seed: int = 1, replicates: int = REPLICATES) -> None:
        k = len(labels)
        self._labels, self._generator = labels, np.random.default_rng(seed)
        self._table, self._drawn = np.zeros((k, k)), np.zeros((replicates, k, k))
        self._units = self._clusters = 0

    def add(self, ratings: Ratings) -> None:
        """A part, whose labels are those of the whole."""
        counted = coincidences(ratings)
        clusters = counted.clusters()
        if not counted.units:
            return
        self._units += counted.units
        self._clusters += len(clusters)
        weights = self._generator.poisson(1.0, (len(self._drawn), len(clusters))).astype(np.float32)
        self._table += counted.totals()[0]
        self._drawn += counted.resampled(weights, clusters)[:, 0]

    def results(self) -> tuple[ManifestAgreement, ...]:
        """Of all labels together, then of each that was given where two people labelled."""
        given = [place for place in range(len(self._labels)) if self._table[place].any()]
        return (
            self._result(None, self._table, self._drawn),
            *(
                self._result(self._labels[place], _against_rest(self._table, place), _against_rest(self._drawn, place))
                for place in given
            ),
        )

    def _result(self, label: str | None, table: Floats, drawn: Floats) -> ManifestAgreement:
        value = float(ALPHA.values(table[None]))
        sizes = {"label": label, "units": self._units, "clusters": self._clusters}
        if np.isnan(value):
            why = ONE_LABEL if self._units else NO_PAIR
            return ManifestAgreement(reason=why, interval_reason=why, **sizes)
        ends, why_not = interval(value, ALPHA.values(drawn[:, None]), self._clusters)
        return ManifestAgreement(value=value + 0.0, interval=ends, interval_reason=why_not, **sizes)


def _against_rest(tables: Floats, place: int) -> Floats:
    """Tables [..., k, k] as those of one label and all others, [..., 2, 2]."""
    both = tables[..., place, place]
    one = tables[..., place, :].sum(axis=-1) - both
    rest = tables.sum(axis=(-2, -1)) - both - 2 * one
    return np.stack([np.stack([both, one], axis=-1), np.stack([one, rest], axis=-1)], axis=-2)
