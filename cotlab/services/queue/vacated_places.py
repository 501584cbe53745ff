"""Places left behind: of people whose labels would come back to them, and who cannot give them anew."""

import json
from collections.abc import Iterator

from cotlab.domain.answers import Ending
from cotlab.domain.calibration.qualification import CalibrationState, Fields, field_of
from cotlab.domain.people import Person
from cotlab.domain.projects.policy import Policy
from cotlab.domain.traces.records import TASKS
from cotlab.services.audit import event_data
from cotlab.services.calibration.qualification import standing
from cotlab.services.labels.redo import comes_back, coming_back
from cotlab.services.traces import queue_rows
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.projects import projects
from cotlab.storage.queue import queue
from cotlab.storage.queue import vacated_places as stored
from cotlab.storage.work import assignments

LOST = (CalibrationState.SUSPENDED, CalibrationState.EXPIRED)
"""Who is asked for calibration anew by a guideline version keeps their places meanwhile."""


def left_behind(db: Reading, project_id: str) -> list[str]:
    """Items that would come back to people who cannot do them again, so that others have to."""
    acts = any(projects.timeline(db, project_id, task=task).acts for task in TASKS)
    if not acts and not projects.policy(db, project_id).stop_at_first_error:
        return []
    rows = (row for person in stored.given_work(db, project_id) for row in _left_by(db, project_id, person))
    return list(dict.fromkeys(row["item_id"] for row in rows))


def _left_by(db: Reading, project_id: str, person: Row) -> Iterator[Row]:
    lost: dict[str, bool] = {}
    calibrated = projects.policy(db, project_id).calibrated_tags
    for row in coming_back(db, person["id"], project_id):
        field = field_of(row["domain"], json.loads(row["tags"]), calibrated, row["task"])
        if field not in lost:
            lost[field] = _cannot(db, project_id, person, field)
        if lost[field]:
            yield row


def _cannot(db: Reading, project_id: str, person: Row, field: str) -> bool:
    """Whether somebody lost the role, or what a field asks of those who label it."""
    return not person["labels"] or standing(db, project_id, person["id"], field).state in LOST


def waiting(db: Reading, project_id: str, person_id: str, policy: Policy, fields: Fields) -> bool:
    """Whether somebody who is handed these fields would be given a place of another."""
    items = (queue_rows.item(db, item_id) for item_id in left_behind(db, project_id))
    return any(
        queue_rows.field_in(policy, item) in fields
        and left_by(db, project_id, item.id, person_id, queue_rows.people_of(policy, item)) is not None
        for item in items
    )


def left_by(db: Reading, project_id: str, item_id: str, actor_id: str, people: int) -> Row | None:
    """Whose place of an item is free again, for this person: one of the storage.queue holders; None for nobody's.

    `people` is how many the item wants.

    Somebody who has the item open keeps it until the lease runs out.
    """
    if not stored.in_the_queue_for(db, item_id, actor_id):
        return None
    holders, field = stored.holders(db, item_id), queue.field(db, item_id)
    left = [one for one in holders if _has_left(db, project_id, item_id, field, one)]
    return left[0] if left and len(holders) - len(left) < people else None


def _has_left(db: Reading, project_id: str, item_id: str, field: str, holder: Row) -> bool:
    if holder["open"] is not None and holder["expires_at"] >= db.now:
        return False
    return _cannot(db, project_id, holder, field) and comes_back(db, holder["id"], project_id, item_id)


def pass_place(db: Db, person: Person, project_id: str, item_id: str, assignment_id: str, holder: Row) -> None:
    """A person has the place of somebody else from now on, with their assignment."""
    if holder["open"] is not None:
        appended = db.event(project_id, "assignment.taken_over", person.id, {"assignment": holder["open"]})
        assignments.end(db, holder["open"], Ending.TAKEN_OVER, appended.sequence)
    row = {"item_id": item_id, "member_id": holder["id"], "project_id": project_id, "actor_id": person.id,
           "assignment_id": assignment_id}  # fmt: skip
    appended = event_data.tell(db, event_data.PLACE, row)
    stored.add(db, **row, at=db.now, sequence=appended.sequence)
