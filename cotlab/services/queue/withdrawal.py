"""What somebody has in hand is taken from them, by whoever may: its place is free, and their labels stay."""

from cotlab.domain.answers import HOLD_A_PLACE, Ending
from cotlab.storage.engine.database import Db, Row
from cotlab.storage.queue import queue
from cotlab.storage.work import assignments


def give_back(db: Db, by: str, lease: Row, ending: Ending) -> None:
    """End what somebody has in hand, so that its place is free.

    `lease` has assignment_id, project_id, item_id, actor_id and purpose.
    """
    data = {"assignment": lease["assignment_id"], "item": lease["item_id"], "ending": ending.value}
    appended = db.event(lease["project_id"], "assignment.ended", by, data)
    assignments.end(db, lease["assignment_id"], ending, appended.sequence)
    if lease["purpose"] in HOLD_A_PLACE:
        queue.free_place(db, lease["item_id"], lease["actor_id"])
