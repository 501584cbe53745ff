"""Pairs made of traces, for the lead."""

import asyncio
from typing import Any

from litestar import Response, post
from litestar.params import FromPath, JSONBody

from cotlab.api.access import LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.coverage.pair_making import MakePairsBody, PairsMade
from cotlab.services.coverage.pair_making import make_pairs


@post("/projects/{project_id:str}/pairs", access=LEAD, status_code=200, responses=answers(PairsMade))
async def make(request: StrictRequest, project_id: FromPath[str], data: JSONBody[MakePairsBody]) -> Response[Any]:
    """Make pairs of the traces of each problem, or say with `dry_run` which would be made."""
    by, store = person_of(request).id, server_of(request).store
    return reply(await asyncio.to_thread(make_pairs, store, by, project_id, data))


ROUTES = (make,)
