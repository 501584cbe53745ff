"""A request that changes something, run in the writer once for its idempotency key."""

from collections.abc import Callable
from typing import Any

from litestar import Response
from pydantic import BaseModel

from cotlab.api.context import person_of, server_of
from cotlab.api.replies import reply
from cotlab.api.requests import StrictRequest, once_request
from cotlab.domain.people import Person
from cotlab.services.audit.idempotency import once
from cotlab.storage.engine.database import Db

Change = Callable[[Db, Person], BaseModel]


async def write_in_project(
    request: StrictRequest, project_id: str, data: BaseModel, change: Change, *more: str
) -> Response[Any]:
    """`more` are other chains that are written to."""
    person, store, same = person_of(request), server_of(request).store, once_request(request, data)
    return reply(await store.write_async((*more, project_id), lambda db: once(db, same, lambda: change(db, person))))


async def write_mine(request: StrictRequest, assignment_id: str, data: BaseModel, change: Change) -> Response[Any]:
    """Change one of my assignments."""
    return await write_in_project(request, await server_of(request).project_of(assignment_id), data, change)
