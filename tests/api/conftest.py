"""The real application over the world, called in the process."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
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
    """An application with the world behind it."""

    world: World
    app: Litestar
    http: httpx.AsyncClient
    seen: list[httpx.Response] = field(default_factory=list)

    @property
    def server(self) -> Server:
        server: Server = self.app.state.server
        return server

    async def call(self, who: str | None, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """`who` is a person's name, a token, or None. `{project}` in the path stands for the project."""
        headers = dict(more.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.world.tokens.get(who, who)}"
        if body is not None:
            more["json"] = body
        url = path.replace("{project}", self.world.project)
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


def site_over(world: World, app: Litestar | None = None) -> Site:
    """A site of its own, or `app` with this world behind it in the place of another one."""
    app = create_app(world.store) if app is None else app
    app.state.server = Server(world.store, Refusals(world.store))
    app.state.server.refusals.clock = world.clock
    return Site(world, app, in_process(app))


class NoStore:
    """No test calls an application over it."""


@pytest.fixture(scope="session")
def app() -> Litestar:
    """One application for all tests that need no second one beside it: to make one takes a third of a second."""
    return create_app(NoStore())  # type: ignore[arg-type]


@pytest.fixture
def world(store: Store, clock: Clock) -> World:
    def build() -> World:
        world = people_and_project(store, clock)
        world.add_traces(trace("a"), trace("b"), trace("c"))
        return world

    return world_kept(store, clock, "three traces", build)


@pytest.fixture
async def site(world: World, app: Litestar) -> AsyncIterator[Site]:
    site = site_over(world, app)
    yield site
    await site.http.aclose()
