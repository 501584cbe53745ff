"""What a claim hands out, in order: calibration, what comes back, rechecks, repeats, gold if due, production."""

from collections import deque
from dataclasses import dataclass
from typing import Literal

from cotlab.domain.answers import Ending, Purpose
from cotlab.domain.calibration.qualification import EVERYWHERE, Fields
from cotlab.domain.errors import NoGuideline
from cotlab.domain.people import Person
from cotlab.domain.projects.policy import Policy
from cotlab.domain.projects.priorities import Item
from cotlab.domain.queue.priority import BroughtBy
from cotlab.services.calibration import pilots, rechecks
from cotlab.services.calibration.calibration_work import next_item
from cotlab.services.calibration.open_fields import Reach, reach
from cotlab.services.gold import mixing
from cotlab.services.gold.mixing import Pick
from cotlab.services.labels.redo import comes_back, purpose_of
from cotlab.services.queue.candidates import Ahead
from cotlab.services.queue.vacated_places import left_by
from cotlab.services.traces import queue_rows
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.guidelines import guidelines
from cotlab.storage.queue import batches, queue
from cotlab.storage.traces import pairs
from cotlab.storage.work import assignments

REPEAT_AFTER = 50
"""How many assignments lie between a pair and its repeat, at least."""


@dataclass(frozen=True, slots=True)
class Found:
    """An item to give out, for what, and under which guideline version; `round` is set where it counts attempts,
    `place_of` where it was somebody else's (see vacated_places), `brought_by` where it is the queue's first hand-out.
    """

    item_id: str
    purpose: Purpose
    version_id: str
    round: int | None = None
    place_of: Row | None = None
    brought_by: BroughtBy | None = None


class NotAcknowledged(Exception):
    """The version is new to the person."""

    def __init__(self, version_id: str) -> None:
        self.version_id = version_id


def acknowledged_version(db: Reading, person: Person, project_id: str, item_id: str) -> str | None:
    """The id of the version in force for an item's domain; None where there is none.

    Raises NotAcknowledged where the person has not read it yet.
    """
    version_id = guidelines.version_for_item(db, item_id)
    if version_id is not None and guidelines.acknowledged(db, project_id, person.id, version_id) is None:
        raise NotAcknowledged(version_id)
    return version_id


def piloted(db: Db, person: Person, project_id: str) -> Found | None:
    """A trace of the running pilot."""
    item_id = pilots.next_item(db, person, project_id)
    version_id = acknowledged_version(db, person, project_id, item_id) if item_id else None
    return Found(item_id, Purpose.PILOT, version_id) if item_id and version_id else None


