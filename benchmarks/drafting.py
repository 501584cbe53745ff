"""Drafts a second of one worker that asks an endpoint for one at a time, and of one that asks for several.

The endpoint is a process of its own that answers after 50 ms and serves 8 at once; the database is SQLite on this
machine, where each draft is a commit. The same requests are drafted by both, each on a database of its own.

Then, what it costs a worker to take a request where few wait and where many do.
"""

import argparse
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import world
from benchmarks.endpoint import serving
from benchmarks.environment import describe, on_disk
from benchmarks.tables import table
from cotlab.domain.drafts.requests import DraftBody, NewModel
from cotlab.domain.projects.projects import NewProject
from cotlab.domain.traces.records import Problem, Step, Trace
from cotlab.drafting.driver import Surroundings
from cotlab.exchange.readers.jsonl import Good
from cotlab.services.drafts import models
from cotlab.services.drafts import requests as drafting
from cotlab.services.drafts.worker import Worker
from cotlab.services.people import accounts
from cotlab.services.projects import projects
from cotlab.services.traces.trace_import import import_lines
from cotlab.storage.drafts import draft_requests as stored
from cotlab.storage.engine.database import SERVER, Db, Store

SECONDS, AT_ONCE = 0.05, 8
"""Of an answer, and answers at once."""
CALLS = (1, 4, 8, 16)
SHAPES = ((1, 240), (30, 8), (240, 1))
"""Requests, and drafts of each."""
WAITING = (1_000, 10_000, 100_000)
"""Requests that wait while some are taken."""
TAKEN = 200
Rows = Sequence[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Run:
    """What a worker made that asks for so many at once, in how many seconds of time and of its processor."""

    requests: int
    each: int
    calls: int
    seconds: float
    processor: float
    drafts: Rows

    @property
    def rate(self) -> float:
        return len(self.drafts) / self.seconds


@dataclass(frozen=True, slots=True)
class Take:
    """Milliseconds that a request costs a worker where so many wait: to find it, and to have it (median)."""

    waiting: int
    found: float
    had: float

    @property
    def both(self) -> float:
        return self.found + self.had


def _project(store: Store, place: str, items: int) -> tuple[str, str, Sequence[str]]:
    """Who asks, the project, and its traces."""
    by = store.write(SERVER, lambda db: accounts.host_actor(db, "bench"))
    project = projects.new_project(store, by, NewProject(name="drafts")).id
    traces = [
        Trace(problem=Problem(text=f"What is {number} + 1 + 1?"), steps=(Step(text="First."), Step(text="Then.")))
        for number in range(items)
    ]
    import_lines(store, by, project, [Good(number, "native", (one,)) for number, one in enumerate(traces, 1)])
    model = NewModel(name="stub", driver="openai", place=place)
    store.write(SERVER, lambda db: models.add(db, by, model, Surroundings()))
    rows = store.read(
        lambda db: db.rows("SELECT t.id FROM traces t JOIN problems p ON p.id = t.problem_id ORDER BY p.text")
    )
    return by, project, [row["id"] for row in rows]


def _asked(store: Store, place: str, requests: int, each: int) -> None:
    by, project, items = _project(store, place, requests)
    for number, item in enumerate(items):
        body = DraftBody(kind="alternatives", model="stub", item_id=item, position=2, number=each, seed=number + 1)
        store.write(project, lambda db: drafting.request(db, by, project, body))  # noqa: B023


def run(folder: Path, place: str, requests: int, each: int, calls: int) -> Run:
    folder.mkdir(parents=True)
    with closing(world.make(folder, annotators=0).open()) as store:
        _asked(store, place, requests, each)
        with closing(Worker(store, Surroundings(), threading.Event(), 30.0, calls)) as worker:
            began, processor = time.perf_counter(), time.process_time()
            worker.draft()
            seconds, processor = time.perf_counter() - began, time.process_time() - processor
        found = store.read(
            lambda db: db.rows(
                """SELECT r.seed, d.ordinal, d.document, d.provenance FROM drafts d
                   JOIN draft_requests r ON r.id = d.request_id ORDER BY r.seed, d.ordinal"""
            )
        )
    return Run(requests, each, calls, seconds, processor, [tuple(row.values()) for row in found])


def measure(folder: Path, shapes: Sequence[tuple[int, int]] = SHAPES, calls: Sequence[int] = CALLS) -> list[Run]:
    with serving(SECONDS, AT_ONCE) as place:
        return [
            run(folder / f"{requests} {number}", place, requests, each, number)
            for requests, each in shapes for number in calls
        ]  # fmt: skip


def take(folder: Path, waiting: int, taken: int = TAKEN) -> Take:
    """Let a worker take some of the requests of one trace that wait, which are rows without events here."""
    folder.mkdir(parents=True)
    made = world.make(folder, annotators=0)
    with closing(made.open()) as store:
        by, project, (item,) = _project(store, "http://127.0.0.1:1/v1", 1)
        store.write(project, lambda db: _wait(db, by, project, item, waiting))
    with closing(made.open()) as store:
        found, had = list[float](), list[float]()
        for _ in range(taken):
            began = time.perf_counter()
            request_id = store.read(stored.waiting)
            between = time.perf_counter()
            assert request_id is not None
            store.write(SERVER, lambda db: drafting.take(db, request_id, "bench", 60_000_000))  # noqa: B023
            found.append(between - began)
            had.append(time.perf_counter() - between)
    return Take(waiting, 1_000 * median(found), 1_000 * median(had))


def _wait(db: Db, by: str, project: str, item: str, number: int) -> None:
    model = models.named(db, "stub")
    for place in range(number):
        stored.add_request(
            db, id=db.new_id(), project_id=project, kind="label_opinion", item_id=item, problem_id=None, position=None,
            model_id=model.id, model=model.name, sampling="{}", seed=1, number=1, answers=0, strategy=None,
            actor_id=by, at=db.now + place, sequence=place,
        )  # fmt: skip


def takes_report(found: Sequence[Take]) -> str:
    """The table, as Markdown; each is compared with the first."""
    rows = [(one.waiting, one.found, one.had, one.both / found[0].both) for one in found]
    return table(("waiting", "ms to find one", "ms to have it", f"times that of {found[0].waiting:,}"), rows)


def report(found: Sequence[Run]) -> str:
    """The table, as Markdown; a rate is compared with that of one at a time on the same requests."""
    alone = {one.requests: one for one in found if one.calls == 1}
    rows = [
        (one.requests, one.each, one.calls, one.rate, one.rate / alone[one.requests].rate,
         1_000 * one.processor / len(one.drafts), "yes" if one.drafts == alone[one.requests].drafts else "NO")
        for one in found
    ]  # fmt: skip
    head = ("requests", "drafts each", "at once", "drafts a second", "times one at a time", "processor ms a draft",
            "same drafts")  # fmt: skip
    most = AT_ONCE / SECONDS
    return f"{table(head, rows)}\n\nThe endpoint gives {most:.0f} a second at most."


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drafting", description=__doc__)
    parser.add_argument("--folder", type=Path, help="a folder on a disk; else where temporary files lie")
    with on_disk(parser.parse_args().folder) as folder:
        print(describe(folder), flush=True)
        print(report(measure(folder)), flush=True)
        print(f"\n{takes_report([take(folder / f'take {waiting}', waiting) for waiting in WAITING])}")


if __name__ == "__main__":
    main()
