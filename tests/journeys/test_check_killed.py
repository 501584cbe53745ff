"""A project that is being checked is killed and checked again, and ends with the same verdicts as one left alone."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.projects.projects import NewProject
from cotlab.domain.traces.records import Problem, Step, Trace
from cotlab.exchange.readers.jsonl import read_traces
from cotlab.services.audit.verification import verify
from cotlab.services.people.setup import initialise, open_database
from cotlab.services.projects import projects
from cotlab.services.traces.trace_import import import_lines
from cotlab.settings import Settings
from cotlab.storage.engine.signing import load_signer

pytestmark = pytest.mark.slow

TRACES, STEPS = 600, 8


def prepared(folder: Path) -> Settings:
    """A project of sums, every fifth of them wrong."""
    folder.mkdir()
    settings = Settings(database=str(folder / "cotlab.db"))
    initialise(settings, "admin", days=1)
    store = open_database(settings)
    project = projects.new_project(store, "host", NewProject(name="pilot")).id
    lines = []
    for number in range(TRACES):
        steps = tuple(Step(text=f"{number} + {step} = {number + step + (step == 5)}") for step in range(STEPS))
        made = Trace(problem=Problem(text=f"Problem {number}"), steps=steps)
        lines.append(made.model_dump_json(exclude_defaults=True).encode())
    import_lines(store, "host", project, read_traces(lines, "native"))
    store.close()
    return settings


def copied(settings: Settings, folder: Path) -> Settings:
    shutil.copytree(Path(settings.database).parent, folder)
    return Settings(database=str(folder / "cotlab.db"))


def start(settings: Settings, *command: str) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "COTLAB_DATABASE": settings.database, "COTLAB_CHECK_THREADS": "1"}
    environment.pop("COTLAB_SERVER", None)
    return subprocess.Popen(
        [sys.executable, "-m", "cotlab", *command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def rows(settings: Settings) -> list[Any]:
    store = open_database(settings)
    try:
        found = store.read(
            lambda db: db.rows("SELECT item_id, position, checker, verdict, document FROM verdicts ORDER BY 1, 2, 3")
        )
        return [tuple(row.values()) for row in found]
    finally:
        store.close()


def descendants(pid: int) -> set[int]:
    """The processes below one, found by their parents, so that no other process of the machine is among them."""
    found = subprocess.run(["pgrep", "-P", f"{pid}"], capture_output=True, text=True, check=False)
    below = {int(line) for line in found.stdout.split()}
    return below.union(*(descendants(one) for one in below))


def runs(pid: int) -> bool:
    """Whether a process is there and more than an entry that nobody has asked for."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", f"{pid}"], capture_output=True, text=True, check=False)
    return state.stdout.strip()[:1] not in ("", "Z")


def await_rows(settings: Settings, process: "subprocess.Popen[bytes]", more_than: int) -> None:
    ends = time.monotonic() + 120
    while process.poll() is None and len(rows(settings)) <= more_than and time.monotonic() < ends:
        time.sleep(0.02)


def test_killed_and_run_again(tmp_path: Path) -> None:
    killed = prepared(tmp_path / "killed")
    alone = copied(killed, tmp_path / "alone")
    process = start(killed, "check", "--project", "pilot")
    await_rows(killed, process, 0)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    reached = rows(killed)
    assert 0 < len(reached) < TRACES * STEPS, "it was killed on its way"
    again, once = (start(one, "check", "--project", "pilot", "--json") for one in (killed, alone))
    said = again.communicate()[0]
    once.communicate()
    assert (again.returncode, once.returncode) == (0, 0)
    assert f'"new":{TRACES * STEPS - len(reached)}'.encode() in said.replace(b" ", b"")
    assert rows(killed) == rows(alone) and len(rows(alone)) == TRACES * STEPS
    assert sum(row[3] == "refuted" for row in rows(alone)) == TRACES
    good(killed)


def good(settings: Settings) -> None:
    """The audit trail holds every verdict."""
    store = open_database(settings)
    key = load_signer(settings.key_path()).public_key
    verdicts = store.read(lambda db: verify(db, [key], [], []))
    store.close()
    assert all(one.good for one in verdicts.values()), [one.findings for one in verdicts.values()]


def test_a_worker_ends_soon_when_it_is_told_to_and_its_children_with_it(tmp_path: Path) -> None:
    settings = prepared(tmp_path / "worker")
    process = start(settings, "worker")
    await_rows(settings, process, 0)
    mine = descendants(process.pid)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert 0 < len(rows(settings)) <= TRACES * STEPS
    ends = time.monotonic() + 60
    while any(map(runs, mine)) and time.monotonic() < ends:
        time.sleep(0.05)
    assert mine and not any(map(runs, mine))
    good(settings)
