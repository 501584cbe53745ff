"""Tables of labels that met, kept as sums over clusters so that clusters can be resampled.

Coincidences (Krippendorff, 2004, ch. 11): within a unit of m ratings each ordered pair of them counts 1/(m - 1), so
that every rating counts once. The table is symmetric, and its rows sum to how often each label was given.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from cotlab.agreement.ratings import Codes, Mask, Ratings

Floats = npt.NDArray[np.float64]
Weights = npt.NDArray[np.float32]
SMALL_PRODUCT = 250_000
"""Multiplications in one matrix product."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table of k labels: `sums`, of shape [places], and what each cluster gives to them.

    `shares` has the shape [clusters, places]. `clusters` are the codes of the clusters with something in it, in
    order; `places` are cells of the flat table. Of a symmetric table only the upper half is kept.
    """

    title: str
    k: int
    symmetric: bool
    clusters: Codes
    places: Codes
    sums: Floats
    shares: Weights

    def total(self) -> Floats:
        """The table of shape [k, k]."""
        table: Floats = self._spread(self.sums[None])[0]
        return table

    def resampled(self, weights: Weights, clusters: Codes) -> Floats:
        """A table for each row of `weights`, shape [replicates, k, k].

        `weights`, of shape [replicates, len(clusters)], is how often each of `clusters` was drawn; this table's are
        among them.
        """
        if len(self.clusters) < len(clusters):
            weights = weights[:, np.searchsorted(clusters, self.clusters)]
        sums = summed(weights, self.shares)
        return self._spread(sums)

    def weighted(self, weight: Floats) -> "Table":
        """The same with what each cluster gives times the weight of its code."""
        shares = self.shares * weight[self.clusters][:, None]
        return replace(self, sums=shares.sum(axis=0), shares=shares.astype(np.float32))

    def _spread(self, sums: Floats) -> Floats:
        flat = np.zeros((len(sums), self.k * self.k))
        flat[:, self.places] = sums
        square = flat.reshape(-1, self.k, self.k)
        return square + square.transpose(0, 2, 1) if self.symmetric else square


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What a coefficient is computed from: its tables, and how many units and people are in them."""

    tables: tuple[Table, ...]
    units: int
    people: int
    note: str | None = None

    def totals(self) -> Floats:
        """Shape [tables, k, k]."""
        return np.stack([table.total() for table in self.tables])

    def resampled(self, weights: Weights, clusters: Codes) -> Floats:
        """Shape [replicates, tables, k, k]."""
        return np.stack([table.resampled(weights, clusters) for table in self.tables], axis=1)

    def weighted(self, weight: Floats) -> "Counted":
        """The same with clusters weighted; `weight` has the shape [cluster codes]."""
        return replace(self, tables=tuple(table.weighted(weight) for table in self.tables))

    def clusters(self) -> Codes:
        """The codes of all clusters in the tables, in order."""
        return union(table.clusters for table in self.tables)


Counts = Callable[[Ratings], Counted]


