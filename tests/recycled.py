"""One database on PostgreSQL for all tests of a folder, emptied after each: making one costs most of a second."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from cotlab.storage import is_postgresql
from tests.cluster import Cluster
from tests.conftest import ENGINES

KEPT = ("cotlab_migrations",)


def empty(url: str) -> None:
    """Delete every row; as an administrator, whom the triggers of append-only tables do not stop."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        connection.execute("SET session_replication_role = replica")
        for (table,) in found:
            if table not in KEPT:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


@pytest.fixture(scope="session")
def recycled(cluster: Cluster) -> Iterator[list[str]]:
    """The URLs of empty databases; a test takes one and puts it back."""
    idle: list[str] = []
    yield idle
    for url in idle:
        cluster.drop(url)


@pytest.fixture(params=ENGINES)
def make_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Makes empty databases of one engine, as many as a test asks for."""
    made: list[str] = []

    def make() -> str:
        if request.param == "sqlite":
            path = tmp_path / f"cotlab-{len(made)}.db"
            shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
            made.append(str(path))
        else:
            idle: list[str] = request.getfixturevalue("recycled")
            made.append(idle.pop() if idle else request.getfixturevalue("cluster").fresh())
        return made[-1]

    yield make
    for url in filter(is_postgresql, made):
        empty(url)
        request.getfixturevalue("recycled").append(url)


@pytest.fixture
def engine(make_database: Callable[[], str]) -> str:
    """The address of an empty database, on each engine."""
    return make_database()
