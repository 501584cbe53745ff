"""Databases on PostgreSQL that tests use in turn, emptied after each, with their connections kept open.

To make a database costs most of a second, and a new connection has to learn every table anew.
"""

import select
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from cotlab.storage import Store, is_postgresql, open_store
from cotlab.storage.engine.postgresql import PostgresqlConnection, PostgresqlEngine
from cotlab.storage.engine.store import OpenStore
from tests.cluster import Cluster
from tests.conftest import ENGINES
from tests.kept import TABLES
from tests.support import SIGNER, Clock, Ids

EMPTY = "; ".join(f"DELETE FROM {table}" for table in TABLES)


class KeptConnection(PostgresqlConnection):
    """A connection that is kept in `idle` when it is closed, unless it is broken or within a transaction."""

    def __init__(self, url: str, idle: "list[KeptConnection]") -> None:
        super().__init__(url)
        self._idle = idle

    def close(self) -> None:
        if self._connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE:
            self._idle.append(self)
        else:
            self.part()

    def part(self) -> None:
        super().close()

    def waits(self) -> bool:
        """Whether the server is still there, which says nothing until it is asked."""
        return not select.select([self._connection], [], [], 0)[0]


class Recycled(PostgresqlEngine):
    """A migrated database, and the connections to it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.idle: list[KeptConnection] = []
        self._administrator: psycopg.Connection | None = None

    def connect_reader(self) -> PostgresqlConnection:
        while self.idle:
            connection = self.idle.pop()
            if connection.waits():
                return connection
            connection.part()
        return KeptConnection(self.url, self.idle)

    def connect_writer(self) -> PostgresqlConnection:
        return self.connect_reader()

    def empty(self) -> None:
        """Delete every row; as an administrator, whom the triggers of append-only tables do not stop."""
        try:
            self._administrator = self._administrator or self._as_administrator()
            self._administrator.execute("SELECT pg_temp.empty()")
        except psycopg.OperationalError:  # a test ended all connections
            self._administrator = self._as_administrator()
            self._administrator.execute("SELECT pg_temp.empty()")

    def close(self) -> None:
        while self.idle:
            self.idle.pop().part()
        if self._administrator is not None:
            self._administrator.close()

    def _as_administrator(self) -> psycopg.Connection:
        connection = psycopg.connect(self.url, autocommit=True)
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET lock_timeout = '30s'")
        connection.execute(f"CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {EMPTY}; END $$")
        return connection


@pytest.fixture(scope="session")
def recycled(cluster: Cluster) -> Iterator[dict[str, Recycled]]:
    """The databases by their URLs."""
    databases: dict[str, Recycled] = {}
    yield databases
    for url, database in databases.items():
        database.close()
        cluster.drop(url)


@pytest.fixture(params=ENGINES)
def make_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Gives the addresses of empty databases of one engine, as many as a test asks for."""
    made: list[str] = []

    def make() -> str:
        if request.param == "sqlite":
            path = tmp_path / f"cotlab-{len(made)}.db"
            shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
            made.append(str(path))
        else:
            databases: dict[str, Recycled] = request.getfixturevalue("recycled")
            free = next((url for url in databases if url not in made), None)
            made.append(free or request.getfixturevalue("cluster").fresh())
            databases.setdefault(made[-1], Recycled(made[-1]))
        return made[-1]

    yield make
    for url in filter(is_postgresql, made):
        request.getfixturevalue("recycled")[url].empty()


@pytest.fixture
def engine(make_database: Callable[[], str]) -> str:
    """The address of an empty database, on each engine."""
    return make_database()


@pytest.fixture
def store(request: pytest.FixtureRequest, engine: str, clock: Clock, ids: Ids) -> Iterator[Store]:
    """A store over an empty database, with a fixed key, a clock that stands and ids that count."""
    opened: Store
    if is_postgresql(engine):
        database: Recycled = request.getfixturevalue("recycled")[engine]
        opened = OpenStore(database, signer=SIGNER, clock=clock, new_id=ids, batch=256)
    else:
        opened = open_store(engine, signer=SIGNER, clock=clock, new_id=ids)
    yield opened
    opened.close()
