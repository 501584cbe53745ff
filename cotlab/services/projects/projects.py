"""Projects: made, closed, their policy, their members."""

import uuid
from collections import defaultdict

from cotlab.agreement.coefficients import COEFFICIENTS
from cotlab.domain.errors import AlreadyExists, BadInput, Conflict, NotFound, ProjectClosed, Refused
from cotlab.domain.people import LEADS, ActorKind, Member, Person, Role, mixes
from cotlab.domain.projects.policy import Policy, WorkPolicy, choosing
from cotlab.domain.projects.projects import ClosingBody, MemberBody, NewProject, Project
from cotlab.storage.drafts import draft_requests
from cotlab.storage.engine.database import SERVER, Db, Reading, Row, Store
from cotlab.storage.people import actors, deactivations
from cotlab.storage.projects import projects as stored


def known_project(db: Reading, project_id: str) -> Row:
    """The project's row, also of a closed one. Raises NotFound."""
    row = stored.project(db, project_id)
    if row is None:
        raise NotFound("There is no such project.")
    return row


def open_project(db: Reading, project_id: str) -> Row:
    """The project's row. Raises NotFound and ProjectClosed."""
    row = known_project(db, project_id)
    if row["closed_at"] is not None:
        raise ProjectClosed(f"The project {row['name']} was closed: {row['closing_reason']}")
    return row


def project_id_named(db: Reading, name: str) -> str:
    row = stored.project_named(db, name)
    if row is None:
        raise NotFound(f"There is no project named {name}.")
    return str(row["id"])


def led_project(db: Reading, person: Person, name: str) -> str:
    """The id of a project that a person leads. Refused says the same where there is none of that name."""
    row = stored.project_named(db, name)
    if row is not None and person.roles_in(row["id"]) & LEADS:
        return str(row["id"])
    if row is None and person.admin:
        raise NotFound(f"There is no project named {name}.")
    raise Refused(f"You are no lead of {name}.")


def new_project(store: Store, by: str, body: NewProject) -> Project:
    """Make a project with a random id. Raises AlreadyExists."""
    project_id = uuid.uuid4().hex
    return store.write([SERVER, project_id], lambda db: add_project(db, by, project_id, body))


def add_project(db: Db, by: str, project_id: str, body: NewProject) -> Project:
    """Make a project of that id, which is in the scope of the write; its first event sets the default policy."""
    if stored.project_named(db, body.name) is not None:
        raise AlreadyExists(f"There is a project named {body.name} already.")
    appended = db.event(SERVER, "project.added", by, {"project": project_id})
    stored.add_project(db, project_id, body.name, appended.sequence)
    set_policy(db, by, project_id, Policy())
    if body.lead is not None:
        _give_role(db, by, project_id, MemberBody(person=body.lead, role=Role.LEAD), SERVER)
    return Project(id=project_id, name=body.name, closed=False, guideline=None, roles=())


def list_projects(db: Reading, person: Person) -> list[Project]:
    """The projects that a person has a role in; all of them for an admin."""
    names = stored.version_names(db)
    return [
        Project(
            id=row["id"], name=row["name"], closed=row["closed_at"] is not None,
            guideline=names.get(stored.in_force(db, row["id"]) or ""), roles=tuple(sorted(person.roles_in(row["id"]))),
        )
        for row in stored.projects(db)
        if person.roles_in(row["id"])
    ]  # fmt: skip


def close_project(db: Db, by: str, project_id: str, body: ClosingBody) -> str:
    """Close a project for good: nothing is claimed or drafted in it any more. Returns the receipt."""
    open_project(db, project_id)
    appended = db.event(project_id, "project.closed", by, {"reason": body.reason})
    stored.end_project(db, project_id, body.reason, appended.sequence)
    draft_requests.close(db, project_id)
    return appended.hash


