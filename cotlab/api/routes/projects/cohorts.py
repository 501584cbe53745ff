"""Cohorts of a project's people, for its lead."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from cotlab.api.access import LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, listed, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.agreement.coefficients import CohortBody, CohortMember
from cotlab.domain.work.views import Receipt
from cotlab.services.projects import cohorts


@get("/projects/{project_id:str}/cohorts", access=LEAD, responses=answers(list[CohortMember]))
async def members(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """Who was in which cohort, from when until when."""
    store = server_of(request).store
    return listed(await store.read_async(lambda db: cohorts.members(db, project_id)))


@post("/projects/{project_id:str}/cohorts", access=LEAD, status_code=200, responses=answers(Receipt))
async def set_cohort(request: StrictRequest, project_id: FromPath[str], data: JSONBody[CohortBody]) -> Response[Any]:
    """Put a person in a cohort from a time on, or end that."""
    by, store = person_of(request).id, server_of(request).store
    return reply(await store.write_async(project_id, lambda db: cohorts.set_cohort(db, by, project_id, data)))


ROUTES = (members, set_cohort)
