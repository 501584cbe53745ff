"""What each report to a lead costs over 100,000 made-up labels in one database, or over as many preferences: CPU
seconds, and statements.

Twelve people label traces of 8 steps by twos, one trace of twelve is gold; everybody becomes a little worse with time.
Rows are written without their events, which no report reads.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import preferences, world
from benchmarks.environment import describe, on_disk
from benchmarks.tables import table
from cotlab.domain.answers import Ending, Purpose, Question
from cotlab.domain.projects.policy import MICROSECONDS, Policy
from cotlab.domain.reports.people import Against
from cotlab.services.calibration import alarms, group_drift
from cotlab.services.reports import accuracy, pace, sessions
from cotlab.storage import Db, Reading, Store
from cotlab.storage.engine.database import Row
from cotlab.storage.labels import answers

LABELS = 100_000
PEOPLE = 12
GOLD_EVERY = 12
NAMES = ("correct", "redundant", "incomplete", "incorrect")
SHARES = (0.7, 0.12, 0.06, 0.12)
DAY = 86_400 * MICROSECONDS
ASSIGNED = ("id", "project_id", "item_id", "actor_id", "purpose", "round", "guideline_version_id", "informed",
            "claimed_at", "sequence")  # fmt: skip
Reports = Mapping[str, Callable[[Reading, str], object]]
REPORTS: Reports = {
    "accuracy --against gold": lambda db, project: accuracy.report(db, project, Against.GOLD, accuracy.USUAL),
    "accuracy --against settled": lambda db, project: accuracy.report(db, project, Against.SETTLED, accuracy.USUAL),
    "sessions": sessions.report,
    "pace": pace.report,
    "drift": lambda db, project: group_drift.report(db, project, group_drift.Windows()),
    "alarms": alarms.alarms,
}


class Counting:
    """A snapshot that counts the statements that are read from it."""

    def __init__(self, db: Reading) -> None:
        self._db, self.now, self.statements = db, db.now, 0

    def rows(self, sql: str, **parameters: Any) -> Sequence[Row]:
        self.statements += 1
        return self._db.rows(sql, **parameters)

    def row(self, sql: str, **parameters: Any) -> Row | None:
        self.statements += 1
        return self._db.row(sql, **parameters)


def fill(store: Store, project_id: str, labels: int) -> None:
    """Write the labels of everybody on the traces that are there."""
    store.write(project_id, lambda db: _fill(db, project_id, labels))


def _fill(db: Db, project_id: str, labels: int) -> None:
    items = [row["id"] for row in db.rows("SELECT id FROM traces ORDER BY id")]
    people = [row["id"] for row in db.rows("SELECT id FROM actors WHERE name LIKE 'annotator %' ORDER BY id")]
    version = db.rows("SELECT id FROM guideline_versions")[0]["id"]
    random, gold = np.random.default_rng(1), set(items[::GOLD_EVERY])
    truth = {item: random.choice(4, world.STEPS, p=SHARES) for item in items}
    sequence = 10**6
    for item in sorted(gold):
        sequence += 1
        db.add("gold_items", item_id=item, project_id=project_id, actor_id=people[0], origin="imported", at=0,
               sequence=sequence)  # fmt: skip
        db.add_many(
            "gold_labels",
            ("item_id", "position", "number", "project_id", "actor_id", "value", "justification",
             "guideline_version_id", "at", "sequence"),
            [(item, position, 1, project_id, people[0], NAMES[value], "so", version, 0, sequence)
             for position, value in enumerate(truth[item].tolist(), 1)],
        )  # fmt: skip
    clock = dict.fromkeys(people, 1_700_000_000 * MICROSECONDS)
    for number in range(labels // world.STEPS):
        item, person = items[number // 2 % len(items)], people[(number // 2 + number % 2 * 5) % PEOPLE]
        sequence = _label(db, project_id, item, person, version, truth[item], clock, sequence, number, random, gold)


def _label(
    db: Db, project_id: str, item: str, person: str, version: str, truth: Any, clock: dict[str, int], sequence: int,
    number: int, random: np.random.Generator, gold: set[str],
) -> int:  # fmt: skip
    """A trace that one person labels; returns the newest sequence."""
    assignment, purpose = db.new_id(), (Purpose.GOLD if item in gold else Purpose.PRODUCTION).value
    if number // (2 * PEOPLE) % 12 == 0:
        clock[person] += DAY
    claimed = clock[person]
    db.add_many("assignments", ASSIGNED, [(assignment, project_id, item, person, purpose, 1, version, 0, claimed,
                                           sequence + 1)])  # fmt: skip
    wrong = random.random(world.STEPS) < 0.06 + 1e-5 * number
    given = np.where(wrong, random.integers(0, 4, world.STEPS), truth)
    rows = []
    for position, (value, took) in enumerate(zip(given.tolist(), random.gamma(2, 6, world.STEPS), strict=True), 1):
        shown = clock[person]
        clock[person] += round(took * MICROSECONDS)
        said = {
            "id": db.new_id(), "project_id": project_id, "item_id": item, "position": position,
            "question": Question.LABEL.value, "value": NAMES[value], "actor_id": person, "purpose": purpose,
            "assignment_id": assignment, "guideline_version_id": version, "unsure": 0, "informed": 0,
            "visible_until": position, "shown_at": shown, "received_at": clock[person],
            "sequence": sequence + 1 + position,
        }  # fmt: skip
        rows.append([said.get(name) for name in answers.COLUMNS])
    db.add_many("answers", answers.COLUMNS, rows)
    last = sequence + world.STEPS + 2
    db.add("assignment_ends", assignment_id=assignment, ending=Ending.FINISHED.value, at=clock[person], sequence=last)
    return last


def costs(store: Store, project_id: str, reports: Reports) -> Iterator[tuple[str, float, int]]:
    """Each report's name, its CPU seconds (all threads), and its statements."""
    for name, report in reports.items():

        def read(db: Reading, report: Callable[[Reading, str], object] = report) -> int:
            counting = Counting(db)
            report(counting, project_id)
            return counting.statements

        began = time.process_time()
        statements = store.read(read)
        yield name, time.process_time() - began, statements


