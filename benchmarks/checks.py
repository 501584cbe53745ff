"""Whether a server answers while it checks hostile steps in the background: GET /health, with checks and without.

`cotlab serve` over SQLite on this machine; the same 100 steps lie in both databases, a fifth of them such that the
child that checks them ends at its limit of time. One client asks, one request after the other, as long as checks go on.
"""

import argparse
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks import world
from benchmarks.environment import describe, on_disk
from benchmarks.evidence import BAD_INPUT
from benchmarks.server import running
from benchmarks.tables import percentile, table
from benchmarks.world import World
from cotlab.domain.projects.gates import Setting
from cotlab.domain.projects.projects import NewProject
from cotlab.domain.traces.records import Problem, Step, Trace
from cotlab.exchange.readers.jsonl import Good
from cotlab.services.checks.verdicts import checker_of
from cotlab.services.projects import projects
from cotlab.services.traces.trace_import import import_lines
from cotlab.storage.checks.checks import progress

STEPS = 100
SLOW_EACH = 5
"""One step in so many takes longer than it may."""
BOUND = 200.0
"""Milliseconds in which a server is to answer."""
PAUSE = 0.002
LONGEST = 180.0
"""Seconds that the checks may take."""
CHECKER = checker_of(Setting.DEFAULT)


@dataclass(frozen=True, slots=True)
class Asked:
    """Latencies of GET /health in milliseconds, and how many steps were checked meanwhile in so many seconds."""

    checks: bool
    latencies: Sequence[float]
    checked: int
    seconds: float


def hostile(number: int) -> str:
    """A step that is of no use to anybody; its number makes it another one each time."""
    if number % SLOW_EACH == 0:
        return f"(x+y+z+w)^9 = (x+y+z+w)^8*(x+y+z+w) + {number}. " * 70
    text = BAD_INPUT[number % len(BAD_INPUT)].replace("\x00", "").encode("utf-8", "ignore").decode()
    return f"{text[:3_900]} ({number})"


def furnished(folder: Path, steps: int) -> tuple[World, str]:
    """A database with one trace of hostile steps, and the id of its project."""
    place = world.make(folder, annotators=0)
    texts = tuple(Step(text=hostile(number)) for number in range(steps))
    trace = Trace(problem=Problem(text="What is it?", domain="mathematics"), steps=texts)
    with closing(place.open()) as store:
        project = projects.new_project(store, "bench", NewProject(name="hostile")).id
        import_lines(store, "bench", project, [Good(1, "native", (trace,))])
    return place, project


def asked(folder: Path, checks: bool, steps: int, seconds: float) -> Asked:
    """Ask as long as anything is left to check; without checks for so many seconds."""
    folder.mkdir()
    place, project = furnished(folder, steps)
    latencies: list[float] = []
    checked, began = 0, time.perf_counter()
    with (
        running(place.settings, checks=checks) as server,
        httpx.Client(base_url=server.url) as client,
        closing(place.open()) as store,
    ):
        began = looked = time.perf_counter()
        while checked < steps and time.perf_counter() - began < (LONGEST if checks else seconds):
            latencies.append(_latency(client))
            time.sleep(PAUSE)
            if time.perf_counter() - looked > 1:
                looked = time.perf_counter()
                found = store.read(lambda db: progress(db, project, CHECKER))
                checked = sum(found.values()) - found["steps"]
    return Asked(checks, latencies, checked, time.perf_counter() - began)


def _latency(client: httpx.Client) -> float:
    began = time.perf_counter()
    client.get("/health").raise_for_status()
    return 1_000 * (time.perf_counter() - began)


def measure(folder: Path, steps: int = STEPS, most_idle: float = 20.0) -> tuple[Asked, Asked]:
    """With checks and without, for as long but not more than `most_idle` seconds."""
    busy = asked(folder / "busy", True, steps, 0)
    return busy, asked(folder / "idle", False, steps, min(busy.seconds, most_idle))


def report(found: Sequence[Asked]) -> str:
    busy, idle = found
    rows = [
        ("with checks" if one.checks else "without", len(one.latencies), percentile(one.latencies, 0.5),
         percentile(one.latencies, 0.99), max(one.latencies), one.checked, one.seconds)
        for one in found
    ]  # fmt: skip
    head = ("server", "requests", "p50 ms", "p99 ms", "longest ms", "steps checked", "seconds")
    ratio = percentile(busy.latencies, 0.99) / percentile(idle.latencies, 0.99)
    late = sum(one > BOUND for one in busy.latencies)
    over = f"{late} of {len(busy.latencies):,} answers took over {BOUND:.0f} ms"
    return f"{table(head, rows)}\n\np99 is {ratio:.2f} times that without checks; {over}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checks", description=__doc__)
    parser.add_argument("--folder", type=Path, help="a folder on a disk; else where temporary files lie")
    parser.add_argument("--steps", type=int, default=STEPS)
    given = parser.parse_args()
    with on_disk(given.folder) as folder:
        print(describe(folder), flush=True)
        print(report(measure(folder, given.steps)))


if __name__ == "__main__":
    main()
