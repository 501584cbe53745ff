"""Batches: traces that a lead gives to people by name, before the rest of production and to nobody else."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from cotlab.domain.answers import Ending
from cotlab.domain.calibration.qualification import PAIRS, Fields
from cotlab.domain.errors import BadInput, Conflict, NotFound
from cotlab.domain.people import LABELLERS, ActorKind
from cotlab.domain.projects.policy import Policy
from cotlab.domain.projects.slices import Slice
from cotlab.domain.queue.batches import MOST, Batch, BatchBody, BatchFile, BatchTrace, PersonalShare, WithdrawBody
from cotlab.services.audit import event_data
from cotlab.services.projects.projects import known_project, open_project
from cotlab.services.queue.batch_release import free_for, labels_here, reached_by
from cotlab.services.queue.withdrawal import give_back
from cotlab.services.traces.queue_rows import item_of
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import chunks
from cotlab.storage.people import actors, deactivations
from cotlab.storage.projects import projects
from cotlab.storage.queue import batches as stored

PAGE = 2_000
"""Rows of the queue a read, while a batch is put together."""
SHOWN = 5
"""Names in a sentence."""


def picked(db: Reading, project_id: str, body: BatchBody) -> tuple[str, ...]:
    """The items of a batch, looked for outside the write. Raises BadInput for traces that cannot be given."""
    open_project(db, project_id)
    policy = projects.policy(db, project_id)
    if body.items:
        return tuple(_named(db, project_id, body.items))
    people = _people(db, project_id, body.people, policy)
    found = tuple(_first(db, project_id, people, body.where or Slice(), body.count or MOST + 1, policy))
    if not found:
        raise BadInput("where: no trace of this is in the queue, free for anybody named and in no other batch")
    if len(found) > MOST:
        raise BadInput(f"where: more than {MOST:,} traces are of this; count says how many are wanted")
    return found


def _named(db: Reading, project_id: str, names: Sequence[str]) -> Iterable[str]:
    by_name: dict[str, list[str]] = defaultdict(list)
    for some in chunks(list(dict.fromkeys(names)), 500):
        for row in stored.named(db, project_id, some):
            for name in {row["item_id"], row["external_id"]}:
                by_name[name].append(row["item_id"])
    for number, name in enumerate(names, 1):
        items = by_name.get(name, [])
        if len(items) != 1:
            why = "there is no such trace in this project" if not items else "several traces have this id"
            raise BadInput(f"items, line {number}: {name}: {why}")
    return dict.fromkeys(by_name[name][0] for name in names)


def _first(
    db: Reading, project_id: str, people: Collection[str], where: Slice, count: int, policy: Policy
) -> Iterable[str]:  # fmt: skip
    """The first items of a slice that somebody of these can take."""
    after = (-(2**62), "")
    while rows := stored.free_in_queue(db, project_id, policy.overlap, after, PAGE):
        after = (rows[-1]["priority"], rows[-1]["item_id"])
        fitting = [row["item_id"] for row in rows if where.fits(item_of(row))]
        new = {item_id for one in people for item_id in stored.new_to(db, one, fitting)}
        for item_id in fitting:
            if item_id in new:
                yield item_id
                count -= 1
            if not count:
                return


def make(db: Db, by: str, project_id: str, body: BatchBody, items: Sequence[str]) -> Batch:
    """Give `items` to people. Raises BadInput for who cannot label them, and for traces that cannot be given."""
    open_project(db, project_id)
    if body.due <= db.now:
        raise BadInput("due: this time is over")
    policy = projects.policy(db, project_id)
    people = _people(db, project_id, body.people, policy)
    fields = _free(db, items, policy)
    _check_reach(db, project_id, people, fields)
    columns = {"id": db.new_id(), "project_id": project_id, "actor_id": by, "due": body.due, "note": body.note}
    appended = event_data.tell(db, event_data.BATCH, {**columns, "items": sorted(items), "people": sorted(people)})
    stored.add(db, items, list(people), **columns, at=db.now, sequence=appended.sequence)
    _check_free_for(db, project_id, str(columns["id"]), people, policy)
    return _one(db, project_id, str(columns["id"]), appended.hash)


def _people(db: Reading, project_id: str, names: Sequence[str], policy: Policy) -> dict[str, str]:
    """Person's id -> name."""
    found: dict[str, str] = {}
    for name in names:
        row = actors.actor_named(db, ActorKind.PERSON, name)
        person = None if row is None else actors.person(db, row["id"])
        if person is not None and deactivations.lasting(db, person.id) is not None:
            raise BadInput(f"people: {name} is deactivated")
        if person is None or not person.roles_in(project_id) & LABELLERS:
            raise BadInput(f"people: {name} does not label in this project")
        if not labels_here(person, project_id, policy.readers_may_label):
            raise BadInput(f"people: {name} can read the answers of others, and labels only where the policy allows it")
        found[person.id] = person.name
    return found


def _free(db: Reading, items: Sequence[str], policy: Policy) -> dict[str, int]:
    """Field -> how many of the items are of it."""
    known = stored.in_queue(db, items)
    fields: dict[str, int] = defaultdict(int)
    for item_id in items:
        row = known.get(item_id)
        if row is None:
            raise BadInput(f"items: {item_id} is not handed out in production (gold, set aside, or of another project)")
        if row["batch_id"] is not None:
            raise BadInput(f"items: {item_id} is in another open batch")
        if row["taken"] >= (row["places"] or policy.overlap):
            raise BadInput(f"items: {item_id} has all its labellers already")
        fields[row["field"]] += 1
    return fields


