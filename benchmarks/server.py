"""The real server, in a process of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cotlab.settings import Settings

TICKS = os.sysconf("SC_CLK_TCK")
COMMAND = (sys.executable, "-c", "from cotlab.cli import main; main()")
ADDRESS = re.compile(r"http://([\d.]+):(\d+)")
STOPS_WITHIN = 20


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens on loopback; `started` is when it was spawned (time.perf_counter)."""

    pid: int
    host: str
    port: int
    started: float

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


@contextmanager
def running(settings: Settings, batch: int = 256, checks: bool = False) -> Iterator[Server]:
    """`cotlab serve` on a free port, without its checks unless told; `batch` writes share one commit at most."""
    environment = {
        **os.environ, "COTLAB_DATABASE": settings.database, "COTLAB_SIGNING_KEY": str(settings.key_path()),
        "COTLAB_WRITE_BATCH": str(batch), "COTLAB_LOG_LEVEL": "warning", "COTLAB_CHECKS": str(checks).lower(),
    }  # fmt: skip
    started = time.perf_counter()
    command = [*COMMAND, "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            found = ADDRESS.search(said)
            if found is None:
                raise RuntimeError(f"the server did not start: {said or process.wait()}")
            yield Server(process.pid, found[1], int(found[2]), started)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(STOPS_WITHIN)


def cpu_seconds(pid: int | str) -> float:
    """User and system time of a process so far; `self` is this one."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_memory(pid: int | str = "self") -> float:
    """The largest resident size of a process so far, in MB (10^6 bytes)."""
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6
