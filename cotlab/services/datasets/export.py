"""An export: ordered, streamed in short reads at one sequence, recorded with its manifest."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from cotlab.domain.datasets.exports import ExportOrder, Manifest, Packing
from cotlab.domain.datasets.pair_exports import Compared
from cotlab.domain.datasets.splits import TRAIN
from cotlab.domain.errors import BadInput, NotFound
from cotlab.domain.text import sha256
from cotlab.exchange.formats import PAIR_WRITERS, columns_of
from cotlab.exchange.formats.columns import Columns, with_row_id
from cotlab.exchange.lengths import Tokens, estimated
from cotlab.exchange.packing import packer
from cotlab.services.audit import event_data
from cotlab.services.audit.as_of import exported_at
from cotlab.services.datasets import releases
from cotlab.services.datasets.items import OUTCOME, Item, Source
from cotlab.services.datasets.manifest import Frame, manifest_of
from cotlab.services.datasets.pair_items import PairSource
from cotlab.services.datasets.plan import Plan, Survey, needs_plan
from cotlab.services.datasets.row_agreement import ExportAgreement, first_labels
from cotlab.services.datasets.split_spread import BALANCE
from cotlab.services.datasets.step_preferences import StepPairSource
from cotlab.services.datasets.tally import OutputFile, Tally
from cotlab.services.datasets.trace_items import TraceSource
from cotlab.services.labels.selection import Counts
from cotlab.storage.engine.database import Db, Reading, Store
from cotlab.storage.labels import exports as stored
from cotlab.storage.projects import projects

BEGUN = "export.begun"
Piece = tuple[OutputFile, bytes]
Placed = tuple[Item, str | None, str | None]
"""An item, its split, and why it is in none."""


class Export:
    """One export at one sequence of the project's chain. Read `pieces` or `chunks` to the end, then `manifest`.

    `tokens` counts the lengths of rows; None: they are estimated.
    """

    def __init__(self, db: Reading, project_id: str, order: ExportOrder, tokens: Tokens | None = None) -> None:
        project = projects.project(db, project_id)
        if project is None:
            raise NotFound("There is no such project.")
        self.order, self.project_id = order, project_id
        _refuse_going_on(order)
        self.as_of, head = exported_at(db, project_id, order.as_of)
        self.source: Source = _source(order)(db, project_id, order, self.as_of)
        self.frame = Frame(db, project, order, self.source, self.as_of, head)
        self.files = _files(order, self.source)
        self._tally = Tally(tokens or estimated(), order.max_length)
        self._balanced = order.splits is not None and bool(order.splits.balance)
        self._counts, self._outcome_dropped = Counts(), Counter[str]()
        self._agreement = ExportAgreement(self.source.senses)
        self._plan: Plan | None = None if needs_plan(order) else _EVERYTHING

    def one_file(self) -> OutputFile:
        """The file that the order names. BadInput where it names none of several, or one that is not there."""
        wanted = OUTCOME if self.order.outcome else self.source.format
        fitting = [one for one in self.files if one.format == wanted and self.order.split in (None, one.split)]
        if self.order.outcome and not self.order.paired:
            raise BadInput("outcome: only a paired export has a file of outcomes")
        if len(fitting) != 1:
            there = ", ".join(one.split for one in self.files if one.format == wanted and one.split) or "no split"
            raise BadInput(f"split: say which split is to be sent; there is {there}")
        return fitting[0]

    def chunks(self, store: Store) -> Iterator[bytes]:
        """The one file that the order names, in pieces; the others are read with it for their counts.

        Of a file that goes on from somewhere the whole is read too, so that the manifest is of the whole.
        """
        wanted, sent = self.one_file(), 0
        for file, piece in self.pieces(store):
            if file is wanted:
                sent += len(piece)
                came = self.order.skip + file.until_after
                if missing := piece[max(0, len(piece) - sent + came) :]:
                    yield missing

    def pieces(self, store: Store) -> Iterator[Piece]:
        """All files in pieces, a page of items each; every page is a short read of its own."""
        for items in self._placed(store):
            going: dict[str | None, list[Item]] = {}
            for item, split, why in items:
                self._count(item, split or None, why)
                if item.rows and why is None:
                    going.setdefault(split, []).append(item)
            kept = [item for some in going.values() for item in some]
            if kept:
                look = partial(first_labels, items=kept, as_of=self.as_of, version=self.source.version)
                self._agreement.add(store.read(look), kept)
            yield from self._written(going)
        yield from ((file, piece) for file in self.files if (piece := file.end()))

    def placed(self, store: Store) -> Iterator[Placed]:
        """Every item with its split, and why it is in none."""
        return (one for items in self._placed(store) for one in items)

    def _placed(self, store: Store) -> Iterator[list[Placed]]:
        plan = self._plan = self._plan or self._planned(store)
        self.source.begin(item for items in self._by(plan, store) for item, _, why in items if item.rows and not why)
        yield from self._by(plan, store)

    def _by(self, plan: Plan, store: Store) -> Iterator[list[Placed]]:
        number = 0
        for items in self._pages(store):
            found = list[Placed]()
            for item in items:
                found.append((item, *(plan.of(number) if item.rows else (None, None))))
                number += bool(item.rows)
            yield found

    def _pages(self, store: Store) -> Iterator[list[Item]]:
        after = ""
        while True:
            last, items = store.read(partial(self.source.page, after=after))
            if last is None:
                return
            yield items
            after = last

    def _planned(self, store: Store) -> Plan:
        survey = Survey(self.order)
        for items in self._pages(store):
            for item in items:
                if item.rows:
                    survey.add(item)
        return survey.plan()

    def _count(self, item: Item, split: str | None, why: str | None) -> None:
        if self._balanced and item.rows and why in (None, BALANCE):
            next(file for file in self.files if file.split == split).before_balance(item)
        self._counts.add(item.counts if why is None else item.counts.without_its_trace(why))
        if not item.rows or why is not None:
            return
        self._tally.add(item)
        if item.outcome_dropped is not None:
            self._outcome_dropped[item.outcome_dropped] += 1

    def _written(self, going: dict[str | None, list[Item]]) -> Iterator[Piece]:
        for file in self.files:
            items = going.get(file.split or "", [])
            rows = [
                (item, item.outcome if file.format == OUTCOME and self.order.paired else item.rows) for item in items
            ]
            if piece := file.take(rows):
                yield file, piece

    def manifest(self, now: int) -> Manifest:
        """What is in the files that came out; `now` is microseconds UTC."""
        assert self._plan is not None
        return manifest_of(
            self.frame, self._plan, self.files, self._tally, self._counts, self._agreement.results(),
            self._outcome_dropped, now,
        )  # fmt: skip


class _Everything(Plan):
    """All that has rows goes into the one file."""

    def of(self, number: int) -> tuple[str | None, str | None]:
        return "", None


_EVERYTHING = _Everything(("",), b"", None, ())


def source_of(db: Reading, project_id: str, order: ExportOrder) -> Source:
    """What reads the items of an order that names its sequence, without what a manifest tells of the whole project."""
    assert order.as_of is not None
    return _source(order)(db, project_id, order, order.as_of)


def _source(order: ExportOrder) -> Callable[[Reading, str, ExportOrder, int], Source]:
    """Of what the rows are: of traces, of pairs that people compared, or of steps that stand beside each other."""
    if order.compared is Compared.STEPS:
        return StepPairSource
    if order.redundant:
        raise BadInput("redundant: this is of steps that are compared; say compared steps as well")
    return PairSource if any(order.format == one.name for one in PAIR_WRITERS) else TraceSource


def _files(order: ExportOrder, source: Source) -> tuple[OutputFile, ...]:
    """A file a split, and with `paired` one of outcomes beside each."""
    names = (None,) if order.splits is None else order.splits.names
    formats: list[tuple[str, Callable[[], Columns | None], str]] = [(source.format, lambda: source.columns, "")]
    if order.paired:
        formats.append((OUTCOME, lambda: columns_of(OUTCOME, order.shape), f".{OUTCOME}"))
    several = order.paired or order.splits is not None
    return tuple(
        OutputFile(
            order.after, format, name, f"{name or TRAIN}{middle}.{order.packing}" if several else "", order.packing,
            columns,
        )
        for format, columns, middle in formats
        for name in names
    )  # fmt: skip


def _refuse_going_on(order: ExportOrder) -> None:
    """BadInput where an order to go on does not say from where."""
    if order.after is None and not order.skip:
        return
    if order.as_of is None:
        raise BadInput("as_of: what goes on is read at the sequence of what came; name it")
    if order.after is not None and order.packing is not Packing.LINES:
        raise BadInput("after: only JSON lines go on after a trace or pair; name the bytes that came as skip")


def prepared(db: Reading, project_id: str, order: ExportOrder, tokens: Tokens | None = None) -> Export:
    """The export that is ordered, to be written. Raises AlreadyExists for a name that another release has, and BadInput
    where what packs it is not installed.
    """
    export = Export(db, project_id, order, tokens)
    packer(order.packing, with_row_id(export.source.columns))  # refuses now, and not once bytes have gone out
    releases.check_name(db, project_id, export.order, export.as_of)
    return export


def begin(db: Db, by: str, export_id: str, export: Export) -> None:
    """Tell of an export before its first byte goes out, so that nothing is taken without an event, whether it ends or
    not.
    """
    order = export.order
    db.event(export.project_id, BEGUN, by, {
        "export": export_id, "format": order.format, "labels": order.labels.value, "mapping": order.mapping,
        "as_of": export.as_of, "order": sha256(_kept(order, export.as_of)),
    })  # fmt: skip


def _kept(order: ExportOrder, as_of: int) -> str:
    """An order as it is kept; the problems of benchmarks are kept with releases alone."""
    return releases.ordered(order.model_copy(update={"against": ()}), as_of)


def record(db: Db, by: str, export_id: str, manifest: Manifest, order: ExportOrder) -> str:
    """Keep the manifest of an export that went out whole, with its order, and its name where it has one.

    Returns the receipt. Raises AlreadyExists where another release got the name meanwhile.
    """
    columns = {
        "id": export_id, "project_id": manifest.project_id, "actor_id": by, "manifest": manifest.model_dump_json(),
        "ordered": _kept(order, manifest.as_of),
    }  # fmt: skip
    appended = event_data.tell(db, event_data.EXPORT, columns)
    stored.add_export(db, **columns, made_at=db.now, sequence=appended.sequence)
    releases.name(db, by, export_id, manifest, order)
    return appended.hash


def manifest(db: Reading, project_id: str, export_id: str) -> str:
    """The manifest of an export as JSON. Raises NotFound where it is not there, or the export did not end."""
    found = stored.manifest(db, project_id, export_id)
    if found is None:
        raise NotFound("There is no such export, or it was not read to its end.")
    return found
