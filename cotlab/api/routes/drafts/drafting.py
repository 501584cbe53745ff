"""Drafts of models, for the lead: which models there are, requests, and their progress."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream

from cotlab.api.access import DRAFTER, LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import VERSION_HEADER, answers, listed, reply
from cotlab.api.requests import StrictRequest
from cotlab.api.writes import write_in_project
from cotlab.domain.drafts.opinions import OpinionProgress, OpinionsAsked, OpinionsBody
from cotlab.domain.drafts.requests import (
    AcceptBody,
    CancelBody,
    Decided,
    DeclineBody,
    DraftBody,
    DraftReport,
    DraftStatus,
    DraftTotals,
    ModelEntry,
)
from cotlab.services.drafts import acceptance, models, opinion_requests, requests
from cotlab.services.projects.projects import known_project
from cotlab.storage.engine.database import SERVER, Reading, Store

LOOK = 0.5
"""Seconds between two looks at how far a request is."""
SIGN_OF_LIFE = 15.0
"""Seconds after which something is sent where nothing has changed, so that nobody between takes it for dead."""
EVENTS = "text/event-stream"
ANSWERED = answers(DraftStatus) | {
    200: ResponseSpec(DraftStatus, media_type=EVENTS, generate_examples=False, description="an event a change")
}


@get("/projects/{project_id:str}/models", access=LEAD, responses=answers(list[ModelEntry]))
async def list_models(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """The models that may be asked for drafts."""

    def found(db: Reading) -> list[ModelEntry]:
        known_project(db, project_id)
        return models.entries(db)

    return listed(await server_of(request).store.read_async(found))


@get("/projects/{project_id:str}/drafting", access=LEAD, responses=answers(list[DraftStatus]))
async def list_all(
    request: StrictRequest,
    project_id: FromPath[str],
    before: Annotated[str | None, QueryParameter(name="before", max_length=200)] = None,
    most: Annotated[int, QueryParameter(name="most", ge=1, le=1_000)] = requests.REQUESTS,
    open_ones: Annotated[bool, QueryParameter(name="open")] = False,
) -> Response[Any]:
    """The requests for drafts, the newest first; with `before` those that were made before the one of that id. With
    `open` those that have not ended alone, in the order in which workers take them.
    """
    store = server_of(request).store
    if open_ones:
        return listed(await store.read_async(lambda db: requests.listed_open(db, project_id, most)))
    return listed(await store.read_async(lambda db: requests.listed(db, project_id, before, most)))


@get("/projects/{project_id:str}/drafting/totals", access=LEAD, responses=answers(list[DraftTotals]))
async def list_totals(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """How many requests there are in each state, and how many drafts, a row a model and kind."""
    return listed(await server_of(request).store.read_async(lambda db: requests.totals(db, project_id)))


@post("/projects/{project_id:str}/drafting", access=DRAFTER, status_code=200, responses=answers(DraftStatus))
async def start(request: StrictRequest, project_id: FromPath[str], data: JSONBody[DraftBody]) -> Response[Any]:
    """Ask for drafts; a worker makes them. The policy says for what also adjudicators may ask."""
    return await write_in_project(
        request,
        project_id,
        data,
        lambda db, person: requests.request(db, person.id, project_id, data, person.roles_in(project_id)),
    )


@get("/projects/{project_id:str}/drafting/{request_id:str}", access=LEAD, responses=answers(DraftReport))
async def show(request: StrictRequest, project_id: FromPath[str], request_id: FromPath[str]) -> Response[Any]:
    """A request with its drafts."""
    store = server_of(request).store
    return reply(await store.read_async(lambda db: requests.report(db, project_id, request_id)))


@post(
    "/projects/{project_id:str}/drafting/{request_id:str}/cancel", access=DRAFTER, status_code=200,
    responses=answers(DraftStatus),
)  # fmt: skip
async def cancel(
    request: StrictRequest, project_id: FromPath[str], request_id: FromPath[str], data: JSONBody[CancelBody]
) -> Response[Any]:
    """End a request of one's own, or any as a lead; what it has drafted stays."""
    return await write_in_project(
        request, project_id, data,
        lambda db, person: requests.cancel(db, person, project_id, request_id, data),
    )  # fmt: skip


