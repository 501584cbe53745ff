"""Who may call a route. Every route declares one of these; the guard refuses a route that declares none."""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.types import Scope

from cotlab.api.context import server_of
from cotlab.api.refusals import NOBODY
from cotlab.domain.errors import BadInput, NotFound, NotSignedIn, Refused, TooManyAttempts, Unavailable
from cotlab.domain.people import LABELLERS, READERS, Person, Role
from cotlab.services.people.access import authenticate
from cotlab.storage.engine.database import Reading

ID = re.compile(r"[0-9a-z-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call: anyone, whoever is signed in, an admin, or those with one of `roles` in the project of the path."""

    signed_in: bool = True
    admin: bool = False
    roles: frozenset[Role] = frozenset()


ANYONE = Access(signed_in=False)
SIGNED_IN = Access()
ADMIN = Access(admin=True)
LABELLER = Access(roles=LABELLERS)
ADJUDICATOR = Access(roles=frozenset({Role.ADJUDICATOR}))
LEAD = Access(roles=frozenset({Role.LEAD, Role.ADMIN}))
DRAFTER = Access(roles=frozenset({Role.LEAD, Role.ADMIN, Role.ADJUDICATOR}))
READER = Access(roles=READERS)
EXPORTER = Access(roles=frozenset({Role.EXPORTER, Role.ADMIN}))
MEMBER = Access(roles=frozenset(Role))


def allows(access: Access, person: Person, project_id: str | None) -> bool:
    """Whether a person may call a route of this access, with the project that its path names."""
    if access.admin:
        return person.admin
    if access.roles:
        return project_id is not None and bool(person.roles_in(project_id) & access.roles)
    return True


def bearer(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The token of the request. Raises NotSignedIn where there is none."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("A token is needed; sign in with cotlab-tui login, or send Authorization: Bearer.")
    return token


async def guard(connection: Request[Any, Any, Any]) -> None:
    """Let a request through to its route, or raise NotSignedIn, Refused, NotFound or BadInput.

    Called before each request, and not as one of Litestar's guards: for those it copies the route each time.
    """
    access = connection.route_handler.opt.get("access")
    if not isinstance(access, Access):
        raise Refused("This route does not say who may call it.")
    for value in connection.path_params.values():
        if not ID.fullmatch(str(value)):
            raise NotFound()
    if not access.signed_in:
        return
    person = await _signed_in(connection, bearer(connection))
    connection.scope["user"] = person
    if not allows(access, person, connection.path_params.get("project_id")):
        needed = "an admin" if access.admin else " or ".join(sorted(access.roles))
        raise Refused(f"Your roles do not allow this; it takes {needed}.")
    _refuse_nul(connection)


def _refuse_nul(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    if b"%00" in connection.scope["query_string"]:
        name = next((name for name, value in connection.query_params.multi_items() if "\0" in value), "query")
        raise BadInput(f"{name}: the text holds a NUL character, which no database keeps")


async def _signed_in(connection: ASGIConnection[Any, Any, Any, Any], token: str) -> Person:
    server = server_of(connection)

    def person(db: Reading) -> Person:
        return authenticate(db, token)

    try:
        return await server.store.read_async(person)
    except NotSignedIn as error:
        address = connection.client.host if connection.client else ""
        if server.refusals.too_many(address):
            raise TooManyAttempts() from error
        raise


async def note_refusal(error: Exception, scope: Scope) -> None:
    """Keep a failed sign-in or a refusal in the server's chain; a missing token alone is none."""
    if not isinstance(error, NotSignedIn | Refused | TooManyAttempts):
        return
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
    if "authorization" not in connection.headers:
        return
    person = scope.get("user")
    kind = Refused.slug if isinstance(error, Refused) else NotSignedIn.slug
    with suppress(Unavailable):
        await server_of(connection).refusals.note(kind, person.id if isinstance(person, Person) else NOBODY)
