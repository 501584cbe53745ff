"""The loop beside the requests: what is due follows by itself, whatever fails on the way, until the server stops."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from cotlab.api import consequences
from cotlab.api.app import create_app
from cotlab.api.consequences import PATIENCE, Loop
from cotlab.domain.projects.projects import ClosingBody
from cotlab.services.projects import projects
from cotlab.services.registry import catch_up
from cotlab.storage import Store
from tests.world import World, people_and_project, trace

EVERY = 0.02


@pytest.fixture
def doubtful(store: Store, clock: Any) -> World:
    """Ann is unsure of the one step that she labelled."""
    world = people_and_project(store, clock)
    world.add_traces(trace("a"))
    ann = world.expert("ann")
    ann.commit(ann.take().id, 1, unsure=True)
    return world


def eventually(holds: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until, "it does not come"
        time.sleep(0.01)


def cases(world: World) -> int:
    return int(world.value("SELECT count(*) AS n FROM cases"))


def test_cases_open_while_the_application_runs(doubtful: World) -> None:
    async def run() -> None:
        async with AsyncTestClient(create_app(doubtful.store, EVERY)):
            await asyncio.to_thread(eventually, lambda: cases(doubtful) == 1)

    before = threading.active_count()
    asyncio.run(run())
    assert threading.active_count() <= before + 1, "the loop has ended"
    assert not any(thread.name == "cotlab-consequences" for thread in threading.enumerate())


def test_without_the_loop_nothing_follows(doubtful: World) -> None:
    async def run() -> None:
        async with AsyncTestClient(create_app(doubtful.store)):
            await asyncio.sleep(5 * EVERY)

    asyncio.run(run())
    assert cases(doubtful) == 0


def test_an_error_in_one_project_is_logged_and_the_others_go_on(
    doubtful: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, failures, said = doubtful.add_project("other"), [2], []
    real = catch_up

    def failing(store: Store, project_id: str) -> None:
        if project_id == doubtful.project and failures[0]:
            failures[0] -= 1
            raise ZeroDivisionError
        real(store, project_id)

    monkeypatch.setattr(consequences, "catch_up", failing)
    monkeypatch.setattr(consequences.log, "error", lambda event, **data: said.append((event, data)))
    loop = Loop(doubtful.store, EVERY)
    loop.start()
    eventually(lambda: cases(doubtful) == 1)
    loop.stop()
    assert [(event, data["error"], data["project"]) for event, data in said] == [
        ("consequences_failed", "ZeroDivisionError", doubtful.project)
    ] * 2
    assert doubtful.rows("SELECT 1 AS one FROM drawn WHERE project_id = :p", p=other)


def test_where_nothing_is_new_nothing_is_done(doubtful: World, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    real = catch_up

    def counting(store: Store, project_id: str) -> None:
        called.append(project_id)
        real(store, project_id)

    monkeypatch.setattr(consequences, "catch_up", counting)
    loop = Loop(doubtful.store, EVERY)
    loop.start()
    eventually(lambda: len(called) == 2)
    time.sleep(5 * EVERY)
    assert len(called) == 2, "once for the label, and once more for the case that it opened"
    doubtful.expert("bob").take()
    eventually(lambda: len(called) == 3)
    loop.stop()


def test_it_stops_at_once_where_nothing_is_under_way(doubtful: World) -> None:
    loop = Loop(doubtful.store, 3600)
    loop.start()
    before = time.monotonic()
    loop.stop()
    assert time.monotonic() - before < PATIENCE


def test_a_closed_project_is_left_alone(doubtful: World) -> None:
    body = ClosingBody(reason="done")
    doubtful.write(lambda db: projects.close_project(db, doubtful.host, doubtful.project, body))
    other = doubtful.add_project("other")
    loop = Loop(doubtful.store, EVERY)
    loop.start()
    eventually(lambda: doubtful.rows("SELECT 1 AS one FROM drawn WHERE project_id = :p", p=other))
    loop.stop()
    assert cases(doubtful) == 0
