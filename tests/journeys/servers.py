"""The real server in a process of its own, to be killed and started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

READY_WITHIN = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServerProcess:
    """`cotlab serve` over one database, always on the same port; it checks nothing unless told to."""

    def __init__(self, database: str, signing_key: Path, checks: bool = False) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **os.environ, "COTLAB_DATABASE": database, "COTLAB_SIGNING_KEY": str(signing_key),
            "COTLAB_CHECKS": str(checks).lower(),
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "cotlab", "serve", "--port", str(self.port)]
        self._process = subprocess.Popen(
            command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        ends = time.monotonic() + READY_WITHIN
        while time.monotonic() < ends:
            try:
                if httpx.get(f"{self.url}/v1/server", timeout=1).is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError("the server did not become ready")

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
