"""Batches, for the lead."""

import asyncio
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from cotlab.api.access import LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, listed, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.queue.batches import Batch, BatchBody, BatchFile, WithdrawBody
from cotlab.services.queue import batches


@post("/projects/{project_id:str}/batches", access=LEAD, status_code=200, responses=answers(Batch))
async def make(request: StrictRequest, project_id: FromPath[str], data: JSONBody[BatchBody]) -> Response[Any]:
    """Give traces to people by name."""
    by, store = person_of(request).id, server_of(request).store
    items = await asyncio.to_thread(store.read, lambda db: batches.picked(db, project_id, data))
    return reply(await store.write_async(project_id, lambda db: batches.make(db, by, project_id, data, items)))


@get("/projects/{project_id:str}/batches", access=LEAD, responses=answers(list[Batch]))
async def list_all(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """The batches of a project: open ones first, by their dates."""
    store = server_of(request).store
    return listed(await asyncio.to_thread(store.read, lambda db: batches.listed(db, project_id)))


@get("/projects/{project_id:str}/batches/{batch_id:str}", access=LEAD, responses=answers(BatchFile))
async def show(request: StrictRequest, project_id: FromPath[str], batch_id: FromPath[str]) -> Response[Any]:
    """A batch with its traces."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: batches.show(db, project_id, batch_id)))


@post(
    "/projects/{project_id:str}/batches/{batch_id:str}/withdraw",
    access=LEAD,
    status_code=200,
    responses=answers(Batch),
)
async def withdraw(
    request: StrictRequest, project_id: FromPath[str], batch_id: FromPath[str], data: JSONBody[WithdrawBody]
) -> Response[Any]:
    """End a batch; what is left of it is for everybody."""
    by, store = person_of(request).id, server_of(request).store
    return reply(await store.write_async(project_id, lambda db: batches.withdraw(db, by, project_id, batch_id, data)))


ROUTES = (make, list_all, show, withdraw)
