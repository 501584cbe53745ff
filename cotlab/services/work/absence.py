"""People who leave, for a time or for good: their work goes to others, and what they labelled stands."""

from cotlab.domain.answers import Ending
from cotlab.domain.errors import Conflict
from cotlab.domain.people import LeavingBody, Left, Missed, Person, Role
from cotlab.domain.projects.policy import Policy
from cotlab.services.audit import event_data
from cotlab.services.people.accounts import person_id, revoke_token
from cotlab.services.queue import batches
from cotlab.services.queue.batch_release import reached_by, release
from cotlab.services.queue.withdrawal import give_back
from cotlab.storage.calibration import calibration
from cotlab.storage.cases import due_cases
from cotlab.storage.engine.database import SERVER, Db, Reading, Row, Store
from cotlab.storage.people import actors
from cotlab.storage.people import deactivations as stored
from cotlab.storage.projects import projects
from cotlab.storage.queue import queue


def deactivate(store: Store, by: str, body: LeavingBody) -> Left:
    """Let a person do nothing any more. What they have in hand goes back, and what they finished stands.

    Raises NotFound, and Conflict for who is deactivated already.
    """
    return store.write(_everywhere(store), lambda db: _deactivate(db, by, body))


def reactivate(store: Store, by: str, name: str) -> None:
    """Let a person work again, with the roles that they have; they need a new token.

    Raises NotFound, and Conflict for who is not deactivated.
    """
    store.write(_everywhere(store), lambda db: _reactivate(db, by, name))


def _everywhere(store: Store) -> list[str]:
    return [SERVER, *(row["id"] for row in store.read(projects.projects))]


def _deactivate(db: Db, by: str, body: LeavingBody) -> Left:
    member_id = person_id(db, body.person)
    if stored.lasting(db, member_id) is not None:
        raise Conflict(f"{body.person} is deactivated already.")
    person = actors.person(db, member_id)
    open_ = [row for row in projects.projects(db) if row["closed_at"] is None]
    missed = [one for one in (_missed(db, person, row) for row in open_) if one.fields or one.batches or one.cases]
    columns = {"id": db.new_id(), "member_id": member_id, "actor_id": by, "reason": body.reason}
    appended = event_data.tell(db, event_data.DEACTIVATION, columns)
    stored.add(db, **columns, at=db.now, sequence=appended.sequence)
    tokens = stored.open_tokens(db, member_id)
    for token_id in tokens:
        revoke_token(db, by, token_id)
    leases = stored.leases(db, member_id)
    for lease in leases:
        give_back(db, by, lease, Ending.RETURNED)
    for row in open_:
        release(db, row["id"])
    names = {row["id"]: row["name"] for row in projects.projects(db)}
    given_back: dict[str, int] = {}
    for lease in leases:
        name = names[lease["project_id"]]
        given_back[name] = given_back.get(name, 0) + 1
    return Left(person=person.name, given_back=given_back, tokens_ended=len(tokens), missed=tuple(missed))


def _reactivate(db: Db, by: str, name: str) -> None:
    lasting = stored.lasting(db, person_id(db, name))
    if lasting is None:
        raise Conflict(f"{name} is not deactivated.")
    columns = {"deactivation_id": lasting["id"], "actor_id": by}
    appended = event_data.tell(db, event_data.DEACTIVATION_END, columns)
    stored.end(db, **columns, at=db.now, sequence=appended.sequence)


def _missed(db: Reading, person: Person, project: Row) -> Missed:
    """What nobody but this person does in a project, while they are there still."""
    project_id = project["id"]
    return Missed(
        project=project["name"],
        fields=_fields(db, person, project_id, projects.policy(db, project_id)),
        batches=tuple(batches.only_for(db, project_id, person.id)),
        cases=Role.ADJUDICATOR in person.roles_in(project_id) and due_cases.adjudicators(db, project_id) == 1,
    )


def _fields(db: Reading, person: Person, project_id: str, policy: Policy) -> tuple[str, ...]:
    """The fields that this person may label and nobody else."""
    reached = reached_by(db, project_id, {row["id"] for row in actors.members(db, project_id)})
    mine = reached.pop(person.id, None)
    known = {*queue.fields(db, project_id), *(calibration.decided_domains(db, project_id) if policy.gate else ())}
    return tuple(
        one
        for one in sorted(known if mine else ())
        if mine and one in mine and not any(one in theirs for theirs in reached.values())
    )
