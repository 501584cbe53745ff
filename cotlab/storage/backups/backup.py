"""Copies of a database, made while it is written to, and their way back.

A copy appears under its name only when it is whole and on disk. What is restored is verified first, and what it
replaces is kept beside it.
"""

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cotlab.domain.errors import AlreadyExists, BadInput, Conflict, Unavailable
from cotlab.storage.backups.verification import verify_file
from cotlab.storage.engine.address import is_postgresql, sqlite_path
from cotlab.storage.engine.sqlite import explain, open_connection
from cotlab.storage.migrations.schema import applied_to_file, sync_folder


def backup(database: str | Path, target: Path, *, force: bool = False) -> None:
    """Write a copy of the database to a new file: a SQLite file, or for PostgreSQL an archive of pg_dump.

    Raises AlreadyExists where `target` is a file and not `force`; Unavailable where it cannot be written.
    """
    if target.exists() and not force:
        raise AlreadyExists(f"There is a file {target} already.")
    with _fresh_file(target) as fresh:
        if is_postgresql(database):
            from cotlab.storage.backups.postgresql import dump

            dump(str(database), fresh)
        else:
            _copy(sqlite_path(database), fresh)
        _publish(fresh, target, force=force)


def restore(source: Path, database: str | Path) -> Path | str | None:
    """Put a backup in the place of a database; returns where the replaced one is kept (None: there was none).

    Raises BadInput where the backup is damaged, Conflict while a server or a terminal holds the database.
    """
    if not source.is_file():
        raise BadInput(f"There is no backup at {source}.")
    if is_postgresql(database):
        from cotlab.storage.backups.postgresql import restore_archive

        return restore_archive(source, str(database))
    path = sqlite_path(database)
    if path.exists() and path.samefile(source):
        raise BadInput("A database is not restored from itself.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"No database can be made at {path}: {error.strerror}.") from None
    with _fresh_file(path) as fresh:
        _copy_backup(source, fresh)
        verify_file(fresh, str(source))
        return _replace(fresh, path)


def _copy(path: Path, fresh: Path) -> None:
    applied_to_file(path)
    try:
        with closing(open_connection(path)) as connection:
            connection.execute("VACUUM INTO ?", (str(fresh),))
    except sqlite3.Error as error:
        explained = explain(error)
        raise explained if explained is not error else Unavailable(f"The backup failed: {error}.") from error


def _copy_backup(source: Path, fresh: Path) -> None:
    """Byte by byte, so that a backup is never written to, not even by being opened."""
    if source.with_name(source.name + "-wal").exists():
        raise BadInput(f"The file {source} is a database in use, not a backup: there is a {source.name}-wal beside it.")
    try:
        shutil.copyfile(source, fresh)
    except OSError as error:
        raise Unavailable(f"The backup {source} cannot be copied: {error.strerror}.") from None


@contextmanager
def _fresh_file(target: Path) -> Iterator[Path]:
    """An empty file of mode 0600 beside the target, that is gone afterwards."""
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise Unavailable(f"Nothing can be written beside {target}: {error.strerror}.") from None
    os.close(descriptor)
    fresh = Path(name)
    try:
        yield fresh
    finally:
        for suffix in ("", "-wal", "-shm"):
            fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)


def _publish(fresh: Path, target: Path, *, force: bool) -> None:
    _sync_file(fresh)
    if force:
        os.replace(fresh, target)
    else:
        try:
            os.link(fresh, target)
        except FileExistsError:
            raise AlreadyExists(f"There is a file {target} already.") from None
    sync_folder(target.parent)


def _replace(fresh: Path, path: Path) -> Path | None:
    """Keep the old file under another name, then put the new one in its place; the path is never without a file."""
    if not path.exists():
        _publish(fresh, path, force=False)
        return None
    _close_log(path)
    # Of a damaged database the write-ahead log may be left, which must never meet the new file.
    kept = path.with_name(f"{path.name}.replaced-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")
    os.link(path, kept)
    for suffix in ("-wal", "-shm"):
        left = path.with_name(path.name + suffix)
        if left.exists():
            os.replace(left, kept.with_name(kept.name + suffix))
    _publish(fresh, path, force=True)
    return kept


def _close_log(path: Path) -> None:
    """Fold the write-ahead log into the file, which only succeeds while nobody else has it open."""
    try:
        with closing(open_connection(path, timeout=0.2)) as connection:
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise explain(error) from error
        mode = "locked"
    except sqlite3.DatabaseError:
        return  # a damaged file is what a backup is restored for; it is kept as it is
    if mode != "delete":
        raise Conflict("A server or another program has the database open; stop it first.")


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
