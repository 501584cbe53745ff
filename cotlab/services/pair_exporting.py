"""An export of pairs: ordered, streamed in short reads at one sequence, recorded with its manifest."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import chain

from cotlab import __version__
from cotlab.domain.errors import BadInput, NotFound
from cotlab.domain.exports import ExportOrder, LabelChoice, Manifest
from cotlab.domain.pair_exports import why_left_out
from cotlab.domain.pairs import LabelledPair
from cotlab.exchange import pair_writer
from cotlab.exchange.jsonl import dump_line
from cotlab.exchange.trl_reward import has_margins
from cotlab.services.exported_at import exported_at, opened_early
from cotlab.services.labelled_pairs import PAIRS_A_READ, labelled_pairs, pair_selection
from cotlab.storage import projects
from cotlab.storage.database import Reading, Store


class PreferenceExport:
    """One export in a format of pairs, at one sequence of a project's chain. Read `chunks`, then `manifest`.

    What the pairs are is for those who inherit: `_page`.
    """

    def __init__(self, db: Reading, project_id: str, order: ExportOrder) -> None:
        project = projects.project(db, project_id)
        if project is None:
            raise NotFound("There is no such project.")
        if order.mapping is not None:
            raise BadInput("mapping: pairs have no target value, so that nothing is mapped")
        self.project, self.order, self.writer = project, order, pair_writer(order.format)
        self.shape = order.shape
        self.as_of, self.audit_head = exported_at(db, project_id, order.as_of)
        self.opened_early = opened_early(db, project_id, self.as_of)
        self._read = self._kept = self._rows = self._bytes = self._longest = 0
        self._steps = self._stale = self._doubted = 0
        self._dropped, self._labels, self._settled_by = Counter[str](), Counter[str](), Counter[str]()
        self._guidelines, self._comparisons, self._steps_dropped = Counter[str](), Counter[str](), Counter[str]()
        self._sha = hashlib.sha256()

    def chunks(self, store: Store) -> Iterator[bytes]:
        """The file in pieces; every page is a short read of its own."""
        after = ""
        while True:
            last, piece = store.read(partial(self._piece, after=after))
            if last is None:
                return
            after = last
            if piece:
                yield piece

    def _piece(self, db: Reading, after: str) -> tuple[str | None, bytes]:
        last, lines = self._page(db, after)
        piece = b"".join(lines)
        self._sha.update(piece)
        self._bytes += len(piece)
        return last, piece

    def _page(self, db: Reading, after: str) -> tuple[str | None, Iterator[bytes]]:
        """The lines of the next pairs after an id, and the id of the last that was read (None: there are no more)."""
        raise NotImplementedError

    def _lines(self, pair: LabelledPair) -> list[bytes]:
        return [dump_line(row) for row in self.writer.rows(pair, self.shape)]

    def _count_rows(self, lines: list[bytes]) -> None:
        self._rows += len(lines)
        self._longest = max(self._longest, *(len(line.decode()) for line in lines))

    def manifest(self, now: int) -> Manifest:
        """What is in the file that `chunks` gave; `now` is microseconds UTC. Pairs are counted as traces are."""
        return Manifest(
            format=self.writer.name, cotlab_version=__version__, project=self.project["name"],
            project_id=self.project["id"], labels=self.order.labels, mapping=None, stale=self.order.stale,
            doubted=self.order.doubted, mapping_values={}, guidelines=dict(sorted(self._guidelines.items())),
            rows=self._rows, steps=self._steps, traces_read=self._read, traces_kept=self._kept,
            traces_dropped=dict(sorted(self._dropped.items())),
            steps_dropped=dict(sorted(self._steps_dropped.items())), labels_dropped={},
            label_distribution=dict(sorted(self._labels.items())), kind_distribution={}, stale_labels=self._stale,
            doubted_labels=self._doubted, value_distribution={}, settled_by=dict(sorted(self._settled_by.items())),
            shape=self.shape, compared=self.order.compared, redundant=self.order.redundant,
            comparisons=dict(sorted(self._comparisons.items())), opened_early=self.opened_early,
            longest_row_characters=self._longest, as_of=self.as_of, audit_head=self.audit_head, made_at=now,
            sha256=self._sha.hexdigest(), bytes=self._bytes,
        )  # fmt: skip


class PairExport(PreferenceExport):
    """An export of the pairs that people compared.

    With `settled` a pair goes out once it is settled, without what each person said; with `each`, every pair of which
    anything was said, settled or not, as far as the format has a place for it.
    """

    def __init__(self, db: Reading, project_id: str, order: ExportOrder) -> None:
        super().__init__(db, project_id, order)
        if order.redundant:
            raise BadInput("redundant: this is of steps, and responses are exported")
        self.chosen = pair_selection(db, project_id, self.as_of, stale=order.stale, doubted=order.doubted)

    def chunks(self, store: Store) -> Iterator[bytes]:
        """As ever; margins are left out of all rows where one pair of them has none."""
        if "margin" in self.writer.columns(self.shape) and not has_margins(self._all(store)):
            self.shape = self.shape.model_copy(update={"margin": False})
        yield from super().chunks(store)

    def _all(self, store: Store) -> Iterator[LabelledPair]:
        after: str | None = ""
        while after is not None:
            after, found = store.read(partial(self._found, after=after))
            yield from found

    def _found(self, db: Reading, after: str) -> tuple[str | None, list[LabelledPair]]:
        return labelled_pairs(db, self.project["id"], self.as_of, after, PAIRS_A_READ, self.chosen)

    def _page(self, db: Reading, after: str) -> tuple[str | None, Iterator[bytes]]:
        last, found = self._found(db, after)
        return last, chain.from_iterable(map(self._of_pair, found))

    def _of_pair(self, pair: LabelledPair) -> list[bytes]:
        self._read += 1
        if self.order.labels is LabelChoice.SETTLED:
            pair = pair.model_copy(update={"preferences": ()})
        said = pair.settled is not None or pair.preferences
        lines = self._lines(pair) if said else []
        if not lines:
            self._dropped[why_left_out(pair)] += 1
            return []
        self._kept += 1
        self._count_rows(lines)
        if pair.settled is not None:
            self._labels[pair.settled.sign] += 1
            self._settled_by[pair.settled.basis.value] += 1
        for given in pair.preferences:
            self._stale += given.stale
            if given.guideline is not None:
                self._guidelines[given.guideline] += 1
        return lines
