"""A lead's routes: projects, policy, members."""

import uuid
from typing import Any

from litestar import Response, get, post, put
from litestar.params import FromPath, JSONBody

from cotlab.api.access import ADMIN, LEAD, MEMBER, READER, SIGNED_IN
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, listed, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.people import Member
from cotlab.domain.projects.policy import Policy, WorkPolicy
from cotlab.domain.projects.projects import ClosingBody, MemberBody, NewProject, Project
from cotlab.domain.work.views import Receipt
from cotlab.services.projects import projects
from cotlab.storage.engine.database import SERVER


@get("/projects", access=SIGNED_IN, responses=answers(list[Project]))
async def list_projects(request: StrictRequest) -> Response[Any]:
    person = person_of(request)
    return listed(await server_of(request).store.read_async(lambda db: projects.list_projects(db, person)))


@post("/projects", access=ADMIN, status_code=200, responses=answers(Project))
async def add_project(request: StrictRequest, data: JSONBody[NewProject]) -> Response[Any]:
    by, store = person_of(request).id, server_of(request).store
    project_id = uuid.uuid4().hex
    scope = [SERVER, project_id]
    return reply(await store.write_async(scope, lambda db: projects.add_project(db, by, project_id, data)))


@post("/projects/{project_id:str}/close", access=LEAD, status_code=200, responses=answers(Receipt))
async def close_project(
    request: StrictRequest, project_id: FromPath[str], data: JSONBody[ClosingBody]
) -> Response[Any]:
    by, store = person_of(request).id, server_of(request).store
    receipt = await store.write_async(project_id, lambda db: projects.close_project(db, by, project_id, data))
    return reply(Receipt(receipt=receipt))


@get("/projects/{project_id:str}/policy", access=READER, responses=answers(Policy))
async def show_policy(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """The whole policy, which says what is handed out and why."""
    return reply(await server_of(request).store.read_async(lambda db: projects.show_policy(db, project_id)))


@get("/projects/{project_id:str}/policy/work", access=MEMBER, responses=answers(WorkPolicy))
async def show_work_policy(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """What of the policy who labels may know."""
    return reply(await server_of(request).store.read_async(lambda db: projects.work_policy(db, project_id)))


@put("/projects/{project_id:str}/policy", access=LEAD, responses=answers(Receipt))
async def set_policy(request: StrictRequest, project_id: FromPath[str], data: JSONBody[Policy]) -> Response[Any]:
    by, store = person_of(request).id, server_of(request).store
    receipt = await store.write_async(project_id, lambda db: projects.set_policy(db, by, project_id, data))
    return reply(Receipt(receipt=receipt))


@get("/projects/{project_id:str}/members", access=LEAD, responses=answers(list[Member]))
async def list_members(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    return listed(await server_of(request).store.read_async(lambda db: projects.list_members(db, project_id)))


@post("/projects/{project_id:str}/members", access=LEAD, status_code=200, responses=answers(Receipt))
async def add_member(request: StrictRequest, project_id: FromPath[str], data: JSONBody[MemberBody]) -> Response[Any]:
    by, store = person_of(request).id, server_of(request).store
    receipt = await store.write_async(project_id, lambda db: projects.add_member(db, by, project_id, data))
    return reply(Receipt(receipt=receipt))


@post("/projects/{project_id:str}/members/remove", access=LEAD, status_code=200, responses=answers(Receipt))
async def remove_member(request: StrictRequest, project_id: FromPath[str], data: JSONBody[MemberBody]) -> Response[Any]:
    by, store = person_of(request).id, server_of(request).store
    receipt = await store.write_async(project_id, lambda db: projects.remove_member(db, by, project_id, data))
    return reply(Receipt(receipt=receipt))


ROUTES = (
    list_projects, add_project, close_project, show_policy, show_work_policy, set_policy, list_members, add_member,
    remove_member,
)  # fmt: skip
