"""Eight processes on one database: no trace for too many people, none for too few, nothing twice for anybody."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path

import pytest

from cotlab.domain.people import Role
from cotlab.domain.projects.policy import MINUTE
from cotlab.domain.queue.batches import BatchBody
from cotlab.services.queue import batches
from cotlab.storage import is_postgresql, now_microseconds, open_store
from tests.support import SIGNER, Clock
from tests.world import World, people_and_project, trace

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
WORKERS = 8
WANTED = {"mathematics": 1, "law": 2, "medicine": 3}
"""Domain -> how many people label each of its traces, of one step."""
TRACES = {"mathematics": 1_100, "law": 300, "medicine": 100}
"""1,500 traces with 2,000 places."""
SHARE = {False: 1, True: 3}
"""Whether it is on PostgreSQL -> one in how many of the traces; a write there costs a multiple."""
GIVEN = 60
"""Traces that two of the eight are given by name."""
WITHIN = 600
"""Seconds after which it is given up; it takes some tens of them on two idle cores."""


def start(engine: str, world: World, name: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.journeys.labelling_worker", engine, world.project, world.people[name]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def give(world: World, *names: str) -> set[str]:
    """A batch of mathematics for these people. Returns its traces."""
    due = now_microseconds() + 60 * MINUTE
    body = BatchBody.model_validate({
        "people": names, "due": due, "where": {"domain": "mathematics"}, "count": GIVEN
    })  # fmt: skip
    items = world.store.read(lambda db: batches.picked(db, world.project, body))
    world.write(lambda db: batches.make(db, world.people["lea"], world.project, body, items))
    return {*items}


def test_eight_processes_label_hundreds_of_traces(engine: str) -> None:
    many = {domain: traces // SHARE[is_postgresql(engine)] for domain, traces in TRACES.items()}
    with closing(open_store(engine, signer=SIGNER)) as store:
        world = people_and_project(store, Clock(now_microseconds()))
        names = [f"worker {number}" for number in range(WORKERS)]
        for name in names:
            world.add_person(name)
            world.join(name, Role.ANNOTATOR)
        overlaps = [{"domain": domain, "people": people} for domain, people in WANTED.items()]
        world.set_policy(overlap=1, overlaps=overlaps)
        for domain, traces in many.items():
            world.add_traces(*(trace(f"{domain} {number}", 1, domain=domain) for number in range(traces)))
        for name in names:  # the guideline is read before the race
            world.expert(name).label_all()
        given = give(world, *names[:2])
        finished = race(engine, world, names)
        check(world, many, given, finished)


def race(engine: str, world: World, names: list[str]) -> dict[str, int]:
    """Let all begin at once. Returns how many traces each finished."""
    processes = {name: start(engine, world, name) for name in names}
    try:
        for process in processes.values():
            assert process.stdout is not None and process.stdout.readline() == "ready\n"
        for process in processes.values():
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        said = {name: process.communicate(timeout=WITHIN) for name, process in processes.items()}
    finally:
        for process in processes.values():
            process.kill()
    assert {name: error for name, (_, error) in said.items() if error} == {}
    return {name: int(out) for name, (out, _) in said.items()}


def check(world: World, traces: dict[str, int], given: set[str], finished: dict[str, int]) -> None:
    rows = world.rows(
        """SELECT a.item_id, m.name, p.domain, e.ending, q.taken FROM assignments a JOIN actors m ON m.id = a.actor_id
               JOIN traces t ON t.id = a.item_id JOIN problems p ON p.id = t.problem_id
               JOIN queue q ON q.item_id = a.item_id LEFT JOIN assignment_ends e ON e.assignment_id = a.id
           WHERE a.project_id = :p""",
        p=world.project,
    )
    assert {row["ending"] for row in rows} == {"finished"}
    assert len({(row["item_id"], row["name"]) for row in rows}) == len(rows), "nobody is handed a trace twice"
    people = Counter(row["item_id"] for row in rows)
    domains = {row["item_id"]: row["domain"] for row in rows}
    assert Counter(domains.values()) == traces, "no trace is starved"
    assert [item for item, number in people.items() if number != WANTED[domains[item]]] == []
    assert all(row["taken"] == people[row["item_id"]] for row in rows), "the queue counts those who hold a place"
    by_person: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        by_person[row["name"]].add(row["item_id"])
    assert {name: len(mine) - 1 for name, mine in by_person.items()} == finished
    assert all(by_person[name].isdisjoint(given) for name in [*finished][2:]), "a batch is for its people alone"
    assert min(finished.values()) > 0
