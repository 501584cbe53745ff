"""Labels a second over HTTP: claim, label 8 steps, finish; and what sharing a commit is worth.

The server is `cotlab serve` (uvloop, httptools), SQLite with `synchronous=FULL` on a disk, or a PostgreSQL database
that is named. The clients are one more process on the same cores (benchmarks/load.py).
"""

import argparse
import itertools
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import world
from benchmarks.environment import describe, on_disk
from benchmarks.load import Load, Measured
from benchmarks.server import running
from benchmarks.tables import percentile, table
from benchmarks.world import STEPS, World

CLIENTS = (1, 8, 32, 128)
COMPARED = 32
"""Clients at which batches of one are compared with full ones."""
BATCH = 256
LABELS_A_SECOND = 2_500
"""More than any server here answers: as many traces are there as that rate needs."""


@dataclass(frozen=True, slots=True)
class Result:
    """One run. Latencies in milliseconds; CPU of the server in milliseconds a label, its claims and endings in it."""

    clients: int
    batch: int
    labels: int
    rate: float
    p50: float
    p99: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds a run, of which the warm-up does not count, and how often the two batches take turns."""

    warm_up: float = 1.0
    seconds: float = 6.0
    turns: int = 3


class Labels:
    """Runs against one database; every run has a fresh server and a project of its own."""

    def __init__(self, place: World, timing: Timing) -> None:
        self._place, self._timing = place, timing
        self._numbers = itertools.count(1)

    def run(self, clients: int, batch: int = BATCH) -> Result:
        """Raises RuntimeError where the database does not hold what was acknowledged."""
        overlap, seconds = 2, self._timing.warm_up + self._timing.seconds
        traces = max(clients, int(seconds * LABELS_A_SECOND / STEPS / min(clients, overlap)))
        project = self._place.add_project(f"project {next(self._numbers)}", traces)
        measured = self._measure(project, clients, batch)
        stored = self._place.count_labels(project)
        if stored != measured.acknowledged:
            raise RuntimeError(f"{measured.acknowledged} labels were acknowledged and {stored} are stored")
        return _result(clients, batch, measured)

    def _measure(self, project: str, clients: int, batch: int) -> Measured:
        with running(self._place.settings, batch) as server:
            load = Load(
                server.host, server.port, server.pid, project, self._place.tokens[:clients],
                self._timing.warm_up, self._timing.seconds,
            )  # fmt: skip
            command = [sys.executable, "-m", "benchmarks.load"]
            done = subprocess.run(
                command, input=json.dumps(asdict(load)), stdout=subprocess.PIPE, check=True, text=True
            )
        return Measured(**json.loads(done.stdout))

    def compare(self, clients: int) -> list[Result]:
        """Batches of one and full ones, in turns, so that both see the same machine."""
        return [self.run(clients, batch) for _ in range(self._timing.turns) for batch in (1, BATCH)]


def _result(clients: int, batch: int, measured: Measured) -> Result:
    labels = len(measured.latencies)
    return Result(
        clients, batch, labels, labels / measured.seconds, percentile(measured.latencies, 0.5),
        percentile(measured.latencies, 0.99), measured.server_cpu * 1000 / max(labels, 1),
    )  # fmt: skip


def report(results: Sequence[Result]) -> str:
    head = ("clients", "writes a commit, at most", "labels", "labels/s", "p50 ms", "p99 ms", "server CPU ms a label")
    rows = [(str(one.clients), one.batch, one.labels, one.rate, one.p50, one.p99, one.cpu) for one in results]
    return table(head, rows)


def ratio(results: Sequence[Result]) -> str:
    """One sentence: full batches against batches of one, over all turns."""
    alone, shared = ([one for one in results if one.batch == batch] for batch in (1, BATCH))
    gain = sum(one.rate for one in shared) / sum(one.rate for one in alone)
    slowest = [sum(one.p99 for one in part) / len(part) for part in (shared, alone)]
    return (
        f"Sharing a commit gives {gain:.2f} times the labels/s of one write a commit at {alone[0].clients} clients, "
        f"with a p99 of {slowest[0]:.0f} ms against {slowest[1]:.0f} ms (means of {len(alone)} turns each)."
    )


def measure(folder: Path, timing: Timing, clients: Sequence[int] = CLIENTS, database: str | None = None) -> str:
    """All runs, as Markdown."""
    labels = Labels(world.make(folder, max(*clients, COMPARED), database), timing)
    alone = [labels.run(number) for number in clients]
    turns = labels.compare(COMPARED)
    return f"{report(alone)}\n\n{report(turns)}\n\n{ratio(turns)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="a folder on a disk; else where temporary files lie")
    parser.add_argument("--database", help="an empty PostgreSQL database to use in place of SQLite")
    parser.add_argument("--seconds", type=float, default=Timing().seconds, help="that count of each run")
    parser.add_argument("--turns", type=int, default=Timing().turns, help="of the comparison")
    parser.add_argument("--clients", type=int, nargs="+", default=CLIENTS)
    given = parser.parse_args()
    with on_disk(given.folder) as folder:
        print(describe(folder), end="\n\n")
        timing = Timing(seconds=given.seconds, turns=given.turns)
        print(measure(folder, timing, given.clients, given.database))


if __name__ == "__main__":
    main()
