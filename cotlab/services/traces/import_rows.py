"""The rows of traces that come in, and what the event of an import tells of them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cotlab.domain.answers import WHOLE_TRACE, Purpose, Question
from cotlab.domain.projects.priorities import Item
from cotlab.domain.provenance import DraftedFrom
from cotlab.domain.text import digest
from cotlab.domain.traces.records import Alternative, Problem, SourceLabel, Trace
from cotlab.services.audit.import_data import derivation_told, drafted_told, label_told
from cotlab.services.people.pseudonyms import own_names
from cotlab.services.traces import queue_rows
from cotlab.storage.engine.database import Db
from cotlab.storage.labels import answers
from cotlab.storage.queue import queue
from cotlab.storage.traces import derivations, drafted_traces, traces

LABEL, OUTCOME, IMPORTED = Question.LABEL.value, Question.OUTCOME.value, Purpose.IMPORTED.value


@dataclass(slots=True)
class Rows:
    """The rows of one batch, in the column orders of storage, but for the sequence that the event gives."""

    rules: queue_rows.Rules
    problems: list[tuple[object, ...]] = field(default_factory=list)
    traces: list[tuple[object, ...]] = field(default_factory=list)
    steps: list[tuple[object, ...]] = field(default_factory=list)
    queue: list[tuple[object, ...]] = field(default_factory=list)
    answers: list[tuple[object, ...]] = field(default_factory=list)
    derivations: list[tuple[object, ...]] = field(default_factory=list)
    drafted: list[tuple[object, ...]] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    """The digest of each trace among the rows -> its id."""
    told: list[str] = field(default_factory=list)
    labels_on_known: int = 0
    duplicates: int = 0
    queued: bool = True
    label_alternatives: bool = True


def labelled(trace: Trace) -> Iterator[tuple[int, tuple[SourceLabel, ...]]]:
    if trace.labels:
        yield WHOLE_TRACE, trace.labels
    for position, step in enumerate(trace.steps, 1):
        if step.labels:
            yield position, step.labels


def labelled_of(alternative: Alternative) -> Iterator[tuple[int, tuple[SourceLabel, ...]]]:
    for position, step in enumerate(alternative.steps, alternative.position):
        if step.labels:
            yield position, step.labels


def add_to_known(
    db: Db, project_id: str, there: Sequence[tuple[Trace, str]], known: Mapping[str, str], sources: Mapping[str, str],
    rows: Rows,
) -> None:  # fmt: skip
    """Of traces that are there, with their digests, the labels that are new: by place, source and value.

    What an export of this project tells of its own is not new.
    """
    brought = [(content, *place) for trace, content in there for place in labelled(trace)]
    others = [
        (alternative_digest(content, other), *place)
        for trace, content in there for other in trace.alternatives for place in labelled_of(other)
    ]  # fmt: skip
    ids = {**known, **rows.digests, **traces.trace_ids(db, project_id, {content for content, _, _ in others})}
    places = [(ids[content], position, labels) for content, position, labels in brought + others if content in ids]
    items = {item_id for item_id, _, _ in places}
    seen = Counter((row["item_id"], row["position"], row["actor_id"], row["value"])
                   for row in answers.of_sources(db, items))  # fmt: skip
    seen.update((row[2], row[3], row[7], row[5]) for row in rows.answers if row[2] in items)
    after = Counter[tuple[object, object]]()
    for (item_id, position, _, _), number in seen.items():
        after[item_id, position] += number
    own = own_names(db, project_id) if places else frozenset[str]()
    for item_id, position, labels in places:
        keys = {
            (item_id, position, sources[label.source], label.value): label
            for label in labels if label.source not in own
        }  # fmt: skip
        new = [label for key, label in keys.items() if key not in seen]
        _add_labels(db, project_id, item_id, position, new, sources, rows, after[item_id, position])
        seen.update(keys.keys())
        after[item_id, position] += len(new)
        rows.labels_on_known += len(new)


def add_trace(
    db: Db, project_id: str, problem_id: str, trace: Trace, content: str, sources: Mapping[str, str], rows: Rows
) -> str:
    """Add the rows of a trace of a problem that is there, or is among the rows. Returns the trace's id."""
    trace_id = db.new_id()
    rows.digests[content] = trace_id
    rows.traces.append((
        trace_id, project_id, problem_id, content, trace.id, trace.origin.value, trace.generator, trace.strategy,
        int(trace.canonical), trace.final_answer, 1, len(trace.steps), None, None, None,
    ))  # fmt: skip
    rows.steps += [(trace_id, position, step.text) for position, step in enumerate(trace.steps, 1)]
    if trace.derived_from is not None:
        made = derivations.values(trace_id, project_id, trace.derived_from)
        rows.derivations.append(made)
        rows.told.append(derivation_told(made))
    _add_drafted(trace_id, project_id, trace.drafted, rows)
    item = _item(trace_id, trace.problem, trace.strategy)
    if rows.queued:
        rows.queue.append(rows.rules.entering(project_id, item, db.now))
    for position, labels in labelled(trace):
        _add_labels(db, project_id, trace_id, position, labels, sources, rows)
    for alternative in trace.alternatives:
        add_alternative(db, project_id, problem_id, item, alternative, content, sources, rows)
    return trace_id


