"""What a person can go on with, and what they did."""

import re

from cotlab.domain.errors import BadInput
from cotlab.domain.people import LABELLERS, Person
from cotlab.domain.policy import Policy
from cotlab.domain.views import PastLabel, PastLabels, Queue, QueueEntry
from cotlab.services import pilots, questions
from cotlab.services.isolation import session_view
from cotlab.services.staleness import coming_back
from cotlab.storage import answers, assignments
from cotlab.storage import projects as stored
from cotlab.storage.database import Reading

PAGE = 100
CURSOR = re.compile(r"(\d{1,18})-([0-9a-f]{32})", re.ASCII)


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
    overlap = stored.policy(db, project_id).overlap
    back = len(coming_back(db, person.id, project_id)) if labels else 0
    production = pilots.production_open(db, project_id)
    return QueueEntry(
        project_id=project_id,
        project=name,
        closed=closed,
        roles=tuple(sorted(roles)),
        open=labels and assignments.open_work(db, project_id, person.id) is not None,
        waiting=labels and ((production and back > 0) or _waits(db, person, project_id, overlap, production)),
        done_today=answers.labels_since(db, person.id, project_id, day_starts_at),
        ready=stored.has_guideline(db, project_id),
        coming_back=back,
        production_open=production,
        answered=questions.answered_count(db, person.id, project_id),
    )


def _waits(db: Reading, person: Person, project_id: str, overlap: int, production: bool) -> bool:
    if not production:
        return pilots.waiting(db, person, project_id)
    return assignments.waiting(db, project_id, person.id, overlap)


def past_labels(db: Reading, person: Person, project_id: str, cursor: str | None) -> PastLabels:
    """A page of my labels, the newest first."""
    rows = answers.past_labels(db, person.id, project_id, _before(cursor), PAGE + 1)
    labels = [
        PastLabel(
            id=row["id"], problem=row["problem"], position=row["position"], step=row["step"], label=row["value"],
            rationale=row["rationale"], unsure=bool(row["unsure"]), received_at=row["received_at"],
            replaced=bool(row["replaced"]), guideline_version=f"{row['guideline']} {row['version']}",
        )
        for row in rows[:PAGE]
    ]  # fmt: skip
    more = len(rows) > PAGE
    return PastLabels(labels=tuple(labels), next_cursor=f"{labels[-1].received_at}-{labels[-1].id}" if more else None)


def _before(cursor: str | None) -> tuple[int, str] | None:
    if cursor is None:
        return None
    match = CURSOR.fullmatch(cursor)
    if match is None:
        raise BadInput("cursor: this is no cursor that a page gave")
    return int(match[1]), match[2]
