"""Traces and pairs that come in: in batches, each one a transaction; what is there already is skipped and counted."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from cotlab.domain.answers import WHOLE_TRACE, Purpose, Question
from cotlab.domain.drafting import DraftedFrom
from cotlab.domain.pairs import Pair
from cotlab.domain.people import ActorKind
from cotlab.domain.priority import Item
from cotlab.domain.projects import BrokenLine, ImportReport
from cotlab.domain.text import digest
from cotlab.domain.traces import Alternative, Problem, SourceLabel, Trace
from cotlab.exchange.jsonl import Broken, Good, Line
from cotlab.services import queued as queue_rows
from cotlab.services.importing_pairs import PairRows, add_pairs
from cotlab.services.importing_problems import Problems
from cotlab.services.projects import open_project
from cotlab.storage import actors, answers, derivations, drafted_traces, queue, traces
from cotlab.storage.database import SERVER, Db, Store

STEPS_A_BATCH = 2_000
PAIR_IN_STEPS = 5
"""How many steps a pair is worth to a batch: it has two long texts."""
LABEL, OUTCOME, IMPORTED = Question.LABEL.value, Question.OUTCOME.value, Purpose.IMPORTED.value


Batch = Sequence[Trace | Pair]
Job = Callable[[Db], "Rows | PairRows"]


@dataclass(slots=True)
class Progress:
    """Counts so far; `broken` holds every broken line."""

    format: str = ""
    lines: int = 0
    traces: int = 0
    pairs: int = 0
    problems: int = 0
    steps: int = 0
    labels: int = 0
    duplicates: int = 0
    broken: list[BrokenLine] = field(default_factory=list)

    def report(self, first_line: int = 1) -> ImportReport:
        """The counts as a report; `first_line` is the number that the first line has in its file."""
        broken = (one.model_copy(update={"line": one.line + first_line - 1}) for one in self.broken)
        return ImportReport(
            format=self.format, lines=self.lines, traces=self.traces, pairs=self.pairs, problems=self.problems,
            steps=self.steps, labels=self.labels, duplicates=self.duplicates, broken=tuple(broken),
            broken_lines=len(self.broken),
        )  # fmt: skip


def import_lines(
    store: Store, by: str, project_id: str, lines: Iterable[Line],
    progress: Callable[[Progress], None] = lambda _: None,
    reject: Callable[[Broken], None] = lambda _: None,
) -> Progress:  # fmt: skip
    """Import lines as they come; `progress` is called after each batch, `reject` for each broken line."""
    done = Progress()
    for added in _written(store, project_id, _jobs(store, by, project_id, _batches(_good(lines, done, reject)))):
        _add(done, added)
        progress(done)
    return done


def _jobs(store: Store, by: str, project_id: str, batches: Iterable["Batch"]) -> Iterator["Job"]:
    """A write for each batch; the sources that it names have their actors before it comes."""
    sources: dict[str, str] = {}
    for batch in batches:
        new_sources = source_names(batch) - sources.keys()
        if new_sources:
            sources = sources | store.write(SERVER, partial(name_sources, by=by, names=new_sources))
        traces_ = [one for one in batch if isinstance(one, Trace)]
        if len(traces_) == len(batch):
            yield partial(add_batch, by=by, project_id=project_id, batch=traces_, sources=sources)
        else:
            some = [one for one in batch if isinstance(one, Pair)]
            yield partial(add_pairs, by=by, project_id=project_id, batch=some, sources=sources)


def _written(store: Store, project_id: str, jobs: Iterable["Job"]) -> Iterator["Rows | PairRows"]:
    """What each write added, in order; while one is on its way to the disk, the next batch is read."""
    with ThreadPoolExecutor(1, "cotlab-import") as writing:
        under_way: Future[Rows | PairRows] | None = None
        for job in jobs:
            if under_way is not None:
                yield under_way.result()
            under_way = writing.submit(store.write, project_id, job)
        if under_way is not None:
            yield under_way.result()


def _good(lines: Iterable[Line], done: Progress, reject: Callable[[Broken], None]) -> Iterator[Trace | Pair]:
    for line in lines:
        done.lines += 1
        if isinstance(line, Good):
            done.format = line.format
            yield from line.traces
            yield from line.pairs
        else:
            done.broken.append(BrokenLine(line=line.line_number, field=line.field or "", why=line.why))
            reject(line)


def _batches(items: Iterator[Trace | Pair]) -> Iterator["Batch"]:
    """Lists of traces with about STEPS_A_BATCH steps, or of pairs: a file holds one format."""
    batch: list[Trace | Pair] = []
    steps = 0
    for item in items:
        batch.append(item)
        steps += len(item.steps) if isinstance(item, Trace) else PAIR_IN_STEPS
        if steps >= STEPS_A_BATCH:
            yield batch
            batch, steps = [], 0
    if batch:
        yield batch


def source_names(items: Sequence[Trace | Pair]) -> set[str]:
    """The names of the sources whose labels come with traces or pairs."""
    batch = [one for one in items if isinstance(one, Trace)]
    of_pairs = {label.source for one in items if isinstance(one, Pair) for label in one.labels}
    return (
        of_pairs
        | {label.source for trace in batch for _, labels in _labelled(trace) for label in labels}
        | {
            label.source
            for trace in batch
            for alternative in trace.alternatives
            for step in alternative.steps
            for label in step.labels
        }
    )


def _labelled(trace: Trace) -> Iterator[tuple[int, tuple[SourceLabel, ...]]]:
    if trace.labels:
        yield WHOLE_TRACE, trace.labels
    for position, step in enumerate(trace.steps, 1):
        if step.labels:
            yield position, step.labels


def name_sources(db: Db, by: str, names: Iterable[str]) -> dict[str, str]:
    """Source's name -> actor's id, made where it is new."""
    found = {}
    for name in sorted(names):
        known = actors.actor_named(db, ActorKind.SOURCE, name)
        if known is None:
            actor_id = db.new_id()
            appended = db.event(SERVER, "source.named", by, {"source": actor_id})
            actors.add_actor(db, actor_id, ActorKind.SOURCE, name, appended.sequence)
            found[name] = actor_id
        else:
            found[name] = known["id"]
    return found


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
    digests: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    duplicates: int = 0
    queued: bool = True
    label_alternatives: bool = True


def add_batch(
    db: Db, by: str, project_id: str, batch: Sequence[Trace], sources: Mapping[str, str], queued: bool = True,
    altered: Mapping[str, object] | None = None,
) -> Rows:  # fmt: skip
    """Add a batch of traces, all or none. One event holds how many came and a digest over what they are.

    Nobody labels those that are not `queued`, nor their alternatives. `altered` is the request by which traces were
    made of others.
    """
    open_project(db, project_id)
    rules = queue_rows.rules(db, project_id)
    of_problems = [trace.problem.digest() for trace in batch]
    contents = [trace.digest(problem) for trace, problem in zip(batch, of_problems, strict=True)]
    problems, known = Problems(db, project_id, of_problems), traces.traces_known(db, project_id, contents)
    rows = Rows(rules, problems.rows, queued=queued, label_alternatives=queued and rules.policy.label_alternatives)
    for trace, problem, content in zip(batch, of_problems, contents, strict=True):
        if content in known:
            rows.duplicates += 1
            continue
        known.add(content)
        add_trace(db, project_id, problems.id_of(trace.problem, problem), trace, content, sources, rows)
    if rows.traces:
        _write(db, by, project_id, rows, {} if altered is None else {"altered": altered})
    return rows


def add_trace(
    db: Db, project_id: str, problem_id: str, trace: Trace, content: str, sources: Mapping[str, str], rows: Rows
) -> str:
    """Add the rows of a trace of a problem that is there, or is among the rows. Returns the trace's id."""
    trace_id = db.new_id()
    rows.digests.add(content)
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
    for position, labels in _labelled(trace):
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
    rows.digests.add(content)
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
    rows: Rows,
) -> None:  # fmt: skip
    """The labels of a trace have neighbouring ids: a million random ones would touch every page of their index."""
    question = OUTCOME if position == WHOLE_TRACE else LABEL
    for number, label in enumerate(labels, 1):
        rows.told.append(label_told(trace_id, position, label.value, label.rationale))
        rows.answers.append((
            f"{trace_id}-{position}-{number:02}", project_id, trace_id, position, question, label.value, None,
            sources[label.source], IMPORTED, None, None, label.rationale, int(label.unsure), 0, label.visible_until,
            None, label.given_at, db.now, label.elapsed_ms,
        ))  # fmt: skip