@dataclass(slots=True)
class Search:
    """One look for work for a person. `ahead` was picked outside the write; each item tried is checked anew.

    `paused` tells whether something was passed over since its domain waits for the lead, `blocked` since the person is
    not qualified there.
    """

    db: Db
    person: Person
    project_id: str
    ahead: Ahead
    policy: Policy
    reach: Reach
    paused: bool = False
    blocked: bool = False

    def found(self) -> Found | None:
        """What is handed out. Raises NotAcknowledged, and NoGuideline where all that is left has none in force."""
        return self._calibration() or self._redo() or self._recheck() or self._repeat() or self._new()

    def nothing(self) -> Literal["paused", "not_qualified", "nothing_open"]:
        """Why there is nothing."""
        if self.paused or self._waits(self.reach.allowed, self.reach.fields):
            return "paused"
        blocked = self.blocked or self._waits(EVERYWHERE, self.reach.allowed)
        return "not_qualified" if blocked else "nothing_open"

    def _waits(self, wider: Fields, narrower: Fields) -> bool:
        if wider == narrower:
            return False
        who = self.db, self.project_id, self.person.id, self.policy.overlap
        return queue.waiting(*who, wider) or bool(batches.free_items(*who, 1, wider))

    def _version(self, item_id: str) -> str | None:
        return acknowledged_version(self.db, self.person, self.project_id, item_id)

    def _calibration(self) -> Found | None:
        asked = next_item(self.db, self.person, self.project_id, self.reach.asked, self.policy.overlap)
        version_id = self._version(asked.item_id) if asked else None
        if asked is None or version_id is None:
            return None
        return Found(asked.item_id, Purpose.CALIBRATION, version_id, asked.number)

    def _redo(self) -> Found | None:
        """A trace of mine that still comes back."""
        while self.ahead.redo:
            version_id = self._version(self.ahead.redo[0])
            item_id = self.ahead.redo.popleft()
            if version_id is None or not self._allowed(item_id):
                continue
            if comes_back(self.db, self.person.id, self.project_id, item_id):
                return Found(item_id, purpose_of(self.db, self.person.id, item_id), version_id)
        return None

    def _allowed(self, item_id: str) -> bool:
        allowed = self.reach.allowed.everywhere or self._field(item_id) in self.reach.allowed
        self.blocked = self.blocked or not allowed
        return allowed

    def _recheck(self) -> Found | None:
        item_id = rechecks.next_item(self.db, self.person, self.project_id)
        version_id = self._version(item_id) if item_id else None
        return Found(item_id, Purpose.RECHECK, version_id) if item_id and version_id else None

    def _repeat(self) -> Found | None:
        """A pair that comes back with its sides swapped, so that it is seen whether the choice does too."""
        item_id = pairs.to_repeat(self.db, self.project_id, self.person.id, REPEAT_AFTER)
        if item_id is None or not self._reached(queue_rows.item(self.db, item_id)):
            return None
        version_id = self._version(item_id)
        return Found(item_id, Purpose.REPEAT, version_id) if version_id else None

    def _new(self) -> Found | None:
        passed_over = False
        gold = mixing.due(self.db, self.project_id, self.person.id, self.policy.gold_every)
        self.ahead.free = deque(queue.still_free(self.db, self.ahead.free, self.policy.overlap))
        while self.ahead.free:
            item_id = self.ahead.free[0]
            version_id = self._version(item_id)
            if version_id is None:
                passed_over = True
            elif self._reached(one := queue_rows.item(self.db, item_id)):
                found = self._mixed(one, version_id, gold)
                if found is not None:
                    return found
            self.ahead.free.popleft()
        if passed_over:
            raise NoGuideline()
        return self._take_over() or self._left_behind()

    def _field(self, item_id: str) -> str:
        return queue_rows.field_in(self.policy, queue_rows.item(self.db, item_id))

    def _reached(self, item: Item) -> bool:
        """Whether work of an item's field is handed out."""
        field = queue_rows.field_in(self.policy, item)
        self.paused = self.paused or (field in self.reach.allowed and field not in self.reach.fields)
        return field in self.reach.fields

    def _mixed(self, item: Item, version_id: str, due: bool) -> Found | None:
        """A production item with a free place, or gold in its place when it is due, by the same statements."""
        instead = mixing.pick(self.db, self.ahead.gold, self.person.id, queue_rows.field_in(self.policy, item))
        given = self._gold(instead, item, version_id) if due and instead is not None else None
        places, brought = (1, queue.brought_by(self.db, item.id)) if given is None else (0, None)
        if not queue.take_place(self.db, item.id, self.person.id, queue_rows.people_of(self.policy, item), places):
            return None
        if given is not None and instead is not None:
            self.ahead.gold.remove(instead)
            return given
        self.ahead.free.popleft()
        return Found(item.id, Purpose.PRODUCTION, version_id, brought_by=brought)

    def _gold(self, instead: Pick, item: Item, version_id: str) -> Found | None:
        if instead.field not in self.reach.fields:
            return None
        same = instead.field == queue_rows.field_in(self.policy, item)
        version = version_id if same else self._version(instead.item_id)
        return Found(instead.item_id, Purpose.GOLD, version) if version is not None else None

    def _take_over(self) -> Found | None:
        dead = queue.dead_lease(self.db, self.project_id, self.person.id, self.reach.fields)
        if dead is None:
            return None
        version_id = self._version(dead["item_id"])
        if version_id is None:
            raise NoGuideline()
        data = {"assignment": dead["assignment_id"]}
        appended = self.db.event(self.project_id, "assignment.taken_over", self.person.id, data)
        assignments.end(self.db, dead["assignment_id"], Ending.TAKEN_OVER, appended.sequence)
        self.ahead.gold = deque(one for one in self.ahead.gold if one.item_id != dead["item_id"])
        return Found(dead["item_id"], Purpose(dead["purpose"]), version_id)

    def _left_behind(self) -> Found | None:
        """A trace whose labels would come back to somebody who cannot give them anew: their place is this person's."""
        while self.ahead.left_behind:
            version_id = self._version(self.ahead.left_behind[0])
            item_id = self.ahead.left_behind.popleft()
            item = queue_rows.item(self.db, item_id)
            if version_id is None or not self._reached(item):
                continue
            holder = left_by(self.db, self.project_id, item_id, self.person.id, queue_rows.people_of(self.policy, item))
            if holder is not None:
                return Found(item_id, Purpose.PRODUCTION, version_id, place_of=holder)
        return None


def search(db: Db, person: Person, project_id: str, ahead: Ahead, policy: Policy) -> Search:
    """A search with the reach of now, which is the one of `ahead` where nothing has changed since."""
    return Search(db, person, project_id, ahead, policy, reach(db, person, project_id, policy, ahead.reach))
