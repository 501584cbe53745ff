"""What the lead sees of a project's coverage, and the paths that are asked for."""

import asyncio
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from cotlab.api.access import LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, reply
from cotlab.api.requests import StrictRequest
from cotlab.api.writes import write_in_project
from cotlab.domain.coverage.spread import CoverageBody, CoverageReport
from cotlab.domain.coverage.writing import AskBody, Asked, PathMatrix, WithdrawTasksBody, WritingTasks
from cotlab.domain.work.views import Receipt
from cotlab.services.coverage import path_matrix, spread, writing_tasks

Cursor = Annotated[str | None, QueryParameter(name="cursor", max_length=100)]


@post("/projects/{project_id:str}/coverage", access=LEAD, status_code=200, responses=answers(CoverageReport))
async def report(
    request: StrictRequest, project_id: FromPath[str], data: JSONBody[CoverageBody]
) -> Response[Any]:  # fmt: skip
    """How problems and paths are spread, against what is wanted; nothing is changed."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(spread.report, store, project_id, data))


@get("/projects/{project_id:str}/coverage/paths", access=LEAD, responses=answers(PathMatrix))
async def paths(
    request: StrictRequest,
    project_id: FromPath[str],
    domain: Annotated[str | None, QueryParameter(name="domain", max_length=200)] = None,
    cursor: Cursor = None,
) -> Response[Any]:
    """Problems by strategies: which have a valid path, and where one is asked for."""
    store = server_of(request).store
    return reply(await store.read_async(lambda db: path_matrix.matrix(db, project_id, domain, cursor)))


@post("/projects/{project_id:str}/coverage/tasks", access=LEAD, status_code=200, responses=answers(Asked))
async def ask(request: StrictRequest, project_id: FromPath[str], data: JSONBody[AskBody]) -> Response[Any]:
    """Ask for paths. Sent again it asks for nothing more, so that it needs no key."""
    by, store = person_of(request).id, server_of(request).store
    return reply(await asyncio.to_thread(writing_tasks.ask, store, by, project_id, data))


@get("/projects/{project_id:str}/coverage/tasks", access=LEAD, responses=answers(WritingTasks))
async def tasks(request: StrictRequest, project_id: FromPath[str], cursor: Cursor = None) -> Response[Any]:
    """The paths that were asked for, the newest first."""
    store = server_of(request).store
    return reply(await store.read_async(lambda db: writing_tasks.tasks(db, project_id, cursor)))


@post("/projects/{project_id:str}/coverage/tasks/withdraw", access=LEAD, status_code=200, responses=answers(Receipt))
async def withdraw(
    request: StrictRequest, project_id: FromPath[str], data: JSONBody[WithdrawTasksBody]
) -> Response[Any]:
    """Ask no longer for some paths."""
    return await write_in_project(
        request, project_id, data, lambda db, person: writing_tasks.withdraw(db, person.id, project_id, data)
    )


ROUTES = (report, paths, ask, tasks, withdraw)