def _add_drafted(item_id: str, project_id: str, drafted: DraftedFrom | None, rows: Rows) -> None:
    if drafted is not None:
        made = drafted_traces.values(item_id, project_id, drafted)
        rows.drafted.append(made)
        rows.told.append(drafted_told(made))


def _item(trace_id: str, problem: Problem, strategy: str | None) -> Item:
    return Item(trace_id, problem.domain, problem.tags, problem.difficulty, strategy)


def alternative_digest(parent_content: str, alternative: Alternative) -> str:
    """The digest of an alternative that came with a file, or was drafted."""
    texts = (step.text for step in alternative.steps)
    return digest([parent_content, str(alternative.position), alternative.kind, *texts])


def add_alternative(
    db: Db, project_id: str, problem_id: str, parent: Item, alternative: Alternative, parent_content: str,
    sources: Mapping[str, str], rows: Rows,
) -> str | None:  # fmt: skip
    """Add the rows of an alternative. Returns its id, or None where it is among the rows already."""
    texts, content = [step.text for step in alternative.steps], alternative_digest(parent_content, alternative)
    if content in rows.digests:
        return None
    trace_id, first = db.new_id(), alternative.position
    rows.digests[content] = trace_id
    rows.traces.append((
        trace_id, project_id, problem_id, content, None, alternative.origin.value, alternative.generator, None, 0, None,
        first, first + len(texts) - 1, parent.id, alternative.kind, None,
    ))  # fmt: skip
    if rows.label_alternatives:
        rows.queue.append(rows.rules.entering(project_id, replace(parent, id=trace_id, strategy=None), db.now))
    for position, step in enumerate(alternative.steps, first):
        rows.steps.append((trace_id, position, step.text))
        _add_labels(db, project_id, trace_id, position, step.labels, sources, rows)
    _add_drafted(trace_id, project_id, alternative.drafted, rows)
    return trace_id


def _add_labels(
    db: Db, project_id: str, trace_id: str, position: int, labels: Sequence[SourceLabel], sources: Mapping[str, str],
    rows: Rows, after: int = 0,
) -> None:  # fmt: skip
    """Labels at one place, where there are `after` already.

    The labels of a trace have neighbouring ids: a million random ones would touch every page of their index.
    """
    question = OUTCOME if position == WHOLE_TRACE else LABEL
    for number, label in enumerate(labels, after + 1):
        rows.told.append(label_told(trace_id, position, label.value, label.rationale))
        rows.answers.append((
            f"{trace_id}-{position}-{number:02}", project_id, trace_id, position, question, label.value, None,
            sources[label.source], IMPORTED, None, None, label.rationale, int(label.unsure), 0, label.visible_until,
            None, label.given_at, db.now, label.elapsed_ms,
        ))  # fmt: skip


def put(db: Db, rows: Rows, sequence: int) -> None:
    """Write rows, under the sequence of the event that tells of them."""
    for table, columns, values in (
        ("problems", traces.PROBLEM_COLUMNS, rows.problems),
        ("traces", traces.TRACE_COLUMNS, rows.traces),
        ("answers", answers.COLUMNS, rows.answers),
        ("derivations", derivations.COLUMNS, rows.derivations),
        ("drafted_traces", drafted_traces.COLUMNS, rows.drafted),
    ):
        db.add_many(table, columns, ((*value, sequence) for value in values))
    db.add_many("steps", traces.STEP_COLUMNS, rows.steps)
    queue.add(db, rows.queue)
