"""The traces of a project as items of an export."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from cotlab.domain.datasets.exports import (
    ExportedLabel,
    ExportOrder,
    LabelChoice,
    LabelledAlternative,
    LabelledPath,
    LeftOut,
    Target,
)
from cotlab.domain.datasets.row_ids import EVERY_OUTCOME, RowId
from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.schema import FrontMatter, Value
from cotlab.domain.guidelines.senses import Senses
from cotlab.domain.guidelines.staleness import Timeline
from cotlab.exchange.formats import ACCEPTED, Writer, writer
from cotlab.exchange.formats.path_rows import solution_lines, texts
from cotlab.exchange.formats.problems import problem_text
from cotlab.exchange.formats.traces.native import NativeWriter
from cotlab.exchange.readers.jsonl import dump_line
from cotlab.services.checks.verdicts import checkers
from cotlab.services.datasets.items import NOT_SELECTED, OUTCOME, Facts, Item, LabelFact, Made, version_of
from cotlab.services.labels.labelled_paths import paths
from cotlab.services.labels.selection import Counts, Selection
from cotlab.services.people.pseudonyms import Names
from cotlab.storage.checks import checks
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.labels import exports as stored
from cotlab.storage.projects import projects
from cotlab.storage.traces import derivations, drafted_traces

TRACES_A_READ = 500
Inside = Iterable[tuple[LabelledAlternative, int]]


class TraceSource:
    """The traces of a project at one sequence, in a format of labelled paths.

    With `paired` each trace that has a row has its outcome beside it, once, whoever labelled it.
    """

    task = "steps"
    shape = None

    def __init__(self, db: Reading, project_id: str, order: ExportOrder, as_of: int) -> None:
        self._project_id, self._order, self._as_of = project_id, order, as_of
        self._writer = writer(order.format)
        self._outcome = writer(OUTCOME) if order.paired else None
        self._refuse_what_does_not_fit()
        self.format, self.columns = self._writer.name, self._writer.columns
        timeline = projects.timeline(db, project_id, as_of)
        self.senses = Senses(timeline)
        self.target = _target(self._writer, order.mapping, timeline, self.senses.versions(order.stale))
        self._names = Names(project_id, stored.source_names(db), projects.version_names(db))
        policy, merged = projects.policy(db, project_id, as_of), isinstance(self._writer, NativeWriter)
        if self._writer in ACCEPTED or merged:
            self.target = _strict(self.target, timeline, policy.valid_labels)
        self.version = version_of(db, order.guideline, self.senses)
        self._selection = Selection(order.labels, policy, self.senses, merged, order.stale, order.doubted, self.version)
        self._beside = stored.Beside(
            self._selection.citations, checkers(policy), assistance=True, without_assisted=order.without_assisted
        )
        self._branches: dict[str, list[str]] | None = None

    def _refuse_what_does_not_fit(self) -> None:
        if self._writer in ACCEPTED and self._order.labels is LabelChoice.EACH:
            name = self._writer.name
            raise BadInput(f"labels: the format {name} is of accepted traces, which settled labels tell alone")
        if self._order.paired and self._writer.name == OUTCOME:
            raise BadInput(f"paired: the format {OUTCOME} is the one that a paired export adds")

    def begin(self, going_out: Iterable[Item]) -> None:
        """Rows look the same whatever the labels are."""

    def page(self, db: Reading, after: str) -> tuple[str | None, list[Item]]:
        page = stored.page(db, self._project_id, self._as_of, after, TRACES_A_READ, self._beside)
        page = self._with_verdicts(db, page)
        if self._branches is None:
            self._branches = stored.branches(db, self._project_id, self._as_of)
        items = [self._item(db, page, row, self._branches) for row in page.traces]
        return (page.traces[-1]["id"] if page.traces else None), items

    def one(self, db: Reading, item_id: str) -> Item | None:
        page = stored.one(db, self._project_id, item_id, self._as_of, self._beside)
        steps = [row for row in page.traces if row["task"] == self.task]
        if not steps:
            return None
        branches = stored.branches(db, self._project_id, self._as_of, item_id)
        return self._item(db, self._with_verdicts(db, page), steps[0], branches)

    def _item(self, db: Reading, page: stored.Page, row: Row, branches: Mapping[str, Sequence[str]]) -> Item:
        item = Item(row["id"], facts_of(row))
        if not item.facts.selected(self._order.where):
            item.counts = Counts(traces_read=1, traces_kept=1).without_its_trace(NOT_SELECTED)
            return item
        beside = [self._one(db, trace_id) for trace_id in branches.get(row["id"], ())]
        counts, left_out, kept = Counts(), list[str](), False
        for path in paths(page, row, self._selection, self._names, counts, beside, self._above(db, row)):
            try:
                made = [self._made(path, record, item) for record in self._writer.rows(path, self.target)]
            except LeftOut as reason:
                left_out.append(reason.why)
                continue
            item.rows += made
            if made and self.format != OUTCOME:
                own = len(path.steps) - path.branch
                item.held.update(_places(item.id, row["first_position"], own))
                for other, steps in BESIDE.get(self.format, _none)(path):
                    item.held.update(_places(other.trace_id or "", other.position, steps))
            if made and not item.outcome and self._outcome is not None:
                self._judge(item, path, self._outcome)
            kept = True
        item.counts = counts if kept or not left_out else counts.without_its_trace(left_out[0])
        return item

    def _judge(self, item: Item, path: LabelledPath, to: Writer) -> None:
        try:
            records = list(to.rows(path, self.target))
        except LeftOut as reason:
            item.outcome_dropped = reason.why
            return
        item.outcome = [_outcome(_outcome_id(item.id), record) for record in records]

    def _made(self, path: LabelledPath, record: dict[str, object], item: Item) -> Made:
        name = self._name(path, item)
        if self.format == OUTCOME:
            return _outcome(name, record)
        labels = [self._fact(label) for step in path.steps for label in step.labels]
        labelled, pieces = sum(bool(step.labels) for step in path.steps), WHOLE.get(self.format, _labelled)(path)
        line, prompt = dump_line(record), problem_text(path.problem)
        return Made(name, record, line, prompt, pieces, labelled, labels, of_parent=path.branch)

    def _name(self, path: LabelledPath, item: Item) -> RowId:
        """The name of the row of a path: no format makes several of one path but of several people's."""
        if self.format == OUTCOME and path.labeller is None:
            return _outcome_id(item.id)
        return RowId(item.id, path.labeller or self._order.labels.value)

    def _fact(self, label: ExportedLabel) -> LabelFact:
        target = self.target.value(label) if self.target.values else None
        return LabelFact(label.value, label.kind, label.guideline, target, label.stale, label.doubted)

    def _above(self, db: Reading, row: Row) -> list[tuple[stored.Page, Row]]:
        found: list[tuple[stored.Page, Row]] = []
        while row["parent_id"] is not None:
            page, row = self._one(db, row["parent_id"])
            found.insert(0, (page, row))
        return found

    def _one(self, db: Reading, trace_id: str) -> tuple[stored.Page, Row]:
        page = stored.one(db, self._project_id, trace_id, self._as_of, self._beside)
        return self._with_verdicts(db, page), page.traces[0]

    def _with_verdicts(self, db: Reading, page: stored.Page) -> stored.Page:
        """What checks found, what traces were made of, and which drafts they were, for the format that has it all."""
        if not self._selection.merged:
            return page
        items = [row["id"] for row in page.traces]
        verdicts = checks.in_force(db, items, self._beside.checkers, self._as_of)
        return replace(
            page, verdicts=verdicts, derived=derivations.of_items(db, items),
            drafted=drafted_traces.of_items(db, items), evidence_seen=checks.seen_before(db, items, self._as_of),
        )  # fmt: skip


