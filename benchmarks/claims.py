"""How long a claim takes while many steps are open: the same claims in a small project and in a large one.

Both projects lie in one database. A claim is picked ahead and written as the server does it, and its lease is ended by
giving up, so that the next one finds the same queue; the two projects take turns. Each claim looks anew for what is
free, which the server does once in 64 claims: that is what could grow with the queue.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks import world
from benchmarks.environment import describe, on_disk
from benchmarks.tables import Cell, percentile, table
from cotlab.domain.answers import EndingBody
from cotlab.domain.people import Person
from cotlab.domain.projects.overlap import Overlap
from cotlab.domain.projects.policy import Policy
from cotlab.domain.projects.priorities import Item
from cotlab.services.queue.candidates import Candidates
from cotlab.services.traces import queue_rows
from cotlab.services.work import endings, labelling
from cotlab.storage import Db, Store
from cotlab.storage.people import actors
from cotlab.storage.queue import queue
from cotlab.storage.traces import traces

STEPS = 5
SMALL, LARGE = 10_000, 1_000_000
"""Open steps."""
CLAIMS = 300
DOMAINS = ("mathematics", "medicine", "law", "finance")
OVERLAPS = (Overlap(domain="law", people=3), Overlap(tag="hard", people=1))
POLICY = Policy(overlap=2, overlaps=OVERLAPS, gold_every=0, break_after_minutes=24 * 60, remind_after_minutes=24 * 60)
TRACES_A_WRITE = 5_000


@dataclass(frozen=True, slots=True)
class Measured:
    """Claims on a project with so many open steps: milliseconds of the look for what is free, and of it all."""

    steps: int
    looks: Sequence[float]
    claims: Sequence[float]


def fill(place: world.World, name: str, steps: int) -> str:
    """A project with so many open steps, a third of its traces begun by somebody else; returns its id."""
    project = place.add_project(name, 0, POLICY)
    with closing(place.open()) as store:
        wanted = steps // STEPS
        for start in range(0, wanted, TRACES_A_WRITE):
            numbers = range(start, min(start + TRACES_A_WRITE, wanted))
            store.write(project, lambda db: _add(db, project, name, numbers))  # noqa: B023
    return project


def _add(db: Db, project: str, name: str, numbers: Sequence[int]) -> None:
    rules, rows = queue_rows.rules(db, project), dict[str, list[tuple[object, ...]]](problems=[], traces=[], steps=[])
    entering = list[tuple[object, ...]]()
    for number in numbers:
        problem_id, trace_id = db.new_id(), db.new_id()
        domain, tags = DOMAINS[number % len(DOMAINS)], ("hard",) if number % 10 == 0 else ()
        key = f"{name} {number}"
        rows["problems"].append((
            problem_id, project, key, f"Problem {key}", domain, "en", None, None, '["hard"]' if tags else "[]", None,
            None, "[]", 1,
        ))  # fmt: skip
        rows["traces"].append((
            trace_id, project, problem_id, key, key, "model", None, None, 1, None, 1, STEPS, None, None, None, 1,
        ))  # fmt: skip
        rows["steps"] += [(trace_id, position, world.SENTENCE) for position in range(1, STEPS + 1)]
        values = dict(zip(queue.COLUMNS, rules.entering(project, Item(trace_id, domain, tags), db.now), strict=True))
        values["taken"] = int(number % 3 == 0 and values["places"] != 1)
        entering.append(tuple(values.values()))
    db.add_many("problems", traces.PROBLEM_COLUMNS, rows["problems"])
    db.add_many("traces", traces.TRACE_COLUMNS, rows["traces"])
    db.add_many("steps", traces.STEP_COLUMNS, rows["steps"])
    queue.add(db, entering)


def timed(place: world.World, projects: dict[int, str], claims: int) -> list[Measured]:
    """Claims of one person in each project (open steps -> id), in turns."""
    looks: dict[int, list[float]] = {steps: [] for steps in projects}
    all_: dict[int, list[float]] = {steps: [] for steps in projects}
    with closing(place.open()) as store:
        person = store.read(lambda db: actors.person(db, actors.members(db, projects[min(projects)])[0]["id"]))
        for steps in _turns(projects, claims + 10):
            look, claim = _one(store, person, projects[steps])
            looks[steps].append(look)
            all_[steps].append(claim)
    return [Measured(steps, looks[steps][10:], all_[steps][10:]) for steps in projects]


def _turns(projects: dict[int, str], claims: int) -> Iterator[int]:
    for turn in range(claims):
        yield from list(projects) if turn % 2 else list(projects)[::-1]


def _one(store: Store, person: Person, project: str) -> tuple[float, float]:
    """One claim: milliseconds of its look ahead, and of both."""
    began = time.perf_counter()
    ahead = store.read(lambda db: Candidates().ahead(db, person, project))
    looked = time.perf_counter()
    claimed = store.write(project, lambda db: labelling.claim(db, person, project, ahead))
    ended = time.perf_counter()
    if claimed.assignment is None:
        raise RuntimeError(f"nothing was claimed: {claimed.nothing}")
    given, body = claimed.assignment.id, EndingBody(ending="give_up", reason="benchmark")
    store.write(project, lambda db: endings.end_early(db, person, given, body))
    return (looked - began) * 1000, (ended - began) * 1000


def report(found: Sequence[Measured]) -> str:
    """A table, and the ratios of the last row to the first."""
    head = ("open steps", "claims", "look ahead p50 ms", "look ahead p95 ms", "claim p50 ms", "claim p95 ms")
    rows: list[tuple[Cell, ...]] = []
    for one in found:
        spread = [percentile(times, share) for times in (one.looks, one.claims) for share in (0.5, 0.95)]
        rows.append((one.steps, len(one.claims), *spread))
    first, last = (percentile(one.claims, 0.95) for one in (found[0], found[-1]))
    n = len(found[0].claims)
    return f"{table(head, rows)}\n\nThe p95 of a claim grows {last / first:.2f} times (n = {n} each)."


def measure(
    folder: Path, small: int = SMALL, large: int = LARGE, claims: int = CLAIMS, database: str | None = None
) -> str:
    """As Markdown."""
    place = world.make(folder, 1, database)
    projects = {steps: fill(place, f"{steps} steps", steps) for steps in (small, large)}
    return report(timed(place, projects, claims))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="a folder on a disk; else where temporary files lie")
    parser.add_argument("--database", help="an empty PostgreSQL database to use in place of SQLite")
    parser.add_argument("--small", type=int, default=SMALL, help="open steps")
    parser.add_argument("--large", type=int, default=LARGE, help="open steps")
    parser.add_argument("--claims", type=int, default=CLAIMS, help="in each project")
    given = parser.parse_args()
    with on_disk(given.folder) as folder:
        print(describe(folder), end="\n\n")
        print(measure(folder, given.small, given.large, given.claims, given.database))


if __name__ == "__main__":
    main()
