"""An expert's routes: the queue, claims, labels, endings, and their own past labels."""

from functools import partial
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from cotlab.api.access import LABELLER, SIGNED_IN
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, reply
from cotlab.api.requests import StrictRequest
from cotlab.api.writes import write_mine
from cotlab.domain.answers import AlternativeBody, EndingBody, FinishBody, LabelBody
from cotlab.domain.people import Person
from cotlab.domain.shown_drafts import RationaleAsked, RevealedDrafts
from cotlab.domain.traces.pairs import PairView, PreferenceBody
from cotlab.domain.work.views import (
    AssignmentView,
    Claimed,
    Committed,
    GuidelineView,
    PastLabels,
    Preferred,
    Queue,
    Receipt,
    StepView,
)
from cotlab.services.guidelines import versions
from cotlab.services.queue.candidates import Ahead
from cotlab.services.reports import my_work
from cotlab.services.work import endings, labelling, preferences, rationales
from cotlab.storage.engine.database import Db

CLAIM_ATTEMPTS = 3


@get("/queue", access=SIGNED_IN, responses=answers(Queue))
async def my_queue(
    request: StrictRequest, day_starts_at: Annotated[int, QueryParameter(name="day_starts_at", ge=0, lt=2**53)]
) -> Response[Any]:
    person, store = person_of(request), server_of(request).store
    return reply(await store.read_async(lambda db: my_work.queue(db, person, day_starts_at)))


