"""Rechecks: what somebody labelled since their last good point is sampled, and labelled by others who are qualified.

What was reopened because of an evaluation is handed out the same way.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from math import ceil

from cotlab.domain.answers import Ending, Purpose
from cotlab.domain.calibration.pilots import Group, draw
from cotlab.domain.calibration.qualification import Recheck, RecheckBody
from cotlab.domain.errors import BadInput, Conflict
from cotlab.domain.people import ActorKind, Person
from cotlab.services.audit import event_data
from cotlab.services.calibration.qualification import standing
from cotlab.services.labels.latest_labels import Said, of_items
from cotlab.services.projects.projects import known_project, open_project
from cotlab.storage.calibration import drift
from cotlab.storage.calibration import rechecks as stored
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.evaluations import evaluations
from cotlab.storage.guidelines import guidelines
from cotlab.storage.people import actors
from cotlab.storage.work import assignments


def rechecks(db: Reading, project_id: str) -> list[Recheck]:
    """What the rechecks of a project found so far, the newest first."""
    known_project(db, project_id)
    return [_view(db, project_id, row) for row in stored.rechecks(db, project_id)]


def draw_recheck(db: Db, by: str, project_id: str, body: RecheckBody) -> Recheck:
    """Draw a sample of the traces whose labels are in doubt, each label of the person in proportion.

    Raises BadInput where there is no alarm that stands, Conflict where all of them were drawn already.
    """
    open_project(db, project_id)
    alarms = _alarms(db, project_id, body)
    person_id, domain = str(alarms[0]["member_id"]), body.domain
    drawn = stored.drawn_since(db, project_id, alarms[0]["sequence"], person_id, domain)
    items = _sample(stored.in_doubt(db, project_id, alarms), drawn, body)
    if not items:
        raise Conflict(f"There is no trace with a label of {body.person} in doubt that was not drawn yet.")
    columns = {
        "id": db.new_id(), "project_id": project_id, "domain": domain, "actor_id": by, "member_id": person_id,
        "seed": body.seed,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.RECHECK, {**columns, "items": list(items)})
    stored.add(db, items, **columns, at=db.now, sequence=appended.sequence)
    return next(one for one in rechecks(db, project_id) if one.id == columns["id"])


def _alarms(db: Reading, project_id: str, body: RecheckBody) -> Sequence[Row]:
    """The alarms that stand about a person in a domain, the oldest first; one at least."""
    person = actors.actor_named(db, ActorKind.PERSON, body.person)
    if person is None or drift.latest_alarm(db, project_id, person["id"], body.domain) is None:
        raise BadInput(f"person: there is no alarm about {body.person} in {body.domain}, so that no label is in doubt")
    alarms = drift.standing_alarms(db, project_id, person["id"], body.domain)
    if not alarms:
        raise BadInput(f"person: the alarm about {body.person} in {body.domain} was overruled; no label is in doubt")
    return alarms


def _sample(labels: Sequence[Row], drawn: set[str], body: RecheckBody) -> tuple[str, ...]:
    """A share of the traces (ids), each counted to the rarest label that it has."""
    given: dict[str, set[str]] = defaultdict(set)
    for row in labels:
        given[row["item_id"]].add(row["value"])
    groups: dict[Group, list[str]] = defaultdict(list)
    for item_id, values in given.items():
        if item_id not in drawn:
            groups[body.domain, tuple(sorted(values))].append(item_id)
    return draw(groups, ceil(body.share * len(given)), body.seed)


def next_item(db: Db, person: Person, project_id: str) -> str | None:
    """An item of a recheck or a reopened slice for this person, who may label its domain and has not worked on it.

    None for none. A lease that ran out is taken over.
    """
    found = _first(db, person, project_id)
    if found is None:
        return None
    version_id = guidelines.version_for_item(db, found["item_id"])
    read = version_id and guidelines.acknowledged(db, project_id, person.id, version_id) is not None
    if found["dead"] is not None and read:
        appended = db.event(project_id, "assignment.taken_over", person.id, {"assignment": found["dead"]})
        assignments.end(db, found["dead"], Ending.TAKEN_OVER, appended.sequence)
    return str(found["item_id"])


def waiting(db: Reading, person: Person, project_id: str) -> bool:
    """Whether `next_item` would find one."""
    return _first(db, person, project_id) is not None


def _first(db: Reading, person: Person, project_id: str) -> Row | None:
    may_label: dict[str, bool] = {}
    for row in chain(stored.waiting(db, project_id, person.id), evaluations.waiting(db, project_id, person.id)):
        field = row["field"]
        if field not in may_label:
            guided = guidelines.version_for_item(db, row["item_id"]) is not None
            may_label[field] = guided and standing(db, project_id, person.id, field).may_label
        if may_label[field]:
            return row
    return None


def _view(db: Reading, project_id: str, row: Row) -> Recheck:
    items = stored.items(db, row["id"])
    alarms = stored.alarms(db, row["id"])
    in_doubt = {label["item_id"] for label in stored.in_doubt(db, project_id, alarms)}
    same = list(_compared(db, project_id, row["member_id"], {one["item_id"] for one in items}))
    return Recheck(
        id=row["id"], person=row["person"], domain=row["domain"], since=min(alarm["since"] for alarm in alarms),
        traces_in_doubt=len(in_doubt),
        traces_drawn=len(items), traces_finished=sum(one["finished"] for one in items), steps_compared=len(same),
        steps_differing=same.count(False),
    )  # fmt: skip


def _compared(db: Reading, project_id: str, person_id: str, items: set[str]) -> Iterator[bool]:
    """Whether the label of a recheck is the one of the person, for each step that has both."""
    for _, said in of_items(db, project_id, items):
        for (position, who), (answer, sense) in said.given.items():
            if who != person_id and answer["purpose"] == Purpose.RECHECK and not sense.stale:
                yield from _same(said, position, person_id, sense.value)


def _same(said: Said, position: int, person_id: str, value: str) -> Iterator[bool]:
    theirs = said.given.get((position, person_id))
    if theirs is not None and not theirs[1].stale:
        yield theirs[1].value == value
