"""Slices of a table: by what its rows say, by person, by pair of people, by label."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np

from cotlab.agreement.ratings import Codes, Mask, Ratings

OWN = LABEL, ANNOTATOR, PAIR = "label", "annotator", "pair"
"""What every table can be sliced by."""
Cut = Callable[[Ratings], Ratings]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """What each row of the original arrays says of one thing: `values[codes[row]]`, none, one or several of them."""

    values: tuple[tuple[str, ...], ...]
    codes: Codes

    def names(self) -> tuple[str, ...]:
        """All values that a row has, sorted."""
        return tuple(sorted({name for code in np.unique(self.codes) for name in self.values[code]}))

    def rows(self, name: str) -> Mask:
        """The rows that have this value."""
        return np.array([name in values for values in self.values], dtype=np.bool_)[self.codes]


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """Some ratings, how they were chosen, and the label that is held against the rest, if one is."""

    ratings: Ratings
    where: dict[str, str]
    label: str | None = None


def slices(ratings: Ratings, columns: Mapping[str, Column], by: Sequence[str]) -> Iterator[Slice]:
    """A slice for each value of `by`; where `by` names several, for each combination of their values that has ratings.

    Names are those of columns, else `label` (that label against the rest), `annotator` (that person against all
    others; what two others gave is not seen) and `pair` (two people who share units). Raises ValueError for another
    name.
    """
    for chosen in product(*(_cuts(ratings, columns, name) for name in by)):
        where = {name: value for name, (value, _) in zip(by, chosen, strict=True)}
        kept = ratings
        for _, cut in chosen:
            kept = cut(kept)
        if len(kept):
            yield Slice(kept, where, where.get(LABEL) if LABEL not in columns else None)


def _cuts(ratings: Ratings, columns: Mapping[str, Column], name: str) -> list[tuple[str, Cut]]:
    """The values of a name, and what cuts each of them out."""
    if name in columns:
        column = columns[name]
        return [(value, partial(Ratings.where_rows, mask=column.rows(value))) for value in column.names()]
    match name:
        case "label":
            return [(label, _whole) for label in ratings.labels]
        case "annotator":
            return [(known, partial(Ratings.against, person=code)) for code, known in enumerate(ratings.people)]
        case "pair":
            return [(pair_name(ratings, pair), partial(_of_two, pair=pair)) for pair in _pairs(ratings)]
    raise ValueError(f"there is nothing named {name!r} to slice by")


def _whole(ratings: Ratings) -> Ratings:
    return ratings


def _of_two(ratings: Ratings, pair: tuple[int, int]) -> Ratings:
    return ratings.where((ratings.person == pair[0]) | (ratings.person == pair[1]))


def pair_name(ratings: Ratings, pair: tuple[int, int]) -> str:
    """How two people are named together."""
    return " ~ ".join(ratings.people[code] for code in pair)


def _pairs(ratings: Ratings) -> list[tuple[int, int]]:
    """The pairs of people who share a unit."""
    left, right = ratings.pairs()
    both = np.flatnonzero(np.bincount(ratings.person[left] * len(ratings.people) + ratings.person[right]))
    return [divmod(int(code), len(ratings.people)) for code in both]
