"""Correct steps altered into errors, for the lead."""

import asyncio
from typing import Any

from litestar import Response, post
from litestar.params import FromPath, JSONBody

from cotlab.api.access import LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.altering import AlterBody, AlterReport
from cotlab.services import altering_by_model
from cotlab.services.altering import alter


@post("/projects/{project_id:str}/altered", access=LEAD, status_code=200, responses=answers(AlterReport))
async def make(request: StrictRequest, project_id: FromPath[str], data: JSONBody[AlterBody]) -> Response[Any]:
    """Make altered traces of correct steps, or ask a model for them; say with `dry_run` which that would be."""
    by, store = person_of(request).id, server_of(request).store
    make_them = alter if data.model is None else altering_by_model.ask
    return reply(await asyncio.to_thread(make_them, store, by, project_id, data))


ROUTES = (make,)
