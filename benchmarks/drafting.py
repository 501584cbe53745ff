"""Drafts a second of one worker that asks an endpoint for one at a time, and of one that asks for several.

The endpoint is a process of its own that answers after 50 ms and serves 8 at once; the database is SQLite on this
machine, where each draft is a commit. The same requests are drafted by both, each on a database of its own.
"""

import argparse
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks import world
from benchmarks.endpoint import serving
from benchmarks.environment import describe, on_disk
from benchmarks.tables import table
from cotlab.domain.drafting import DraftBody, NewModel
from cotlab.domain.projects import NewProject
from cotlab.domain.traces import Problem, Step, Trace
from cotlab.drafting.driver import Surroundings
from cotlab.exchange.jsonl import Good
from cotlab.services import drafting, models, people, projects
from cotlab.services.draft_worker import Worker
from cotlab.services.importing import import_lines
from cotlab.storage.database import SERVER, Store

SECONDS, AT_ONCE = 0.05, 8
"""Of an answer, and answers at once."""
CALLS = (1, 4, 8, 16)
SHAPES = ((1, 240), (30, 8), (240, 1))
"""Requests, and drafts of each."""
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


def _asked(store: Store, place: str, requests: int, each: int) -> None:
    by = store.write(SERVER, lambda db: people.host_actor(db, "bench"))
    project = projects.new_project(store, by, NewProject(name="drafts")).id
    traces = [
        Trace(problem=Problem(text=f"What is {number} + 1 + 1?"), steps=(Step(text="First."), Step(text="Then.")))
        for number in range(requests)
    ]
    import_lines(store, by, project, [Good(number, "native", (one,)) for number, one in enumerate(traces, 1)])
    model = NewModel(name="stub", driver="openai", place=place)
    store.write(SERVER, lambda db: models.add(db, by, model, Surroundings()))
    rows = store.read(
        lambda db: db.rows("SELECT t.id FROM traces t JOIN problems p ON p.id = t.problem_id ORDER BY p.text")
    )
    for number, row in enumerate(rows):
        body = DraftBody(
            kind="alternatives", model="stub", item_id=row["id"], position=2, number=each, seed=number + 1
        )  # fmt: skip
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
        print(report(measure(folder)))


if __name__ == "__main__":
    main()
