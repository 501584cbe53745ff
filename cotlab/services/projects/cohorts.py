"""Cohorts of people (a team, a vendor, a training class), from a date on, to compare how they agree."""

from cotlab.domain.agreement.coefficients import CohortBody, CohortMember
from cotlab.domain.errors import AlreadyExists, BadInput
from cotlab.domain.people import ActorKind
from cotlab.domain.work.views import Receipt
from cotlab.services.audit import event_data
from cotlab.services.projects.projects import known_project, open_project
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.people import actors
from cotlab.storage.projects import cohorts as stored


def members(db: Reading, project_id: str) -> list[CohortMember]:
    """Who was in which cohort of a project, by person and time."""
    known_project(db, project_id)
    return [
        CohortMember(person=row["person"], cohort=row["cohort"], since=row["since"], until=row["until"])
        for row in stored.memberships(db, project_id)
    ]


def set_cohort(db: Db, by: str, project_id: str, body: CohortBody) -> Receipt:
    """Put a member of the project in a cohort, or end that.

    Raises BadInput for somebody else, for the end of what is not there and for one before its beginning, AlreadyExists
    for who is in the cohort.
    """
    open_project(db, project_id)
    member_id = _person(db, project_id, body.person, left=body.until is not None)
    lasting = _lasting(db, project_id, member_id, body.cohort)
    if body.until is not None:
        return _end(db, by, project_id, body, lasting)
    if lasting is not None:
        raise AlreadyExists(f"{body.person} is in the cohort {body.cohort} already.")
    columns = {
        "id": db.new_id(), "project_id": project_id, "actor_id": by, "member_id": member_id, "cohort": body.cohort,
        "since": body.since,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.COHORT, columns)
    stored.add(db, **columns, at=db.now, sequence=appended.sequence)
    return Receipt(receipt=appended.hash)


def _end(db: Db, by: str, project_id: str, body: CohortBody, lasting: Row | None) -> Receipt:
    if lasting is None:
        raise BadInput(f"cohort: {body.person} is not in the cohort {body.cohort}")
    if body.until is not None and body.until < lasting["since"]:
        raise BadInput(f"until: {body.person} came to the cohort {body.cohort} only after that")
    columns = {"cohort_id": lasting["id"], "project_id": project_id, "actor_id": by, "until": body.until}
    appended = event_data.tell(db, event_data.COHORT_END, columns)
    stored.end(db, **columns, at=db.now, sequence=appended.sequence)
    return Receipt(receipt=appended.hash)


def _person(db: Reading, project_id: str, name: str, left: bool) -> str:
    """The id of a member; of anybody where `left` says that they may have left. Raises BadInput."""
    row = actors.actor_named(db, ActorKind.PERSON, name)
    if row is None or not (left or any(one["id"] == row["id"] for one in actors.members(db, project_id))):
        raise BadInput(f"person: {name} is no member of this project")
    return str(row["id"])


def _lasting(db: Reading, project_id: str, member_id: str, cohort: str) -> Row | None:
    return next(
        (
            row
            for row in stored.memberships(db, project_id)
            if row["member_id"] == member_id and row["cohort"] == cohort and row["until"] is None
        ),
        None,
    )
