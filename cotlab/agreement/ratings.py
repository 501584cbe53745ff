"""Ratings as whole numbers: what every coefficient is computed from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
MISSING = -1


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """n ratings in the order of cluster, unit and person; each array has the shape [n].

    `person` and `label` are places in `people` and `labels`. `group` tells the ratings that are held against each
    other: those of one unit, unless `against` parted them. `row` is where a rating stood in the arrays that the table
    was built from.
    """

    unit: Codes
    group: Codes
    person: Codes
    label: Codes
    cluster: Codes
    row: Codes
    people: tuple[str, ...]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.unit)

    def where(self, mask: Mask) -> "Ratings":
        """The ratings for which `mask`, of shape [n], holds; names and codes stay as they are."""
        return self._taken(np.flatnonzero(mask))

    def where_rows(self, mask: Mask) -> "Ratings":
        """As `where`, with a mask over the rows that the table was built from."""
        return self.where(mask[self.row])

    def read_as(self, names: Mapping[str, str]) -> "Ratings":
        """The same ratings with each label read as `names` says (a parent, one of a merged pair), else as itself."""
        new = [names.get(label, label) for label in self.labels]
        labels = tuple(dict.fromkeys(new))
        lookup = np.array([labels.index(label) for label in new], dtype=np.int64)
        return replace(self, label=lookup[self.label], labels=labels)

    def only(self, label: str) -> "Ratings":
        """One label against the rest. Raises ValueError for a label that is not one of the table's."""
        place = self.labels.index(label)
        return replace(self, label=(self.label != place).astype(np.int64), labels=(label, f"not {label}"))

    def against(self, person: int) -> "Ratings":
        """The ratings of one person, each held against every other rating of its unit by itself."""
        left, right = self.pairs()
        kept = (self.person[left] == person) | (self.person[right] == person)
        places = np.stack([left[kept], right[kept]], axis=1).ravel()
        order = np.argsort(self.cluster[places[::2]], kind="stable")
        taken = self._taken(places.reshape(-1, 2)[order].ravel())
        return replace(taken, group=np.repeat(np.arange(len(taken) // 2), 2))

    def pairs(self) -> tuple[Codes, Codes]:
        """The places of the two ratings of each pair within a group, the lower person code first; [pairs] each."""
        found = [np.empty((2, 0), dtype=np.int64)]
        for apart in range(1, int(self.group_sizes().max(initial=0))):
            left = np.flatnonzero(self.group[apart:] == self.group[:-apart])
            found.append(np.stack([left, left + apart]))
        left, right = np.concatenate(found, axis=1)
        return left, right

    def group_sizes(self) -> Codes:
        """For each rating the number of ratings in its group; shape [n]."""
        ends = np.append(np.flatnonzero(np.diff(self.group)), len(self) - 1) if len(self) else np.empty(0, np.int64)
        sizes = np.diff(ends, prepend=-1)
        return np.repeat(sizes, sizes)

    def _taken(self, places: Codes) -> "Ratings":
        arrays = (self.unit, self.group, self.person, self.label, self.cluster, self.row)
        unit, group, person, label, cluster, row = (array[places] for array in arrays)
        return Ratings(unit, group, person, label, cluster, row, self.people, self.labels)


def build(
    unit: npt.ArrayLike,
    person: npt.ArrayLike,
    label: npt.ArrayLike,
    cluster: npt.ArrayLike | None = None,
    *,
    people: Sequence[str],
    labels: Sequence[str],
) -> Ratings:
    """A table from whole numbers of shape [rows], one row a rating.

    Rows whose label is -1 are missing and left out. Without `cluster` each unit is its own. Raises ValueError for
    arrays of different lengths, a code without a name, a person who has two ratings on a unit, and a unit in two
    clusters.
    """
    units, persons, values = (np.asarray(array, dtype=np.int64) for array in (unit, person, label))
    clusters = units if cluster is None else np.asarray(cluster, dtype=np.int64)
    if len({array.shape for array in (units, persons, values, clusters)}) > 1 or units.ndim != 1:
        raise ValueError("unit, person, label and cluster are not of one length")
    for codes, names, what in ((persons, people, "person"), (values, labels, "label")):
        if len(codes) and not (MISSING if what == "label" else 0) <= codes.min() <= codes.max() < len(names):
            raise ValueError(f"a {what} has a code without a name")
    rows = np.flatnonzero(values != MISSING)
    rows = rows[np.lexsort((persons[rows], units[rows], clusters[rows]))]
    made = Ratings(
        units[rows], units[rows], persons[rows], values[rows], clusters[rows], rows, tuple(people), tuple(labels)
    )
    _refuse_doubles(made)
    return made


def from_matrix(
    codes: npt.ArrayLike,
    cluster: npt.ArrayLike | None = None,
    *,
    people: Sequence[str] | None = None,
    labels: Sequence[str],
) -> Ratings:
    """A table from label codes of shape [units, people], -1 where there is none; `cluster` has the shape [units]."""
    matrix = np.asarray(codes, dtype=np.int64)
    units, persons = np.indices(matrix.shape)
    clusters = None if cluster is None else np.repeat(np.asarray(cluster, dtype=np.int64), matrix.shape[1])
    names = people or [str(number) for number in range(1, matrix.shape[1] + 1)]
    return build(units.ravel(), persons.ravel(), matrix.ravel(), clusters, people=names, labels=labels)


def _refuse_doubles(made: Ratings) -> None:
    same = made.unit[1:] == made.unit[:-1]
    if (same & (made.person[1:] == made.person[:-1])).any():
        raise ValueError("a person has two ratings on one unit")
    runs = len(made) - np.count_nonzero(same & (made.cluster[1:] == made.cluster[:-1]))
    if runs != len(np.unique(made.unit)):
        raise ValueError("a unit lies in two clusters")


def neighbours(labels: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The labels that stand beside each other on a scale."""
    return tuple(pairwise(labels))
