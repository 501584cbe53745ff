"""pg_dump and pg_restore; a restored database is made beside the old one, verified, and then given its name."""

import os
import secrets
import shutil
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotlab.domain.errors import BadInput, Conflict, Unavailable
from cotlab.storage.engine.connection import Snapshot
from cotlab.storage.engine.postgresql import PostgresqlConnection, applied_to, connect, explain
from cotlab.storage.migrations.schema import check_schema

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]


def dump(url: str, target: Path) -> None:
    """An archive of the database (`pg_dump -Fc`), one snapshot of it. Raises Unavailable where pg_dump fails."""
    with closing(connect(url)) as connection:
        applied_to(connection)
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def restore_archive(source: Path, url: str) -> str | None:
    """Restore into a new database, verify it, and swap the names; returns the name of the one that was replaced.

    Needs a user who may create databases. Raises Conflict while anybody is connected to the old one.
    """
    name = database_name(url)
    fresh = f"{name}_restored_{secrets.token_hex(4)}"
    with closing(connect(other_database(url, "postgres"))) as server:
        _execute(server, f"CREATE DATABASE {_quoted(fresh)} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        try:
            _fill(source, other_database(url, fresh))
            return _swap(server, name, fresh)
        except BaseException:
            _execute(server, f"DROP DATABASE IF EXISTS {_quoted(fresh)} WITH (FORCE)")
            raise


def database_name(url: str) -> str:
    """The name of the database that an URL leads to."""
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(url)
    return str(parts.get("dbname") or parts.get("user") or "postgres")


def other_database(url: str, name: str) -> str:
    """The address of another database on the same server."""
    from psycopg.conninfo import make_conninfo

    return make_conninfo(url, dbname=name)


def _fill(source: Path, url: str) -> None:
    from cotlab.storage.backups.verification import verify_chains

    try:
        _run("pg_restore", url, "--exit-on-error", "--no-owner", "--no-privileges", str(source))
    except Unavailable as error:
        raise BadInput(f"The backup {source} cannot be restored: {error.details['reason']}") from None
    with closing(connect(url)) as plain:
        check_schema(applied_to(plain), pending_allowed=True)
    with closing(PostgresqlConnection(url)) as connection:
        connection.begin_read()
        verify_chains(Snapshot(connection, 0), str(source))


def _swap(server: "Connection", name: str, fresh: str) -> str | None:
    found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    kept = f"{name}_replaced_{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}" if found else None
    with server.transaction():
        if kept is not None:
            _rename(server, name, kept)
        _rename(server, fresh, name)
    return kept


def _rename(server: "Connection", name: str, new: str) -> None:
    import psycopg

    try:
        server.execute(f"ALTER DATABASE {_quoted(name)} RENAME TO {_quoted(new)}")
    except psycopg.errors.ObjectInUse:
        raise Conflict("A server or another program has the database open; stop it first.") from None


def _execute(server: "Connection", statement: str) -> None:
    import psycopg

    try:
        server.execute(statement)
    except psycopg.Error as error:
        explained = explain(error)
        if explained is not error:
            raise explained from error
        raise Unavailable(f"The database server refused: {error}.") from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _run(program: str, url: str, *arguments: str) -> None:
    """Run a program of PostgreSQL; the password goes by the environment, since arguments can be seen by all."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    if shutil.which(program) is None:
        raise Unavailable(f"The program {program} of PostgreSQL is not installed.", reason="")
    parts: dict[str, Any] = conninfo_to_dict(url)
    password = parts.pop("password", None)
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    address = make_conninfo("", **parts)
    done = subprocess.run(
        [program, f"--dbname={address}", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise Unavailable(f"{program} failed: {reason}", reason=reason)
