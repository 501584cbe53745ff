"""The real server in a process of its own, to be killed and started again."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

READY_WITHIN = 60.0


class ServerProcess:
    """`cotlab serve` over one database; it checks nothing unless told to.

    It takes a free port when it is started first, of which `url` is, and the same one from then on.
    """

    def __init__(self, database: str, signing_key: Path, checks: bool = False) -> None:
        self.url = ""
        self._port = "0"
        self._environment = {
            **os.environ, "COTLAB_DATABASE": database, "COTLAB_SIGNING_KEY": str(signing_key),
            "COTLAB_CHECKS": str(checks).lower(),
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "cotlab", "serve", "--port", self._port]
        self._process = subprocess.Popen(
            command, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.url = self._said().split()[-1]
        self._port = self.url.rpartition(":")[2]
        assert httpx.get(f"{self.url}/v1/server", timeout=READY_WITHIN).is_success

    def _said(self) -> str:
        """The line with the address, which comes once it listens."""
        assert self._process is not None and self._process.stdout is not None
        with self._process.stdout as stdout:
            assert select.select([stdout], [], [], READY_WITHIN)[0], "the server did not become ready"
            line = stdout.readline().decode()
        assert line, "the server did not start"
        return line

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> int | None:
        """End it as an operator does; its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int | None:
        if self._process is None:
            return None
        self._process.send_signal(how)
        code = self._process.wait(READY_WITHIN)
        self._process = None
        return code


@contextmanager
def running(database: str, signing_key: Path, checks: bool = False) -> Iterator[ServerProcess]:
    server = ServerProcess(database, signing_key, checks)
    server.start()
    try:
        yield server
    finally:
        server.stop()
