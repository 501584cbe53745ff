"""The list of migrations on PostgreSQL: each in a transaction, under one advisory lock of the database."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotlab.domain.errors import AlreadyExists, WrongDatabase
from cotlab.storage.engine.dialect import ddl_to_postgresql
from cotlab.storage.engine.postgresql import MARKER, applied_to, connect, explain, lock_key
from cotlab.storage.engine.triggers import postgresql_triggers
from cotlab.storage.migrations.migration import Migration
from cotlab.storage.migrations.schema import check_schema

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]

_MARKER = f'CREATE TABLE {MARKER} (name TEXT COLLATE "C" PRIMARY KEY, applied_at BIGINT NOT NULL)'
_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"


def create_tables(url: str, migrations: Sequence[Migration]) -> None:
    """Make the tables in an empty database. Raises AlreadyExists where they are, WrongDatabase where others are."""
    connection = connect(url)
    try:
        _in_turn(connection, lambda: _create(connection, migrations))
    finally:
        connection.close()


def migrate_tables(url: str, migrations: Sequence[Migration], backup_folder: Path) -> list[str]:
    """Apply what is pending, each migration in a transaction; see `migrate`."""
    connection = connect(url)
    try:
        check_schema(applied_to(connection), migrations, pending_allowed=True)
        done: list[str] = []
        for migration in migrations:
            apply = partial(_apply_one, connection, url, migration, None if done else backup_folder)
            if _in_turn(connection, apply):
                done.append(migration.name)
        return done
    finally:
        connection.close()


def _in_turn(connection: "Connection", fn: Callable[[], bool]) -> bool:
    """Run `fn` in a transaction, one process at a time."""
    import psycopg

    try:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock_key("migrations"),))
            return fn()
    except psycopg.Error as error:
        raise explain(error) from error


def _create(connection: "Connection", migrations: Sequence[Migration]) -> bool:
    found = connection.execute("SELECT to_regclass(%s)", (MARKER,)).fetchone()
    if found and found[0] is not None:
        raise AlreadyExists("The PostgreSQL database is a cotlab database already.")
    tables = connection.execute(_TABLES).fetchone()
    if tables and tables[0]:
        raise WrongDatabase("The PostgreSQL database holds tables of something else; create an empty one.")
    encoding = connection.execute("SHOW server_encoding").fetchone()
    if encoding and encoding[0] != "UTF8":
        raise WrongDatabase("The PostgreSQL database must be made with ENCODING 'UTF8'.")
    connection.execute(_MARKER)
    for migration in migrations:
        _apply(connection, migration)
    return True


def _apply_one(connection: "Connection", url: str, migration: Migration, backup_folder: Path | None) -> bool:
    if migration.name in applied_to(connection):
        return False
    if backup_folder is not None:
        from cotlab.storage.backups.backup import backup

        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        backup(url, backup_folder / f"cotlab.before-{migration.name}-{moment}.dump")
    _apply(connection, migration)
    return True


def _apply(connection: "Connection", migration: Migration) -> None:
    for statement in migration.statements:
        connection.execute(ddl_to_postgresql(statement))
    for statement in postgresql_triggers(migration.append_only):
        connection.execute(statement)
    connection.execute(
        f"INSERT INTO {MARKER} (name, applied_at) VALUES (%s, %s)",
        (migration.name, time.time_ns() // 1000),
    )
