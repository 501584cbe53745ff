"""What a person at the terminal waits for: a chosen label on the screen, and the next step after a commit.

The real `cotlab-tui` in a pseudo-terminal of 80x24, against the real server on loopback. A key is written to the
terminal, and the clock stops once the bytes that paint the answer have come out of it.
"""

import argparse
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import world
from benchmarks.environment import describe, on_disk
from benchmarks.server import Server, running
from benchmarks.tables import percentile, table
from benchmarks.world import STEPS, World
from cotlab.domain.projects.policy import Policy

PROGRAM = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from tui.main import main; main()"
"""The terminal UI as the owner of its terminal, so that it ends with it."""
COMMAND = (sys.executable, "-c", PROGRAM)
SMALL = (80, 24)
"""Columns and rows."""
PATIENCE = 30.0
REST = 0.12
"""Seconds between what was painted and the next key, in which the screen comes to rest; people take longer."""
CHOSEN = "▸".encode()
ENTER = b"\r"


@dataclass(frozen=True, slots=True)
class Waits:
    """Milliseconds from a key to what it paints."""

    chosen: list[float] = field(default_factory=list)
    committed: list[float] = field(default_factory=list)
    finished: list[float] = field(default_factory=list)


class Terminal:
    """The user's end of a pseudo-terminal."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def press(self, key: bytes, shows: bytes | re.Pattern[bytes]) -> float:
        """Milliseconds until the bytes `shows`, or some that it matches, have come."""
        self.rest()
        start = time.perf_counter()
        self.type(key)
        self.wait(shows)
        return (time.perf_counter() - start) * 1000

    def type(self, key: bytes) -> None:
        os.write(self._descriptor, key)

    def wait(self, shows: bytes | re.Pattern[bytes]) -> bytes:
        """All that came until the bytes `shows`, or some that it matches, have come."""
        seen, ends = b"", time.monotonic() + PATIENCE
        wanted = re.compile(re.escape(shows)) if isinstance(shows, bytes) else shows
        while wanted.search(seen) is None:
            if time.monotonic() > ends:
                raise RuntimeError(f"{wanted.pattern.decode()} was never painted; last came {seen[-2000:]!r}")
            seen += self._read(0.5)
        return seen

    def rest(self) -> bytes:
        """Read until nothing has come for a while."""
        seen = b""
        while more := self._read(REST):
            seen += more
        return seen

    def _read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._descriptor], [], [], seconds)
        return os.read(self._descriptor, 65536) if ready else b""


@contextmanager
def terminal_ui(
    server: Server, token: str, folder: Path, size: tuple[int, int] = SMALL
) -> Iterator[Terminal]:  # fmt: skip
    """`cotlab-tui`, signed in, in a terminal of its own."""
    environment = {
        **os.environ, "COTLAB_SERVER": server.url, "COTLAB_TOKEN": token, "COTLAB_STATE": str(folder / "state"),
        "COTLAB_CREDENTIALS": str(folder / "credentials.json"), "TERM": "xterm-256color", "COLORTERM": "truecolor",
    }  # fmt: skip
    descriptor, inner = pty.openpty()
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    process = subprocess.Popen(
        COMMAND, env=environment, stdin=inner, stdout=inner, stderr=inner, start_new_session=True
    )
    os.close(inner)
    try:
        yield Terminal(descriptor)
    finally:
        process.kill()
        process.wait()
        os.close(descriptor)


def measure(folder: Path, traces: int) -> Waits:
    """Label that many traces, of one more. RuntimeError where a screen does not come, or a label is not stored."""
    place = world.make(folder, annotators=1)
    project = place.add_project("project", traces + 1, Policy(overlap=1))
    waits = Waits()
    with running(place.settings) as server, terminal_ui(server, place.tokens[0], folder) as terminal:
        terminal.wait(b"project")
        terminal.press(ENTER, shows=_step(1))
        for _ in range(traces):
            _label(terminal, waits)
            terminal.press(b"1", shows=CHOSEN)
            terminal.press(ENTER, shows=b"How does this solution go about it?")
            terminal.press(ENTER, shows=_step(1))
    _check(place, project, waits)
    return waits


def _label(terminal: Terminal, waits: Waits) -> None:
    for position in range(1, STEPS + 1):
        waits.chosen.append(terminal.press(b"1", shows=CHOSEN))
        if position < STEPS:
            waits.committed.append(terminal.press(ENTER, shows=_step(position + 1)))
        else:
            waits.finished.append(terminal.press(ENTER, shows=b"final answer"))


def _step(position: int) -> bytes:
    """How the text of a step begins (see world.trace), its trace's number left out."""
    return f"and {position}:".encode()


def _check(place: World, project: str, waits: Waits) -> None:
    stored = place.count_labels(project)
    painted = len(waits.committed) + len(waits.finished)
    if stored != painted:
        raise RuntimeError(f"{painted} labels were painted and {stored} are stored")


def report(waits: Waits) -> str:
    rows = [
        (name, len(times), percentile(times, 0.5), percentile(times, 0.95), max(times))
        for name, times in (
            ("label key to its label painted", waits.chosen),
            ("commit to the next step painted", waits.committed),
            ("last commit to the closing question painted", waits.finished),
        )
    ]
    return table(("wait", "times", "p50 ms", "p95 ms", "longest ms"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="a folder on a disk; else where temporary files lie")
    parser.add_argument("--traces", type=int, default=12)
    given = parser.parse_args()
    with on_disk(given.folder) as folder:
        print(describe(folder), end="\n\n")
        print(report(measure(folder, given.traces)))


if __name__ == "__main__":
    main()
