"""How items are spread over splits: whole groups, near the shares that are asked for, the same for the same content."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cotlab.domain.datasets.splits import HELD_OUT, TEST, SplitBy, SplitOrder

Whole = npt.NDArray[np.int64]
Sizes = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]
ANOTHER_SPLIT = "problem_or_value_in_another_split"
NOT_FOR_TEST = "origin_not_for_test"
BALANCE, MOST = "balance", "max_share"
IN_A_BENCHMARK = "in_a_benchmark"
REASONS = (IN_A_BENCHMARK, ANOTHER_SPLIT, NOT_FOR_TEST, MOST, BALANCE)
"""The last has a place for each split, because a manifest tells what was there before."""
ROUNDS = 50
"""Of balance and caps, each of which may undo the other; each round leaves something out or is the last."""


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What the spread goes by; each array has the shape [items].

    `group` is the problem's group of near duplicates, `value` that of what items are split by, `key` a draw from seed
    and content. `held`, `labelled` and `for_test`: whether an item is held out, has a label that is balanced, and is of
    the origin that the split `test` takes. `capped` has the shape [caps, items].
    """

    group: Whole
    value: Whole
    rows: Whole
    key: Keys
    held: Mask
    labelled: Mask
    for_test: Mask
    capped: Mask


def spread(found: Surveyed, order: SplitOrder, left_out: Mask) -> Whole:
    """For each item the place of its split in the order's names, or behind these that of the reason in REASONS.

    Items that are `left_out` are in a benchmark.
    """
    return _Spread(found, order).spread(left_out)


class _Spread:
    def __init__(self, found: Surveyed, order: SplitOrder) -> None:
        self._found, self._order, self._names = found, order, order.names
        self._shares: Sizes = np.array([one.share for one in order.shares], dtype=np.float64)

    def spread(self, left_out: Mask) -> Whole:
        where = np.where(left_out, self._out(IN_A_BENCHMARK), -1).astype(np.int64)
        self._hold_out(where)
        free = where < 0
        of_group = self._by_problem(free) if self._order.by is SplitBy.PROBLEM else self._by_value(free)
        where[free] = of_group[free]
        self._only_for_test(where)
        self._thin_out(where)
        return where

    def _out(self, reason: str) -> int:
        return len(self._names) + REASONS.index(reason)

    def _hold_out(self, where: Whole) -> None:
        if not self._order.hold_out:
            return
        held = self._found.held & (where < 0)
        near = np.isin(self._found.group, np.unique(self._found.group[held])) & (where < 0)
        where[near] = self._out(ANOTHER_SPLIT)
        where[held] = self._names.index(HELD_OUT)

    def _by_problem(self, free: Mask) -> Whole:
        return self._assigned(self._found.group, free)[self._found.group]

    def _by_value(self, free: Mask) -> Whole:
        """Each value has its split; a group goes where most of its rows are, and the others of it nowhere."""
        found, splits = self._found, len(self._shares)
        of_item = self._assigned(found.value, free)[found.value]
        rows = np.zeros((int(found.group.max(initial=-1)) + 1, splits), dtype=np.int64)
        np.add.at(rows, (found.group[free], of_item[free]), found.rows[free])
        of_group = rows.argmax(axis=1)[found.group] if len(rows) else of_item
        return np.where(of_item == of_group, of_item, self._out(ANOTHER_SPLIT))

    def _assigned(self, unit: Whole, free: Mask) -> Whole:
        """The split of each unit: the largest first, each to the split that lacks most."""
        count = int(unit.max(initial=-1)) + 1
        size: Sizes = np.bincount(unit[free], self._found.rows[free].astype(np.float64), minlength=count).astype(
            np.float64
        )
        key = np.full(count, np.iinfo(np.uint64).max, dtype=np.uint64)
        np.minimum.at(key, unit[free], self._found.key[free])
        wanted = self._shares * float(size.sum())
        splits = np.zeros(count, dtype=np.int64)
        taken = self._for_test(unit, free, size, key, wanted, splits)
        lacks = wanted.copy()
        if self._order.test_origin is not None:
            lacks[self._test] = -np.inf
        order = [one for one in np.lexsort((key, -size)).tolist() if size[one] and not taken[one]]
        for one in order:
            splits[one] = max(range(len(lacks)), key=lambda place: (lacks[place], lacks[place] / wanted[place]))
            lacks[splits[one]] -= size[one]
        self._fill_empty(splits, order)
        return splits

    def _fill_empty(self, splits: Whole, order: Sequence[int]) -> None:
        """Give a split that has no unit the smallest of one that has several."""
        units = np.bincount(splits[order], minlength=len(self._shares))
        for empty in np.flatnonzero(units == 0).tolist():
            if self._order.test_origin is not None and empty == self._test:
                continue
            for one in reversed(order):
                if units[splits[one]] > 1:
                    units[splits[one]] -= 1
                    splits[one], units[empty] = empty, 1
                    break

    @property
    def _test(self) -> int:
        return self._names.index(TEST)

    def _for_test(
        self, unit: Whole, free: Mask, size: Sizes, key: Keys, wanted: Sizes, splits: Whole
    ) -> Mask:  # fmt: skip
        """Where the split `test` takes one origin alone, fill it first: with units all of it, where they suffice."""
        taken = np.zeros(len(size), dtype=np.bool_)
        if self._order.test_origin is None:
            return taken
        fits = np.bincount(unit[free], self._found.rows[free] * self._found.for_test[free], minlength=len(size))
        whole = (fits == size) & (size > 0)
        most = wanted[self._test]
        usable = whole if fits[whole].sum() >= most else fits > 0
        filled = 0.0
        for one in np.argsort(key, kind="stable").tolist():
            if usable[one] and (filled + fits[one] / 2 <= most):
                taken[one], splits[one] = True, self._test
                filled += fits[one]
        return taken

    def _only_for_test(self, where: Whole) -> None:
        if self._order.test_origin is not None:
            where[(where == self._test) & ~self._found.for_test] = self._out(NOT_FOR_TEST)

    def _thin_out(self, where: Whole) -> None:
        for place in range(len(self._names)):
            for _ in range(ROUNDS):
                before = int(np.count_nonzero(where == place))
                for reason, too_many in self._too_many(where == place):
                    where[too_many] = self._out(reason) + (place if reason == BALANCE else 0)
                if int(np.count_nonzero(where == place)) == before:
                    break

    def _too_many(self, there: Mask) -> Iterator[tuple[str, Whole]]:
        """The items of one split that are beyond a cap, then those that are beyond the balance."""
        there = there.copy()
        for one, capped in zip(self._order.most, self._found.capped, strict=True):
            others = int(np.count_nonzero(there & ~capped))
            beyond = self._beyond(there & capped, int(one.share / (1 - one.share) * others + 1e-9))
            there[beyond] = False
            yield MOST, beyond
        if self._order.balance:
            sides = (there & self._found.labelled, there & ~self._found.labelled)
            fewest = min(int(np.count_nonzero(side)) for side in sides)
            for side in sides:
                yield BALANCE, self._beyond(side, fewest)

    def _beyond(self, items: Mask, most: int) -> Whole:
        """Of these items those that are more than so many, by the draw."""
        places = np.flatnonzero(items)
        return places[np.argsort(self._found.key[places], kind="stable")][most:]
