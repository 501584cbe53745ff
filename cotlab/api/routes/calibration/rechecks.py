"""Rechecks of labels in doubt, for the lead."""

import asyncio
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from cotlab.api.access import LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, listed, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.calibration.qualification import Recheck, RecheckBody
from cotlab.services.calibration import rechecks


@post("/projects/{project_id:str}/rechecks", access=LEAD, status_code=200, responses=answers(Recheck))
async def draw(request: StrictRequest, project_id: FromPath[str], data: JSONBody[RecheckBody]) -> Response[Any]:
    """Draw a sample of a person's labels in doubt, for others to label."""
    by, store = person_of(request).id, server_of(request).store
    return reply(await store.write_async(project_id, lambda db: rechecks.draw_recheck(db, by, project_id, data)))


@get("/projects/{project_id:str}/rechecks", access=LEAD, responses=answers(list[Recheck]))
async def list_all(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """What rechecks found so far, the newest first."""
    store = server_of(request).store
    return listed(await asyncio.to_thread(store.read, lambda db: rechecks.rechecks(db, project_id)))


ROUTES = (draw, list_all)
