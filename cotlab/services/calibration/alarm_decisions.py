"""A lead's decision about an alarm of pace or of position."""

from typing import get_args

from cotlab.domain.errors import Conflict, NotFound
from cotlab.domain.reports.people import AlarmDecisionBody
from cotlab.domain.work.views import Receipt
from cotlab.services.audit import event_data
from cotlab.services.projects.projects import open_project
from cotlab.storage.calibration import alarms
from cotlab.storage.engine.database import Db

TOLD: dict[alarms.Raised, event_data.Told] = {
    "pace_alarms": event_data.PACE_ALARM_END, "position_alarms": event_data.POSITION_ALARM_END
}  # fmt: skip


def decide(db: Db, by: str, project_id: str, alarm_id: str, body: AlarmDecisionBody) -> Receipt:
    """Decide about an alarm; the person is watched anew from then on. Raises NotFound and Conflict."""
    open_project(db, project_id)
    for table in get_args(alarms.Raised):
        alarm = alarms.alarm(db, table, project_id, alarm_id)
        if alarm is None:
            continue
        if alarm["decided"] is not None:
            raise Conflict("This alarm is decided already.")
        row = {
            "alarm_id": alarm_id, "project_id": project_id, "actor_id": by, "decision": body.decision.value,
            "reason": body.reason,
        }  # fmt: skip
        appended = event_data.tell(db, TOLD[table], row)
        alarms.end(db, table, **row, at=db.now, sequence=appended.sequence)
        return Receipt(receipt=appended.hash)
    raise NotFound("There is no such alarm of pace or of position in this project.")
