"""The embedded engine: one SQLite file in WAL mode, each commit on disk before its caller is released."""

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cotlab.domain.errors import Unavailable
from cotlab.storage.engine.database import Row
from cotlab.storage.engine.dialect import insert_by_place

TIMEOUT = 10.0
"""Seconds to wait for another process that writes."""
SYNCHRONOUS = "FULL"
"""What was acknowledged outlives a power cut; the tests, which cut none, wait for no disk."""
CHECKPOINT_PAGES = 16_000
"""Pages of 4 KB that the write-ahead log holds before it is copied into the file, each page once."""
WRITER_CACHE_KB = 64_000
"""Random ids fall all over the indexes, so that a small cache reads the same pages again and again."""

_SENTENCES = {
    sqlite3.SQLITE_BUSY: "The database is locked by another program; try again in a moment.",
    sqlite3.SQLITE_LOCKED: "The database is locked by another program; try again in a moment.",
    sqlite3.SQLITE_PROTOCOL: "The database is locked by another program; try again in a moment.",
    sqlite3.SQLITE_FULL: "The disk that holds the database is full.",
    sqlite3.SQLITE_IOERR: "The database file cannot be read or written.",
    sqlite3.SQLITE_CANTOPEN: "The database file cannot be opened.",
    sqlite3.SQLITE_READONLY: "The database file may not be written.",
    sqlite3.SQLITE_PERM: "The database file may not be written.",
    sqlite3.SQLITE_CORRUPT: "The database file is damaged; restore a backup.",
    sqlite3.SQLITE_NOTADB: "The database file is damaged; restore a backup.",
    sqlite3.SQLITE_NOMEM: "There is no memory left for the database.",
}


def explain(error: BaseException) -> BaseException:
    """Unavailable for a file that is gone, locked, full or damaged; any other error as it is."""
    if not isinstance(error, sqlite3.Error):
        return error
    code = getattr(error, "sqlite_errorcode", None)
    sentence = _SENTENCES.get(code & 0xFF) if code is not None else None
    return Unavailable(sentence) if sentence else error


def open_connection(path: Path, *, timeout: float = TIMEOUT, any_thread: bool = False) -> sqlite3.Connection:
    """A plain connection to an existing file, with the pragmas that every connection has."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=timeout,
        isolation_level=None,
        check_same_thread=not any_thread,
        cached_statements=512,
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
        connection.execute("PRAGMA foreign_keys = ON")
        # Without it INSERT OR REPLACE deletes a row behind the back of its trigger.
        connection.execute("PRAGMA recursive_triggers = ON")
    except BaseException:
        connection.close()
        raise
    return connection


class SqliteConnection:
    """A connection that notices when its file was taken away."""

    def __init__(self, path: Path, *, reader: bool) -> None:
        self._path = path
        self._connection = open_connection(path, timeout=TIMEOUT, any_thread=reader)
        self._inode = os.stat(path).st_ino
        if reader:
            self._connection.execute("PRAGMA query_only = ON")
        else:
            self._connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            self._connection.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KB}")

    def usable(self) -> bool:
        try:
            return os.stat(self._path).st_ino == self._inode
        except OSError:
            return False

    def begin_read(self) -> None:
        self._check_file()
        self._connection.execute("BEGIN")

    def begin_write(self, scopes: Iterable[str]) -> None:
        """The whole file is one scope: BEGIN IMMEDIATE, since a later upgrade of a read lock fails at once."""
        self._check_file()
        self._connection.execute("BEGIN IMMEDIATE")

    def execute(self, sql: str) -> None:
        self._connection.execute(sql)

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        cursor = self._connection.execute(sql, parameters)
        if cursor.description is None:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def row(self, sql: str, parameters: Mapping[str, Any]) -> Row | None:
        rows = self.rows(sql, parameters)
        return rows[0] if rows else None

    def run(self, sql: str, parameters: Mapping[str, Any]) -> int:
        cursor = self._connection.execute(sql, parameters)
        if cursor.description is not None:
            return len(cursor.fetchall())
        return cursor.rowcount

    def add_many(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        self._connection.executemany(insert_by_place(table, columns), rows)

    def close(self) -> None:
        self._connection.close()

    def _check_file(self) -> None:
        """An open connection goes on writing into a deleted file, and nobody would ever find it."""
        if not self.usable():
            raise Unavailable("The database file was moved or deleted.")


class FileCharge:
    """A charge that is a lock on a file beside the database; the system lets go of it when the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def held(self) -> bool:
        """See Charge. Raises Unavailable."""
        import fcntl

        if self._descriptor is not None:
            return True
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unavailable(f"The file {self._path} cannot be opened: {error.strerror}.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
        else:
            self._descriptor = descriptor
        return self._descriptor is not None

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


class SqliteEngine:
    """See the protocol Engine."""

    name = "sqlite"
    readers = 64
    reads_in_thread = False

    def __init__(self, path: Path) -> None:
        self.path = path

    def connect_reader(self) -> SqliteConnection:
        return self._connect(reader=True)

    def connect_writer(self) -> SqliteConnection:
        return self._connect(reader=False)

    def charge(self, name: str) -> FileCharge:
        return FileCharge(self.path.with_name(f"{self.path.name}.{name}-lock"))

    def explain(self, error: BaseException) -> BaseException:
        return explain(error)

    def _connect(self, *, reader: bool) -> SqliteConnection:
        try:
            return SqliteConnection(self.path, reader=reader)
        except FileNotFoundError as error:
            raise Unavailable("The database file was moved or deleted.") from error
