"""A PostgreSQL cluster for one test session: made in a temporary folder from the installed server, gone afterwards."""

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from cotlab.storage import create

OPTIONS = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=120",
    "autovacuum=off", "jit=off", "plan_cache_mode=force_generic_plan",
)  # fmt: skip

UNTIL_LEFT_ALONE = '"$@" & cat > /dev/null; kill -INT $!; wait $!'
"""Runs the server until the pipe to it closes, which it does even when the tests are killed."""


def binaries() -> Path | None:
    """The folder of the newest installed server, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def unprivileged() -> str | None:
    """The user to run the server as, where the tests run as root: initdb refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


class Cluster:
    """`url(name)` of a database, `fresh()` for a new migrated one, `empty()` for a new empty one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = binaries()
        self.user = unprivileged()
        self._numbers = itertools.count(1)
        if self.user is not None:
            shutil.chown(folder, self.user)
        self._run("initdb", "-D", "data", "-U", "cotlab", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self.start()
        self._execute("CREATE DATABASE cotlab_template")
        create(self.url("cotlab_template"))

    def url(self, name: str) -> str:
        return f"postgresql://cotlab@127.0.0.1:{self.port}/{name}"

    def fresh(self) -> str:
        return self._database("cotlab_template")

    def empty(self) -> str:
        return self._database("template0")

    def drop(self, url: str) -> None:
        name = url.rpartition("/")[2]
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def disconnect(self, url: str) -> None:
        """End all sessions of a database, as an administrator may."""
        name = sql.Literal(url.rpartition("/")[2])
        self._execute(sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(name))

    def start(self, port: int | None = None) -> None:
        """Start the server, on the same port as before if it is given, and wait until it answers."""
        assert self.bin is not None
        self.port = port or free_port()
        settings = [f"-c{option}" for option in OPTIONS]
        place = ["-D", "data", "-p", str(self.port), "-k", str(self.folder), "-h", "127.0.0.1"]
        self._log = (self.folder / "log").open("ab")
        self._server = subprocess.Popen(
            ["sh", "-c", UNTIL_LEFT_ALONE, "sh", str(self.bin / "postgres"), *place, *settings],
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            user=self.user,
            group=self._group(),
            extra_groups=[] if self.user else None,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                self._execute("SELECT 1")
                return
            except psycopg.OperationalError:
                if self._server.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise
                time.sleep(0.05)

    def stop(self) -> None:
        """A fast shutdown; killed where that takes long."""
        if self._server.poll() is None:
            assert self._server.stdin is not None
            self._server.stdin.close()
            try:
                self._server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self._server.pid, signal.SIGKILL)
                self._server.wait()
        self._log.close()

    def _database(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def _execute(self, statement: "sql.Composed | str") -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=20) as connection:
            connection.execute(statement)

    def _group(self) -> int | None:
        return pwd.getpwnam(self.user).pw_gid if self.user else None

    def _run(self, command: str, *arguments: str) -> None:
        assert self.bin is not None
        subprocess.run(
            [str(self.bin / command), *arguments],
            cwd=self.folder,
            check=True,
            capture_output=True,
            user=self.user,
            group=self._group(),
            extra_groups=[] if self.user else None,
        )


def make_folder() -> Path:
    """Short, since the path of a socket is limited to 107 bytes."""
    return Path(tempfile.mkdtemp(prefix="cotlab-"))
