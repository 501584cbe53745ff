"""How long one waits: for the command line's help, and from the start of the server to its first answer."""

import argparse
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx

from benchmarks import world
from benchmarks.environment import describe, on_disk
from benchmarks.server import COMMAND, cpu_seconds, peak_memory, running
from benchmarks.tables import table
from benchmarks.world import World

TIMES = 7


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds by the clock, of each time that it was tried; CPU and memory of the server once it answers."""

    name: str
    seconds: list[float]
    cpu: float = 0.0
    memory: float = 0.0


def help_shown() -> Start:
    """`cotlab --help` as a process of its own."""
    return Start("cotlab --help", [_help() for _ in range(TIMES)])


def _help() -> float:
    start = time.perf_counter()
    done = subprocess.run([*COMMAND, "--help"], capture_output=True, check=True, text=True)
    seconds = time.perf_counter() - start
    if "Usage" not in done.stdout:
        raise RuntimeError(f"this is no help: {done.stdout[:200]}")
    return seconds


def server_ready(place: World) -> Start:
    """From spawning `cotlab serve` to the first 200 of /v1/server."""
    tried = [_ready(place) for _ in range(TIMES)]
    last = tried[-1]
    return Start("server ready", [one[0] for one in tried], last[1], last[2])


def _ready(place: World) -> tuple[float, float, float]:
    with running(place.settings) as server:
        answer = httpx.get(f"{server.url}/v1/server")
        seconds = time.perf_counter() - server.started
        answer.raise_for_status()
        return seconds, cpu_seconds(server.pid), peak_memory(server.pid)


def measure(folder: Path) -> list[Start]:
    place = world.make(folder, annotators=1)
    parts: list[Callable[[], Start]] = [help_shown, lambda: server_ready(place)]
    return [part() for part in parts]


def report(starts: list[Start]) -> str:
    head = ("start", "times", "median s", "longest s", "server CPU s", "server peak memory MB")
    rows = [(one.name, len(one.seconds), median(one.seconds), max(one.seconds), *_of_server(one)) for one in starts]
    return table(head, rows)


def _of_server(one: Start) -> tuple[float | str, float | str]:
    return (one.cpu, one.memory) if one.memory else ("", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="a folder on a disk; else where temporary files lie")
    given = parser.parse_args()
    with on_disk(given.folder) as folder:
        print(describe(folder), end="\n\n")
        print(report(measure(folder)))


if __name__ == "__main__":
    main()
