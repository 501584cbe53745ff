"""Gold: imported, promoted, corrected, retired, listed and looked through, by leads alone."""

import asyncio
from io import BytesIO
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from cotlab.api.access import LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, reply
from cotlab.api.replies import listed as several
from cotlab.api.requests import StrictRequest
from cotlab.api.routes.datasets.exchange import MAX_IMPORT, ndjson
from cotlab.domain.gold import CorrectBody, GoldList, GoldPool, GoldReport, GoldSuggestion, PromoteBody, RetireBody
from cotlab.domain.work.views import Receipt
from cotlab.exchange.readers.jsonl import byte_lines
from cotlab.services.gold import gold_import, items, promotion
from cotlab.services.gold import pool as gold_pool
from cotlab.services.gold import suggestions as gold_suggest
from cotlab.services.projects.projects import open_project


@post(
    "/projects/{project_id:str}/gold/import", access=LEAD, status_code=200, responses=answers(GoldReport),
    request_max_body_size=MAX_IMPORT,
)  # fmt: skip
async def import_gold(
    request: StrictRequest,
    project_id: FromPath[str],
    format_name: Annotated[str | None, QueryParameter(name="format", max_length=40)] = None,
    source: Annotated[str | None, QueryParameter(name="source", max_length=200)] = None,
    names: Annotated[str | None, QueryParameter(name="map", max_length=2000)] = None,
    first_line: Annotated[int, QueryParameter(name="first_line", ge=1, lt=2**53)] = 1,
) -> Response[Any]:
    """Import JSON lines (`application/x-ndjson`) as gold: each step with a verified label and its justification.

    `map` renames labels of the file (`1=correct,0=redundant`). Good lines are kept; the reply names each broken one.
    """
    order = gold_import.GoldOrder(format_name, source, gold_import.label_names(names))
    by, store = person_of(request).id, server_of(request).store
    await store.read_async(lambda db: open_project(db, project_id))
    lines = byte_lines(BytesIO(await ndjson(request)))
    return reply(
        await asyncio.to_thread(gold_import.import_gold, store, by, project_id, lines, order, first_line=first_line)
    )


@post("/projects/{project_id:str}/gold", access=LEAD, status_code=200, responses=answers(Receipt))
async def promote(request: StrictRequest, project_id: FromPath[str], data: JSONBody[PromoteBody]) -> Response[Any]:
    """Make a trace gold that is settled throughout, by all who labelled it or by an adjudicator."""
    by, store = person_of(request).id, server_of(request).store
    return reply(await store.write_async(project_id, lambda db: promotion.promote(db, by, project_id, data)))


@post(
    "/projects/{project_id:str}/gold/{item_id:str}/corrections", access=LEAD, status_code=200,
    responses=answers(Receipt),
)  # fmt: skip
async def correct(
    request: StrictRequest, project_id: FromPath[str], item_id: FromPath[str], data: JSONBody[CorrectBody]
) -> Response[Any]:
    """Give a gold step another verified label. The old one stays, and every score is computed from the new one."""
    by, store = person_of(request).id, server_of(request).store
    return reply(await store.write_async(project_id, lambda db: items.correct(db, by, project_id, item_id, data)))


@post(
    "/projects/{project_id:str}/gold/{item_id:str}/retire", access=LEAD, status_code=200, responses=answers(Receipt)
)  # fmt: skip
async def retire(
    request: StrictRequest, project_id: FromPath[str], item_id: FromPath[str], data: JSONBody[RetireBody]
) -> Response[Any]:
    """Take an item out of gold. It goes back into the queue for those who have not seen it."""
    by, store = person_of(request).id, server_of(request).store
    return reply(await store.write_async(project_id, lambda db: items.retire(db, by, project_id, item_id, data)))


@get("/projects/{project_id:str}/gold", access=LEAD, responses=answers(GoldList))
async def listed(
    request: StrictRequest,
    project_id: FromPath[str],
    domain: Annotated[str | None, QueryParameter(name="domain", max_length=200)] = None,
    cursor: Annotated[str | None, QueryParameter(name="cursor", max_length=60)] = None,
) -> Response[Any]:
    """A page of the gold, the oldest first."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: items.listed(db, project_id, domain, cursor)))


@get("/projects/{project_id:str}/gold/suggestions", access=LEAD, responses=answers(GoldSuggestion))
async def suggestions(
    request: StrictRequest,
    project_id: FromPath[str],
    domain: Annotated[str | None, QueryParameter(name="domain", max_length=200)] = None,
    most: Annotated[int, QueryParameter(name="most", ge=1, le=1_000)] = 20,
) -> Response[Any]:
    """What could become gold, best first, and what in gold may be wrong."""
    store = server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: gold_suggest.suggest(db, project_id, domain, most)))


@get("/projects/{project_id:str}/gold/pool", access=LEAD, responses=answers(list[GoldPool]))
async def pool(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """How much gold each person has not seen yet, in each domain, against the work that waits there."""
    store = server_of(request).store
    return several(await store.read_async(lambda db: gold_pool.pools(db, project_id)))


ROUTES = (import_gold, promote, correct, retire, listed, suggestions, pool)
