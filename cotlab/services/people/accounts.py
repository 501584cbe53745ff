"""People and their tokens: what the host's commands do."""

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from cotlab.domain.errors import AlreadyExists, BadInput, Conflict, NotFound
from cotlab.domain.people import ActorKind, Role
from cotlab.domain.text import Name
from cotlab.services.people.access import new_token, token_hash
from cotlab.storage.engine.database import SERVER, Db, Reading
from cotlab.storage.people import actors, deactivations

DAY = 86_400 * 1_000_000


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token that was just made; `token` is shown once."""

    id: str
    token: str
    expires_at: int


def checked_name(name: str) -> str:
    """`name`, if it can be one. Raises BadInput."""
    try:
        return str(TypeAdapter(Name).validate_python(name))
    except ValidationError as error:
        shown = name.encode("ascii", "backslashreplace").decode()
        raise BadInput(f"{shown!r} is no name: 1 to 200 characters without a blank at either end.") from error


def host_actor(db: Db, login: str) -> str:
    """The actor's id of an operating-system user, made on first use."""
    known = actors.actor_named(db, ActorKind.HOST, login)
    if known is not None:
        return str(known["id"])
    actor_id = db.new_id()
    appended = db.event(SERVER, "host.added", actor_id, {"actor": actor_id})
    actors.add_actor(db, actor_id, ActorKind.HOST, login, appended.sequence)
    return actor_id


def add_person(db: Db, by: str, name: str, admin: bool = False) -> str:
    """Add a person, and return the id. Raises AlreadyExists."""
    name = checked_name(name)
    if actors.actor_named(db, ActorKind.PERSON, name) is not None:
        raise AlreadyExists(f"There is a person named {name} already.")
    person_id = db.new_id()
    appended = db.event(SERVER, "person.added", by, {"person": person_id, "admin": admin})
    actors.add_actor(db, person_id, ActorKind.PERSON, name, appended.sequence)
    if admin:
        actors.add_role(db, db.new_id(), None, person_id, Role.ADMIN, appended.sequence)
    return person_id


def person_id(db: Reading, name: str) -> str:
    row = actors.actor_named(db, ActorKind.PERSON, name)
    if row is None:
        raise NotFound(f"There is no person named {name}.")
    return str(row["id"])


def issue_token(db: Db, by: str, person: str, name: str, days: int) -> IssuedToken:
    """Make a token for the person of that name, good for `days` days. Raises Conflict for who is deactivated."""
    owner, name = person_id(db, person), checked_name(name)
    if deactivations.lasting(db, owner) is not None:
        raise Conflict(f"{person} is deactivated; cotlab user reactivate brings them back.")
    token_id, token = new_token()
    expires_at = db.now + days * DAY
    data = {"token": token_id, "person": owner, "expires_at": expires_at}
    appended = db.event(SERVER, "token.issued", by, data)
    actors.add_token(db, token_id, owner, name, token_hash(token), expires_at, appended.sequence)
    return IssuedToken(token_id, token, expires_at)


def revoke_token(db: Db, by: str, token_id: str) -> None:
    """End a token at once. Raises NotFound; a token that has ended already stays ended."""
    stored = actors.token(db, token_id)
    if stored is None:
        raise NotFound(f"There is no token {token_id}.")
    if not stored.revoked:
        appended = db.event(SERVER, "token.revoked", by, {"token": token_id})
        actors.end_token(db, token_id, appended.sequence)
