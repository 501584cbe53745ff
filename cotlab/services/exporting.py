"""An export: ordered, streamed in short reads at one sequence, recorded with its manifest."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from cotlab import __version__
from cotlab.domain.errors import BadInput, NotFound
from cotlab.domain.exports import ExportOrder, LabelledPath, Manifest, Target
from cotlab.domain.guidelines import FrontMatter, Value
from cotlab.domain.pair_exports import Compared
from cotlab.domain.senses import Senses
from cotlab.domain.staleness import Timeline
from cotlab.exchange import PAIR_WRITERS, Writer, writer
from cotlab.exchange.jsonl import dump_line
from cotlab.services.checking import checkers
from cotlab.services.exported_at import exported_at, opened_early
from cotlab.services.labellers import Counts, Names, Selection
from cotlab.services.pair_exporting import PairExport, PreferenceExport
from cotlab.services.paths import paths
from cotlab.services.step_preferences import StepPreferenceExport
from cotlab.storage import checks, derivations, projects
from cotlab.storage import exports as stored
from cotlab.storage.database import Db, Reading, Row, Store

TRACES_A_READ = 500


class Export:
    """One export at one sequence of the project's chain. Read `chunks` to the end, then `manifest`."""

    def __init__(self, db: Reading, project_id: str, order: ExportOrder) -> None:
        project = projects.project(db, project_id)
        if project is None:
            raise NotFound("There is no such project.")
        self.project, self.order = project, order
        self.writer = writer(order.format)
        self.as_of, self.audit_head = exported_at(db, project_id, order.as_of)
        timeline = projects.timeline(db, project_id, self.as_of)
        senses = Senses(timeline)
        self.target = _target(self.writer, order.mapping, timeline, senses.versions(order.stale))
        self.names = Names(project_id, stored.source_names(db), projects.version_names(db))
        policy = projects.policy(db, project_id, self.as_of)
        merged = self.writer.target is None
        self.selection = Selection(order.labels, policy, senses, merged, order.stale, order.doubted)
        self.beside = stored.Beside(self.selection.citations, checkers(policy))
        self.branches = stored.branches(db, project_id, self.as_of)
        self.opened_early = opened_early(db, project_id, self.as_of)
        self.counts = Counts()
        self._labels: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._values: Counter[Value] = Counter()
        self._guidelines: Counter[str] = Counter()
        self._rows = self._steps = self._stale = self._doubted = self._bytes = self._longest = 0
        self._sha = hashlib.sha256()

    def chunks(self, store: Store) -> Iterator[bytes]:
        """The file in pieces, a page of traces each; every page is a short read of its own."""
        after = ""
        while True:
            last, piece = store.read(partial(self._page, after=after))
            if last is None:
                return
            after = last
            if piece:
                yield piece

    def _page(self, db: Reading, after: str) -> tuple[str | None, bytes]:
        page = stored.page(db, self.project["id"], self.as_of, after, TRACES_A_READ, self.beside)
        page = self._with_verdicts(db, page)
        lines = [line for row in page.traces for line in self._lines(db, page, row)]
        piece = b"".join(lines)
        self._sha.update(piece)
        self._bytes += len(piece)
        return (page.traces[-1]["id"] if page.traces else None), piece

    def _lines(self, db: Reading, page: stored.Page, row: Row) -> Iterator[bytes]:
        beside = [self._one(db, trace_id) for trace_id in self.branches.get(row["id"], ())]
        above = self._above(db, row)
        for path in paths(page, row, self.selection, self.names, self.counts, beside, above):
            for record in self.writer.rows(path, self.target):
                line = dump_line(record)
                self._count(path, record, line)
                yield line

    def _above(self, db: Reading, row: Row) -> list[tuple[stored.Page, Row]]:
        found: list[tuple[stored.Page, Row]] = []
        while row["parent_id"] is not None:
            page, row = self._one(db, row["parent_id"])
            found.insert(0, (page, row))
        return found

    def _one(self, db: Reading, trace_id: str) -> tuple[stored.Page, Row]:
        page = stored.one(db, self.project["id"], trace_id, self.as_of, self.beside)
        return self._with_verdicts(db, page), page.traces[0]

    def _with_verdicts(self, db: Reading, page: stored.Page) -> stored.Page:
        """What checks found, and what traces were made of, for the format that has all there is."""
        if not self.selection.merged:
            return page
        items = [row["id"] for row in page.traces]
        verdicts = checks.in_force(db, items, self.beside.checkers, self.as_of)
        return replace(page, verdicts=verdicts, derived=derivations.of_items(db, items))

    def _count(self, path: LabelledPath, record: dict[str, Any], line: bytes) -> None:
        self._rows += 1
        self._steps += len(path.steps)
        self._longest = max(self._longest, len(line.decode()))
        for step in path.steps:
            for label in step.labels:
                self._labels[label.value] += 1
                self._stale += label.stale
                self._doubted += label.doubted
                if label.kind is not None:
                    self._kinds[label.kind] += 1
                if label.guideline is not None:
                    self._guidelines[label.guideline] += 1
                if self.target.values:
                    self._values[self.target.value(label)] += 1

    def manifest(self, now: int) -> Manifest:
        """What is in the file that `chunks` gave; `now` is microseconds UTC."""
        counts = self.counts
        return Manifest(
            format=self.writer.name, cotlab_version=__version__, project=self.project["name"],
            project_id=self.project["id"], labels=self.order.labels, mapping=self.target.name,
            stale=self.order.stale, doubted=self.order.doubted, mapping_values=self.target.values,
            guidelines=dict(sorted(self._guidelines.items())), rows=self._rows, steps=self._steps,
            traces_read=counts.traces_read, traces_kept=counts.traces_kept,
            traces_dropped=dict(sorted(counts.traces_dropped.items())),
            steps_dropped={why: number for why, number in sorted(counts.steps_dropped.items()) if number},
            labels_dropped=dict(sorted(counts.labels_dropped.items())),
            label_distribution=dict(sorted(self._labels.items())),
            kind_distribution=dict(sorted(self._kinds.items())), stale_labels=self._stale,
            doubted_labels=self._doubted,
            value_distribution={str(value).lower(): self._values[value] for value in sorted(self._values)},
            settled_by=dict(sorted(counts.settled_by.items())),
            opened_early=self.opened_early,
            longest_row_characters=self._longest, as_of=self.as_of, audit_head=self.audit_head, made_at=now,
            sha256=self._sha.hexdigest(), bytes=self._bytes,
        )  # fmt: skip


