"""The schema's history: a numbered list that only grows, the same for both engines.

Each migration is applied in a transaction of its own, by one process at a time: SQLite takes the write lock before it
looks at what is pending, PostgreSQL an advisory lock.
"""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotlab.domain.errors import AlreadyExists, Unavailable
from cotlab.storage.engine.address import is_postgresql, sqlite_path
from cotlab.storage.engine.sqlite import explain, open_connection
from cotlab.storage.engine.triggers import sqlite_triggers
from cotlab.storage.migrations import (
    MIGRATIONS,
)
from cotlab.storage.migrations.migration import Migration
from cotlab.storage.migrations.schema import APPLICATION_ID, SET, applied_to_file, check_schema, sync_folder

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations


def create(database: str | Path) -> None:
    """Make a new database: a file, or the tables in an empty PostgreSQL database. Raises AlreadyExists."""
    if is_postgresql(database):
        from cotlab.storage.migrations.postgresql import create_tables

        create_tables(str(database), MIGRATIONS)
    else:
        _create_file(sqlite_path(database))


def migrate(
    database: str | Path, *, backup_folder: Path | None = None, migrations: Sequence[Migration] = MIGRATIONS
) -> list[str]:
    """Apply what is pending, and return its names; a backup is taken first when there is anything to apply.

    The backup lies beside the SQLite file, or in the current folder for PostgreSQL, unless `backup_folder` is given.
    Raises WrongDatabase for what is no cotlab database or one of a newer cotlab.
    """
    if is_postgresql(database):
        from cotlab.storage.migrations.postgresql import migrate_tables

        return migrate_tables(str(database), migrations, backup_folder or Path.cwd())
    path = sqlite_path(database)
    check_schema(applied_to_file(path), migrations, pending_allowed=True)
    return _apply(path, migrations, backup_folder or path.parent)


def _create_file(path: Path) -> None:
    """Build the database under another name and link it to its own, so that no half-made file is ever seen."""
    for taken in (path, path.with_name(path.name + "-wal")):
        if taken.exists():
            raise AlreadyExists(f"There is a file {taken} already.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise Unavailable(f"No database can be made at {path}: {error.strerror}.") from None
    os.close(descriptor)
    fresh = Path(name)
    try:
        _prepare_file(fresh)
        _apply(fresh, MIGRATIONS, None)
        os.link(fresh, path)
        sync_folder(path.parent)
    except FileExistsError:
        raise AlreadyExists(f"There is a file {path} already.") from None
    finally:
        for suffix in ("", "-wal", "-shm"):
            fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)


def _prepare_file(path: Path) -> None:
    connection = open_connection(path)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.close()


def _apply(path: Path, migrations: Sequence[Migration], backup_folder: Path | None) -> list[str]:
    from sqlite_utils import Database

    connection = open_connection(path, timeout=60)
    try:
        database = Database(connection)
        registered = _registered(migrations)
        done: list[str] = []
        for position, migration in enumerate(migrations):
            after = migrations[position + 1].name if position + 1 < len(migrations) else None
            if _apply_one(
                database, registered, migration, after, None if done else _backup_before(path, backup_folder)
            ):
                done.append(migration.name)
        return done
    except sqlite3.Error as error:
        raise explain(error) from error
    finally:
        connection.close()


def _apply_one(
    database: "Database",
    registered: "Migrations",
    migration: Migration,
    after: str | None,
    before: Callable[[str], None] | None,
) -> bool:
    """Apply one migration if no other process has; the write lock is taken before looking."""
    connection: Any = database.conn
    connection.execute("BEGIN IMMEDIATE")
    try:
        pending = any(waiting.name == migration.name for waiting in registered.pending(database))
        if pending:
            if before is not None:
                before(migration.name)
            registered.apply(database, stop_before=after)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return pending


def _registered(migrations: Sequence[Migration]) -> "Migrations":
    from sqlite_utils import Migrations

    registered = Migrations(SET)
    for migration in migrations:
        registered(name=migration.name)(_runner(migration))
    return registered


def _runner(migration: Migration) -> Callable[["Database"], None]:
    def run(database: "Database") -> None:
        for statement in (*migration.statements, *sqlite_triggers(migration.append_only)):
            database.execute(statement)

    return run


def _backup_before(path: Path, folder: Path | None) -> Callable[[str], None] | None:
    if folder is None:
        return None

    def run(name: str) -> None:
        from cotlab.storage.backups.backup import backup

        backup(path, folder / f"{path.name}.before-{name}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")

    return run
