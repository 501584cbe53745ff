"""An export of pairs: ordered, streamed in short reads at one sequence, recorded with its manifest."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from functools import partial

from cotlab import __version__
from cotlab.domain.errors import BadInput, NotFound
from cotlab.domain.exports import ExportOrder, LabelChoice, Manifest
from cotlab.domain.pair_exports import why_left_out
from cotlab.domain.pairs import LabelledPair
from cotlab.exchange import pair_writer
from cotlab.exchange.jsonl import dump_line
from cotlab.exchange.packing import Row, packer
from cotlab.services.exported_at import exported_at, opened_early
from cotlab.services.labelled_pairs import PAIRS_A_READ, labelled_pairs, pair_selection
from cotlab.storage import projects
from cotlab.storage.database import Reading, Store


class PairExport:
    """One export of pairs at one sequence of the project's chain. Read `chunks` to the end, then `manifest`.

    With `settled` a pair goes out once it is settled, without what each person said; with `each`, every pair of which
    anything was said, settled or not, as far as the format has a place for it.
    """

    def __init__(self, db: Reading, project_id: str, order: ExportOrder) -> None:
        project = projects.project(db, project_id)
        if project is None:
            raise NotFound("There is no such project.")
        if order.mapping is not None:
            raise BadInput("mapping: pairs have no target value, so that nothing is mapped")
        self.project, self.order, self.writer = project, order, pair_writer(order.format)
        self.as_of, self.audit_head = exported_at(db, project_id, order.as_of)
        self.packer = packer(order.packing, self.writer.columns(order.shape))
        self.chosen = pair_selection(db, project_id, self.as_of, stale=order.stale, doubted=order.doubted)
        self.opened_early = opened_early(db, project_id, self.as_of)
        self._read = self._kept = self._rows = self._bytes = self._longest = self._stale = 0
        self._dropped, self._signs, self._settled_by = Counter[str](), Counter[str](), Counter[str]()
        self._guidelines: Counter[str] = Counter()
        self._sha = hashlib.sha256()

    def chunks(self, store: Store) -> Iterator[bytes]:
        """The file in pieces; every page is a short read of its own."""
        after = ""
        while True:
            last, rows = store.read(partial(self._page, after=after))
            piece = self.packer.end() if last is None else self.packer.add(rows)
            self._sha.update(piece)
            self._bytes += len(piece)
            if piece:
                yield piece
            if last is None:
                return
            after = last

    def _page(self, db: Reading, after: str) -> tuple[str | None, list[Row]]:
        last, found = labelled_pairs(db, self.project["id"], self.as_of, after, PAIRS_A_READ, self.chosen)
        return last, [row for pair in found for row in self._rows_of(pair)]

    def _rows_of(self, pair: LabelledPair) -> Iterator[Row]:
        self._read += 1
        if self.order.labels is LabelChoice.SETTLED:
            pair = pair.model_copy(update={"preferences": ()})
        said = pair.settled is not None or pair.preferences
        rows = [(row, dump_line(row)) for row in self.writer.rows(pair, self.order.shape)] if said else []
        if not rows:
            self._dropped[why_left_out(pair)] += 1
            return
        self._kept += 1
        self._rows += len(rows)
        self._longest = max(self._longest, *(len(line.decode()) for _, line in rows))
        if pair.settled is not None:
            self._signs[pair.settled.sign] += 1
            self._settled_by[pair.settled.basis.value] += 1
        for given in pair.preferences:
            self._stale += given.stale
            if given.guideline is not None:
                self._guidelines[given.guideline] += 1
        yield from rows

    def manifest(self, now: int) -> Manifest:
        """What is in the file that `chunks` gave; `now` is microseconds UTC. Pairs are counted as traces are."""
        return Manifest(
            format=self.writer.name, cotlab_version=__version__, project=self.project["name"],
            packing=self.order.packing, project_id=self.project["id"], labels=self.order.labels, mapping=None,
            stale=self.order.stale, doubted=self.order.doubted, mapping_values={},
            guidelines=dict(sorted(self._guidelines.items())),
            rows=self._rows, steps=0, traces_read=self._read, traces_kept=self._kept,
            traces_dropped=dict(sorted(self._dropped.items())), steps_dropped={}, labels_dropped={},
            label_distribution=dict(sorted(self._signs.items())), kind_distribution={}, stale_labels=self._stale,
            doubted_labels=0, value_distribution={}, settled_by=dict(sorted(self._settled_by.items())),
            opened_early=self.opened_early, longest_row_characters=self._longest, as_of=self.as_of,
            audit_head=self.audit_head, made_at=now, sha256=self._sha.hexdigest(), bytes=self._bytes,
        )  # fmt: skip
