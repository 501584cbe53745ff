"""The queue of a project, for its lead: how much is open, and why a trace waits."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from cotlab.api.access import LEAD
from cotlab.api.context import server_of
from cotlab.api.replies import answers, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.queue.depth import Explanation, QueueDepth
from cotlab.services.queue import depth, explanation


@get("/projects/{project_id:str}/queue", access=LEAD, responses=answers(QueueDepth))
async def queue_depth(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """The queue by fields, and the quotas."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: depth.depth(db, project_id)))


@get("/projects/{project_id:str}/queue/{trace_id:str}", access=LEAD, responses=answers(Explanation))
async def explain(request: StrictRequest, project_id: FromPath[str], trace_id: FromPath[str]) -> Response[Any]:
    """Where a trace stands in the queue, and why it is or is not handed out."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: explanation.explain(db, project_id, trace_id)))


ROUTES = (queue_depth, explain)