@post(
    "/projects/{project_id:str}/drafting/{request_id:str}/accept", access=LEAD, status_code=200,
    responses=answers(Decided),
)  # fmt: skip
async def accept(
    request: StrictRequest, project_id: FromPath[str], request_id: FromPath[str], data: JSONBody[AcceptBody]
) -> Response[Any]:
    """Let drafts into the pool, as traces that people label."""
    return await write_in_project(
        request, project_id, data,
        lambda db, person: acceptance.accept(db, person.id, project_id, request_id, data), SERVER,
    )  # fmt: skip


@post(
    "/projects/{project_id:str}/drafting/{request_id:str}/decline", access=LEAD, status_code=200,
    responses=answers(Decided),
)  # fmt: skip
async def decline(
    request: StrictRequest, project_id: FromPath[str], request_id: FromPath[str], data: JSONBody[DeclineBody]
) -> Response[Any]:
    """Turn drafts down, with the reason."""
    return await write_in_project(
        request, project_id, data,
        lambda db, person: acceptance.decline(db, person.id, project_id, request_id, data),
    )  # fmt: skip


@get("/projects/{project_id:str}/drafting/{request_id:str}/status", access=DRAFTER, responses=answers(DraftStatus))
async def show_status(request: StrictRequest, project_id: FromPath[str], request_id: FromPath[str]) -> Response[Any]:
    """How far a request of one's own is, without its drafts; any to a lead."""
    person, store = person_of(request), server_of(request).store
    return reply(await store.read_async(lambda db: requests.mine(db, person, project_id, request_id)))


@get("/projects/{project_id:str}/drafting/{request_id:str}/events", access=DRAFTER, responses=ANSWERED)
async def events(request: StrictRequest, project_id: FromPath[str], request_id: FromPath[str]) -> Stream:
    """How far a request of one's own is, or any to a lead, as server-sent events: one now and one at each change, the
    last once it has ended.
    """
    person, store = person_of(request), server_of(request).store
    first = await store.read_async(lambda db: requests.mine(db, person, project_id, request_id))
    return Stream(_changes(store, project_id, first), media_type=EVENTS, headers={
        **VERSION_HEADER, "Cache-Control": "no-store", "X-Accel-Buffering": "no",
    })  # fmt: skip


async def _changes(store: Store, project_id: str, first: DraftStatus) -> AsyncIterator[bytes]:
    shown, quiet = first, 0.0
    yield event(first)
    while not shown.ended:
        await asyncio.sleep(LOOK)
        now = await _status(store, project_id, first.id)
        quiet = 0.0 if now != shown else quiet + LOOK
        if now != shown:
            yield event(now)
        elif quiet >= SIGN_OF_LIFE:
            quiet = 0.0
            yield b": still there\n\n"
        shown = now


async def _status(store: Store, project_id: str, request_id: str) -> DraftStatus:
    return await store.read_async(lambda db: requests.status(db, project_id, request_id))


def event(status: DraftStatus) -> bytes:
    """A server-sent event."""
    return f"event: progress\ndata: {status.model_dump_json()}\n\n".encode()


@get("/projects/{project_id:str}/opinions", access=LEAD, responses=answers(list[OpinionProgress]))
async def list_opinions(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """How far the opinions of models are, a row a kind and model."""
    return listed(await server_of(request).store.read_async(lambda db: opinion_requests.progress(db, project_id)))


@post("/projects/{project_id:str}/opinions", access=LEAD, status_code=200, responses=answers(OpinionsAsked))
async def ask_opinions(
    request: StrictRequest, project_id: FromPath[str], data: JSONBody[OpinionsBody]
) -> Response[Any]:
    """Ask for a model's opinion of all traces, or pairs, of a slice that have none of it yet; so many at a call."""
    return await write_in_project(
        request, project_id, data, lambda db, person: opinion_requests.ask(db, person.id, project_id, data)
    )


ROUTES = (
    list_models,
    list_all,
    list_totals,
    start,
    show,
    show_status,
    cancel,
    accept,
    decline,
    events,
    list_opinions,
    ask_opinions,
)
