"""Pilots, signatures, the opening of production, and the hard cases that are left."""

import asyncio
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from cotlab.api.access import LEAD, MEMBER
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, listed, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.calibration.pilots import HardCase, OpenBody, Opened, Pilot, PilotBody, PilotReport, SignOffBody
from cotlab.domain.work.views import Receipt
from cotlab.services.agreement import boundary_steps
from cotlab.services.calibration import pilot_opening, pilot_report, pilots


@post("/projects/{project_id:str}/pilots", access=LEAD, status_code=200, responses=answers(Pilot))
async def start_pilot(request: StrictRequest, project_id: FromPath[str], data: JSONBody[PilotBody]) -> Response[Any]:
    """Draw a sample that several people label before production opens."""
    by, store = person_of(request).id, server_of(request).store
    items = await asyncio.to_thread(store.read, lambda db: pilots.sample(db, project_id, data))
    return reply(await store.write_async(project_id, lambda db: pilots.start(db, by, project_id, data, items)))


@get("/projects/{project_id:str}/pilots/report", access=LEAD, responses=answers(PilotReport))
async def report(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """How the newest pilot stands."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: pilot_report.report(db, project_id)))


@post("/projects/{project_id:str}/sign-offs", access=MEMBER, status_code=200, responses=answers(Receipt))
async def sign_off(request: StrictRequest, project_id: FromPath[str], data: JSONBody[SignOffBody]) -> Response[Any]:
    """Sign a schema, as an expert whom the pilot names."""
    person, store = person_of(request), server_of(request).store
    return reply(await store.write_async(project_id, lambda db: pilot_opening.sign_off(db, person, project_id, data)))


@post("/projects/{project_id:str}/open", access=LEAD, status_code=200, responses=answers(Opened))
async def open_production(request: StrictRequest, project_id: FromPath[str], data: JSONBody[OpenBody]) -> Response[Any]:
    """Open production; where something is missing, with a written reason."""
    by, store = person_of(request).id, server_of(request).store
    return reply(
        await store.write_async(project_id, lambda db: pilot_opening.open_production(db, by, project_id, data))
    )


@get("/projects/{project_id:str}/hard-cases", access=LEAD, responses=answers(list[HardCase]))
async def list_hard_cases(
    request: StrictRequest,
    project_id: FromPath[str],
    most: Annotated[int, QueryParameter(name="most", ge=1, le=1000)] = 50,
) -> Response[Any]:
    """The steps nearest a boundary, the nearest first."""
    store = server_of(request).store
    return listed(await asyncio.to_thread(store.read, lambda db: boundary_steps.hard_cases(db, project_id, most)))


@get("/projects/{project_id:str}/hard-cases/{case_id:str}", access=LEAD, responses=answers(HardCase))
async def hard_case(request: StrictRequest, project_id: FromPath[str], case_id: FromPath[str]) -> Response[Any]:
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: boundary_steps.hard_case(db, project_id, case_id)))


ROUTES = (start_pilot, report, sign_off, open_production, list_hard_cases, hard_case)
