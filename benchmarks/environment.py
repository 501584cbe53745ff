"""What the numbers depend on: the class of machine, the disk, and the versions of what does the work."""

import os
import platform
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.tables import percentile, table
from cotlab.domain.errors import BadInput

LIBRARIES = ("litestar", "pydantic", "uvicorn", "uvloop", "httptools", "sqlite-utils", "psycopg", "textual", "httpx")
IN_MEMORY = ("tmpfs", "ramfs")
SYNCS = 200
BLOCK = 4096


@contextmanager
def on_disk(folder: Path | None) -> Iterator[Path]:
    """A new folder in `folder`, or where temporary files lie; gone afterwards. BadInput where it is kept in memory."""
    with TemporaryDirectory(prefix="cotlab-bench-", dir=folder) as name:
        if file_system(Path(name)) in IN_MEMORY:
            raise BadInput(f"{name} is kept in memory; name a folder on a disk with --folder")
        yield Path(name)


def file_system(path: Path) -> str:
    """The kind of file system that a path lies on, as /proc/mounts names it."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    place = str(path.resolve())
    fitting = [(len(point), kind) for point, kind in mounts if (place + "/").startswith(point.rstrip("/") + "/")]
    return max(fitting)[1]


def fsync_times(folder: Path) -> list[float]:
    """Milliseconds of writes of 4 KB, each followed by an fdatasync, at the end of one file."""
    path, times = folder / "fsync", []
    with path.open("wb", buffering=0) as file:
        for _ in range(SYNCS):
            start = time.perf_counter()
            file.write(b"x" * BLOCK)
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - start) * 1000)
    path.unlink()
    return times


def describe(folder: Path) -> str:
    """A Markdown table; it names no machine."""
    times = fsync_times(folder)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    sync = f"4 KB + fdatasync: median {median(times):.2f} ms, p99 {percentile(times, 0.99):.2f} ms"
    return table(("measured on", ""), [
        ("date", time.strftime("%Y-%m-%d", time.gmtime())),
        ("machine", f"{len(os.sched_getaffinity(0))} cores, {_processor()}, {memory:.0f} GB"),
        ("load before", f"{os.getloadavg()[0]:.1f} (1 minute)"),
        ("disk", f"{file_system(folder)}, {sync}"),
        ("Python", f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}"),
        ("libraries", ", ".join(f"{name} {version(name)}" for name in LIBRARIES)),
    ])  # fmt: skip


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
