"""The schema's history: a numbered list that only grows, the same for both engines.

Each migration is applied in a transaction of its own, by one process at a time: SQLite takes the write lock before it
looks at what is pending, PostgreSQL an advisory lock.
"""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotlab.domain.errors import AlreadyExists, Unavailable, WrongDatabase
from cotlab.storage import (
    schema_1,
    schema_2,
    schema_3,
    schema_4,
    schema_5,
    schema_6,
    schema_7,
    schema_8,
    schema_9,
    schema_10,
    schema_11,
    schema_12,
    schema_13,
    schema_15,
    schema_16,
    schema_18,
    schema_19,
    schema_20,
    schema_21,
    schema_22,
    schema_23,
    schema_24,
    schema_26,
    schema_27,
)
from cotlab.storage.address import is_postgresql, sqlite_path
from cotlab.storage.sqlite import explain, open_connection
from cotlab.storage.triggers import sqlite_triggers

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

SET = "cotlab"
APPLICATION_ID = 0x636F746C
"""Marks a SQLite file as one of cotlab: "cotl" in ASCII."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema, in SQLite's words; tables listed in `append_only` refuse UPDATE and DELETE."""

    name: str
    statements: tuple[str, ...]
    append_only: tuple[str, ...] = ()


MIGRATIONS: tuple[Migration, ...] = (
    Migration("0001_first", schema_1.STATEMENTS, schema_1.APPEND_ONLY),
    Migration("0002_guidelines", schema_2.STATEMENTS, schema_2.APPEND_ONLY),
    Migration("0003_cases", schema_3.STATEMENTS, schema_3.APPEND_ONLY),
    Migration("0004_gold", schema_4.STATEMENTS, schema_4.APPEND_ONLY),
    Migration("0005_queue", schema_5.STATEMENTS, schema_5.APPEND_ONLY),
    Migration("0006_places", schema_6.STATEMENTS, schema_6.APPEND_ONLY),
    Migration("0007_evidence", schema_7.STATEMENTS, schema_7.APPEND_ONLY),
    Migration("0008_pace", schema_8.STATEMENTS, schema_8.APPEND_ONLY),
    Migration("0009_writing", schema_9.STATEMENTS, schema_9.APPEND_ONLY),
    Migration("0010_batches", schema_10.STATEMENTS, schema_10.APPEND_ONLY),
    Migration("0011_pairs", schema_11.STATEMENTS, schema_11.APPEND_ONLY),
    Migration("0012_gold_pairs", schema_12.STATEMENTS, schema_12.APPEND_ONLY),
    Migration("0013_position", schema_13.STATEMENTS, schema_13.APPEND_ONLY),
    Migration("0015_people_moved_in", schema_15.STATEMENTS, schema_15.APPEND_ONLY),
    Migration("0016_evaluations", schema_16.STATEMENTS, schema_16.APPEND_ONLY),
    Migration("0018_drafting", schema_18.STATEMENTS, schema_18.APPEND_ONLY),
    Migration("0019_releases", schema_19.STATEMENTS, schema_19.APPEND_ONLY),
    Migration("0020_derivations", schema_20.STATEMENTS, schema_20.APPEND_ONLY),
    Migration("0021_opinions", schema_21.STATEMENTS, schema_21.APPEND_ONLY),
    Migration("0022_drafts_decided", schema_22.STATEMENTS, schema_22.APPEND_ONLY),
    Migration("0023_revealed", schema_23.STATEMENTS, schema_23.APPEND_ONLY),
    Migration("0024_selection", schema_24.STATEMENTS, schema_24.APPEND_ONLY),
    Migration("0026_brought_by", schema_26.STATEMENTS, schema_26.APPEND_ONLY),
    Migration("0027_waiting_drafts", schema_27.STATEMENTS, schema_27.APPEND_ONLY),
)


def create(database: str | Path) -> None:
    """Make a new database: a file, or the tables in an empty PostgreSQL database. Raises AlreadyExists."""
    if is_postgresql(database):
        from cotlab.storage.postgresql_migrations import create_tables

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
        from cotlab.storage.postgresql_migrations import migrate_tables

        return migrate_tables(str(database), migrations, backup_folder or Path.cwd())
    path = sqlite_path(database)
    check_schema(applied_to_file(path), migrations, pending_allowed=True)
    return _apply(path, migrations, backup_folder or path.parent)


def check_schema(
    applied: Sequence[str], migrations: Sequence[Migration] = MIGRATIONS, *, pending_allowed: bool = False
) -> None:
    """Raise WrongDatabase where the database is newer than this program, or (unless allowed) older."""
    known = [migration.name for migration in migrations]
    if set(applied) - set(known):
        raise WrongDatabase("The database belongs to a newer cotlab than this one; install the newer version.")
    if set(known) - set(applied) and not pending_allowed:
        raise WrongDatabase("The database belongs to an older cotlab than this one; run: cotlab migrate")


def applied_to_file(path: Path, name: str | None = None) -> list[str]:
    """The names of the migrations in a SQLite file. Raises WrongDatabase where it is missing or no cotlab database."""
    name = name or str(path)
    if not path.is_file():
        raise WrongDatabase(f"There is no database at {name}; cotlab init makes one.")
    connection = None
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=10, isolation_level=None)
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise WrongDatabase(f"The file {name} is no cotlab database.")
        rows = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY name", (SET,))
        return [row[0] for row in rows]
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
            raise WrongDatabase(f"The file {name} is no cotlab database.") from None
        if code == sqlite3.SQLITE_CORRUPT:
            raise WrongDatabase(f"The file {name} is damaged.") from None
        raise explain(error) from error
    finally:
        if connection is not None:
            connection.close()


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
        from cotlab.storage.backup import backup

        backup(path, folder / f"{path.name}.before-{name}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")

    return run


def sync_folder(folder: Path) -> None:
    """Make a new or replaced name in the folder survive a power cut."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
