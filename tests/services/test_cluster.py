"""Checks and drafts by the workers of a Dask cluster, one of which is lost on the way."""

import importlib.util
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.drafting import DraftState
from cotlab.domain.errors import Unavailable
from cotlab.domain.evidence import Setting
from cotlab.drafting.driver import Surroundings
from cotlab.services.checking import Wanted
from cotlab.services.coordinating import check_project
from cotlab.services.crews import ClusterCrew, LocalCrew
from cotlab.services.draft_worker import Worker
from tests.cluster import free_port
from tests.drafting.endpoint import Stub, serving
from tests.services import drafted
from tests.world import World, trace

ROOT = Path(__file__).parents[2]
TRACES, STEPS = 150, 8
ALL = Wanted(Setting.DEFAULT)
pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="distributed is not installed"),
    pytest.mark.filterwarnings("default"),  # those of another package's threads and sockets are not ours
]


def start(*command: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + command[0], *command[1:]], env=environment, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


@contextmanager
def cluster(workers: int = 2, threads: int = 1) -> Iterator[tuple[str, list["subprocess.Popen[str]"]]]:
    """A scheduler with so many workers on loopback: its address, and the workers."""
    address = f"tcp://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    processes = [start("dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard", "--no-show")]
    try:
        _await(processes[0], r"Scheduler at:")
        for _ in range(workers):
            worker = start(
                "dask_worker",
                address,
                "--nthreads",
                str(threads),
                "--no-nanny",
                "--no-dashboard",
                "--host",
                "127.0.0.1",
            )
            processes.append(worker)
            _await(worker, r"Registered to:")
        yield address, processes[1:]
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()
            assert process.stderr is not None
            process.stderr.close()


def _await(process: "subprocess.Popen[str]", said: str) -> None:
    """Read what a process says until it says that it is there; then let it talk to nobody."""
    assert process.stderr is not None
    for line in process.stderr:
        if re.search(said, line):
            threading.Thread(target=_drain, args=(process,), daemon=True).start()
            return
    raise AssertionError(f"it ended before it was there: {process.wait()}")


def _drain(process: "subprocess.Popen[str]") -> None:
    assert process.stderr is not None
    try:
        for _ in process.stderr:
            pass
    except ValueError:  # closed
        return


def rows(world: World) -> list[tuple[Any, ...]]:
    found = world.rows("SELECT item_id, position, checker, verdict, document FROM verdicts ORDER BY 1, 2, 3")
    return [tuple(row.values()) for row in found]


def test_a_worker_that_is_lost_costs_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cotlab.services.checking.AT_ONCE", 20)
    texts = [f"{step} + 2 = {step + 2 + (step == 5)}" for step in range(STEPS)]
    world.add_traces(*(trace(f"t{number}", texts=texts) for number in range(TRACES)))
    lost: list[int] = []
    with cluster() as (address, workers):
        crew = ClusterCrew(address)
        assert crew.at_once == 4

        def lose(new: int) -> None:
            if not lost and len(rows(world)) >= 200:
                workers[0].send_signal(signal.SIGKILL)
                lost.append(len(rows(world)))

        new = check_project(world.store, crew, world.project, ALL, threading.Event(), lose)
        crew.close()
    by_cluster = rows(world)
    assert lost and lost[0] < new == len(by_cluster) == TRACES * STEPS + 9
    assert sum(row[3] == "refuted" for row in by_cluster) == TRACES
    here = LocalCrew()
    again = Wanted(Setting.ALL_KINDS)
    check_project(world.store, here, world.project, again, threading.Event())
    here.close()
    alone = [row for row in rows(world) if row[2] == again.checker]
    assert [(*row[:2], *row[3:]) for row in alone] == [(*row[:2], *row[3:]) for row in by_cluster]


@pytest.mark.parametrize("make_database", ["sqlite"], indirect=True)
def test_a_cluster_asks_far_endpoints_and_stops_within_a_token(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process no endpoint can be asked. The name is another way to write this machine's address."""
    named, stopping = Surroundings(("127.1",)), threading.Event()
    monkeypatch.setattr("cotlab.drafting.chat.Endpoint", None)
    with serving(Stub(texts=("one", "two", "three"))) as stub, cluster(workers=1, threads=4) as (address, _):
        drafted.add_model(world, place=stub.place.replace("127.0.0.1", "127.1"), hosts=["127.1"])
        made = drafted.ask(world, number=6, seed=0)
        hand = Worker(world.store, named, stopping, 30.0, 4, crew := ClusterCrew(address))
        assert hand.draft() == 1 and drafted.status(world, made.id).sentence is None
        assert [one["text"] for one in drafted.report(world, made.id)] == ["two", "three", "one"] * 2
        stub.texts, stub.pause = (" ".join(["word"] * 100),), 0.1
        late = drafted.ask(world, number=4)
        thread = threading.Thread(target=hand.draft)
        thread.start()
        ends = time.monotonic() + 10
        while len(stub.asked) < 10 and time.monotonic() < ends:
            time.sleep(0.02)
        stopping.set()
        assert stub.broken_off.wait(3), "long before the answer's end"
        thread.join(10)
        assert not thread.is_alive() and drafted.status(world, late.id).state is DraftState.WAITING
        hand.close()
        crew.close()


def test_a_cluster_that_is_not_there_is_named() -> None:
    began = time.monotonic()
    with pytest.raises(Unavailable, match="cannot be reached"):
        ClusterCrew(f"tcp://127.0.0.1:{free_port()}")
    assert time.monotonic() - began < 60
