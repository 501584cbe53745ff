"""What the routes share: the store, and the few things kept in memory beside it."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, cast

from litestar.connection import ASGIConnection

from cotlab.api.refusals import Refusals
from cotlab.domain.people import Person
from cotlab.services.queue import Candidates
from cotlab.storage.database import Store


@dataclass(slots=True)
class Server:
    store: Store
    refusals: Refusals
    candidates: Candidates = field(default_factory=Candidates)


def server_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Server:
    return cast(Server, connection.app.state.server)


def person_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Person:
    """Who is signed in; the guard has set it."""
    return cast(Person, connection.scope["user"])
