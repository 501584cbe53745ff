"""Where disagreement sits: which labels, in which slice, and under which rules."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from cotlab.agreement.coefficients import ALPHA, ALPHA_ORDINAL
from cotlab.agreement.coefficients.alpha import distances
from cotlab.agreement.measure import value_or_reason
from cotlab.agreement.ratings import Codes, Ratings, neighbours
from cotlab.agreement.slices import Column
from cotlab.agreement.tables import Floats, combined
from cotlab.domain.agreement.coefficients import Cell, Diagnosis, Disputed, Merge, Split

MOST = 20
Labels = tuple[str, str]


def diagnose(
    ratings: Ratings,
    columns: Mapping[str, Column],
    rules: Column | None = None,
    *,
    ordinal: bool = False,
    mergeable: Sequence[Labels] | None = None,
    most: int = MOST,
) -> Diagnosis:
    """Ranks cells (two labels x a value of a column x a rule that either side cited) by how much alpha would rise.

    The rise is o_cd d_cd (n - 1) / sum n_c n_d d_cd over the cell's part of the coincidences (see `Alpha`): those
    disagreements become agreements while each label stays as frequent as it is. Over all cells of one column the
    rises sum to 1 - alpha where no row has two values and no disagreement two rules. Of equal rises the one in the
    smaller slice comes first. A column that says the same of every pair is left out; without any other the cells are
    those of the whole table. `mergeable` are the label pairs to merge: without it neighbours on the scale, or of
    nominal labels all that were confused.
    """
    alpha = ALPHA_ORDINAL if ordinal else ALPHA
    counted = alpha.counts(ratings)
    value, reason = value_or_reason(alpha, counted)
    found = _Disagreements(ratings, rules, counted.totals()[0], ordinal)
    if mergeable is None:
        mergeable = neighbours(ratings.labels) if ordinal else sorted(found.confused())
    if value is None:
        return Diagnosis(reason=reason)
    cells = sorted(found.cells(columns), key=lambda cell: (-round(cell.rise, 12), cell.pairs, str(cell)))
    return Diagnosis(
        value=value,
        splits=tuple(found.splits()),
        cells=tuple(cells[:most]),
        merges=tuple(_merges(ratings, mergeable, value, ordinal)),
        cited_on_both_sides=_disputed(found.both_sides()),
        without_citation=_disputed(found.without()) if rules is not None else (),
    )


class _Disagreements:
    """The pairs of ratings that disagree, with what each adds to 1 - alpha."""

    def __init__(self, ratings: Ratings, rules: Column | None, table: Floats, ordinal: bool) -> None:
        self.ratings, self.rules = ratings, rules
        self.all = ratings.pairs()
        differ = ratings.label[self.all[0]] != ratings.label[self.all[1]]
        self.left, self.right = (side[differ] for side in self.all)
        labels = ratings.label[self.left], ratings.label[self.right]
        self.low, self.high = np.minimum(*labels), np.maximum(*labels)
        self.rises = self._rises(table, ordinal)

    def _rises(self, table: Floats, ordinal: bool) -> Floats:
        given = table.sum(axis=-1)
        distance = distances(given, ordinal)
        expected = float((np.outer(given, given) * distance).sum())
        weights = 2.0 / (self.ratings.group_sizes()[self.left] - 1.0)
        if not expected:
            return np.zeros(len(weights))
        moved: Floats = weights * distance[self.low, self.high] * (given.sum() - 1.0) / expected
        return moved

    def confused(self) -> set[Labels]:
        return {self._labels(place) for place in combined((self.low, self.high))[0]}

    def splits(self) -> Iterator[Split]:
        """How often which labels met, the most frequent first."""
        first, which = combined((self.low, self.high))
        met = [(self._labels(place), count) for place, count in zip(first, np.bincount(which).tolist(), strict=True)]
        yield from (
            Split(labels=pair, disagreements=count) for pair, count in sorted(met, key=lambda one: (-one[1], one[0]))
        )

    def cells(self, columns: Mapping[str, Column]) -> Iterator[Cell]:
        """The cells of every column that tells pairs apart; of the whole table where none does."""
        pairs = {name: self._pairs(column) for name, column in columns.items()}
        telling = [name for name, sizes in pairs.items() if self._tells(sizes)]
        if not telling:
            whole = Column((("",),), np.zeros(int(self.ratings.row.max(initial=0)) + 1, dtype=np.int64))
            yield from (
                cell.model_copy(update={"slice": {}})
                for cell in self._cells("", whole, Counter({"": len(self.all[0])}))
            )
        for name in telling:
            yield from self._cells(name, columns[name], pairs[name])

    def _tells(self, sizes: Counter[str]) -> bool:
        return len(sizes) > 1 or any(size < len(self.all[0]) for size in sizes.values())

    def _pairs(self, column: Column) -> Counter[str]:
        """How many pairs of ratings have each value on both sides."""
        sizes: Counter[str] = Counter()
        sides = [column.codes[self.ratings.row[side]] for side in self.all]
        first, which = combined(sides)
        for place, count in zip(first, np.bincount(which), strict=True):
            for value in _both(column, sides, place):
                sizes[value] += int(count)
        return sizes

    def _cells(self, name: str, column: Column, pairs: Counter[str]) -> Iterator[Cell]:
        sides = [column.codes[self.ratings.row[side]] for side in (self.left, self.right)]
        cited = self._cited()
        first, which = combined((self.low, self.high, *sides, *cited))
        rises: dict[tuple[Labels, str, str | None], float] = defaultdict(float)
        times: Counter[tuple[Labels, str, str | None]] = Counter()
        for place, rise, count in zip(first, np.bincount(which, self.rises), np.bincount(which), strict=True):
            for value in _both(column, sides, place):
                for rule in self._either(cited, place) or (None,):
                    key = (self._labels(place), value, rule)
                    rises[key] += float(rise)
                    times[key] += int(count)
        for key, rise in rises.items():
            labels, value, rule = key
            yield Cell(
                labels=labels, slice={name: value}, rule=rule, rise=rise, disagreements=times[key], pairs=pairs[value]
            )

    def both_sides(self) -> Counter[tuple[Labels, str | None]]:
        """How often a rule was cited on both sides, by labels and rule."""
        found: Counter[tuple[Labels, str | None]] = Counter()
        cited = self._cited()
        if self.rules is not None:
            for place, count in self._grouped(cited):
                for rule in _both(self.rules, cited, place):
                    found[self._labels(place), rule] += count
        return found

    def without(self) -> Counter[tuple[Labels, str | None]]:
        """How often neither side cited a rule, by labels."""
        found: Counter[tuple[Labels, str | None]] = Counter()
        cited = self._cited()
        for place, count in self._grouped(cited):
            if not self._either(cited, place):
                found[self._labels(place), None] += count
        return found

    def _grouped(self, cited: Sequence[Codes]) -> Iterator[tuple[int, int]]:
        first, which = combined((self.low, self.high, *cited))
        yield from zip(first.tolist(), np.bincount(which).tolist(), strict=True)

    def _cited(self) -> list[Codes]:
        """The codes of the rules that each side cited; none without citations."""
        if self.rules is None:
            return []
        return [self.rules.codes[self.ratings.row[side]] for side in (self.left, self.right)]

    def _either(self, cited: Sequence[Codes], place: int) -> Iterable[str]:
        if self.rules is None:
            return ()
        return sorted({rule for side in cited for rule in self.rules.values[side[place]]})

    def _labels(self, place: int) -> Labels:
        return self.ratings.labels[self.low[place]], self.ratings.labels[self.high[place]]


def _both(column: Column, sides: Sequence[Codes], place: int) -> set[str]:
    """The values that both ratings of a pair have."""
    one, two = (set(column.values[side[place]]) for side in sides)
    return one & two


def _disputed(counts: Counter[tuple[Labels, str | None]]) -> tuple[Disputed, ...]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return tuple(Disputed(labels=labels, rule=rule, disagreements=count) for (labels, rule), count in ordered)


def _merges(ratings: Ratings, mergeable: Iterable[Labels], value: float, ordinal: bool) -> Iterator[Merge]:
    alpha = ALPHA_ORDINAL if ordinal else ALPHA
    made = []
    for one, two in mergeable:
        name = f"{one} or {two}"
        merged, reason = value_or_reason(alpha, alpha.counts(ratings.read_as({one: name, two: name})))
        rise = None if merged is None else merged - value + 0.0
        made.append(Merge(labels=(one, two), value=merged, reason=reason, rise=rise))
    yield from sorted(made, key=lambda merge: (-(merge.rise if merge.rise is not None else -9.0), merge.labels))
