"""Calibration: sets, decisions and the board for leads, and where I stand for those who label."""

import asyncio
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from cotlab.api.access import LABELLER, LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, listed, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.calibration.qualification import (
    Board,
    CalibrationDecisionBody,
    CalibrationSet,
    CalibrationSetBody,
    Standing,
)
from cotlab.domain.work.views import Receipt
from cotlab.services.calibration import decisions, sets


@post("/projects/{project_id:str}/calibration/sets", access=LEAD, status_code=200, responses=answers(CalibrationSet))
async def draw_set(
    request: StrictRequest, project_id: FromPath[str], data: JSONBody[CalibrationSetBody]
) -> Response[Any]:
    """Draw the calibration set that a domain is served from now on."""
    by, store = person_of(request).id, server_of(request).store
    return reply(await store.write_async(project_id, lambda db: sets.set_calibration(db, by, project_id, data)))


@get("/projects/{project_id:str}/calibration", access=LEAD, responses=answers(Board))
async def board(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """People by domains, and the gates of the team."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: decisions.board(db, project_id)))


@get("/projects/{project_id:str}/calibration/{person_id:str}", access=LEAD, responses=answers(list[Standing]))
async def standings(request: StrictRequest, project_id: FromPath[str], person_id: FromPath[str]) -> Response[Any]:
    """Where one person stands in each domain, and why."""
    store = server_of(request).store
    return listed(await asyncio.to_thread(store.read, lambda db: decisions.standings(db, project_id, person_id)))


@get("/projects/{project_id:str}/my-calibration", access=LABELLER, responses=answers(list[Standing]))
async def my_standings(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """Where I stand in each domain, and what is missing."""
    person, store = person_of(request), server_of(request).store
    return listed(await store.read_async(lambda db: decisions.mine(db, person, project_id)))


@post("/projects/{project_id:str}/calibration/decisions", access=LEAD, status_code=200, responses=answers(Receipt))
async def decide(
    request: StrictRequest, project_id: FromPath[str], data: JSONBody[CalibrationDecisionBody]
) -> Response[Any]:
    """Decide about a person in a domain, or open it for the team, with the reason."""
    by, store = person_of(request).id, server_of(request).store
    return reply(await store.write_async(project_id, lambda db: decisions.decide(db, by, project_id, data)))


ROUTES = (draw_set, board, standings, my_standings, decide)
