"""How far the people of a project agree, for its lead."""

import asyncio
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from cotlab.api.access import LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, listed, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.agreement.coefficients import (
    AgreementChange,
    AgreementReport,
    Diagnosis,
    DisputedSteps,
    GoOnBody,
    TakenAgreement,
)
from cotlab.domain.work.views import Receipt
from cotlab.services.agreement import measurement, records
from cotlab.services.cases import disputed_steps as disputed

By = Annotated[str | None, QueryParameter(name="by", max_length=200)]
Doubted = Annotated[bool, QueryParameter(name="doubted")]
Task = Annotated[Literal["steps", "pairs"], QueryParameter(name="task")]
AboutPairs = Annotated[str | None, QueryParameter(name="question", max_length=200)]
Sources = Annotated[bool, QueryParameter(name="sources")]
Version = Annotated[str | None, QueryParameter(name="version", max_length=200)]


@get("/projects/{project_id:str}/agreement", access=LEAD, responses=answers(AgreementReport))
async def report(
    request: StrictRequest,
    project_id: FromPath[str],
    by: By = None,
    version: Version = None,
    coefficient: Annotated[str | None, QueryParameter(name="coefficient", max_length=200)] = None,
    kinds: Annotated[bool, QueryParameter(name="kinds")] = False,
    replicates: Annotated[int, QueryParameter(name="replicates", ge=0, le=10_000)] = 1_000,
    seed: Annotated[int, QueryParameter(name="seed", ge=0, lt=2**53)] = 1,
    doubted: Doubted = False,
    task: Task = "steps",
    question: AboutPairs = None,
    sources: Sources = False,
) -> Response[Any]:
    """Coefficients over all first, blind labels and in slices; names in `by` and `coefficient` are parted by commas.

    `task=pairs` measures what people chose between responses: overall, or on the criterion that `question` names.
    `sources` measures what came with files in place of what people answered.
    """
    names = [name for name in (coefficient or "").split(",") if name]
    asked = measurement.asked_of(task, question, sources)
    wanted = measurement.order(by, names, kinds, version, replicates, seed, doubted, asked)
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: measurement.report(db, project_id, wanted)))


@get("/projects/{project_id:str}/agreement/diagnosis", access=LEAD, responses=answers(Diagnosis))
async def diagnosis(
    request: StrictRequest,
    project_id: FromPath[str],
    by: By = None,
    version: Version = None,
    doubted: Doubted = False,
    task: Task = "steps",
    question: AboutPairs = None,
) -> Response[Any]:
    """Where disagreement sits, the largest part first."""
    columns, store = list(measurement.names_of(by)), server_of(request).store
    asked = measurement.asked_of(task, question)
    return reply(
        await asyncio.to_thread(
            store.read, lambda db: measurement.diagnosis(db, project_id, columns, version, doubted, asked)
        )
    )


@get("/projects/{project_id:str}/agreement/change", access=LEAD, responses=answers(AgreementChange))
async def change(
    request: StrictRequest,
    project_id: FromPath[str],
    before: Annotated[str, QueryParameter(name="before", max_length=200)],
    after: Annotated[str, QueryParameter(name="after", max_length=200)],
    coefficient: Annotated[str, QueryParameter(name="coefficient", max_length=40)] = "alpha",
    kinds: Annotated[bool, QueryParameter(name="kinds")] = False,
    replicates: Annotated[int, QueryParameter(name="replicates", ge=0, le=10_000)] = 1_000,
    seed: Annotated[int, QueryParameter(name="seed", ge=0, lt=2**53)] = 1,
    doubted: Doubted = False,
    task: Task = "steps",
    question: AboutPairs = None,
) -> Response[Any]:
    """From one guideline version to another, on the steps labelled under both."""
    asked = measurement.asked_of(task, question)
    wanted = measurement.order(None, [coefficient], kinds, None, replicates, seed, doubted, asked)
    store = server_of(request).store
    return reply(
        await asyncio.to_thread(store.read, lambda db: measurement.change(db, project_id, before, after, wanted))
    )


@get("/projects/{project_id:str}/agreement/steps", access=LEAD, responses=answers(DisputedSteps))
async def disputed_steps(
    request: StrictRequest,
    project_id: FromPath[str],
    labels: Annotated[str | None, QueryParameter(name="labels", max_length=400)] = None,
    where: Annotated[list[str] | None, QueryParameter(name="where", max_items=10)] = None,
    rule: Annotated[str | None, QueryParameter(name="rule", max_length=200)] = None,
    version: Version = None,
    kinds: Annotated[bool, QueryParameter(name="kinds")] = False,
    doubted: Doubted = False,
    task: Task = "steps",
    question: AboutPairs = None,
    offset: Annotated[int, QueryParameter(name="offset", ge=0, lt=2**53)] = 0,
    limit: Annotated[int, QueryParameter(name="limit", ge=1, le=500)] = 50,
) -> Response[Any]:
    """The steps behind a number: where these labels met, in slices (`where=domain=law`), under a rule or `none`."""
    asked, store = measurement.asked_of(task, question), server_of(request).store
    wanted = disputed.cell(labels, where or (), rule, version, kinds, doubted, asked)
    return reply(await asyncio.to_thread(store.read, lambda db: disputed.steps(db, project_id, wanted, offset, limit)))


@get("/projects/{project_id:str}/agreement/taken", access=LEAD, responses=answers(list[TakenAgreement]))
async def taken(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """Agreement as the server took it by itself, the newest first."""
    store = server_of(request).store
    return listed(await store.read_async(lambda db: records.takings(db, project_id)))


@post("/projects/{project_id:str}/agreement/go-on", access=LEAD, status_code=200, responses=answers(Receipt))
async def go_on(request: StrictRequest, project_id: FromPath[str], data: JSONBody[GoOnBody]) -> Response[Any]:
    """Decide that a domain below the bar goes on, with the reason."""
    by, store = person_of(request).id, server_of(request).store
    return reply(await store.write_async(project_id, lambda db: records.go_on(db, by, project_id, data)))


ROUTES = (report, diagnosis, change, disputed_steps, taken, go_on)
