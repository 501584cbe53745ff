"""The HTTP application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from cotlab import __version__
from cotlab.api.access import ANYONE, guard, note_refusal
from cotlab.api.checks import Checking
from cotlab.api.consequences import Loop
from cotlab.api.context import Server
from cotlab.api.refusals import Refusals
from cotlab.api.replies import http_error, known_error, plain_not_found, unknown_error
from cotlab.api.requests import StrictPydantic, StrictRequest
from cotlab.api.routes import agreement, evaluations, gold, health
from cotlab.api.routes.calibration import calibration, pilots, rechecks
from cotlab.api.routes.cases import case_reports, cases
from cotlab.api.routes.checks import evidence
from cotlab.api.routes.coverage import coverage, pairs
from cotlab.api.routes.datasets import exchange, releases
from cotlab.api.routes.drafts import altering, drafting
from cotlab.api.routes.guidelines import guidelines, questions
from cotlab.api.routes.projects import archives, cohorts, projects
from cotlab.api.routes.queue import batches, depth
from cotlab.api.routes.reports import quality, reports
from cotlab.api.routes.work import work, writing
from cotlab.api.schemas import ExactSchemas
from cotlab.domain.errors import CotlabError
from cotlab.services.audit.idempotency import forget_old_replies
from cotlab.storage.engine.database import SERVER, Store

MAX_BODY = 1_000_000


def create_app(
    store: Store, consequences_every: float | None = None, checking: Checking | None = None, cluster: str | None = None
) -> Litestar:
    """The application over an open store. Closing the store stays with the caller.

    `consequences_every`: seconds between two looks at what follows from requests, such as cases; None for no look.
    `checking` runs as long as the application does. `cluster` is the address of the one that alters steps;
    None: threads here.
    """
    server = Server(store, Refusals(store), cluster)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await store.write_async(SERVER, forget_old_replies)
        loop = None if consequences_every is None else Loop(store, consequences_every)
        if loop is not None:
            loop.start()
        if checking is not None:
            checking.start()
        yield
        if checking is not None:
            await asyncio.to_thread(checking.stop)
        if loop is not None:
            await asyncio.to_thread(loop.stop)
        await server.refusals.flush()

    return Litestar(
        route_handlers=[
            *health.ROUTES,
            Router("/v1", route_handlers=[
                *work.ROUTES, *questions.ROUTES, *projects.ROUTES, *guidelines.ROUTES, *pilots.ROUTES,
                *agreement.ROUTES, *cohorts.ROUTES, *cases.ROUTES, *case_reports.ROUTES, *exchange.ROUTES,
                *gold.ROUTES, *calibration.ROUTES, *rechecks.ROUTES, *batches.ROUTES, *depth.ROUTES, *reports.ROUTES,
                *coverage.ROUTES, *writing.ROUTES, *evidence.ROUTES, *quality.ROUTES, *evaluations.ROUTES,
                *pairs.ROUTES, *releases.ROUTES, *archives.ROUTES, *drafting.ROUTES, *altering.ROUTES,
            ])
        ],
        before_request=guard,
        after_exception=[note_refusal],
        request_class=StrictRequest,
        logging_config=None,
        request_max_body_size=MAX_BODY,
        plugins=[StrictPydantic(), ExactSchemas()],
        exception_handlers={CotlabError: known_error, HTTPException: http_error, Exception: unknown_error},
        lifespan=[lifespan],
        state=State({"server": server}),
        openapi_config=OpenAPIConfig(
            title="cotlab", version=__version__, path="/v1/openapi", render_plugins=[JsonRenderPlugin()],
            openapi_router=Router(
                "/v1/openapi", route_handlers=[], opt={"access": ANYONE}, include_in_schema=False,
                after_request=plain_not_found,
            ),
            create_examples=False, operation_id_creator=_operation_id,
        ),
    )  # fmt: skip


def _operation_id(handler: HTTPRouteHandler, *_: object) -> str:
    """What generated clients call an operation: `batches_list_all`, whatever its path is."""
    return f"{handler.fn.__module__.rpartition('.')[2]}_{handler.handler_name}"
