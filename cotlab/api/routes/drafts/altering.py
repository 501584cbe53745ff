"""Correct steps altered into errors, for the lead."""

import asyncio
from contextlib import closing
from typing import Any

from litestar import Response, post
from litestar.params import FromPath, JSONBody

from cotlab.api.access import LEAD
from cotlab.api.context import Server, person_of, server_of
from cotlab.api.replies import answers, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.drafts.altering import AlterBody, AlterReport
from cotlab.services.checks.executors import crew
from cotlab.services.drafts import model_altering
from cotlab.services.drafts.altering import alter


@post("/projects/{project_id:str}/altered", access=LEAD, status_code=200, responses=answers(AlterReport))
async def make(request: StrictRequest, project_id: FromPath[str], data: JSONBody[AlterBody]) -> Response[Any]:
    """Make altered traces of correct steps, or ask a model for them; say with `dry_run` which that would be."""
    by, server = person_of(request).id, server_of(request)
    make_them = _by_templates if data.model is None else _by_a_model
    return reply(await asyncio.to_thread(make_them, server, by, project_id, data))


def _by_templates(server: Server, by: str, project_id: str, body: AlterBody) -> AlterReport:
    with closing(crew(server.cluster, 1)) as hands:
        return alter(server.store, by, project_id, body, hands=hands)


def _by_a_model(server: Server, by: str, project_id: str, body: AlterBody) -> AlterReport:
    return model_altering.ask(server.store, by, project_id, body)


ROUTES = (make,)
