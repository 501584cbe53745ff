"""Pairs that come in, a batch a transaction; one that is there already, in either order, is skipped and counted.

The same two responses may stand in several rows of a file under ids of their own, each with the choices that were made
on it: these are kept, as further rounds of their sources. Of a row that is there already those are added that its
source has not made there yet, so that raters may come in a file each; a row without an id is the first row.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from cotlab.domain.answers import Purpose, Question
from cotlab.domain.projects.priorities import Item
from cotlab.domain.traces.pairs import THE_PAIR, Pair, SourceChoice
from cotlab.domain.traces.records import TASKS, Origin
from cotlab.services.audit.import_data import choice_told, pair_told, pairs_digest, row_told
from cotlab.services.people.pseudonyms import own_names
from cotlab.services.projects.projects import open_project
from cotlab.services.traces import queue_rows
from cotlab.services.traces.pair_views import FIRST, SECOND
from cotlab.services.traces.problem_import import Problems
from cotlab.storage.engine.database import Db
from cotlab.storage.labels import answers
from cotlab.storage.queue import queue
from cotlab.storage.traces import pairs, traces

TRACE_COLUMNS = ("task", *traces.TRACE_COLUMNS)
_, TASK = TASKS


@dataclass(slots=True)
class PairRows:
    """The rows of one batch, but for the sequence that the event gives; `told` is what the event holds a digest of."""

    rules: queue_rows.Rules
    problems: list[tuple[object, ...]]
    traces: list[tuple[object, ...]] = field(default_factory=list)
    pairs: list[tuple[object, ...]] = field(default_factory=list)
    queue: list[tuple[object, ...]] = field(default_factory=list)
    answers: list[tuple[object, ...]] = field(default_factory=list)
    source_rows: list[tuple[object, ...]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    labels_on_known: int = 0
    duplicates: int = 0


@dataclass(slots=True)
class _There:
    """A pair that is there: id of a row that held it -> the row's number; number -> the response that stood first
    there, and the source and the overall choice of all that was said in it.
    """

    item_id: str
    numbers: dict[str | None, int]
    left: dict[int, str] = field(default_factory=dict)
    chosen: defaultdict[int, list[tuple[str, str]]] = field(default_factory=partial(defaultdict, list))

    def number(self, row_id: str | None) -> int:
        """An export names the first row by the pair's own id where it had none."""
        if row_id is None or row_id == self.item_id:
            return 1
        return self.numbers.setdefault(row_id, max(1, *self.numbers.values(), *self.chosen) + 1)


def add_pairs(
    db: Db, by: str, project_id: str, batch: Sequence[Pair], sources: Mapping[str, str],
    made: Mapping[str, Any] | None = None, queued: bool = True,
) -> PairRows:  # fmt: skip
    """Add a batch of pairs, all or none; `sources` is the name of a source -> its actor's id.

    `made` is how they were made of traces, which the event tells. Nobody is handed those that are not `queued`.
    """
    open_project(db, project_id)
    contents = [pair.problem.digest() for pair in batch]
    problems, own = Problems(db, project_id, contents), own_names(db, project_id)
    rows, known = PairRows(queue_rows.rules(db, project_id), problems.rows), dict[str, _There]()
    for pair, problem in zip(batch, contents, strict=True):
        content = pair.digest()
        there = known.get(content) or _there(db, project_id, content)
        if there is None:
            problem_id = problems.id_of(pair.problem, problem)
            known[content] = _add(db, project_id, problem_id, pair, content, rows, queued)
            _add_choices(db, project_id, known[content], pair, sources, rows)
        else:
            known[content] = there
            rows.duplicates += 1
            before = len(rows.answers)
            others = tuple(label for label in pair.labels if label.source not in own)
            _add_choices(db, project_id, there, pair.model_copy(update={"labels": others}), sources, rows)
            rows.labels_on_known += len(rows.answers) - before
    if rows.answers or rows.pairs:
        _write(db, by, project_id, rows, {} if made is None else {"made": made})
    return rows


