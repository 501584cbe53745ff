"""Slices of an evaluation that people label anew, blind, because a model or the people themselves do badly there.

The labels that are settled stand, and go out, until a new one speaks against them: then a case is due, as ever.
"""

import random
from collections.abc import Collection, Iterator, Sequence
from statistics import median
from typing import Any

from cotlab.domain.errors import BadInput, Conflict
from cotlab.domain.evaluations.evaluations import OF_STEPS, ReopenBody, ReopenedSlice, ReopenEstimate
from cotlab.domain.people import LABELLERS
from cotlab.domain.projects.policy import MICROSECONDS
from cotlab.services.audit import event_data
from cotlab.services.evaluations.evaluation import evaluation, name_of, reopened
from cotlab.services.evaluations.scores import cell_of_step, cells_of_trace
from cotlab.services.evaluations.truths import Truth, settled
from cotlab.services.projects.projects import open_project
from cotlab.services.queue.batch_release import reached_by
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.evaluations import evaluations as stored
from cotlab.storage.people import actors
from cotlab.storage.projects import projects
from cotlab.storage.queue import batches, queue


def estimate(db: Reading, project_id: str, evaluation_id: str, body: ReopenBody) -> ReopenEstimate:
    """What reopening would take now. Raises BadInput for a slice that the evaluation does not have."""
    return _drawn(db, project_id, evaluation_id, body)[0]


def picked(db: Reading, project_id: str, evaluation_id: str, body: ReopenBody) -> tuple[str, ...]:
    """The items that reopening would hand out, looked for outside the write."""
    return _drawn(db, project_id, evaluation_id, body)[1]


def reopen(
    db: Db, by: str, project_id: str, evaluation_id: str, body: ReopenBody, items: Sequence[str]
) -> ReopenedSlice:  # fmt: skip
    """Have people label `items` anew. Raises Conflict where there is none, or one was reopened meanwhile."""
    open_project(db, project_id)
    if not items:
        raise Conflict(f"There is no trace of {body.where} that people who have not worked on it could take.")
    if not stored.open_items(db, project_id).isdisjoint(items):
        raise Conflict("A trace of this slice was reopened meanwhile; ask for the estimate again.")
    columns: dict[str, Any] = {
        "id": db.new_id(), "project_id": project_id, "evaluation_id": evaluation_id, "actor_id": by,
        "part": body.where, "people": body.people, "seed": body.seed,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.REOPENING, {**columns, "items": sorted(items)})
    stored.reopen(db, items, **columns, at=db.now, sequence=appended.sequence)
    made = next(reopened(row) for row in stored.reopened(db, evaluation_id) if row["id"] == columns["id"])
    return made.model_copy(update={"receipt": appended.hash})


def _drawn(
    db: Reading, project_id: str, evaluation_id: str, body: ReopenBody
) -> tuple[ReopenEstimate, tuple[str, ...]]:  # fmt: skip
    """The estimate and the items, those of `count` drawn from all that can be taken."""
    open_project(db, project_id)
    steps = {truth.id: truth.steps for truth in _of_slice(db, project_id, evaluation_id, body.where)}
    open_, waiting = [*steps], stored.open_items(db, project_id)
    takers = _takers(db, project_id, [item for item in open_ if item not in waiting])
    free = sorted(item for item in takers if len(takers[item]) >= body.people)
    if body.count is not None and body.count < len(free):
        free = sorted(random.Random(body.seed).sample(free, body.count))
    labels = sum(steps[item] for item in free)
    seconds = _seconds_a_label(db, project_id, free)
    return ReopenEstimate(
        where=body.where, traces=len(free), steps=labels, labels=labels * body.people,
        hours=None if seconds is None else round(labels * body.people * seconds / 3600, 2),
        people=tuple(sorted({name for item in free for name in takers[item]})),
        nobody=sum(len(names) < body.people for names in takers.values()),
        waiting=sum(item in waiting for item in open_),
    ), tuple(free)  # fmt: skip


def _of_slice(db: Reading, project_id: str, evaluation_id: str, where: str) -> Iterator[Truth]:
    """The traces of a slice that were settled when the evaluation was made, and are in the queue."""
    found = evaluation(db, project_id, evaluation_id)
    slices = {name_of(part.slice): part.slice for part in found.scores.results if part.slice}
    if where not in slices:
        raise BadInput(f"where: the evaluation has no slice {where}; it has {', '.join(slices) or 'none'}")
    ((name, value),) = slices[where].items()
    known = {row["item_id"] for row in _queued(db, project_id)}
    for truth in settled(db, project_id, found.as_of, known):
        cells = (
            {cell_of_step(truth, place, name) for place in range(len(truth.labels))}
            if name in OF_STEPS else cells_of_trace(truth, name) if truth.labels else ()
        )  # fmt: skip
        if value in cells:
            yield truth


def _queued(db: Reading, project_id: str) -> Iterator[Row]:
    after = ""
    while rows := queue.page(db, project_id, after, 2_000):
        after = rows[-1]["item_id"]
        yield from rows


def _takers(db: Reading, project_id: str, items: Collection[str]) -> dict[str, list[str]]:
    """Item's id -> the names of those who may label its field and have not worked on it, in their order."""
    found: dict[str, list[str]] = {item: [] for item in items}
    fields: dict[str, str] = {item: row["field"] for item, row in batches.in_queue(db, [*items]).items()}
    people = {row["id"]: row["name"] for row in actors.members(db, project_id) if row["role"] in LABELLERS}
    for person_id, reached in reached_by(db, project_id, people).items():
        for item in batches.new_to(db, person_id, [item for item in fields if fields[item] in reached]):
            found[item].append(people[person_id])
    return found


def _seconds_a_label(db: Reading, project_id: str, items: Sequence[str]) -> float | None:
    """The median time of a label on these items, each up to the policy's cap; None where none is known."""
    cap = projects.policy(db, project_id).step_time_cap_seconds
    times = [
        min((row["received_at"] - row["shown_at"]) / MICROSECONDS, float(cap)) for row in stored.times(db, items)
    ]  # fmt: skip
    return median(times) if times else None
