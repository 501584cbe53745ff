"""Which migrations a database has, and whether this program fits it."""

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from cotlab.domain.errors import WrongDatabase
from cotlab.storage.engine.sqlite import explain
from cotlab.storage.migrations import MIGRATIONS
from cotlab.storage.migrations.migration import Migration

SET = "cotlab"


APPLICATION_ID = 0x636F746C
"""Marks a SQLite file as one of cotlab: "cotl" in ASCII."""


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


def sync_folder(folder: Path) -> None:
    """Make a new or replaced name in the folder survive a power cut."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
