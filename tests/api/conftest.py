"""The real application over the world, called in the process."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
import pytest
from litestar import Litestar

from cotlab.api.app import create_app
from cotlab.api.context import Server
from cotlab.api.refusals import Refusals
from cotlab.storage import Store
from tests.recycled import engine, make_database, recycled, store
from tests.support import Clock
from tests.world import World, people_and_project, trace, world_kept

__all__ = ["engine", "make_database", "recycled", "store"]


@dataclass
class Site:
    """The application with the world behind it."""

    world: World
    app: Litestar
    server: Server
    http: httpx.AsyncClient
    seen: list[httpx.Response] = field(default_factory=list)

    async def call(self, who: str | None, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """`who` is a person's name, a token, or None. `{project}` in the path stands for the project."""
        headers = dict(more.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.world.tokens.get(who, who)}"
        if body is not None:
            more["json"] = body
        url = path.replace("{project}", self.world.project)
        self.app.state.server = self.server  # another site may have been made since
        response = await self.http.request(method, url, headers=headers, **more)
        self.seen.append(response)
        return response

    async def done(self, who: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The JSON of a call that must succeed."""
        response = await self.call(who, method, path, body, **more)
        assert response.status_code == 200, (response.status_code, response.text)
        return response.json()


def in_process(app: Any) -> httpx.AsyncClient:
    """A client that calls the application without a socket."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://server")


class NoStore:
    """No test calls the application over it."""


@cache
def the_app() -> Litestar:
    """One application for all tests that need no second one beside it: to make one takes a third of a second."""
    return create_app(NoStore())  # type: ignore[arg-type]


def site_over(world: World) -> Site:
    """The application with this world behind it in the place of another one."""
    app = the_app()
    app.state.server = server = Server(world.store, Refusals(world.store))
    server.refusals.clock = world.clock
    return Site(world, app, server, in_process(app))


@pytest.fixture
def world(store: Store, clock: Clock) -> World:
    def build() -> World:
        world = people_and_project(store, clock)
        world.add_traces(trace("a"), trace("b"), trace("c"))
        return world

    return world_kept(store, clock, "three traces", build)


@pytest.fixture
async def site(world: World) -> AsyncIterator[Site]:
    site = site_over(world)
    yield site
    await site.http.aclose()
