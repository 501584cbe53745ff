"""On which side a person sees which response of a pair."""

from typing import Any

from cotlab.domain.answers import Purpose
from cotlab.domain.people import Person
from cotlab.domain.projects.overlap import drawn
from cotlab.domain.projects.policy import Policy
from cotlab.services.audit import event_data
from cotlab.services.traces.pair_views import FIRST, SECOND, other
from cotlab.storage.engine.database import Db
from cotlab.storage.traces import pairs

NEW = (Purpose.PRODUCTION, Purpose.GOLD)
"""What may come back: gold does as production, so that what comes back does not tell them apart."""


def draw_sides(
    db: Db, person: Person, project_id: str, item_id: str, assignment_id: str, purpose: Purpose, policy: Policy
) -> None:
    """Draw which response stands on the left; of a repeat the one that stood on the right before, and of a case that
    comes back to an adjudicator the one that stood there.

    Fresh random ids decide, so that no id that anybody is told says on which side a response stands or what comes back.
    """
    before = pairs.last_left(db, item_id, person.id) if purpose in (Purpose.REPEAT, Purpose.ADJUDICATION) else None
    if before is not None and purpose is Purpose.REPEAT:
        before = other(before)
    row: dict[str, Any] = {
        "assignment_id": assignment_id, "project_id": project_id, "actor_id": person.id,
        "left_one": before or (FIRST if drawn(db.new_id(), 0.5) else SECOND),
        "others": event_data.as_json(pairs.others_given(db, item_id, person.id)),
        "repeats": int(purpose in NEW and drawn(db.new_id(), policy.repeat_share)),
    }  # fmt: skip
    pairs.add_sides(db, row, event_data.tell(db, event_data.SIDES, row).sequence)
