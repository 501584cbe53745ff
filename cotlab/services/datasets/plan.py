"""Where each item of an export goes: a split, or nowhere for a reason.

Shares, balance and near duplicates can be told only once all is known, so that a first reading keeps a few numbers of
each item, and the plan that is made of them is followed in a second one.
"""

from array import array
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np

from cotlab.domain.datasets.exports import ExportOrder
from cotlab.domain.datasets.manifests import BenchmarkKeptOut, NearDuplicates
from cotlab.domain.datasets.splits import Facet, SplitBy, SplitOrder
from cotlab.exchange.near_duplicates import OWN, RULE, Linked, Texts, link
from cotlab.services.datasets.items import Facts, Item
from cotlab.services.datasets.split_spread import BALANCE, REASONS, Mask, Surveyed, Whole, spread

NOTHING = "(none)"
"""The value of an item that has none of a facet."""
HELD, LABELLED, FOR_TEST = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Plan:
    """`places` are, of each item that has rows, in order, the place of its split in `splits`, or of why it has none."""

    splits: tuple[str, ...]
    places: bytes
    near_duplicates: NearDuplicates | None
    benchmarks: tuple[BenchmarkKeptOut, ...]

    def of(self, number: int) -> tuple[str | None, str | None]:
        """The split of an item that has rows, by its number from 0, and why it is not in it; None for no split."""
        place, splits = self.places[number], len(self.splits)
        if place < splits:
            return self.splits[place], None
        beyond = place - splits - REASONS.index(BALANCE)
        return (None, REASONS[place - splits]) if beyond < 0 else (self.splits[beyond], BALANCE)


def needs_plan(order: ExportOrder) -> bool:
    return order.splits is not None or bool(order.against)


@dataclass(slots=True)
class Survey:
    """A few numbers of each item that has rows, some 25 bytes, and the hashes of the n-grams of each problem."""

    order: ExportOrder
    texts: Texts = field(default_factory=Texts)
    problems: "array[int]" = field(default_factory=lambda: array("I"))
    rows: "array[int]" = field(default_factory=lambda: array("I"))
    keys: "array[int]" = field(default_factory=lambda: array("Q"))
    values: "array[int]" = field(default_factory=lambda: array("I"))
    marks: bytearray = field(default_factory=bytearray)
    capped: "array[int]" = field(default_factory=lambda: array("I"))
    """A bit for each cap."""
    codes: dict[str, int] = field(default_factory=dict)

    def add(self, item: Item) -> None:
        splits, facts = self.order.splits or SplitOrder(), item.facts
        self.problems.append(self.texts.add(facts.text))
        self.rows.append(len(item.rows))
        self.keys.append(_draw(splits.seed, item))
        self.values.append(self.codes.setdefault(_value(facts, splits.by), len(self.codes)))
        held = any(facts.has(one) for one in splits.hold_out)
        labelled = bool(splits.balance) and any(label in splits.balance for label in item.labels)
        for_test = splits.test_origin is None or facts.is_of(splits.test_origin)
        self.marks.append(held * HELD | labelled * LABELLED | for_test * FOR_TEST)
        self.capped.append(sum(facts.has(one) << place for place, one in enumerate(splits.most)))

    def plan(self) -> Plan:
        """What becomes of each item."""
        own, splits = len(self.texts), self.order.splits
        for number, one in enumerate(self.order.against, 1):
            for problem in one.problems:
                self.texts.add(problem, OWN << number)
        linked, problems = link(self.texts), np.frombuffer(self.problems, dtype=np.uint32).astype(np.int64)
        left_out = (linked.near > OWN)[problems]
        benchmarks = tuple(self._kept_out(number, linked, problems) for number in range(1, len(self.order.against) + 1))
        if splits is None:
            places = np.where(left_out, 1, 0).astype(np.uint8)
            return Plan(("",), places.tobytes(), None, benchmarks)
        places = spread(self._surveyed(linked.group[problems]), splits, left_out).astype(np.uint8)
        return Plan(splits.names, places.tobytes(), _told(linked.group[:own]), benchmarks)

    def _surveyed(self, group: Whole) -> Surveyed:
        marks, capped = np.frombuffer(self.marks, dtype=np.uint8), np.frombuffer(self.capped, dtype=np.uint32)
        caps = range(len((self.order.splits or SplitOrder()).most))
        return Surveyed(
            group=np.unique(group, return_inverse=True)[1], value=_whole(self.values), rows=_whole(self.rows),
            key=np.frombuffer(self.keys, dtype=np.uint64), held=_has(marks, HELD), labelled=_has(marks, LABELLED),
            for_test=_has(marks, FOR_TEST),
            capped=np.array([(capped >> place) & 1 for place in caps], dtype=np.bool_).reshape(len(caps), len(capped)),
        )  # fmt: skip

    def _kept_out(self, number: int, linked: Linked, problems: Whole) -> BenchmarkKeptOut:
        one = self.order.against[number - 1]
        found = (linked.near & (OWN << number)).astype(np.bool_)[problems]
        return BenchmarkKeptOut(
            name=one.name, sha256=one.sha256, problems=len(one.problems), found=len(np.unique(problems[found])),
            left_out=int(np.count_nonzero(found)),
        )  # fmt: skip


def _whole(numbers: "array[int]") -> Whole:
    return np.frombuffer(numbers, dtype=np.uint32).astype(np.int64)


def _has(marks: "np.ndarray[tuple[int], np.dtype[np.uint8]]", mark: int) -> Mask:
    return (marks & mark).astype(np.bool_)


def _draw(seed: int, item: Item) -> int:
    """A number that looks drawn at random, the same for the same content."""
    sha = sha256(f"{seed} ".encode())
    for made in item.rows:
        sha.update(made.line)
    return int.from_bytes(sha.digest()[:8], "little")


def _value(facts: Facts, by: SplitBy) -> str:
    """What an item is grouped by beside its problem; several values are one of their own."""
    if by is SplitBy.PROBLEM:
        return ""
    return " + ".join(sorted(facts.values(Facet(by.value)))) or NOTHING


def _told(group: Whole) -> NearDuplicates:
    sizes = np.bincount(group, minlength=1)
    return NearDuplicates(
        rule=RULE, problems=len(group), groups=int(np.count_nonzero(sizes)), in_groups=int(sizes[sizes > 1].sum()),
        largest=int(sizes.max()),
    )  # fmt: skip