@post("/projects/{project_id:str}/claim", access=LABELLER, status_code=200, responses=answers(Claimed))
async def claim(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """My open assignment, else a new one. Sent again it answers the same assignment, so that it needs no key."""
    person, server = person_of(request), server_of(request)
    for _ in range(CLAIM_ATTEMPTS):
        ahead = await server.store.read_async(lambda db: server.candidates.ahead(db, person, project_id))
        tried_some = bool(ahead)
        claimed = await server.store.write_async(project_id, partial(_claim, person, project_id, ahead))
        if claimed.nothing not in ("nothing_open", "paused", "not_qualified") or not tried_some:
            break
    return reply(claimed)


def _claim(person: Person, project_id: str, ahead: Ahead, db: Db) -> Claimed:
    return labelling.claim(db, person, project_id, ahead)


@get("/assignments/{assignment_id:str}", access=SIGNED_IN, responses=answers(AssignmentView))
async def assignment(request: StrictRequest, assignment_id: FromPath[str]) -> Response[Any]:
    person, store = person_of(request), server_of(request).store
    return reply(await store.read_async(lambda db: labelling.view(db, person, assignment_id)))


@get("/assignments/{assignment_id:str}/steps/{position:str}", access=SIGNED_IN, responses=answers(StepView))
async def step(request: StrictRequest, assignment_id: FromPath[str], position: FromPath[str]) -> Response[Any]:
    """A step of my open trace that was shown: where taking back starts."""
    person, store = person_of(request), server_of(request).store
    return reply(
        await store.read_async(lambda db: labelling.step(db, person, assignment_id, labelling.position_of(position)))
    )


@post(
    "/assignments/{assignment_id:str}/steps/{position:str}/draft", access=SIGNED_IN, status_code=200,
    responses=answers(RevealedDrafts),
)  # fmt: skip
async def reveal(request: StrictRequest, assignment_id: FromPath[str], position: FromPath[str]) -> Response[Any]:
    """See what models drafted of a step, or of a pair (position 1), that I have committed, as far as policy shows it.

    Sent again it shows the same, so that it needs no key.
    """
    person, server = person_of(request), server_of(request)
    project_id = await server.project_of(assignment_id)
    return reply(
        await server.store.write_async(
            project_id, lambda db: rationales.revealed(db, person, assignment_id, labelling.position_of(position))
        )
    )


@post(
    "/assignments/{assignment_id:str}/steps/{position:str}/rationale", access=SIGNED_IN, status_code=200,
    responses=answers(RationaleAsked),
)  # fmt: skip
async def ask_rationale(
    request: StrictRequest, assignment_id: FromPath[str], position: FromPath[str],
    anew: Annotated[bool, QueryParameter(name="anew")] = False,
) -> Response[Any]:  # fmt: skip
    """Ask for a draft of the reason for my label on a step. Sent again it says how far that is; where that failed or
    was cancelled, `anew` asks for another one.
    """
    person, server = person_of(request), server_of(request)
    project_id = await server.project_of(assignment_id)
    return reply(
        await server.store.write_async(
            project_id, lambda db: rationales.ask(db, person, assignment_id, labelling.position_of(position), anew)
        )
    )


@get("/assignments/{assignment_id:str}/guideline", access=SIGNED_IN, responses=answers(GuidelineView))
async def assignment_guideline(request: StrictRequest, assignment_id: FromPath[str]) -> Response[Any]:
    person, store = person_of(request), server_of(request).store
    return reply(await store.read_async(lambda db: versions.view(db, labelling.my_version(db, person, assignment_id))))


@post("/assignments/{assignment_id:str}/labels", access=SIGNED_IN, status_code=200, responses=answers(Committed))
async def commit(request: StrictRequest, assignment_id: FromPath[str], data: JSONBody[LabelBody]) -> Response[Any]:
    return await write_mine(
        request, assignment_id, data, lambda db, person: labelling.commit(db, person, assignment_id, data)
    )


@post("/assignments/{assignment_id:str}/preference", access=SIGNED_IN, status_code=200, responses=answers(Preferred))
async def prefer(request: StrictRequest, assignment_id: FromPath[str], data: JSONBody[PreferenceBody]) -> Response[Any]:
    """All that I say of a pair, which ends the assignment; or its correction, while it is my last one."""
    return await write_mine(
        request, assignment_id, data, lambda db, person: preferences.prefer(db, person, assignment_id, data)
    )


@get("/assignments/{assignment_id:str}/preference", access=SIGNED_IN, responses=answers(PairView))
async def my_pair(request: StrictRequest, assignment_id: FromPath[str]) -> Response[Any]:
    """The pair that I compared last, with what I said of it: where taking back starts."""
    person, store = person_of(request), server_of(request).store
    return reply(await store.read_async(lambda db: preferences.last(db, person, assignment_id)))


@post("/assignments/{assignment_id:str}/alternatives", access=SIGNED_IN, status_code=200, responses=answers(Receipt))
async def alternative(
    request: StrictRequest, assignment_id: FromPath[str], data: JSONBody[AlternativeBody]
) -> Response[Any]:
    return await write_mine(
        request, assignment_id, data, lambda db, person: endings.write_alternative(db, person, assignment_id, data)
    )


@post("/assignments/{assignment_id:str}/finish", access=SIGNED_IN, status_code=200, responses=answers(Receipt))
async def finish(request: StrictRequest, assignment_id: FromPath[str], data: JSONBody[FinishBody]) -> Response[Any]:
    return await write_mine(
        request, assignment_id, data, lambda db, person: endings.finish(db, person, assignment_id, data)
    )


@post("/assignments/{assignment_id:str}/end", access=SIGNED_IN, status_code=200, responses=answers(Receipt))
async def end(request: StrictRequest, assignment_id: FromPath[str], data: JSONBody[EndingBody]) -> Response[Any]:
    return await write_mine(
        request, assignment_id, data, lambda db, person: endings.end_early(db, person, assignment_id, data)
    )


@get("/projects/{project_id:str}/my-labels", access=LABELLER, responses=answers(PastLabels))
async def my_labels(
    request: StrictRequest,
    project_id: FromPath[str],
    cursor: Annotated[str | None, QueryParameter(name="cursor", max_length=100)] = None,
) -> Response[Any]:
    person, store = person_of(request), server_of(request).store
    return reply(await store.read_async(lambda db: my_work.past_labels(db, person, project_id, cursor)))


ROUTES = (
    my_queue,
    claim,
    assignment,
    step,
    reveal,
    ask_rationale,
    assignment_guideline,
    commit,
    alternative,
    finish,
    end,
    my_labels,
    prefer,
    my_pair,
)