def _check_reach(db: Reading, project_id: str, people: dict[str, str], fields: dict[str, int]) -> None:
    """Everybody may label everything of the batch."""
    reached = reached_by(db, project_id, people)
    for person_id, name in people.items():
        for field, items in sorted(fields.items()):
            if field not in reached[person_id]:
                what = f"{'pair' if field.startswith(PAIRS) else 'trace'}{'s' * (items != 1)}"
                raise BadInput(f"people: {name} is not qualified for {field}, of which the batch has {items} {what}")


def _check_free_for(db: Reading, project_id: str, batch_id: str, people: dict[str, str], policy: Policy) -> None:
    """Each person finds something in the batch, and each trace somebody."""
    reached, left = reached_by(db, project_id, people), stored.waiting(db, batch_id, policy.overlap)
    for person_id, name in people.items():
        mine = free_for(db, project_id, batch_id, person_id, reached)
        if not mine:
            raise BadInput(f"people: {name} has worked on each of these traces already, or wrote them")
        left -= mine
    if left:
        shown = ", ".join(sorted(left)[:SHOWN]) + (", ..." if len(left) > SHOWN else "")
        raise BadInput(f"items: everybody named has worked on {shown} already, or wrote it")


def listed(db: Reading, project_id: str) -> list[Batch]:
    """The batches of a project: open ones first, by their dates."""
    known_project(db, project_id)
    overlap = projects.policy(db, project_id).overlap
    return [_view(db, project_id, row) for row in stored.batches(db, project_id, overlap)]


def show(db: Reading, project_id: str, batch_id: str) -> BatchFile:
    """A batch with its traces. Raises NotFound."""
    known_project(db, project_id)
    batch = _one(db, project_id, batch_id)
    done, in_hand = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for row in stored.work(db, batch_id):
        (in_hand if row["ending"] is None else done)[row["item_id"]].append(row["name"])
    return BatchFile(batch=batch, traces=tuple(
        BatchTrace(
            item_id=row["item_id"], external_id=row["external_id"], domain=row["domain"], problem=row["problem"],
            done_by=tuple(done[row["item_id"]]), in_hand_of=tuple(in_hand[row["item_id"]]), waits=row["waits"] == 1,
        )
        for row in stored.traces(db, batch_id, projects.policy(db, project_id).overlap)
    ))  # fmt: skip


def withdraw(db: Db, by: str, project_id: str, batch_id: str, body: WithdrawBody) -> Batch:
    """End a batch: what its people have in hand of it ends, and what is left is for everybody. Labels stay.

    Raises NotFound, and Conflict for one that has ended.
    """
    open_project(db, project_id)
    batch = _one(db, project_id, batch_id)
    if batch.ended_at is not None:
        raise Conflict("This batch was withdrawn already.")
    for lease in (*stored.leases(db, batch_id), *_instead(db, project_id, batch_id)):
        give_back(db, by, {**lease, "project_id": project_id}, Ending.WITHDRAWN)
    columns = {"batch_id": batch_id, "project_id": project_id, "actor_id": by, "reason": body.reason}
    appended = event_data.tell(db, event_data.BATCH_END, columns)
    stored.end(db, **columns, at=db.now, sequence=appended.sequence)
    return _one(db, project_id, batch_id, appended.hash)


def _instead(db: Reading, project_id: str, batch_id: str) -> Iterator[Row]:
    """Gold in hand of those who would be handed a trace of the batch else; it ends alike, so that it does not show."""
    leases, overlap = stored.gold_leases(db, batch_id), projects.policy(db, project_id).overlap
    reached = reached_by(db, project_id, {lease["actor_id"] for lease in leases})
    for lease in leases:
        fields = reached.get(lease["actor_id"], Fields(only=()))
        first = stored.free_items(db, project_id, lease["actor_id"], overlap, 1, fields)
        if stored.waiting(db, batch_id, overlap, first):
            yield lease


def only_for(db: Reading, project_id: str, person_id: str) -> list[str]:
    """The open batches that name nobody but this person and people who are away: their notes, else their ids."""
    found = []
    for row in stored.batches(db, project_id, projects.policy(db, project_id).overlap):
        here = {one["id"] for one in stored.people(db, row["id"]) if not one["away"]}
        if row["ended_at"] is None and here == {person_id} and row["waiting"] + row["in_hand"]:
            found.append(row["note"] or row["id"])
    return found


def _one(db: Reading, project_id: str, batch_id: str, receipt: str = "") -> Batch:
    row = stored.batch(db, project_id, batch_id, projects.policy(db, project_id).overlap)
    if row is None:
        raise NotFound("There is no such batch in this project.")
    return _view(db, project_id, row, receipt)


def _view(db: Reading, project_id: str, row: Row, receipt: str = "") -> Batch:
    people = stored.people(db, row["id"])
    reached = reached_by(db, project_id, {one["id"] for one in people}) if row["ended_at"] is None else {}
    return Batch(
        id=row["id"], made_at=row["at"], made_by=row["made_by"], due=row["due"], note=row["note"],
        traces=row["traces"], pairs=row["pairs"], done=row["done"], in_hand=row["in_hand"], waiting=row["waiting"],
        given_back=row["given_back"], ended_at=row["ended_at"], reason=row["reason"], receipt=receipt,
        late=row["ended_at"] is None and row["due"] < db.now and row["waiting"] + row["in_hand"] > 0,
        shares=tuple(
            PersonalShare(
                person=one["name"], done=one["done"], in_hand=one["in_hand"], away=one["away"] == 1,
                waiting=len(free_for(db, project_id, row["id"], one["id"], reached)),
            )
            for one in people
        ),
    )  # fmt: skip
