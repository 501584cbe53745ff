"""An export of steps as pairs: where paths of a problem part, a correct next step is chosen over an incorrect one."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cotlab.domain.datasets.exports import ExportedLabel, ExportedStep, ExportOrder, LabelChoice, Target
from cotlab.domain.datasets.row_ids import STEPS, RowId
from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.senses import Senses
from cotlab.domain.traces.pairs import LabelledPair, Response, SettledPair
from cotlab.domain.traces.records import Problem
from cotlab.exchange.formats import PAIR_WRITERS, pair_writer
from cotlab.exchange.formats.path_rows import SEPARATORS
from cotlab.exchange.formats.problems import problem_text
from cotlab.exchange.readers.jsonl import dump_line
from cotlab.services.checks.verdicts import checkers
from cotlab.services.datasets.items import NOT_SELECTED, Facts, Item, LabelFact, Made, version_of
from cotlab.services.datasets.step_trees import Fork, Next, Standing, forks, grow, meetings
from cotlab.services.datasets.trace_items import facts_of
from cotlab.services.labels.labelled_paths import PREFIX_UNSETTLED
from cotlab.services.labels.selection import Counts, Selection, labelled
from cotlab.services.people.pseudonyms import Names
from cotlab.storage.coverage import writing_tasks
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.labels import exports
from cotlab.storage.labels.exports import Beside, Page
from cotlab.storage.projects import projects
from cotlab.storage.traces.traces import problem_of

PROBLEMS_A_READ = 50
NOTHING_BESIDE_IT, CONTRADICTED = "nothing_to_compare", "contradicted"


class StepPairSource:
    """The settled steps that stand beside each other after the same accepted steps, as pairs; an item is a problem.

    The steps are those of `services.datasets.trace_items`:
    settled, neither stale nor in doubt unless the order lets them in.
    Accepted is a step with one of the policy's `valid_labels`; the first of these is what a chosen step has.
    """

    task = "steps"

    def __init__(self, db: Reading, project_id: str, order: ExportOrder, as_of: int) -> None:
        _refuse_what_does_not_fit(order)
        self._project_id, self._order, self._as_of = project_id, order, as_of
        self._writer, self.shape, self.format = pair_writer(order.format), order.shape, order.format
        self.columns = self._writer.columns(order.shape)
        timeline, policy = projects.timeline(db, project_id, as_of), projects.policy(db, project_id, as_of)
        self.senses, self.target = Senses(timeline), Target(name=None, errors=timeline.errors)
        self.version = version_of(db, order.guideline, self.senses)
        self._selection = Selection(order.labels, policy, self.senses, False, order.stale, order.doubted, self.version)
        self._names = Names(project_id, exports.source_names(db), projects.version_names(db))
        self._beside = Beside(
            self._selection.citations, checkers(policy), assistance=True, without_assisted=order.without_assisted
        )
        self._rejected = (Standing.WRONG, Standing.WEAK) if order.redundant else (Standing.WRONG,)

    def begin(self, going_out: Iterable[Item]) -> None:
        """Rows look the same whatever the labels are."""

    def page(self, db: Reading, after: str) -> tuple[str | None, list[Item]]:
        ids = [row["id"] for row in writing_tasks.problem_page(db, self._project_id, None, after, PROBLEMS_A_READ)]
        if not ids:
            return None, []
        page = exports.trees(db, self._project_id, ids, self._as_of, self._beside)
        problems: dict[str, list[Row]] = {}
        for row in page.traces:
            problems.setdefault(row["problem_id"], []).append(row)
        return ids[-1], [self._item(page, rows) for rows in problems.values()]

    def one(self, db: Reading, item_id: str) -> Item | None:
        """A problem with all its rows, by its own id or that of a trace that is behind one of them."""
        page = exports.one(db, self._project_id, item_id, self._as_of)
        problem_id = page.traces[0]["problem_id"] if page.traces else item_id
        page = exports.trees(db, self._project_id, [problem_id], self._as_of, self._beside)
        item = self._item(page, page.traces) if page.traces else None
        return item if item is not None and item_id in (item.id, *item.traces) else None

    def _item(self, page: Page, all_rows: Sequence[Row]) -> Item:
        rows = [row for row in all_rows if facts_of(row).selected(self._order.where)]
        item = Item(all_rows[0]["problem_id"], _together(rows or all_rows))
        item.counts.traces_read = len(all_rows)
        if len(rows) < len(all_rows):
            item.counts.traces_dropped[NOT_SELECTED] = len(all_rows) - len(rows)
        self._compare(item, page, rows, {row["id"]: row for row in all_rows})
        return item

    def _compare(self, item: Item, page: Page, rows: Sequence[Row], by_id: Mapping[str, Row]) -> None:
        heard = Counts()
        found = {row["id"]: self._settled(page, row, heard) for row in by_id.values()}
        start, why = dict[str, Next](), dict[str, str]()
        for row in rows:
            steps = _whole(row, by_id, {name: steps for name, (steps, _) in found.items()})
            own, stopped_by = found[row["id"]]
            why[row["id"]] = NOTHING_BESIDE_IT if own else stopped_by or NOTHING_BESIDE_IT
            if steps is None:
                why[row["id"]] = PREFIX_UNSETTLED
            else:
                grow(start, row["id"], _root(row, by_id), steps, row["first_position"] - 1, self._standing)
        kept, counts = set[str](), item.counts
        for fork in forks(start):
            counts.steps_dropped.update([CONTRADICTED] * len(fork.contradicted))
            kept.update(self._of_fork(item, fork, problem_of(rows[0])))
        counts.traces_kept, item.traces = len(kept), tuple(sorted(kept))
        counts.traces_dropped.update(why[row["id"]] for row in rows if row["id"] not in kept)
        if kept:
            counts.votes, counts.assisted, counts.drafted = heard.votes, heard.assisted, heard.drafted
            counts.labels_dropped = heard.labels_dropped

    def _settled(self, page: Page, row: Row, counts: Counts) -> tuple[list[ExportedStep], str | None]:
        """The leading settled steps of a trace, from its first own one on, and what stops them."""
        (one,) = labelled(page, row, self._selection, self._names, counts)
        return one.steps, one.stopped_by

    def _standing(self, label: ExportedLabel) -> Standing:
        if label.value in self._selection.policy.valid_labels:
            return Standing.GOOD if label.value == self._selection.policy.valid_labels[0] else Standing.WEAK
        return Standing.WRONG if self.target.is_error(label) else Standing.OTHER

    def _of_fork(self, item: Item, fork: Fork, problem: Problem) -> set[str]:
        """Add the rows of a fork, each once; the traces whose steps are compared there."""
        chosen = fork.standing(Standing.GOOD)
        rejected = [one for standing in self._rejected for one in fork.standing(standing)]
        if not chosen or not rejected:
            return set()
        asked, rows = _asked(problem, fork.prefix), dict[bytes, Made]()
        met = meetings(chosen, rejected, self._order.most_per_step, "\n".join((problem.text, *fork.prefix)))
        if len(met) < len(chosen) * len(rejected):
            item.comparisons["left_out"] += len(chosen) * len(rejected) - len(met)
        for good, bad in met:
            item.comparisons["alternative" if good.roots & bad.roots else "sibling"] += 1
            pair = _pair(asked, good, bad)
            longest = max((one.text for one in pair.responses), key=len)
            for record in self._writer.rows(pair, self.shape):
                line = dump_line(record)
                rows.setdefault(line, Made(_name(item.id, record), record, line, asked.text, (longest,)))
        compared = list({id(one): one for pair in met for one in pair}.values())
        first, *others = rows.values()
        labels = [_fact(one.labels[0]) for one in compared]
        item.rows += [replace(first, steps=len(compared), labels=labels), *others]
        item.counts.settled_by.update(one.labels[0].basis.value for one in compared if one.labels[0].basis is not None)
        traces = {trace_id for one in compared for trace_id in one.traces}
        item.held.update((trace_id, len(fork.prefix) + 1) for trace_id in traces)
        return traces


def _refuse_what_does_not_fit(order: ExportOrder) -> None:
    formats = [one.name for one in PAIR_WRITERS if one.name.startswith("trl-")]
    if order.format not in formats:
        raise BadInput(f"compared: steps are compared in {', '.join(formats)}, and not in {order.format}")
    if order.mapping is not None:
        raise BadInput("mapping: pairs have no target value, so that nothing is mapped")
    if order.paired:
        raise BadInput("paired: the outcome of a trace stands beside its steps, and pairs have none")
    if order.labels is not LabelChoice.SETTLED:
        raise BadInput("labels: steps are compared by their settled labels; say settled")
    if order.shape.margin:
        raise BadInput("margin: steps are labelled one by one, so that none is better by so much")


def _name(problem_id: str, record: Mapping[str, object]) -> RowId:
    """Of the problem and the texts that are compared, whichever of them is the better one."""
    texts = sorted(str(record[name]) for name in ("chosen", "rejected", "completion") if name in record)
    named = hashlib.sha256("\0".join([str(record.get("prompt", "")), *texts]).encode()).hexdigest()
    return RowId(problem_id, f"{STEPS}-{named[:16]}")


def _fact(label: ExportedLabel) -> LabelFact:
    return LabelFact(label.value, guideline=label.guideline, stale=label.stale, doubted=label.doubted)


def _together(rows: Sequence[Row]) -> Facts:
    """The facts of a problem, with the generators and origins of its traces, and their strategies as one."""
    facts = [facts_of(row) for row in rows]
    strategies = sorted({one.strategy for one in facts if one.strategy is not None})
    return replace(
        facts[0], strategy=" + ".join(strategies) or None,
        generators=tuple(sorted({name for one in facts for name in one.generators})),
        origins=tuple(sorted({name for one in facts for name in one.origins})),
    )  # fmt: skip


def _whole(row: Row, by_id: Mapping[str, Row], own: Mapping[str, list[ExportedStep]]) -> list[ExportedStep] | None:
    """The settled steps of a path from its first one on; None where those before an alternative are not all settled."""
    if row["parent_id"] is None:
        return own[row["id"]]
    before = _whole(by_id[row["parent_id"]], by_id, own)
    last = row["first_position"] - 1
    return None if before is None or len(before) < last else [*before[:last], *own[row["id"]]]


def _root(row: Row, by_id: Mapping[str, Row]) -> str:
    """The trace that an alternative branches off from in the end; of another trace itself."""
    while row["parent_id"] is not None:
        row = by_id[row["parent_id"]]
    return str(row["id"])


def _asked(problem: Problem, prefix: Sequence[str]) -> Problem:
    """The problem with the steps that stand already, a line feed between, as `trl-stepwise` has them.

    They belong to the prompt, also of a chat: a turn of the assistant before the answer would be one that has ended.
    """
    parts = (problem_text(problem), *prefix)
    return problem.model_copy(update={"text": "\n".join(one.rstrip(SEPARATORS) for one in parts), "passages": ()})


def _pair(asked: Problem, good: Next, bad: Next) -> LabelledPair:
    basis = good.labels[0].basis
    assert basis is not None
    one, other = (Response.model_construct(text=step.text.rstrip(SEPARATORS)) for step in (good, bad))
    return LabelledPair.model_construct(
        id="", problem=asked, responses=(one, other), settled=SettledPair(sign="first", basis=basis)
    )  # fmt: skip