def _labelled(path: LabelledPath) -> list[str]:
    return [step.text for step in path.steps]


def _places(trace_id: str, first: int, steps: int) -> Iterable[tuple[str, int]]:
    return ((trace_id, position) for position in range(first, first + steps))


def _none(path: LabelledPath) -> Inside:
    return ()


def _whole_alternatives(path: LabelledPath) -> Inside:
    return ((other, len(other.steps)) for other in path.alternatives)


def _first_steps(path: LabelledPath) -> Inside:
    return ((other, 1) for other in path.alternatives if other.position <= len(path.steps))


BESIDE: Mapping[str, Callable[[LabelledPath], Inside]] = {"native": _whole_alternatives, "prm800k": _first_steps}
"""The alternatives inside the row of their trace, each with how many of its steps are; elsewhere they have rows."""
WHOLE: Mapping[str, Callable[[LabelledPath], Sequence[str]]] = {
    "native": solution_lines, "prm800k": solution_lines, "processbench": texts, "bigbench-mistake": solution_lines,
    "sft": solution_lines, "sft-messages": solution_lines,
}  # fmt: skip
"""What stands behind the problem in a row of the formats that have all of a trace; the others have labelled steps."""


def _outcome(name: RowId, record: dict[str, object]) -> Made:
    """A row whose one label is whether the answer is right, whatever is said of the steps."""
    told, answer = LabelFact(str(record["label"]).lower()), str(record["completion"])
    return Made(name, record, dump_line(record), str(record["prompt"]), (answer,), labels=(told,))