def label_told(item_id: str, position: int, value: str, rationale: str | None) -> str:
    """What the event of an import tells of one label that came with it."""
    return f"{item_id} {position} {value} {rationale or ''}"


def derivation_told(values: Sequence[object]) -> str:
    """What the event of an import tells of what a trace was made of; `values` are a row of storage.derivations."""
    return " ".join(("derived", *map(str, values)))


def drafted_told(values: Sequence[object]) -> str:
    """What an event tells of the draft that a trace was; `values` are a row of storage.drafted_traces."""
    return " ".join(("drafted", *map(str, values)))


def import_digest(digests: Iterable[str], labels: Iterable[str]) -> str:
    """SHA-256 (hex) over the digests of traces and the labels of one import, whatever their order.

    What traces were made of, and the drafts that they were, are told among the labels.
    """
    return digest([*sorted(digests), "", *sorted(labels)])


def _write(db: Db, by: str, project_id: str, rows: Rows, altered: Mapping[str, object]) -> None:
    data = {
        "problems": len(rows.problems), "traces": len(rows.traces), "steps": len(rows.steps),
        "labels": len(rows.answers), "sha256": import_digest(rows.digests, rows.told),
        **altered,
    }  # fmt: skip
    put(db, rows, db.event(project_id, "traces.imported", by, data).sequence)


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


def _add(done: Progress, added: Rows | PairRows) -> None:
    if isinstance(added, Rows):
        done.traces += len(added.traces)
        done.steps += len(added.steps)
    else:
        done.pairs += len(added.pairs)
    done.problems += len(added.problems)
    done.labels += len(added.answers)
    done.duplicates += added.duplicates
