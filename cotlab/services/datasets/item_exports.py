"""The exports that rows of an item are in: found by reading the item as each export did."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, Manifest, Packing
from cotlab.domain.datasets.lineage import Exported
from cotlab.domain.datasets.row_ids import RowId
from cotlab.domain.datasets.splits import SplitBy
from cotlab.services.datasets.export import Export, source_of
from cotlab.services.datasets.items import Item
from cotlab.storage.datasets import releases
from cotlab.storage.engine.database import Row, Store
from cotlab.storage.labels import exports as stored

NO_MATTER = {"release": None, "packing": Packing.LINES, "max_length": 1}
"""What an order says that changes no row."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows in an export; `at` is the sequence of its event, `released` those of the releases that it became."""

    at: int
    exported: Exported
    released: tuple[tuple[int, str], ...]


@dataclass(slots=True)
class ExportsOf:
    """`thorough` reads whole exports again where what is left out depends on all that goes out."""

    store: Store
    project_id: str
    thorough: bool = False
    _items: dict[str, tuple[Item | None, str | None, bool]] = field(default_factory=dict)

    def with_rows(self, wanted: RowId, since: int) -> Iterator[Found]:
        """The exports with rows of an item that came in at the sequence `since`, in order."""
        rows = self.store.read(partial(stored.exports, project_id=self.project_id))
        named = self.store.read(partial(releases.releases, project_id=self.project_id))
        for row in rows:
            manifest = Manifest.model_validate_json(row["manifest"])
            if manifest.as_of < since:
                continue
            here = [one for one in named if one["export_id"] == row["id"]]
            found = self._rows(row, here, manifest, wanted)
            if found is not None:
                yield Found(row["sequence"], found, tuple((one["sequence"], one["name"]) for one in here))

    def _rows(self, row: Row, named: list[Row], manifest: Manifest, wanted: RowId) -> Exported | None:
        order, whole = _order(row, named, manifest)
        item, split, certain = self._item(order, whole, wanted.item_id)
        if item is None:
            return None
        made = [*item.rows, *item.outcome]
        names = tuple(sorted(str(one.id) for one in made if _is(one.id, one.steps, wanted)))
        if not names:
            return None
        return Exported(
            export_id=row["id"], format=manifest.format, labels=manifest.labels, mapping=manifest.mapping,
            as_of=manifest.as_of, rows=names, split=split, certain=certain,
        )  # fmt: skip

    def _item(self, order: ExportOrder, whole: bool, item_id: str) -> tuple[Item | None, str | None, bool]:
        key = order.model_copy(update=NO_MATTER).model_dump_json()
        if key not in self._items:
            self._items[key] = self._read(order, whole, item_id)
        return self._items[key]

    def _read(self, order: ExportOrder, whole: bool, item_id: str) -> tuple[Item | None, str | None, bool]:
        item = self.store.read(lambda db: source_of(db, self.project_id, order).one(db, item_id))
        if item is None or not item.rows:
            return None, None, True
        if order.splits is None and not order.against and whole:
            return item, None, True
        if self.thorough and whole:
            export = self.store.read(partial(Export, project_id=self.project_id, order=order))
            for placed, split, why in export.placed(self.store):
                if item_id in (placed.id, *placed.ids):
                    return (item if why is None else None), split, True
        return item, None, whole and not _may_leave_out(order)


def _may_leave_out(order: ExportOrder) -> bool:
    """Whether an item that has rows may be left out for what others are."""
    splits = order.splits
    if order.against or splits is None:
        return bool(order.against)
    draws = splits.balance or splits.most or splits.hold_out or splits.test_origin is not None
    return bool(draws) or splits.by is not SplitBy.PROBLEM


def _is(name: RowId, steps: int, wanted: RowId) -> bool:
    """Whether a row is what was asked for, or of it."""
    if wanted.position is not None:
        return wanted.position <= steps or not steps
    return wanted.labels is None or name == wanted


def _order(row: Row, named: list[Row], manifest: Manifest) -> tuple[ExportOrder, bool]:
    """What an export was ordered as, and whether that is all of it: problems of benchmarks are kept with releases."""
    for one in named:
        return ExportOrder.model_validate_json(one["ordered"]), True
    if row["ordered"] is not None:
        return ExportOrder.model_validate_json(row["ordered"]), not manifest.benchmarks
    order = ExportOrder(
        format=manifest.format, labels=LabelChoice(manifest.labels), mapping=manifest.mapping, as_of=manifest.as_of,
        stale=manifest.stale, doubted=manifest.doubted, without_assisted=manifest.without_assisted,
    )  # fmt: skip
    return order, not manifest.benchmarks