def measured(folder: Path, labels: int = LABELS, database: str | None = None) -> str:
    """All reports over so many labels, and over a tenth of them, as Markdown."""
    of_steps = _measured(folder / "steps", labels, "labels", REPORTS, fill, database)
    of_pairs = _measured(folder / "pairs", labels, "preferences", preferences.REPORTS, preferences.fill, database)
    return f"{of_steps}\n\n{of_pairs}"


def _measured(
    folder: Path, size: int, what: str, reports: Reports, fill_with: Callable[[Store, str, int], None],
    database: str | None,
) -> str:  # fmt: skip
    found: list[Mapping[str, tuple[float, int]]] = []
    for of in (size // 10, size):
        place = folder / f"of-{of}"
        place.mkdir(parents=True)
        made = world.make(place, PEOPLE, database)
        traces = of // world.STEPS // 2 if what == "labels" else 0
        project_id = made.add_project("reports", traces, Policy(overlap=2))
        with closing(made.open()) as store:
            fill_with(store, project_id, of)
            found.append({name: (cpu, statements) for name, cpu, statements in costs(store, project_id, reports)})
    few, many = found
    head = ("report", f"CPU s of {size // 10:,} {what}", f"CPU s of {size:,}", "statements", "statements of all")
    rows = [(name, few[name][0], many[name][0], few[name][1], many[name][1]) for name in reports]
    slowest = max(cpu for cpu, _ in many.values())
    return f"{table(head, rows)}\n\nThe slowest report takes {slowest:.1f} CPU seconds of {size:,} {what}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="a folder on a disk; else where temporary files lie")
    parser.add_argument("--labels", type=int, default=LABELS)
    given = parser.parse_args()
    with on_disk(given.folder) as folder:
        print(describe(folder), end="\n\n")
        print(measured(folder, given.labels))


if __name__ == "__main__":
    main()
