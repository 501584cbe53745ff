"""Checks and drafts by the workers of a Dask cluster, one of which is lost on the way."""

import gc
import importlib.util
import os
import queue
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

from cotlab.domain.drafts.requests import DraftState
from cotlab.domain.errors import Unavailable
from cotlab.domain.projects.gates import Setting
from cotlab.drafting.driver import Surroundings
from cotlab.services.checks.coordinator import check_project
from cotlab.services.checks.executors import ClusterCrew, LocalCrew
from cotlab.services.checks.verdicts import Wanted
from cotlab.services.drafts.worker import Worker
from tests.drafting.endpoint import Stub, serving
from tests.services.drafts import drafted
from tests.world import World, trace

ROOT = Path(__file__).parents[3]
TRACES, STEPS = 150, 8
ALL = Wanted(Setting.DEFAULT)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="distributed is not installed"),
    pytest.mark.filterwarnings("default"),  # those of another package's threads and sockets are not ours
]


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """What another package left open warns here, and not within a test that comes later."""
    yield
    gc.collect()


def start(*command: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + command[0], *command[1:]], env=environment, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


@contextmanager
def cluster(workers: int = 2, threads: int = 1) -> Iterator[tuple[str, list["subprocess.Popen[str]"]]]:
    """A scheduler with so many workers on loopback: its address, and the workers."""
    processes = [start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")]
    try:
        address = _await(processes[0], r"Scheduler at:\s*(\S+)")
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
            _await(worker, r"Registered to:\s*(\S+)")
        yield address, processes[1:]
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def _await(process: "subprocess.Popen[str]", said: str) -> str:
    """What a process says of where it is, once it is there; all it says later is read by a thread, for nobody."""
    found: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        assert process.stderr is not None
        with process.stderr as lines:
            for line in lines:
                if match := re.search(said, line):
                    found.put(match[1])
        found.put(None)

    threading.Thread(target=read, daemon=True).start()
    there = found.get(timeout=60)
    assert there is not None, "it ended before it was there"
    return there


def rows(world: World) -> list[tuple[Any, ...]]:
    found = world.rows("SELECT item_id, position, checker, verdict, document FROM verdicts ORDER BY 1, 2, 3")
    return [tuple(row.values()) for row in found]


def test_a_worker_that_is_lost_costs_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cotlab.services.checks.verdicts.AT_ONCE", 20)
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
        stub.texts, stub.pause = (" ".join(["word"] * 600),), 0.1
        late = drafted.ask(world, number=4)
        thread = threading.Thread(target=hand.draft)
        thread.start()
        ends = time.monotonic() + 30
        while len(stub.asked) < 10 and time.monotonic() < ends:
            time.sleep(0.02)
        stopping.set()
        assert stub.broken_off.wait(20), "long before the answer's end"
        thread.join(20)
        assert not thread.is_alive() and drafted.status(world, late.id).state is DraftState.WAITING
        hand.close()
        stub.texts, stub.pause = ("one",), 0.0
        crew._client.close()  # as it does where the scheduler was away for long
        again = Worker(world.store, named, threading.Event(), 30.0, 4, crew)
        assert again.draft() == 1 and drafted.status(world, late.id).state is DraftState.DONE
        last = drafted.ask(world)
        crew._client.close()
    monkeypatch.setattr("cotlab.services.checks.executors.CONNECT", 1)
    with pytest.raises(Unavailable, match="cannot be reached"):
        again.draft()
    assert world.rows("SELECT worker, lost FROM draft_leases WHERE request_id = :id", id=last.id) == [
        {"worker": None, "lost": 0}
    ]
    again.close()
    crew.close()


def test_a_cluster_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cotlab.services.checks.executors.CONNECT", 1)
    with pytest.raises(Unavailable, match="cannot be reached"):
        ClusterCrew("tcp://127.0.0.1:1")
