"""Items picked ahead of claims."""

from collections import deque
from dataclasses import dataclass, field

from cotlab.domain.people import Person
from cotlab.domain.projects.policy import MICROSECONDS
from cotlab.services.calibration.open_fields import Reach, reach
from cotlab.services.gold import mixing
from cotlab.services.gold.mixing import Pick
from cotlab.services.labels.redo import coming_back
from cotlab.services.queue.vacated_places import left_behind
from cotlab.storage.engine.database import Reading
from cotlab.storage.projects import projects as stored
from cotlab.storage.queue import batches, queue

AHEAD = 64
OF_BATCHES = 8
FRESH = 30 * MICROSECONDS
"""How long the order of what was picked holds: what comes first changes with what others do."""


@dataclass(slots=True)
class Ahead:
    """Items to try from the left: `redo` are my traces that come back, `free` those with a free place.

    `left_behind` would come back to people who cannot do them again; they are looked for where nothing is free. `reach`
    is what `free` and `gold` were picked for, `picked_at` when `free` was.
    """

    redo: deque[str] = field(default_factory=deque)
    free: deque[str] = field(default_factory=deque)
    left_behind: deque[str] = field(default_factory=deque)
    gold: deque[Pick] = field(default_factory=deque)
    reach: Reach | None = None
    picked_at: int = 0

    def __bool__(self) -> bool:
        return bool(self.redo or self.free or self.left_behind)


class Candidates:
    """Items picked ahead of a claim, per person and project, so that looking for them is rare.

    Every one is checked anew inside the write; a stale one costs nothing but that check. What is of a person's batches
    is looked for at each claim, since it comes before the rest of production.
    """

    def __init__(self) -> None:
        self._ahead: dict[tuple[str, str], Ahead] = {}

    def ahead(self, db: Reading, person: Person, project_id: str) -> Ahead:
        """Item ids to try from the left; whoever tries one takes it off."""
        ahead = self._ahead.setdefault((person.id, project_id), Ahead())
        policy = stored.policy(db, project_id)
        now = reach(db, person, project_id, policy, ahead.reach)
        if now is not ahead.reach:
            ahead.reach = now
            ahead.free.clear()
            ahead.gold.clear()
        if not ahead.redo:
            back = coming_back(db, person.id, project_id)
            ahead.redo.extend(dict.fromkeys(row["item_id"] for row in back))
        if db.now - ahead.picked_at > FRESH:
            ahead.free.clear()
        if not ahead.free:
            ahead.picked_at = db.now
            who = project_id, person.id, policy.overlap, AHEAD, now.fields
            found = queue.free_items(db, *who, policy.random_share)
            ahead.free.extend(found)
        if mine := batches.free_items(db, project_id, person.id, policy.overlap, OF_BATCHES, now.fields):
            ahead.free = deque(dict.fromkeys([*mine, *ahead.free]))
        if not ahead.free and not ahead.left_behind:
            ahead.left_behind.extend(left_behind(db, project_id))
        if policy.gold_every and not ahead.gold:
            picks = mixing.pool(db, project_id, person.id, policy.calibrated_tags)
            ahead.gold.extend(one for one in picks if one.field in now.fields)
        return ahead
