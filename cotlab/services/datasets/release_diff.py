"""What became of the rows between two releases: read from the project at both sequences, nothing of it is kept."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest

from cotlab.domain.answers import Unsettled
from cotlab.domain.datasets.releases import Because, ChangedRow, ChangedStep, Release, ReleaseDiff, RowChange
from cotlab.domain.errors import BadInput
from cotlab.services.datasets import releases
from cotlab.services.datasets.export import Export
from cotlab.services.datasets.items import NOT_SELECTED, Item, LabelFact, Made
from cotlab.services.datasets.split_spread import REASONS
from cotlab.services.labels.selection import ANOTHER_GUIDELINE
from cotlab.storage.datasets import item_events
from cotlab.storage.engine.database import Store

ROWS_A_LOOK = 500
NOTHING = frozenset[str]()
SELECTION = {NOT_SELECTED, *REASONS}
DOUBT = {Unsettled.DOUBTED.value, Unsettled.UNDER_RECHECK.value}
GUIDELINE = {Unsettled.STALE.value, ANOTHER_GUIDELINE}
FACTS = (
    (item_events.CASE, Because.CASE_DECIDED), (item_events.LABEL, Because.NEW_LABEL),
    (item_events.QUESTION, Because.QUESTION),
    (item_events.CHECK, Because.CHECK),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Side:
    """An item in one release: its split, why it has no row or ends where it does, and its rows by their names."""

    item_id: str
    ids: tuple[str, ...]
    """Of the traces or pairs behind it."""
    split: str | None
    why: frozenset[str]
    rows: dict[str, Made]


@dataclass(frozen=True, slots=True)
class _Changed:
    row_id: str
    change: RowChange
    steps: tuple[ChangedStep, ...]
    before: Side | None
    after: Side | None

    @property
    def ids(self) -> set[str]:
        return {one for side in (self.before, self.after) if side is not None for one in side.ids}


def diff(store: Store, project_id: str, before: str, after: str, most: int) -> ReleaseDiff:
    """From the release of one name to that of another, with the first `most` rows that changed.

    Both exports are read again, in short reads; memory does not grow with the rows that are the same. Raises NotFound,
    and BadInput for a release of traces and one of pairs.
    """
    old, new = (store.read(partial(releases.named, project_id=project_id, name=name)) for name in (before, after))
    exports = [store.read(partial(Export, project_id=project_id, order=order)) for _, order in (old, new)]
    if exports[0].source.task != exports[1].source.task:
        raise BadInput(f"{before} is a release of {exports[0].source.task}, and {after} of {exports[1].source.task}")
    found = _Diff(store, project_id, old[0], new[0], most, releases.differ(old[1], new[1]), exports)
    for left, right in _beside(_sides(exports[0], store), _sides(exports[1], store)):
        found.compare(left, right)
    return found.result()


def _sides(export: Export, store: Store) -> Iterator[Side]:
    """The items of a release in the order of their ids."""
    for item, split, why in export.placed(store):
        rows = {str(made.id): made for made in (*item.rows, *item.outcome)} if why is None else {}
        yield Side(item.id, item.ids, split, frozenset(_why(item, why)), rows)


def _why(item: Item, why: str | None) -> Iterator[str]:
    if why is not None:
        yield why
    yield from item.counts.traces_dropped
    yield from item.counts.steps_dropped
    yield from item.counts.labels_dropped


def _beside(left: Iterator[Side], right: Iterator[Side]) -> Iterator[tuple[Side | None, Side | None]]:
    """The items of both, those of one id together."""
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one.item_id < other.item_id):
            yield one, None
            one = next(left, None)
        elif one is None or other.item_id < one.item_id:
            yield None, other
            other = next(right, None)
        else:
            yield one, other
            one, other = next(left, None), next(right, None)


class _Diff:
    """Counts as items come in pairs; why rows changed is looked up for some at a time."""

    def __init__(
        self,
        store: Store,
        project_id: str,
        before: Release,
        after: Release,
        most: int,
        other_order: bool,
        exports: Sequence[Export],
    ) -> None:
        self._store, self._most, self._other_order, self._exports = store, most, other_order, exports
        self._before, self._after = before, after
        self._low, self._high = sorted((before.as_of, after.as_of))
        look = partial(item_events.to_project, project_id=project_id, low=self._low, high=self._high)
        self._new_version, self._new_policy = store.read(look)
        self._unchanged = self._moved = 0
        self._counts: dict[RowChange, Counter[str]] = {change: Counter() for change in RowChange}
        self._waiting: list[_Changed] = []
        self._rows: list[ChangedRow] = []

    def compare(self, before: Side | None, after: Side | None) -> None:
        old, new = before.rows if before else {}, after.rows if after else {}
        for name in sorted(old.keys() | new.keys()):
            change, steps = self._change(old, new, name)
            if old.keys() & {name} and new.keys() & {name} and before and after and before.split != after.split:
                self._moved += 1
            if change is None:
                self._unchanged += 1
            else:
                self._waiting.append(_Changed(name, change, steps, before, after))
        if len(self._waiting) >= ROWS_A_LOOK:
            self._look()

    def result(self) -> ReleaseDiff:
        self._look()
        counted = {change.value: dict(sorted(counts.items())) for change, counts in self._counts.items()}
        changed = sum(counts.total() for counts in self._counts.values())
        return ReleaseDiff(
            before=self._before, after=self._after, unchanged=self._unchanged, moved=self._moved, **counted,
            rows=tuple(self._rows), more=changed > len(self._rows),
        )  # fmt: skip

    def _change(
        self, old: dict[str, Made], new: dict[str, Made], name: str
    ) -> tuple[RowChange | None, tuple[ChangedStep, ...]]:  # fmt: skip
        """What became of a row; None where it says the same."""
        if name not in old:
            return RowChange.ADDED, ()
        if name not in new:
            return RowChange.DROPPED, ()
        before, after = _labels(old, name), _labels(new, name)
        if before != after:
            return RowChange.RELABELLED, tuple(_steps(old[name], new[name], before, after))
        return (RowChange.CHANGED if self._alike and old[name].line != new[name].line else None), ()

    @property
    def _alike(self) -> bool:
        """Whether both are written in the same way, so that what a row says can be compared beside its labels."""
        one, other = (export.source for export in self._exports)
        return (one.format, one.shape) == (other.format, other.shape)

    def _look(self) -> None:
        facts: dict[str, list[tuple[int, str]]] = {}
        for start in range(0, len(self._waiting), ROWS_A_LOOK):
            items = sorted({item for one in self._waiting[start : start + ROWS_A_LOOK] for item in one.ids})
            look = partial(item_events.to_items, item_ids=items, low=self._low, high=self._high)
            for row in self._store.read(look):
                facts.setdefault(row["item_id"], []).append((row["position"], row["what"]))
        for one in self._waiting:
            because = self._because(one, [fact for item in one.ids for fact in facts.get(item, [])])
            self._counts[one.change][because] += 1
            if len(self._rows) < self._most:
                self._rows.append(ChangedRow(row_id=one.row_id, change=one.change, because=because, steps=one.steps))
        self._waiting = []

    def _because(self, one: _Changed, facts: Sequence[tuple[int, str]]) -> Because:
        """The first that fits, in the order of docs/exports.md."""
        anywhere = {what for _, what in facts}
        here = {what for position, what in facts if _at(position, one.steps)} or anywhere
        if item_events.IMPORT in anywhere:
            return Because.IMPORTED
        old, new = _why_of(one.before), _why_of(one.after)
        gone, back = new - old if one.change is not RowChange.ADDED else NOTHING, old - new
        if SELECTION & (gone if one.change is RowChange.DROPPED else back):
            return Because.SELECTION
        if gone & DOUBT:
            return Because.DOUBT
        if gone & GUIDELINE:
            return Because.GUIDELINE_VERSION
        for what, because in FACTS:
            if what in here:
                return because
        if back & DOUBT:
            return Because.DOUBT
        if back & GUIDELINE or self._new_version:
            return Because.GUIDELINE_VERSION
        if self._new_policy:
            return Because.POLICY
        return Because.ORDER if self._other_order else Because.OTHER


def _why_of(side: Side | None) -> frozenset[str]:
    return NOTHING if side is None else side.why


def _at(position: int, steps: Sequence[ChangedStep]) -> bool:
    return not steps or position in {0, *(one.position for one in steps)}


def _labels(rows: dict[str, Made], name: str) -> Sequence[tuple[object, ...]]:
    """What a row says; of a pair that makes several, the first one has the labels."""
    labels: Sequence[LabelFact] = rows[name].labels or next(iter(rows.values())).labels
    return [(one.value, one.kind, one.target) for one in labels]


def _steps(
    old: Made, new: Made, before: Sequence[tuple[object, ...]], after: Sequence[tuple[object, ...]]
) -> Iterator[ChangedStep]:
    if (len(before), len(after)) != (old.steps, new.steps):
        return
    for position, (one, other) in enumerate(zip_longest(before, after), 1):
        if one != other:
            yield ChangedStep(position=position, before=_said(one), after=_said(other))


def _said(label: tuple[object, ...] | None) -> str | None:
    return None if label is None else " / ".join(str(part) for part in label[:2] if part is not None)
