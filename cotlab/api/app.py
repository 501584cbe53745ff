"""The HTTP application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from cotlab import __version__
from cotlab.api.access import ANYONE, guard, note_refusal
from cotlab.api.context import Server
from cotlab.api.refusals import Refusals
from cotlab.api.replies import http_error, known_error, plain_not_found, unknown_error
from cotlab.api.requests import StrictPydantic, StrictRequest
from cotlab.api.routes import agreement, exchange, guidelines, pilots, projects, questions, work
from cotlab.api.schemas import ExactSchemas
from cotlab.domain.errors import CotlabError
from cotlab.services.once import forget_old_replies
from cotlab.storage.database import SERVER, Store

MAX_BODY = 1_000_000


def create_app(store: Store) -> Litestar:
    """The application over an open store. Closing the store stays with the caller."""
    server = Server(store, Refusals(store))

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await store.write_async(SERVER, forget_old_replies)
        yield
        await server.refusals.flush()

    return Litestar(
        route_handlers=[
            Router("/v1", route_handlers=[
                *work.ROUTES, *questions.ROUTES, *projects.ROUTES, *guidelines.ROUTES, *pilots.ROUTES,
                *agreement.ROUTES, *exchange.ROUTES,
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
            create_examples=False,
        ),
    )  # fmt: skip
