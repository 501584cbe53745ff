"""An adjudicator's routes: the list of cases, and one case from the claim to the decision."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from cotlab.api.access import ADJUDICATOR, SIGNED_IN
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, reply
from cotlab.api.requests import StrictRequest
from cotlab.api.writes import write_in_project, write_mine
from cotlab.domain.cases import (
    CaseList,
    CaseState,
    CaseView,
    ChoiceBody,
    Chosen,
    ClaimCaseBody,
    ClaimedCase,
    Decided,
    DecisionBody,
    PassBody,
)
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.domain.work.views import Receipt
from cotlab.services.cases import adjudication, decision, hand_over


@get("/projects/{project_id:str}/cases", access=ADJUDICATOR, responses=answers(CaseList))
async def list_cases(
    request: StrictRequest,
    project_id: FromPath[str],
    in_state: Annotated[CaseState | None, QueryParameter(name="state")] = None,
    reason: Annotated[CaseReason | None, QueryParameter(name="reason")] = None,
    domain: Annotated[str | None, QueryParameter(name="domain", max_length=200)] = None,
    cursor: Annotated[str | None, QueryParameter(name="cursor", max_length=100)] = None,
) -> Response[Any]:
    """The cases that I can decide, or did, the oldest first."""
    person, store = person_of(request), server_of(request).store
    return reply(
        await store.read_async(lambda db: adjudication.listed(db, person, project_id, in_state, reason, domain, cursor))
    )


@post("/projects/{project_id:str}/cases/claim", access=ADJUDICATOR, status_code=200, responses=answers(ClaimedCase))
async def claim_case(request: StrictRequest, project_id: FromPath[str], data: JSONBody[ClaimCaseBody]) -> Response[Any]:
    """The case that I have in my hands, else the one named, else the next one."""
    person, store = person_of(request), server_of(request).store
    picked = (
        await store.read_async(lambda db: adjudication.ahead(db, person, project_id)) if data.case_id is None else []
    )
    return await write_in_project(
        request, project_id, data, lambda db, who: adjudication.claim(db, who, project_id, data, picked)
    )


@get("/assignments/{assignment_id:str}/case", access=SIGNED_IN, responses=answers(CaseView))
async def case(request: StrictRequest, assignment_id: FromPath[str]) -> Response[Any]:
    person, store = person_of(request), server_of(request).store
    return reply(await store.read_async(lambda db: adjudication.view(db, person, assignment_id)))


@post("/assignments/{assignment_id:str}/choice", access=SIGNED_IN, status_code=200, responses=answers(Chosen))
async def choose(request: StrictRequest, assignment_id: FromPath[str], data: JSONBody[ChoiceBody]) -> Response[Any]:
    """My own choice; what others said comes with the answer."""
    return await write_mine(
        request, assignment_id, data, lambda db, person: decision.choose(db, person, assignment_id, data)
    )


@post("/assignments/{assignment_id:str}/decision", access=SIGNED_IN, status_code=200, responses=answers(Decided))
async def decide(request: StrictRequest, assignment_id: FromPath[str], data: JSONBody[DecisionBody]) -> Response[Any]:
    return await write_mine(
        request, assignment_id, data, lambda db, person: decision.decide(db, person, assignment_id, data)
    )


@post("/assignments/{assignment_id:str}/pass", access=SIGNED_IN, status_code=200, responses=answers(Receipt))
async def pass_on(request: StrictRequest, assignment_id: FromPath[str], data: JSONBody[PassBody]) -> Response[Any]:
    """Hand on the case that I have in my hands."""
    return await write_mine(
        request, assignment_id, data, lambda db, person: hand_over.pass_on(db, person, assignment_id, data)
    )


ROUTES = (list_cases, claim_case, case, choose, decide, pass_on)
