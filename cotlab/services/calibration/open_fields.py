"""Which fields' work a person is handed now, and in which they are asked to calibrate; worked out once a change."""

from dataclasses import dataclass, field

from cotlab.domain.calibration.qualification import WITHIN, Fields
from cotlab.domain.people import Person
from cotlab.domain.projects.policy import Policy
from cotlab.services.agreement.records import paused
from cotlab.services.calibration.qualification import Course, course_of, standing
from cotlab.services.calibration.team_gate import is_open
from cotlab.storage.calibration import calibration as stored
from cotlab.storage.engine.database import Reading
from cotlab.storage.people import actors
from cotlab.storage.projects import fields

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """`allowed` are the fields whose production a person may label, `fields` those of them that are not paused.

    `asked` is field -> the attempt at calibration that is open there. It holds up to `until` (microseconds UTC), as
    long as its `key` does.
    """

    key: Key
    fields: Fields
    allowed: Fields
    asked: dict[str, int] = field(default_factory=dict)
    until: int | None = None

    def holds(self, db: Reading, key: Key) -> bool:
        return self.key == key and (self.until is None or db.now < self.until)


def key(db: Reading, person: Person, project_id: str, policy: Policy) -> Key:
    """What a reach follows from; two snapshots with the same key give the same."""
    mine = stored.newest(db, project_id, person.id)
    return mine if policy.gate is None or policy.team_bar is None else (*mine, *stored.newest(db, project_id, None))


def reach(db: Reading, person: Person, project_id: str, policy: Policy, known: Reach | None = None) -> Reach:
    """A person's reach now. `known` is one of before, which is given back where nothing has changed since."""
    now = key(db, person, project_id, policy)
    return known if known is not None and known.holds(db, now) else _reach(db, person, project_id, policy, now)


def _reach(db: Reading, person: Person, project_id: str, policy: Policy, now: Key) -> Reach:
    held = paused(db, project_id, policy)
    if policy.gate is None:
        suspended = [
            one
            for one in stored.suspended_domains(db, project_id, person.id)
            if not standing(db, project_id, person.id, one).may_label
        ]
        return Reach(now, Fields(without=(*held, *suspended)), Fields(without=tuple(suspended)))
    informed = actors.has_read(db, person.id, project_id)
    allowed, asked, ends = [], {}, []
    for one in _decided(db, project_id):
        course = course_of(db, project_id, person.id, one, policy.gate)
        if course.qualified is not None:
            ends.append(course.qualified.until)
            if is_open(db, project_id, one, policy):
                allowed.append(one)
        elif course.next_number is not None and not informed and _has_set(db, project_id, one, course):
            asked[one] = course.next_number
    only = tuple(allowed)
    return Reach(now, Fields(only, held), Fields(only), asked, min(ends, default=None))


def _decided(db: Reading, project_id: str) -> list[str]:
    """The fields that have a set or a decision; without those of tags that are calibrated no more."""
    found = stored.decided_domains(db, project_id)
    if any(WITHIN in one for one in found):
        known = fields.of_project(db, project_id)
        found = [one for one in found if one in known]
    return found


def _has_set(db: Reading, project_id: str, one: str, course: Course) -> bool:
    return course.current is not None or stored.newest_set(db, project_id, one) is not None