def set_policy(db: Db, by: str, project_id: str, policy: Policy) -> str:
    """Put a policy in force from now on. Returns the receipt. Raises BadInput for a gate that nobody could pass, and
    where points would choose traces without a random share.
    """
    open_project(db, project_id)
    _check_gate(policy)
    _check_share(policy)
    appended = db.event(project_id, "policy.set", by, {"policy": policy.model_dump(mode="json")})
    stored.add_policy(db, project_id, policy, appended.sequence)
    return appended.hash


def _check_gate(policy: Policy) -> None:
    if policy.gate is None:
        if policy.team_bar is not None:
            raise BadInput("team_bar: it takes a gate, since it is measured among those who calibrated")
        return
    names = [one.name for one in COEFFICIENTS]
    if policy.gate.coefficient not in names:
        raise BadInput(f"gate.coefficient: there is no {policy.gate.coefficient}; there are {', '.join(names)}")


def _check_share(policy: Policy) -> None:
    if policy.random_share == 0 and (terms := choosing(policy)):
        raise BadInput(
            f"random_share: it is to be above 0 while traces are chosen by {', '.join(terms)}, since those alone say "
            "nothing of the rest; or set these weights to 0"
        )


def show_policy(db: Reading, project_id: str) -> Policy:
    """The policy in force now. Raises NotFound."""
    known_project(db, project_id)
    return stored.policy(db, project_id)


def work_policy(db: Reading, project_id: str) -> WorkPolicy:
    """What of it who labels may know. Raises NotFound."""
    policy = show_policy(db, project_id)
    return WorkPolicy.model_validate({name: getattr(policy, name) for name in WorkPolicy.model_fields})


def list_members(db: Reading, project_id: str) -> list[Member]:
    known_project(db, project_id)
    roles: dict[tuple[str, str, bool], list[Role]] = defaultdict(list)
    for row in actors.members(db, project_id, also_away=True):
        roles[row["id"], row["name"], row["away"] == 1].append(Role(row["role"]))
    return [Member(person_id=key[0], name=key[1], away=key[2], roles=tuple(value)) for key, value in roles.items()]


def add_member(db: Db, by: str, project_id: str, body: MemberBody) -> str:
    """Give a person a role. Refuses one who could then read the answers of others and label too."""
    open_project(db, project_id)
    return _give_role(db, by, project_id, body, project_id)


def _give_role(db: Db, by: str, project_id: str, body: MemberBody, chain: str) -> str:
    person = _person_named(db, body.person)
    if deactivations.lasting(db, person.id) is not None:
        raise Conflict(f"{body.person} is deactivated; cotlab user reactivate brings them back.")
    if body.role is Role.ADMIN:
        raise Refused("The role admin is one of the server; cotlab user add --admin gives it.")
    if body.role in person.roles_in(project_id):
        raise AlreadyExists(f"{body.person} has the role {body.role} already.")
    roles = person.roles_in(project_id) | {body.role}
    if mixes(roles) and not stored.policy(db, project_id).readers_may_label:
        raise Refused(
            f"{body.person} would label and read the answers of others ({', '.join(sorted(roles))}); "
            "the policy readers_may_label allows it, and marks their answers as informed."
        )
    data = {"project": project_id, "person": person.id, "role": body.role.value}
    appended = db.event(chain, "member.added", by, data)
    actors.add_role(db, db.new_id(), project_id, person.id, body.role, appended.sequence)
    return appended.hash


def remove_member(db: Db, by: str, project_id: str, body: MemberBody) -> str:
    """Take a role from a person; what they labelled stays."""
    known_project(db, project_id)
    person = _person_named(db, body.person)
    row = actors.role_row(db, project_id, person.id, body.role)
    if row is None:
        raise Conflict(f"{body.person} has no role {body.role} in this project.")
    appended = db.event(project_id, "member.removed", by, {"person": person.id, "role": body.role.value})
    actors.end_role(db, row["id"], appended.sequence)
    return appended.hash


def _person_named(db: Reading, name: str) -> Person:
    row = actors.actor_named(db, ActorKind.PERSON, name)
    if row is None:
        raise NotFound(f"There is no person named {name}.")
    return actors.person(db, row["id"])
