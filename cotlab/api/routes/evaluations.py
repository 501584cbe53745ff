"""Models held against settled labels, and slices that are labelled anew, for the lead."""

import asyncio
from io import BytesIO
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from cotlab.api.access import LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, listed, reply
from cotlab.api.requests import StrictRequest
from cotlab.api.routes.datasets.exchange import MAX_IMPORT, ndjson
from cotlab.domain.evaluations.evaluations import (
    FEWEST_PROBLEMS,
    Evaluation,
    EvaluationEntry,
    EvaluationOrder,
    PredictionLevel,
    ReopenBody,
    ReopenedSlice,
    ReopenEstimate,
)
from cotlab.exchange.readers.jsonl import byte_lines
from cotlab.services.evaluations import evaluation
from cotlab.services.projects.projects import open_project
from cotlab.services.queue import reopening


@post(
    "/projects/{project_id:str}/evaluations", access=LEAD, status_code=200, responses=answers(Evaluation),
    request_max_body_size=MAX_IMPORT,
)  # fmt: skip
async def evaluate(
    request: StrictRequest,
    project_id: FromPath[str],
    model: Annotated[str | None, QueryParameter(name="model", max_length=200, pattern=r"^\S(.*\S)?$")] = None,
    threshold: Annotated[float, QueryParameter(name="threshold", ge=0, le=1)] = 0.5,
    level: Annotated[PredictionLevel | None, QueryParameter(name="level")] = None,
    by: Annotated[str | None, QueryParameter(name="by", max_length=200)] = None,
    fewest: Annotated[int, QueryParameter(name="fewest", ge=1, le=1_000_000)] = FEWEST_PROBLEMS,
    replicates: Annotated[int, QueryParameter(name="replicates", ge=0, le=10_000)] = 1_000,
    seed: Annotated[int, QueryParameter(name="seed", ge=0, lt=2**53)] = 1,
) -> Response[Any]:
    """Hold predictions (`application/x-ndjson`) against settled labels. The reply names each broken line."""
    wanted = EvaluationOrder(
        model=model, threshold=threshold, level=level, by=evaluation.dimensions(by), fewest=fewest,
        replicates=replicates, seed=seed,
    )  # fmt: skip
    who, store = person_of(request).id, server_of(request).store
    await store.read_async(lambda db: open_project(db, project_id))
    lines = list(byte_lines(BytesIO(await ndjson(request))))
    found = await asyncio.to_thread(store.read, lambda db: evaluation.of_project(db, project_id, lines, wanted))
    return reply(
        await store.write_async(project_id, lambda db: evaluation.record(db, who, project_id, wanted, found))
    )  # fmt: skip


@get("/projects/{project_id:str}/evaluations", access=LEAD, responses=answers(list[EvaluationEntry]))
async def list_all(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """The evaluations of a project, the newest first."""
    store = server_of(request).store
    return listed(await asyncio.to_thread(store.read, lambda db: evaluation.listed(db, project_id)))


@get("/projects/{project_id:str}/evaluations/{evaluation_id:str}", access=LEAD, responses=answers(Evaluation))
async def show(request: StrictRequest, project_id: FromPath[str], evaluation_id: FromPath[str]) -> Response[Any]:
    """An evaluation with the slices that were reopened because of it."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: evaluation.evaluation(db, project_id, evaluation_id)))


@post(
    "/projects/{project_id:str}/evaluations/{evaluation_id:str}/estimate", access=LEAD, status_code=200,
    responses=answers(ReopenEstimate),
)  # fmt: skip
async def estimate(
    request: StrictRequest, project_id: FromPath[str], evaluation_id: FromPath[str], data: JSONBody[ReopenBody]
) -> Response[Any]:
    """What it would take to have a slice labelled anew; nothing is changed."""
    store = server_of(request).store
    return reply(
        await asyncio.to_thread(store.read, lambda db: reopening.estimate(db, project_id, evaluation_id, data))
    )


@post(
    "/projects/{project_id:str}/evaluations/{evaluation_id:str}/reopen", access=LEAD, status_code=200,
    responses=answers(ReopenedSlice),
)  # fmt: skip
async def reopen(
    request: StrictRequest, project_id: FromPath[str], evaluation_id: FromPath[str], data: JSONBody[ReopenBody]
) -> Response[Any]:
    """Have people who have not worked on the traces of a slice label them anew."""
    who, store = person_of(request).id, server_of(request).store
    items = await asyncio.to_thread(store.read, lambda db: reopening.picked(db, project_id, evaluation_id, data))
    return reply(
        await store.write_async(
            project_id, lambda db: reopening.reopen(db, who, project_id, evaluation_id, data, items)
        )
    )


ROUTES = (evaluate, list_all, show, estimate, reopen)
