"""Paths that a writer claims, sends whole or gives back."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from cotlab.api.access import LABELLER, SIGNED_IN
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, reply
from cotlab.api.requests import StrictRequest
from cotlab.api.writes import write_mine
from cotlab.domain.coverage.writing import ClaimedWriting, PathBody, ReturnBody, WritingView
from cotlab.domain.work.views import Receipt
from cotlab.services.work import writing


@post("/projects/{project_id:str}/writing/claim", access=LABELLER, status_code=200, responses=answers(ClaimedWriting))
async def claim(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """The path that I am writing, else a new one. Sent again it answers the same, so that it needs no key."""
    person, store = person_of(request), server_of(request).store
    return reply(await store.write_async(project_id, lambda db: writing.claim(db, person, project_id)))


@get("/assignments/{assignment_id:str}/writing", access=SIGNED_IN, responses=answers(WritingView))
async def view(request: StrictRequest, assignment_id: FromPath[str]) -> Response[Any]:
    """The path that I am writing: its problem and strategy."""
    person, store = person_of(request), server_of(request).store
    return reply(await store.read_async(lambda db: writing.view(db, person, assignment_id)))


@post("/assignments/{assignment_id:str}/path", access=SIGNED_IN, status_code=200, responses=answers(Receipt))
async def write_path(request: StrictRequest, assignment_id: FromPath[str], data: JSONBody[PathBody]) -> Response[Any]:
    return await write_mine(
        request, assignment_id, data, lambda db, person: writing.write_path(db, person, assignment_id, data)
    )


@post("/assignments/{assignment_id:str}/return", access=SIGNED_IN, status_code=200, responses=answers(Receipt))
async def give_back(request: StrictRequest, assignment_id: FromPath[str], data: JSONBody[ReturnBody]) -> Response[Any]:
    return await write_mine(
        request, assignment_id, data, lambda db, person: writing.give_back(db, person, assignment_id, data)
    )


ROUTES = (claim, view, write_path, give_back)