def _target(writer: Writer, mapping: str | None, timeline: Timeline, going_out: Collection[str]) -> Target:
    """The mapping over the guideline versions by whose schemas labels go out."""
    if writer.target is None:
        if mapping is not None:
            raise BadInput(f"mapping: the format {writer.name} has no target value, so that nothing is mapped")
        return Target(name=None, errors=timeline.errors)
    needed = {row.head.title: row.head for row in timeline.rows if row.version_id in going_out}
    names = [name for head in needed.values() for name in head.labels.mapping_names()]
    fitting = [name for name in dict.fromkeys(names) if all(_fits(writer, head, name) for head in needed.values())]
    if mapping is None or mapping not in fitting:
        unfit = (f" under {title}" for title, head in needed.items() if mapping and not _fits(writer, head, mapping))
        what = "is required for" if mapping is None else f"{mapping} does not fit"
        there = ", ".join(fitting) or "none"
        raise BadInput(f"mapping: {what} the format {writer.name}{next(unfit, '')}; there is {there}")
    values = {title: {label.name: label.values[mapping] for label in head.labels.top} for title, head in needed.items()}
    return Target(name=mapping, values=values, errors=timeline.errors)


def _fits(writer: Writer, head: FrontMatter, mapping: str) -> bool:
    """Whether a version gives all its labels values of the type that the format takes."""
    values = head.labels.mapping(mapping)
    return values is not None and all(type(value) is writer.target and value in (-1, 0, 1) for value in values.values())


def prepared(db: Reading, project_id: str, order: ExportOrder) -> "Export | PreferenceExport":
    """The export that is ordered: of pairs, or of steps as pairs, where the format is one of pairs."""
    if order.compared is Compared.STEPS:
        return StepPreferenceExport(db, project_id, order)
    of_pairs = any(order.format == one.name for one in PAIR_WRITERS)
    return PairExport(db, project_id, order) if of_pairs else Export(db, project_id, order)


def record(db: Db, by: str, export_id: str, manifest: Manifest) -> str:
    """Keep the manifest of an export that went out whole. Returns the receipt."""
    data = {
        "export": export_id, "format": manifest.format, "labels": manifest.labels.value, "mapping": manifest.mapping,
        "stale": manifest.stale, "doubted": manifest.doubted, "as_of": manifest.as_of, "rows": manifest.rows,
        "sha256": manifest.sha256,
    }  # fmt: skip
    appended = db.event(manifest.project_id, "export.made", by, data)
    stored.add_export(db, export_id, manifest.project_id, by, manifest.model_dump_json(), appended.sequence)
    return appended.hash


def manifest(db: Reading, project_id: str, export_id: str) -> str:
    """The manifest of an export as JSON. Raises NotFound where it is not there, or the export did not end."""
    found = stored.manifest(db, project_id, export_id)
    if found is None:
        raise NotFound("There is no such export, or it was not read to its end.")
    return found
