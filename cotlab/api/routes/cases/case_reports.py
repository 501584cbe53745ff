"""What labellers learn from decided cases, and what the lead sees of all of them."""

import asyncio
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from cotlab.api.access import LABELLER, LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, listed, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.cases import CaseFile, CaseReport, CaseState, DecidedCase, DecidedEntry, PassBody, ProjectCase
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.domain.work.views import Receipt
from cotlab.services.cases import case_files, hand_over, shared_decisions
from cotlab.services.cases import report as case_report


@get("/projects/{project_id:str}/my-cases", access=LABELLER, responses=answers(list[DecidedEntry]))
async def my_cases(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """Decided cases on steps that I labelled, the newest first."""
    person, store = person_of(request), server_of(request).store
    return listed(await store.read_async(lambda db: shared_decisions.mine(db, person, project_id)))


@post(
    "/projects/{project_id:str}/my-cases/{case_id:str}", access=LABELLER, status_code=200,
    responses=answers(DecidedCase),
)  # fmt: skip
async def my_case(request: StrictRequest, project_id: FromPath[str], case_id: FromPath[str]) -> Response[Any]:
    """Read a decision on a step of mine. That I read it is recorded once, so that it needs no key."""
    person, store = person_of(request), server_of(request).store
    return reply(await store.write_async(project_id, lambda db: shared_decisions.read(db, person, project_id, case_id)))


@get("/projects/{project_id:str}/cases/report", access=LEAD, responses=answers(CaseReport))
async def report(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """How adjudication stands."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: case_report.report(db, project_id)))


@get("/projects/{project_id:str}/cases/all", access=LEAD, responses=answers(list[ProjectCase]))
async def list_all(
    request: StrictRequest,
    project_id: FromPath[str],
    in_state: Annotated[CaseState | None, QueryParameter(name="state")] = None,
    reason: Annotated[CaseReason | None, QueryParameter(name="reason")] = None,
    domain: Annotated[str | None, QueryParameter(name="domain", max_length=200)] = None,
    most: Annotated[int, QueryParameter(name="most", ge=1, le=10_000)] = 1_000,
) -> Response[Any]:
    """The cases of a project, the oldest first."""
    wanted, store = case_files.Wanted(in_state, reason, domain, most), server_of(request).store
    return listed(await asyncio.to_thread(store.read, lambda db: case_files.entries(db, project_id, wanted)))


@get("/projects/{project_id:str}/cases/{case_id:str}", access=LEAD, responses=answers(CaseFile))
async def file(request: StrictRequest, project_id: FromPath[str], case_id: FromPath[str]) -> Response[Any]:
    """All of one case, with names."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: case_files.case_file(db, project_id, case_id)))


@post(
    "/projects/{project_id:str}/cases/{case_id:str}/pass", access=LEAD, status_code=200, responses=answers(Receipt)
)  # fmt: skip
async def hand_on(
    request: StrictRequest, project_id: FromPath[str], case_id: FromPath[str], data: JSONBody[PassBody]
) -> Response[Any]:
    """Hand a case on to a named expert, or to a panel."""
    by, store = person_of(request).id, server_of(request).store
    return reply(await store.write_async(project_id, lambda db: hand_over.hand_on(db, by, project_id, case_id, data)))


ROUTES = (my_cases, my_case, report, list_all, file, hand_on)
