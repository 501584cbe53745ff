"""What nobody of a batch can take any more goes back to everybody, seconds after that came about."""

from collections.abc import Collection, Mapping, Sequence

from cotlab.domain.calibration.qualification import Fields
from cotlab.domain.people import LABELLERS, READERS, Person
from cotlab.services.audit import event_data
from cotlab.services.calibration.open_fields import reach
from cotlab.services.consequences.changes import POLICY, News, drawn_until, news
from cotlab.storage.engine.database import Db, Reading, Store
from cotlab.storage.engine.value_lists import chunks
from cotlab.storage.people import actors
from cotlab.storage.projects import projects
from cotlab.storage.queue import batches as stored

CONSEQUENCE = "batches"
ITEMS_A_WRITE = 500
TAKEN = frozenset({"assignment.claimed", "assignment.ended"})
"""The kinds of events after which nobody of a batch may be left for the item that they name."""
RULES = frozenset({
    POLICY, "member.removed", event_data.BATCH.kind, event_data.ALARM.kind,
    event_data.CALIBRATION_DECISION.kind, event_data.IN_FORCE.kind,
    event_data.GOLD_LABEL.kind, event_data.GOLD_END.kind,
})  # fmt: skip
"""The kinds of events after which somebody may label less than before."""


def release_batches(store: Store, project_id: str) -> None:
    """Give back what nobody of a batch can take. What a crash leaves behind the next call does."""
    more = True
    while more and (found := store.read(lambda db: news(db, project_id, CONSEQUENCE))) is not None:
        items = _items(found)
        for some in chunks(store.read(lambda db: stranded(db, project_id, items)), ITEMS_A_WRITE):  # noqa: B023
            store.write(project_id, lambda db: release(db, project_id, some))  # noqa: B023
        drawn_until(store, project_id, CONSEQUENCE, found.until)
        more = found.more


def _items(found: News) -> set[str] | None:
    """The items that events speak of; None for all."""
    if found.events is None or found.kinds(RULES):
        return None
    return {event["data"]["item"] for event in found.events if event["kind"] in TAKEN}


def release(db: Db, project_id: str, items: Collection[str] | None = None) -> None:
    """Hand out to everybody what nobody of its batch can take; of some items, where these are given."""
    stored.give_back(db, stranded(db, project_id, items))


def stranded(db: Reading, project_id: str, items: Collection[str] | None = None) -> Sequence[str]:
    """The items of open batches with a place that nobody of the batch can take."""
    open_ = stored.open_batches(db, project_id)
    if not open_ or (items is not None and not items):
        return []
    reached = reached_by(db, project_id, {row["id"] for one in open_ for row in stored.people(db, one)})
    found: list[str] = []
    for batch_id in open_:
        left = stored.waiting(db, batch_id, projects.policy(db, project_id).overlap, items)
        for row in stored.people(db, batch_id) if left else ():
            left -= free_for(db, project_id, batch_id, row["id"], reached, items)
        found += sorted(left)
    return found


def free_for(
    db: Reading, project_id: str, batch_id: str, person_id: str, reached: Mapping[str, Fields],
    items: Collection[str] | None = None,
) -> set[str]:  # fmt: skip
    """The items of a batch that a person can take; `reached` is person's id -> fields that they may label."""
    if person_id not in reached:
        return set()
    overlap = projects.policy(db, project_id).overlap
    return stored.free_for(db, batch_id, person_id, overlap, reached[person_id], items)


def reached_by(db: Reading, project_id: str, people: Collection[str]) -> dict[str, Fields]:
    """Person's id -> the fields whose production they may label, for those who may label here."""
    policy = projects.policy(db, project_id)
    each = [actors.person(db, one) for one in sorted(people)]
    return {
        one.id: reach(db, one, project_id, policy).allowed
        for one in each
        if labels_here(one, project_id, policy.readers_may_label)
    }


def labels_here(person: Person, project_id: str, readers_may_label: bool) -> bool:
    """Whether a person is handed production in a project at all."""
    roles = person.roles_in(project_id)
    return bool(roles & LABELLERS) and (readers_may_label or not roles & READERS)
