"""The pairs of a project as items of an export."""

from collections import Counter
from collections.abc import Iterable, Sequence

from cotlab.domain.answers import Basis
from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, LeftOut, Target
from cotlab.domain.datasets.pair_exports import margin_of, why_left_out
from cotlab.domain.datasets.row_ids import RowId
from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.senses import Senses
from cotlab.domain.traces.pairs import THE_PAIR, LabelledPair, ResponseKind
from cotlab.domain.traces.records import Origin
from cotlab.exchange.formats import pair_writer
from cotlab.exchange.formats.columns import Columns
from cotlab.exchange.formats.pair_rows import response
from cotlab.exchange.readers.jsonl import dump_line
from cotlab.services.datasets.items import NOT_SELECTED, Facts, Item, LabelFact, Made, version_of
from cotlab.services.labels.labelled_pairs import PAIRS_A_READ, HeardPair, heard_pairs, pair_selection
from cotlab.services.labels.selection import NOT_ADJUDICATED, WITHOUT_LABELS, Counts
from cotlab.storage.engine.database import Reading
from cotlab.storage.projects import projects

ORIGINS = {
    ResponseKind.HUMAN: Origin.HUMAN, ResponseKind.MODEL: Origin.MODEL, ResponseKind.EDITED: Origin.SEMI_SYNTHETIC,
}  # fmt: skip
"""What a response is in the words of traces; the rest is unknown."""


class PairSource:
    """The pairs of a project at one sequence, in a format of pairs.

    With `settled` a pair goes out once it is settled, without what each person said, with `adjudicated` once it was
    decided. With `each` every pair does of which anything was said, as far as the format has a place for it.
    """

    task = "pairs"

    def __init__(self, db: Reading, project_id: str, order: ExportOrder, as_of: int) -> None:
        if order.mapping is not None:
            raise BadInput("mapping: pairs have no target value, so that nothing is mapped")
        if order.paired:
            raise BadInput("paired: the outcome of a trace stands beside its steps, and pairs have none")
        self._project_id, self._order, self._as_of = project_id, order, as_of
        self._writer, self.target = pair_writer(order.format), Target(name=None)
        self.format, self.shape = self._writer.name, order.shape
        self._plain = order.shape.model_copy(update={"margin": False})
        if "margin" in (self.columns or {}):
            self.shape = self._plain
        self.senses = Senses(projects.timeline(db, project_id, as_of, task=self.task))
        self.version = version_of(db, order.guideline, self.senses)
        self._chosen = pair_selection(
            db, project_id, as_of, stale=order.stale, doubted=order.doubted, without_assisted=order.without_assisted,
            senses=self.senses, version=self.version,
        )  # fmt: skip

    @property
    def columns(self) -> Columns | None:
        return self._writer.columns(self.shape)

    def begin(self, going_out: Iterable[Item]) -> None:
        """Margins are in all rows that go out, or, where one pair of them has none, in no row."""
        if self.shape != self._order.shape and not any(item.no_margin for item in going_out):
            self.shape = self._order.shape

    def _heard(self, db: Reading, after: str) -> tuple[str | None, list[HeardPair]]:
        return heard_pairs(db, self._project_id, self._as_of, after, PAIRS_A_READ, self._chosen)

    def page(self, db: Reading, after: str) -> tuple[str | None, list[Item]]:
        last, found = self._heard(db, after)
        return last, [self._item(one) for one in found]

    def one(self, db: Reading, item_id: str) -> Item | None:
        # whatever comes after all but the last digit of an id is that id, or one of a few before it
        last: str | None = item_id[:-1]
        while last is not None and last < item_id:
            last, found = heard_pairs(db, self._project_id, self._as_of, last, 1, self._chosen)
            if last == item_id:
                return self._item(found[0])
        return None

    def _item(self, found: HeardPair) -> Item:
        item = Item(found.pair.id, _facts(found.pair, found.problem_id), Counts(traces_read=1))
        if not item.facts.selected(self._order.where):
            item.counts.traces_dropped[NOT_SELECTED] += 1
            return item
        item.counts.labels_dropped.update(found.unheard)
        pair, why = self._seen(found)
        item.no_margin = margin_of(pair) is None
        try:
            records = [] if why else list(self._writer.rows(pair, self._plain if item.no_margin else self.shape))
        except LeftOut as reason:
            records, why = [], reason.why
        if not records:
            item.counts.traces_dropped[why or why_left_out(pair)] += 1
            return item
        item.counts.traces_kept, item.counts.votes, item.counts.assisted = 1, found.counting, found.informed
        item.counts.drafted, item.held = found.drafted, {(item.id, THE_PAIR)}
        if pair.settled is not None:
            item.counts.settled_by = Counter([pair.settled.basis.value])
        labels = _labels(pair, found.pair)
        item.rows = [
            _made(self._name(pair, record), pair, record, labels if not number else ())
            for number, record in enumerate(records)
        ]
        return item

    def _name(self, pair: LabelledPair, record: dict[str, object]) -> RowId:
        """Where a response is a row of its own, the row is named by which of both it is."""
        texts = [response(one, self.shape) for one in pair.responses]
        number = texts.index(record["completion"]) + 1 if "completion" in record else None
        return RowId(pair.id, self._order.labels.value, number)

    def _seen(self, found: HeardPair) -> tuple[LabelledPair, str | None]:
        """The pair as it goes out, or why it does not."""
        pair, labels = found.pair, self._order.labels
        if labels is not LabelChoice.EACH:
            pair = pair.model_copy(update={"preferences": ()})
        if labels is LabelChoice.ADJUDICATED and pair.settled and pair.settled.basis is not Basis.ADJUDICATED:
            return pair, NOT_ADJUDICATED
        if pair.settled is None and found.unheard and pair.unsettled in WITHOUT_LABELS:
            return pair, None if pair.preferences else next(iter(found.unheard))
        return pair, None if pair.settled or pair.preferences else why_left_out(pair)


def _labels(pair: LabelledPair, whole: LabelledPair) -> Sequence[LabelFact]:
    """What the pair is settled on, and the guideline versions of what is shown, or else of what settled it."""
    said = [] if pair.settled is None else [LabelFact(pair.settled.sign)]
    behind = pair.preferences or [one for one in whole.preferences if one.counts]
    return [*said, *(LabelFact(None, guideline=one.guideline, stale=one.stale) for one in behind)]


def _made(name: RowId, pair: LabelledPair, record: dict[str, object], labels: Sequence[LabelFact]) -> Made:
    longest = max((one.text for one in pair.responses), key=len)
    return Made(name, record, dump_line(record), pair.problem.text, (longest,), labels=labels)


def _facts(pair: LabelledPair, problem_id: str) -> Facts:
    origins = [one.origin for one in pair.responses]
    return Facts(
        problem_id=problem_id, text=pair.problem.text, domain=pair.problem.domain, tags=pair.problem.tags,
        source=pair.problem.source,
        generators=tuple(dict.fromkeys(one.generator for one in origins if one.generator is not None)),
        origins=tuple(dict.fromkeys(ORIGINS.get(one.kind, Origin.UNKNOWN).value for one in origins)),
    )  # fmt: skip
