"""The only SQL: a Store over SQLite or PostgreSQL, its migrations, backups and chains of events."""

import time
import uuid
from collections.abc import Callable
from pathlib import Path

from cotlab.storage.engine.address import is_postgresql, sqlite_path
from cotlab.storage.engine.database import SERVER, Appended, Db, Reading, Row, Store
from cotlab.storage.engine.signing import Signer
from cotlab.storage.engine.sqlite import SqliteEngine
from cotlab.storage.engine.store import OpenStore
from cotlab.storage.migrations.running import create, migrate
from cotlab.storage.migrations.schema import applied_to_file, check_schema

__all__ = [
    "SERVER",
    "Appended",
    "Db",
    "Reading",
    "Row",
    "Signer",
    "Store",
    "create",
    "is_postgresql",
    "migrate",
    "open_store",
]


def now_microseconds() -> int:
    """The time, in microseconds UTC."""
    return time.time_ns() // 1000


def random_id() -> str:
    """A random UUID (version 4) without its dashes."""
    return uuid.uuid4().hex


def open_store(
    database: str | Path,
    *,
    signer: Signer,
    clock: Callable[[], int] = now_microseconds,
    new_id: Callable[[], str] = random_id,
    batch: int = 256,
) -> Store:
    """Open a database that `create` made: a file's path, or `postgresql://...`.

    `batch` is how many waiting writes share one commit at most. Raises WrongDatabase where there is none, where it is
    something else, and where its schema is newer or older than this program's; Unavailable where it cannot be reached.
    """
    if is_postgresql(database):
        from cotlab.storage.engine.postgresql import PostgresqlEngine

        server = PostgresqlEngine(str(database))
        check_schema(server.applied())
        return OpenStore(server, signer=signer, clock=clock, new_id=new_id, batch=batch)
    path = sqlite_path(database)
    check_schema(applied_to_file(path))
    return OpenStore(SqliteEngine(path), signer=signer, clock=clock, new_id=new_id, batch=batch)
