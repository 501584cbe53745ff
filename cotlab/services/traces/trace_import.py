"""Traces and pairs that come in: in batches, each one a transaction; what is there already is skipped and counted."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from cotlab.domain.errors import BadInput
from cotlab.domain.people import ActorKind
from cotlab.domain.projects.projects import MOST_BROKEN, BrokenLine, ImportReport
from cotlab.domain.traces.pairs import Pair, SourceChoice
from cotlab.domain.traces.records import SourceLabel, Trace
from cotlab.exchange.readers.jsonl import Broken, Good, Line
from cotlab.services.audit.import_data import import_digest
from cotlab.services.projects.projects import open_project
from cotlab.services.traces import queue_rows
from cotlab.services.traces.import_rows import Rows, add_to_known, add_trace, labelled, labelled_of, put
from cotlab.services.traces.pair_import import PairRows, add_pairs
from cotlab.services.traces.problem_import import Problems
from cotlab.storage.engine.database import SERVER, Db, Store
from cotlab.storage.people import actors
from cotlab.storage.traces import traces

STEPS_A_BATCH = 5_000
"""Ids are random, so that a larger batch writes each page of an index less often; others wait for one to be written."""
PAIR_IN_STEPS = 5
"""How many steps a pair is worth to a batch: it has two long texts."""

Batch = Sequence[Trace | Pair]
Job = Callable[[Db], "Rows | PairRows"]


@dataclass(slots=True)
class Progress:
    """Counts so far; `broken` are the first MOST_BROKEN broken lines."""

    format: str = ""
    lines: int = 0
    traces: int = 0
    pairs: int = 0
    problems: int = 0
    steps: int = 0
    labels: int = 0
    labels_on_known: int = 0
    duplicates: int = 0
    broken: list[BrokenLine] = field(default_factory=list)
    broken_lines: int = 0

    def report(self, first_line: int = 1) -> ImportReport:
        """The counts as a report; `first_line` is the number that the first line has in its file."""
        broken = (one.model_copy(update={"line": one.line + first_line - 1}) for one in self.broken)
        return ImportReport(
            format=self.format, lines=self.lines, traces=self.traces, pairs=self.pairs, problems=self.problems,
            steps=self.steps, labels=self.labels, labels_on_known=self.labels_on_known, duplicates=self.duplicates,
            broken=tuple(broken), broken_lines=self.broken_lines,
        )  # fmt: skip


def import_lines(
    store: Store, by: str, project_id: str, lines: Iterable[Line],
    progress: Callable[[Progress], None] = lambda _: None,
    reject: Callable[[Broken], None] = lambda _: None,
    stop: bool = False,
) -> Progress:  # fmt: skip
    """Import lines as they come; `progress` is called after each batch, `reject` for each broken line.

    With `stop` the first broken line is the last that is read. What stands before it is kept, and so it is where the
    lines cannot be read on.
    """
    done = Progress()
    good = _good(lines, done, reject, stop)
    for added in _written(store, project_id, _jobs(store, by, project_id, _batches(good))):
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


def _good(
    lines: Iterable[Line], done: Progress, reject: Callable[[Broken], None], stop: bool
) -> Iterator[Trace | Pair]:  # fmt: skip
    for line in lines:
        done.lines += 1
        if isinstance(line, Good):
            done.format = line.format
            yield from line.traces
            yield from line.pairs
        else:
            done.broken_lines += 1
            if done.broken_lines <= MOST_BROKEN:
                done.broken.append(BrokenLine(line=line.line_number, field=line.field or "", why=line.why))
            reject(line)
            if stop:
                return


def _batches(items: Iterator[Trace | Pair]) -> Iterator["Batch"]:
    """Lists of traces with about STEPS_A_BATCH steps, or of pairs: a file holds one format."""
    batch: list[Trace | Pair] = []
    steps = 0
    try:
        for item in items:
            batch.append(item)
            steps += len(item.steps) if isinstance(item, Trace) else PAIR_IN_STEPS
            if steps >= STEPS_A_BATCH:
                yield batch
                batch, steps = [], 0
    except BadInput:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def source_names(items: Sequence[Trace | Pair]) -> set[str]:
    """The names of the sources whose labels come with traces or pairs."""
    return {label.source for one in items for label in _labels_of(one)}


def _labels_of(item: Trace | Pair) -> Iterator[SourceLabel | SourceChoice]:
    if isinstance(item, Pair):
        yield from item.labels
        return
    for _, labels in chain(labelled(item), *map(labelled_of, item.alternatives)):
        yield from labels


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


def add_batch(
    db: Db, by: str, project_id: str, batch: Sequence[Trace], sources: Mapping[str, str], queued: bool = True,
    altered: Mapping[str, object] | None = None,
) -> Rows:  # fmt: skip
    """Add a batch of traces, all or none. One event holds how many came and a digest over what they are.

    Of a trace that is there already the labels come in that its source has not given it yet.
    Nobody labels those that are not `queued`, nor their alternatives. `altered` is the request by which traces were
    made of others.
    """
    open_project(db, project_id)
    rules = queue_rows.rules(db, project_id)
    of_problems = [trace.problem.digest() for trace in batch]
    contents = [trace.digest(problem) for trace, problem in zip(batch, of_problems, strict=True)]
    problems, known = Problems(db, project_id, of_problems), traces.trace_ids(db, project_id, contents)
    rows = Rows(rules, problems.rows, queued=queued, label_alternatives=queued and rules.policy.label_alternatives)
    there: list[tuple[Trace, str]] = []
    for trace, problem, content in zip(batch, of_problems, contents, strict=True):
        if content in known:
            there.append((trace, content))
            continue
        problem_id = problems.id_of(trace.problem, problem)
        known[content] = add_trace(db, project_id, problem_id, trace, content, sources, rows)
    rows.duplicates = len(there)
    add_to_known(db, project_id, there, known, sources, rows)
    if rows.traces or rows.answers:
        _write(db, by, project_id, rows, {} if altered is None else {"altered": altered})
    return rows


def _write(db: Db, by: str, project_id: str, rows: Rows, altered: Mapping[str, object]) -> None:
    data = {
        "problems": len(rows.problems), "traces": len(rows.traces), "steps": len(rows.steps),
        "labels": len(rows.answers), "sha256": import_digest(rows.digests, rows.told),
        **altered,
    }  # fmt: skip
    put(db, rows, db.event(project_id, "traces.imported", by, data).sequence)


def _add(done: Progress, added: Rows | PairRows) -> None:
    if isinstance(added, Rows):
        done.traces += len(added.traces)
        done.steps += len(added.steps)
    else:
        done.pairs += len(added.pairs)
    done.problems += len(added.problems)
    done.labels += len(added.answers)
    done.labels_on_known += added.labels_on_known
    done.duplicates += added.duplicates
