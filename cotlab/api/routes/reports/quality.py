"""The quality of a project's dataset, for its lead."""

import asyncio
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from cotlab.api.access import LEAD
from cotlab.api.context import server_of
from cotlab.api.replies import answers, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.errors import BadInput
from cotlab.domain.labels.two_level import AnswerCell
from cotlab.domain.reports.quality import By, CellTraces, TwoLevel
from cotlab.services.reports import quality


@get("/projects/{project_id:str}/quality/two-level", access=LEAD, responses=answers(TwoLevel))
async def two_level(
    request: StrictRequest, project_id: FromPath[str], by: Annotated[By | None, QueryParameter(name="by")] = None
) -> Response[Any]:
    """Right and wrong answers against traces with and without a bad step, in all and by slice."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: quality.two_level(db, project_id, by)))


@get("/projects/{project_id:str}/quality/traces", access=LEAD, responses=answers(CellTraces))
async def traces(
    request: StrictRequest,
    project_id: FromPath[str],
    cell: Annotated[AnswerCell, QueryParameter(name="cell")],
    after: Annotated[str, QueryParameter(name="after", max_length=32)] = "",
    most: Annotated[int, QueryParameter(name="most", ge=1, le=1_000)] = 50,
    by: Annotated[By | None, QueryParameter(name="by")] = None,
    name: Annotated[str | None, QueryParameter(name="slice", max_length=200)] = None,
) -> Response[Any]:
    """A page of the traces of a cell, of all or of one slice."""
    if (by is None) is not (name is None):
        raise BadInput("by: a slice is named by both, by and slice")
    slice_, store = None if by is None or name is None else (by, name), server_of(request).store
    found = await asyncio.to_thread(store.read, lambda db: quality.traces(db, project_id, cell, after, most, slice_))
    return reply(found)


ROUTES = (two_level, traces)