def _there(db: Db, project_id: str, content: str) -> _There | None:
    found = pairs.rows_of(db, project_id, content)
    if not found:
        return None
    there = _There(found[0]["item_id"], {found[0]["external_id"]: 1})
    for row in found:
        if row["actor_id"] is not None:
            there.numbers.setdefault(row["row_id"], row["number"])
            there.left.setdefault(row["number"], row["left_one"])
            there.chosen[row["number"]].append((row["actor_id"], row["value"]))
    return there


def _add(
    db: Db, project_id: str, problem_id: str, pair: Pair, content: str, rows: PairRows, queued: bool
) -> _There:  # fmt: skip
    item_id = db.new_id()
    rows.traces.append((
        TASK, item_id, project_id, problem_id, content, pair.id, Origin.UNKNOWN.value, None, None, 0, None, THE_PAIR,
        THE_PAIR, None, None, None,
    ))  # fmt: skip
    values = pairs.values(item_id, project_id, pair.canonical())
    rows.pairs.append(values)
    rows.told.append(pair_told(dict(zip(pairs.COLUMNS, values, strict=False))))
    problem = pair.problem
    item = Item(item_id, problem.domain, problem.tags, problem.difficulty, task=TASK)
    if queued:
        rows.queue.append(rows.rules.entering(project_id, item, db.now))
    return _There(item_id, {pair.id: 1})


def _add_choices(
    db: Db, project_id: str, there: _There, pair: Pair, sources: Mapping[str, str], rows: PairRows
) -> None:  # fmt: skip
    """Those choices of a row of a file that were not there before it, in canonical order, with the row."""
    if not pair.labels:
        return
    kept, item_id = pair.canonical(), there.item_id
    first, before = there.number(pair.id), {number: set(said) for number, said in there.chosen.items()}
    for label in kept.labels:
        number, choice = first + label.round - 1, (sources[label.source], label.overall)
        if choice in before.get(number, ()):
            continue
        left, said = there.left.setdefault(number, FIRST if kept is pair else SECOND), there.chosen[number]
        said.append(choice)
        row = f"{item_id}-" if number == 1 else f"{item_id}-r{number}-"
        for question, value, rationale in _said(label):
            answer_id = f"{row}{len(said):02}-{question}"
            rows.told.append(choice_told(item_id, question, value, rationale))
            rows.told.append(row_told(item_id, answer_id, number, pair.id, left))
            rows.source_rows.append((answer_id, item_id, project_id, number, pair.id, left))
            rows.answers.append((
                answer_id, project_id, item_id, THE_PAIR, question, value, None, sources[label.source],
                Purpose.IMPORTED.value, None, None, rationale, 0, 0, None, None, label.given_at, db.now, None,
            ))  # fmt: skip


def _said(label: SourceChoice) -> Iterator[tuple[str, str, str | None]]:
    """The question, the value and the reason of each answer that a choice of a file is."""
    yield Question.LABEL.value, label.overall, label.rationale
    for name, choice in label.criteria.items():
        yield name, choice, None


def _write(db: Db, by: str, project_id: str, rows: PairRows, beside: Mapping[str, Any]) -> None:
    data = {
        "problems": len(rows.problems), "pairs": len(rows.pairs), "labels": len(rows.answers),
        "sha256": pairs_digest(rows.told), **beside,
    }  # fmt: skip
    sequence = db.event(project_id, "pairs.imported", by, data).sequence
    for table, columns, values in (
        ("problems", traces.PROBLEM_COLUMNS, rows.problems),
        ("traces", TRACE_COLUMNS, rows.traces),
        ("pairs", pairs.COLUMNS, rows.pairs),
        ("answers", answers.COLUMNS, rows.answers),
        ("source_rows", pairs.ROW_COLUMNS, rows.source_rows),
    ):
        db.add_many(table, columns, ((*value, sequence) for value in values))
    queue.add(db, rows.queue)
