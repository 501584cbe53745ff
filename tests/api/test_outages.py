"""The database is locked, full or gone: 503 with Retry-After, and afterwards the same label goes through."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql

from cotlab.storage import is_postgresql
from tests.api.conftest import Site
from tests.cluster import Cluster

LABEL = {"position": 1, "label": "correct"}
KEY = {"Idempotency-Key": "k1"}


@pytest.fixture(autouse=True)
def short_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cotlab.storage.engine.sqlite.TIMEOUT", 0.2)


async def labels_route(site: Site) -> str:
    claimed = await site.done("ann", "POST", "/v1/projects/{project}/claim")
    return f"/v1/assignments/{claimed['assignment']['id']}/labels"


def unavailable(response: Any) -> None:
    assert (response.status_code, response.json()["slug"]) == (503, "unavailable"), response.text
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["content-type"] == "application/problem+json"


async def goes_on(site: Site, path: str) -> None:
    await site.done("ann", "POST", path, LABEL, headers=KEY)
    assert site.world.value("SELECT count(*) AS n FROM answers") == 1
    assert site.world.kinds().count("answer.given") == 1


@contextmanager
def locked(database: str) -> Iterator[None]:
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def full(site: Site) -> Iterator[None]:
    """The file may not grow, for the writer's connection; a batch that fails for it takes a new one."""
    world = site.world
    world.write(lambda db: db.rows("PRAGMA max_page_count = 1"))
    yield
    site.world.write(lambda db: db.rows("PRAGMA max_page_count = 1000000"))


@contextmanager
def closed(database: str, cluster: Cluster) -> Iterator[None]:
    """The server ends all connections and takes no more."""
    name = sql.Identifier(database.rpartition("/")[2])
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(name))
        cluster.disconnect(database)
        try:
            yield
        finally:
            admin.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true").format(name))


async def test_a_locked_database(site: Site, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("another program locks a file, not a server")
    path = await labels_route(site)
    with locked(engine):
        for _ in range(2):
            unavailable(await site.call("ann", "POST", path, LABEL, headers=KEY))
        await site.done("ann", "GET", "/v1/queue?day_starts_at=0")  # reading goes on
    await goes_on(site, path)


async def test_a_full_disk(site: Site, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the size of a file is limited, not of a server")
    path = await labels_route(site)
    long = {**LABEL, "rationale": "x" * 190_000}
    with full(site):
        unavailable(await site.call("ann", "POST", path, long, headers={"Idempotency-Key": "k0"}))
    await goes_on(site, path)


async def test_a_database_that_is_gone(site: Site, engine: str, request: pytest.FixtureRequest) -> None:
    if not is_postgresql(engine):
        pytest.skip("a file that was taken away is a matter of the storage's own tests")
    path = await labels_route(site)
    with closed(engine, request.getfixturevalue("cluster")):
        unavailable(await site.call("ann", "POST", path, LABEL, headers=KEY))
        unavailable(await site.call("ann", "GET", "/v1/queue?day_starts_at=0"))
        unavailable(
            await site.call(None, "GET", "/v1/projects", headers={"Authorization": f"Bearer cot_{'0' * 8}_{'x' * 43}"})
        )
    await goes_on(site, path)


async def test_connections_that_were_ended_are_replaced(
    site: Site, engine: str, request: pytest.FixtureRequest
) -> None:
    path = await labels_route(site)
    if is_postgresql(engine):
        request.getfixturevalue("cluster").disconnect(engine)
    await goes_on(site, path)
