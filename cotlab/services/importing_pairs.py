"""Pairs that come in, a batch a transaction; one that is there already, in either order, is skipped and counted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cotlab.domain.answers import Purpose, Question
from cotlab.domain.pairs import THE_PAIR, Pair, SourceChoice
from cotlab.domain.priority import Item
from cotlab.domain.text import digest
from cotlab.domain.traces import TASKS, Origin
from cotlab.services import queued
from cotlab.services.projects import open_project
from cotlab.storage import answers, pairs, queue, traces
from cotlab.storage.database import Db

TRACE_COLUMNS = ("task", *traces.TRACE_COLUMNS)
_, TASK = TASKS


@dataclass(slots=True)
class PairRows:
    """The rows of one batch, but for the sequence that the event gives; `told` is what the event holds a digest of."""

    rules: queued.Rules
    problems: list[tuple[object, ...]] = field(default_factory=list)
    traces: list[tuple[object, ...]] = field(default_factory=list)
    pairs: list[tuple[object, ...]] = field(default_factory=list)
    queue: list[tuple[object, ...]] = field(default_factory=list)
    answers: list[tuple[object, ...]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    duplicates: int = 0


def add_pairs(
    db: Db, by: str, project_id: str, batch: Sequence[Pair], sources: Mapping[str, str],
    made: Mapping[str, Any] | None = None,
) -> PairRows:  # fmt: skip
    """Add a batch of pairs, all or none; `sources` is the name of a source -> its actor's id.

    `made` is how they were made of traces, which the event tells.
    """
    open_project(db, project_id)
    rows = PairRows(queued.rules(db, project_id))
    problem_ids, known = dict[str, str](), set[str]()
    for one in batch:
        pair, content = one.canonical(), one.digest()
        if content in known or traces.trace_known(db, project_id, content):
            rows.duplicates += 1
            continue
        known.add(content)
        _add(db, project_id, _problem_id(db, project_id, pair, problem_ids, rows), pair, content, sources, rows)
    if rows.pairs:
        _write(db, by, project_id, rows, {} if made is None else {"made": made})
    return rows


def _problem_id(db: Db, project_id: str, pair: Pair, problem_ids: dict[str, str], rows: PairRows) -> str:
    content = pair.problem.digest()
    if content not in problem_ids:
        known = traces.problem_id(db, project_id, content)
        problem_ids[content] = known or db.new_id()
        if known is None:
            rows.problems.append(traces.problem_values(problem_ids[content], project_id, pair.problem, content))
    return problem_ids[content]


def _add(
    db: Db, project_id: str, problem_id: str, pair: Pair, content: str, sources: Mapping[str, str], rows: PairRows
) -> None:
    item_id = db.new_id()
    rows.traces.append((
        TASK, item_id, project_id, problem_id, content, pair.id, Origin.UNKNOWN.value, None, None, 0, None, THE_PAIR,
        THE_PAIR, None, None, None,
    ))  # fmt: skip
    values = pairs.values(item_id, project_id, pair)
    rows.pairs.append(values)
    rows.told.append(pair_told(dict(zip(pairs.COLUMNS, values, strict=False))))
    problem = pair.problem
    item = Item(item_id, problem.domain, problem.tags, problem.difficulty, task=TASK)
    rows.queue.append(rows.rules.entering(project_id, item, db.now))
    for number, label in enumerate(pair.labels, 1):
        for question, value, rationale in _said(label):
            rows.told.append(choice_told(item_id, question, value, rationale))
            rows.answers.append((
                f"{item_id}-{number:02}-{question}", project_id, item_id, THE_PAIR, question, value, None,
                sources[label.source], Purpose.IMPORTED.value, None, None, rationale, 0, 0, None, None, label.given_at,
                db.now, None,
            ))  # fmt: skip


def _said(label: SourceChoice) -> Iterator[tuple[str, str, str | None]]:
    """The question, the value and the reason of each answer that a choice of a file is."""
    yield Question.LABEL.value, label.overall, label.rationale
    for name, choice in label.criteria.items():
        yield name, choice, None


def pair_told(row: Mapping[str, Any]) -> str:
    """What the event of an import tells of one pair: its texts and where they came from, in the order they are kept."""
    parts = ("messages", "first_text", "second_text", "first_origin", "second_origin")
    return f"{row['item_id']} {digest([row[part] for part in parts])}"


def choice_told(item_id: str, question: str, value: str, rationale: str | None) -> str:
    """What it tells of one answer that came with a pair."""
    return f"{item_id} {question} {value} {rationale or ''}"


def pairs_digest(told: Iterable[str]) -> str:
    """SHA-256 (hex) over what one import brought, whatever the order."""
    return digest(sorted(told))


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
    ):
        db.add_many(table, columns, ((*value, sequence) for value in values))
    queue.add(db, rows.queue)
