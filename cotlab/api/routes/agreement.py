"""How far the people of a project agree, for its lead."""

import asyncio
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from cotlab.api.access import LEAD
from cotlab.api.context import server_of
from cotlab.api.replies import answers, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.agreement import AgreementChange, AgreementReport, Diagnosis
from cotlab.services import agreement

By = Annotated[str | None, QueryParameter(name="by", max_length=200)]
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
) -> Response[Any]:
    """Coefficients over all first, blind labels and in slices; names in `by` and `coefficient` are parted by commas."""
    names = [name for name in (coefficient or "").split(",") if name]
    wanted = agreement.order(by, names, kinds, version, replicates, seed)
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: agreement.report(db, project_id, wanted)))


@get("/projects/{project_id:str}/agreement/diagnosis", access=LEAD, responses=answers(Diagnosis))
async def diagnosis(
    request: StrictRequest, project_id: FromPath[str], by: By = None, version: Version = None
) -> Response[Any]:
    """Where disagreement sits, the largest part first."""
    columns, store = list(agreement.names_of(by)), server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: agreement.diagnosis(db, project_id, columns, version)))


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
) -> Response[Any]:
    """From one guideline version to another, on the steps labelled under both."""
    wanted = agreement.order(None, [coefficient], kinds, None, replicates, seed)
    store = server_of(request).store
    return reply(
        await asyncio.to_thread(store.read, lambda db: agreement.change(db, project_id, before, after, wanted))
    )


ROUTES = (report, diagnosis, change)