def _outcome_id(item_id: str) -> RowId:
    return RowId(item_id, EVERY_OUTCOME)


def facts_of(row: Row) -> Facts:
    """What is known of a trace, from its row with the columns of its problem."""
    return Facts(
        problem_id=row["problem_id"], text=row["problem_text"], domain=row["domain"],
        tags=tuple(json.loads(row["tags"])), source=row["source"],
        generators=() if row["generator"] is None else (row["generator"],), strategy=row["strategy"],
        origins=(row["origin"],),
    )  # fmt: skip


def _target(writer: Writer, mapping: str | None, timeline: Timeline, going_out: Collection[str]) -> Target:
    """The mapping over the guideline versions by whose schemas labels go out."""
    if writer.target is None:
        if mapping is not None:
            raise BadInput(f"mapping: the format {writer.name} has no target value, so that nothing is mapped")
        return Target(name=None, errors=timeline.errors)
    needed = _heads(timeline, going_out)
    names = [name for head in needed.values() for name in head.labels.mapping_names()]
    fitting = [name for name in dict.fromkeys(names) if all(_fits(writer, head, name) for head in needed.values())]
    if mapping is None or mapping not in fitting:
        unfit = (f" under {title}" for title, head in needed.items() if mapping and not _fits(writer, head, mapping))
        what = "is required for" if mapping is None else f"{mapping} does not fit"
        there = ", ".join(fitting) or "none"
        raise BadInput(f"mapping: {what} the format {writer.name}{next(unfit, '')}; there is {there}")
    return Target(name=mapping, values=_values(needed, mapping), errors=timeline.errors)


def mapping_of(db: Reading, project_id: str, name: str) -> dict[str, dict[str, Value]]:
    """Guideline version -> label -> value, as an export of the project by that mapping has it now. Raises BadInput."""
    timeline = projects.timeline(db, project_id)
    needed = _heads(timeline, Senses(timeline).versions(stale=False))
    there = dict.fromkeys(one for head in needed.values() for one in head.labels.mapping_names())
    if name not in there:
        raise BadInput(f"mapping: no guideline in force here has {name}; there is {', '.join(there) or 'none'}")
    return _values({title: head for title, head in needed.items() if head.labels.mapping(name)}, name)


def _heads(timeline: Timeline, versions: Collection[str]) -> dict[str, FrontMatter]:
    return {row.head.title: row.head for row in timeline.rows if row.version_id in versions}


def _values(heads: Mapping[str, FrontMatter], mapping: str) -> dict[str, dict[str, Value]]:
    return {title: {label.name: label.values[mapping] for label in head.labels.top} for title, head in heads.items()}


def _strict(target: Target, timeline: Timeline, valid: Collection[str]) -> Target:
    """The mapping under which every label counts as an error that does not make a path a valid one."""
    heads = {row.head.title: row.head for row in timeline.rows}
    others = {
        title: frozenset(label.name for label in head.labels.top if label.error or label.name not in valid)
        for title, head in heads.items()
    }
    return target.model_copy(update={"errors": others})


def _fits(writer: Writer, head: FrontMatter, mapping: str) -> bool:
    """Whether a version gives all its labels values of the type that the format takes."""
    values = head.labels.mapping(mapping)
    return values is not None and all(type(value) is writer.target and value in (-1, 0, 1) for value in values.values())
