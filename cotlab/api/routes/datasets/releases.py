"""Releases and lineage, for those who read answers."""

import asyncio
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from cotlab.api.access import READER
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, listed, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.datasets.lineage import Lineage
from cotlab.domain.datasets.releases import Release, ReleaseDiff, ReleaseFile
from cotlab.domain.people import LEADS
from cotlab.services.datasets import release_diff, releases
from cotlab.services.datasets.lineage import lineage

MOST_ROWS = 10_000


@get("/projects/{project_id:str}/releases", access=READER, responses=answers(list[Release]))
async def list_all(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """The releases of a project, in the order in which they were made."""
    return listed(await server_of(request).store.read_async(lambda db: releases.listed(db, project_id)))


@get("/projects/{project_id:str}/releases/{release_id:str}", access=READER, responses=answers(ReleaseFile))
async def show(request: StrictRequest, project_id: FromPath[str], release_id: FromPath[str]) -> Response[Any]:
    """A release with the manifest of its export."""
    return reply(await server_of(request).store.read_async(lambda db: releases.show(db, project_id, release_id)))


@get("/projects/{project_id:str}/release-diff", access=READER, responses=answers(ReleaseDiff))
async def compare(
    request: StrictRequest,
    project_id: FromPath[str],
    before: Annotated[str, QueryParameter(name="before", max_length=80)],
    after: Annotated[str, QueryParameter(name="after", max_length=80)],
    most: Annotated[int, QueryParameter(name="most", ge=0, le=MOST_ROWS)] = 1_000,
) -> Response[Any]:
    """What became of the rows between two releases, by their names; at most so many rows that changed are listed."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(release_diff.diff, store, project_id, before, after, most))


@get("/projects/{project_id:str}/lineage", access=READER, responses=answers(Lineage))
async def history(
    request: StrictRequest,
    project_id: FromPath[str],
    name: Annotated[str, QueryParameter(name="id", max_length=200)],
    thorough: Annotated[bool, QueryParameter(name="thorough")] = False,
) -> Response[Any]:
    """The history of a row, a trace, a pair or a step, each event with its sequence and hash.

    Whether an item is gold is told to leads alone. `thorough` reads whole exports again where what they left out
    depends on all that went out.
    """
    store, gold = server_of(request).store, bool(person_of(request).roles_in(project_id) & LEADS)
    found = await asyncio.to_thread(lineage, store, project_id, name, gold=gold, thorough=thorough)
    return reply(found)


ROUTES = (list_all, show, compare, history)
