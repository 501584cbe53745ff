"""What checks found, for a project's lead."""

import asyncio
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from cotlab.api.access import LEAD
from cotlab.api.context import server_of
from cotlab.api.replies import answers, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.reports.checks import EvidenceKinds, EvidenceProgress, EvidenceRevisions, RefutedSteps
from cotlab.services.reports import check_revisions, checks


@get("/projects/{project_id:str}/evidence", access=LEAD, responses=answers(RefutedSteps))
async def refuted(
    request: StrictRequest,
    project_id: FromPath[str],
    domain: Annotated[str | None, QueryParameter(name="domain", max_length=200)] = None,
    offset: Annotated[int, QueryParameter(name="offset", ge=0, lt=2**53)] = 0,
    limit: Annotated[int, QueryParameter(name="limit", ge=1, le=500)] = 50,
) -> Response[Any]:
    """The steps in which a claim was refuted, by trace and position, with the labels beside."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: checks.refuted(db, project_id, domain, offset, limit)))


@get("/projects/{project_id:str}/evidence/kinds", access=LEAD, responses=answers(EvidenceKinds))
async def kinds(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """Claims and verdicts by kind and domain, and how often refutations agree with what was decided."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: checks.kinds(db, project_id)))


@get("/projects/{project_id:str}/evidence/progress", access=LEAD, responses=answers(EvidenceProgress))
async def progress(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """How many steps are checked."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: checks.progress(db, project_id)))


@get("/projects/{project_id:str}/evidence/revisions", access=LEAD, responses=answers(EvidenceRevisions))
async def revisions(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """Revision rates and agreement where evidence was shown, and where not."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: check_revisions.revisions(db, project_id)))


ROUTES = (refuted, kinds, progress, revisions)