def summed(weights: Weights, shares: Weights) -> Floats:
    """Sums over clusters of what each gives, [clusters, places], as often as it was drawn: [replicates, places]."""
    # In small parts: for large products BLAS starts threads, whose waiting costs three times the CPU.
    step = max(1, SMALL_PRODUCT // (len(weights) * max(1, shares.shape[1])))
    sums = np.zeros((len(weights), shares.shape[1]))
    for start in range(0, len(shares), step):
        sums += weights[:, start : start + step] @ shares[start : start + step]
    return sums


def coincidences(ratings: Ratings) -> Counted:
    """The coincidences of all units that have two ratings or more."""
    return _coincidences(ratings, None)


def even_coincidences(ratings: Ratings) -> Counted:
    """The coincidences of the units with the most frequent number of ratings, of two that tie the larger."""
    starts = np.flatnonzero(np.diff(ratings.group, prepend=-1))
    sizes = ratings.group_sizes()
    times = np.bincount(sizes[starts], minlength=3)
    times[:2] = 0
    usual = len(times) - 1 - int(times[::-1].argmax())
    left_out = int(times.sum() - times[usual])
    counted = _coincidences(ratings, sizes == usual)
    if not left_out:
        return counted
    units = "1 unit" if left_out == 1 else f"{left_out:,} units"
    return replace(counted, note=f"{units} without {usual} ratings left out")


def contingencies(ratings: Ratings) -> Counted:
    """For each two people who share units, how often a label of the first (rows) met one of the second (columns)."""
    left, right = ratings.pairs()
    both = ratings.person[left] * len(ratings.people) + ratings.person[right]
    order = np.argsort(both, kind="stable")
    left, right, both = left[order], right[order], both[order]
    starts = np.flatnonzero(np.diff(both, prepend=-1))
    tables = []
    for one, two in zip(np.split(left, starts[1:]), np.split(right, starts[1:]), strict=True):
        names = [ratings.people[ratings.person[places[0]]] for places in (one, two) if len(places)]
        tables.append(_table(ratings, " ~ ".join(names), one, two, None))
    return Counted(tuple(tables), *_sizes(ratings, left, right))


def _coincidences(ratings: Ratings, kept: Mask | None) -> Counted:
    left, right = ratings.pairs()
    if kept is not None and not kept.all():
        left, right = left[kept[left]], right[kept[left]]
    weights = np.asarray(1.0 / (ratings.group_sizes()[left] - 1), dtype=np.float64)
    return Counted((_table(ratings, "coincidences", left, right, weights),), *_sizes(ratings, left, right))


def _table(ratings: Ratings, title: str, left: Codes, right: Codes, weights: Floats | None) -> Table:
    """The table of these pairs of ratings; with weights the pairs have no order, and it is symmetric."""
    k = len(ratings.labels)
    one, two = ratings.label[left], ratings.label[right]
    cells = one * k + two if weights is None else np.minimum(one, two) * k + np.maximum(one, two)
    clusters, cluster = compact(ratings.cluster[left])
    places, place = compact(cells)
    shares = np.bincount(cluster * len(places) + place, weights, minlength=len(clusters) * len(places))
    shares = shares.reshape(len(clusters), len(places)).astype(np.float64)
    return Table(title, k, weights is not None, clusters, places, shares.sum(axis=0), shares.astype(np.float32))


def disagreeing(tables: Floats) -> Floats:
    """What lies off the diagonal of tables [..., k, k], exactly 0 where nothing does; shape [...]."""
    apart: Floats = (tables * (1.0 - np.eye(tables.shape[-1]))).sum(axis=(-2, -1))
    return apart


def ratio(over: Floats, under: Floats) -> Floats:
    """over / under, NaN where under is not above 0."""
    quotient: Floats = np.divide(over, under, out=np.full(np.shape(under), np.nan), where=under > 0)
    return quotient


def compact(codes: Codes) -> tuple[Codes, Codes]:
    """The codes that occur, in order, and for each code its place among them; of codes from 0 on."""
    found = np.flatnonzero(np.bincount(codes))
    lookup = np.zeros(int(codes.max(initial=0)) + 1, dtype=np.int64)
    lookup[found] = np.arange(len(found))
    return found, lookup[codes]


def _sizes(ratings: Ratings, left: Codes, right: Codes) -> tuple[int, int]:
    """How many units and people these pairs of ratings come from."""
    units = np.zeros(int(ratings.unit.max(initial=-1)) + 1, dtype=np.bool_)
    people = np.zeros(len(ratings.people), dtype=np.bool_)
    units[ratings.unit[left]] = people[ratings.person[left]] = people[ratings.person[right]] = True
    return int(np.count_nonzero(units)), int(np.count_nonzero(people))


def union(arrays: Iterable[Codes]) -> Codes:
    """The codes that occur in any of these, in order; of codes from 0 on."""
    found = list(arrays)
    present = np.zeros(max((int(array.max(initial=-1)) for array in found), default=-1) + 1, dtype=np.bool_)
    for array in found:
        present[array] = True
    return np.flatnonzero(present)


def combined(codes: Iterable[Codes]) -> tuple[Codes, Codes]:
    """The distinct rows of some columns of codes: the place of one of each, and for every place which one it is."""
    key: Codes | None = None
    first = np.empty(0, dtype=np.int64)
    for column in codes:
        joined = column if key is None else key * (int(column.max(initial=0)) + 1) + column
        _, first, key = np.unique(joined, return_index=True, return_inverse=True)
    return first, np.empty(0, dtype=np.int64) if key is None else key
