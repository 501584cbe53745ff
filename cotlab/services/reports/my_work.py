"""What a person can go on with, and what they did."""

import json
from collections.abc import Sequence

from cotlab.domain.calibration.qualification import field_of
from cotlab.domain.people import LABELLERS, LEADS, Person, Role
from cotlab.domain.projects.policy import MINUTE, Policy
from cotlab.domain.work.views import PastLabel, PastLabels, Queue, QueueEntry
from cotlab.services.agreement import records
from cotlab.services.calibration import drift, pilots, rechecks
from cotlab.services.calibration.calibration_work import next_item
from cotlab.services.calibration.open_fields import reach
from cotlab.services.cases import adjudication, shared_decisions
from cotlab.services.guidelines import questions
from cotlab.services.labels.redo import coming_back
from cotlab.services.projects.page_cursors import next_place, place
from cotlab.services.queue import vacated_places
from cotlab.services.traces.pair_views import on_sides, said_of
from cotlab.services.work import writing
from cotlab.services.work.isolation import session_view
from cotlab.storage.calibration import alarms as raised
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.labels import answers
from cotlab.storage.projects import projects as stored
from cotlab.storage.queue import batches
from cotlab.storage.queue import queue as stored_queue
from cotlab.storage.work import assignments

PAGE = 100
DAY = 24 * 60 * MINUTE


def queue(db: Reading, person: Person, day_starts_at: int) -> Queue:
    """My projects, with what is open and what I did since `day_starts_at` (microseconds UTC)."""
    entries = [
        _entry(db, person, row["id"], row["name"], row["closed_at"] is not None, day_starts_at)
        for row in stored.projects(db)
        if person.roles_in(row["id"])
    ]
    session, policy = assignments.session(db, person.id), _pace(db, person)
    running = session is not None and not session.over(db.now, policy)
    return Queue(
        person=person.name,
        session=session_view(session, policy, db.now) if session is not None and running else None,
        break_until=session.break_until(db.now, policy) if session is not None else None,
        labels_today=sum(entry.done_today for entry in entries),
        projects=tuple(entries),
    )


def _pace(db: Reading, person: Person) -> Policy:
    """The policy whose break comes first, among the projects that a person labels in."""
    own = [stored.policy(db, project_id) for project_id, roles in person.roles.items() if roles & LABELLERS]
    return min(own, key=lambda policy: policy.break_after_minutes, default=Policy())


def _entry(db: Reading, person: Person, project_id: str, name: str, closed: bool, day_starts_at: int) -> QueueEntry:
    roles = person.roles_in(project_id)
    labels = bool(roles & LABELLERS) and not closed
    again = coming_back(db, person.id, project_id) if labels else []
    production = pilots.production_open(db, project_id)
    return QueueEntry(
        project_id=project_id,
        project=name,
        closed=closed,
        roles=tuple(sorted(roles)),
        open=labels and assignments.open_work(db, project_id, person.id) is not None,
        waiting=labels and _waits(db, person, project_id, production, again),
        done_today=answers.labels_since(db, person.id, project_id, day_starts_at),
        ready=stored.has_guideline(db, project_id),
        coming_back=len(again),
        production_open=production,
        answered=questions.answered_count(db, person.id, project_id),
        cases=0 if closed else adjudication.waiting(db, person, project_id),
        case_open=Role.ADJUDICATOR in roles and not closed and adjudication.open_case(db, person, project_id),
        decided=shared_decisions.unread(db, person.id, project_id, {row["item_id"] for row in again}) if labels else 0,
        writing=labels and Role.ANNOTATOR in roles and writing.waiting(db, person, project_id),
        below_bar=records.below_bar(db, project_id) if roles & LEADS and not closed else (),
        due=_due(db, person, project_id) if labels else None,
        alarms=drift.open_alarms(db, project_id) if roles & LEADS and not closed else 0,
        pace_alarms=raised.open_alarms(db, "pace_alarms", project_id) if roles & LEADS and not closed else 0,
        position_alarms=raised.open_alarms(db, "position_alarms", project_id) if roles & LEADS and not closed else 0,
    )


def _due(db: Reading, person: Person, project_id: str) -> int | None:
    """When the person's next batch is due, for a week beyond that; whatever is done of it, since that would tell gold
    from what is of the batch.
    """
    return next(iter(batches.dates(db, project_id, person.id, db.now - 7 * DAY)), None)


def _waits(db: Reading, person: Person, project_id: str, production: bool, again: Sequence[Row]) -> bool:
    """Whether a claim would find something; `again` are labels of the person that come back."""
    if not production:
        return pilots.waiting(db, person, project_id)
    policy = stored.policy(db, project_id)
    mine = reach(db, person, project_id, policy)
    return (
        any(_field(row, policy) in mine.allowed for row in again)
        or next_item(db, person, project_id, mine.asked, policy.overlap) is not None
        or rechecks.waiting(db, person, project_id)
        or bool(batches.free_items(db, project_id, person.id, policy.overlap, 1, mine.fields))
        or stored_queue.waiting(db, project_id, person.id, policy.overlap, mine.fields)
        or vacated_places.waiting(db, project_id, person.id, policy, mine.fields)
    )


def _field(row: Row, policy: Policy) -> str:
    return field_of(row["domain"], json.loads(row["tags"]), policy.calibrated_tags, row["task"])


def past_labels(db: Reading, person: Person, project_id: str, cursor: str | None) -> PastLabels:
    """A page of my labels, the newest first."""
    rows = answers.past_labels(db, person.id, project_id, place(cursor), PAGE + 1)
    labels = [
        PastLabel(
            id=row["id"], problem=row["problem"], position=row["position"], step=row["step"],
            responses=on_sides(row), label=said_of(row),
            rationale=row["rationale"], unsure=bool(row["unsure"]), received_at=row["received_at"],
            replaced=bool(row["replaced"]), guideline_version=f"{row['guideline']} {row['version']}",
        )
        for row in rows[:PAGE]
    ]  # fmt: skip
    last = labels[-1] if len(rows) > PAGE else None
    return PastLabels(labels=tuple(labels), next_cursor=None if last is None else next_place(last.received_at, last.id))
