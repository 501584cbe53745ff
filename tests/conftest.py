"""Fixtures for every folder: a fresh database on each engine, a store over it, a clock that stands, ids that count."""

import atexit
import gc
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from cotlab.storage import Store, create, open_store
from cotlab.storage.engine import sqlite
from tests import cluster as clusters
from tests.cluster import Cluster
from tests.consumers.environment import asked_for
from tests.support import SIGNER, Clock, Ids

COUNTED = {
    "data": "read the public data", "postgresql": "ran on PostgreSQL", "consumer": "ran a trainer's code",
    "model": "ran a model here", "slow": "started programs or took long",
}  # fmt: skip
"""Markers whose tests are left out of `make test`, or skip on a machine that lacks something; how many ran is said."""
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes are started, which compiled everything anew
sys.dont_write_bytecode = False
gc.disable()  # until all tests are collected, of which nothing is garbage
sqlite.SYNCHRONOUS = "OFF"  # a process that is killed loses nothing by it
settings.register_profile(
    "cotlab", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("cotlab")
ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ids() -> Ids:
    return Ids()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file without rows, to be copied."""
    path = tmp_path_factory.mktemp("template") / "cotlab.db"
    create(path)
    return path


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A running PostgreSQL server; skips where none is installed."""
    if clusters.binaries() is None:
        pytest.skip("no server binaries of PostgreSQL are installed")
    folder = clusters.make_folder()
    made: Cluster | None = None
    try:
        made = Cluster(folder)
        atexit.register(made.stop)
        yield made
    finally:
        if made is not None:
            made.stop()
            atexit.unregister(made.stop)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database: a path, then the URL of one on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "cotlab.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield str(path)
        return
    server: Cluster = request.getfixturevalue("cluster")
    url = server.fresh()
    yield url
    server.drop(url)


@pytest.fixture(params=ENGINES)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database to be made: a path without a file, then an empty database on PostgreSQL."""
    if request.param == "sqlite":
        yield str(tmp_path / "new.db")
        return
    server: Cluster = request.getfixturevalue("cluster")
    url = server.empty()
    yield url
    server.drop(url)


@pytest.fixture
def store(engine: str, clock: Clock, ids: Ids) -> Iterator[Store]:
    """A store over a fresh database, with a fixed key, a clock that stands and ids that count."""
    opened = open_store(engine, signer=SIGNER, clock=clock, new_id=ids)
    yield opened
    opened.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if asked_for():
        return
    for item in items:
        if item.get_closest_marker("consumer") is not None:
            item.add_marker(pytest.mark.skip("make consumers runs what trainers do with exports"))


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, since some tests wait for others' programs."""
    return (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """What was collected stays until the end, so that no collection of garbage has to look at it."""
    gc.freeze()
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for marker, what in COUNTED.items():
        ran, skipped = (_marked(terminalreporter, marker, outcome) for outcome in ("passed", "skipped"))
        terminalreporter.write_line(f"{ran} tests {what}, {skipped} more were skipped")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where the public data are named, all tests that read them have to run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("COTLAB_TEST_DATA") and reporter is not None and _marked(reporter, "data", "skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _marked(reporter: pytest.TerminalReporter, marker: str, outcome: str) -> int:
    return sum(marker in report.keywords for report in reporter.stats.get(outcome, ()))
