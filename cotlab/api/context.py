"""What the routes share: the store, and the few things kept in memory beside it."""

from dataclasses import dataclass, field
from typing import Any, cast

from litestar.connection import ASGIConnection

from cotlab.api.refusals import Refusals
from cotlab.domain.people import Person
from cotlab.services.queue.candidates import Candidates
from cotlab.services.work.labelling import project_of
from cotlab.storage.engine.database import Store

MOST_REMEMBERED = 100_000


@dataclass(slots=True)
class Server:
    store: Store
    refusals: Refusals
    cluster: str | None = None
    candidates: Candidates = field(default_factory=Candidates)
    _projects: dict[str, str] = field(default_factory=dict)

    async def project_of(self, assignment_id: str) -> str:
        """The project of an assignment, which never changes, so that it is looked up once. Raises NotFound."""
        known = self._projects.get(assignment_id)
        if known is None:
            known = await self.store.read_async(lambda db: project_of(db, assignment_id))
            if len(self._projects) >= MOST_REMEMBERED:
                self._projects.clear()
            self._projects[assignment_id] = known
        return known


def server_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Server:
    return cast(Server, connection.app.state.server)


def person_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Person:
    """Who is signed in; the guard has set it."""
    return cast(Person, connection.scope["user"])
