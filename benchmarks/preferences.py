"""Made-up preferences in one database, for the reports on pairs: rows without their events, which no report reads.

Twelve people compare by twos; one of sixteen pairs comes back to its person with the sides swapped.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import world
from cotlab.domain.answers import Ending, Purpose, Question
from cotlab.domain.guidelines.schema import CHOICES
from cotlab.domain.projects.policy import MICROSECONDS
from cotlab.domain.reports.pairs import RankedBy
from cotlab.domain.traces.pairs import Pair, Response, ResponseKind, ResponseOrigin
from cotlab.domain.traces.records import Problem
from cotlab.exchange.readers.jsonl import Good
from cotlab.services.calibration import position_alarms
from cotlab.services.guidelines import publishing
from cotlab.services.reports import pair_choices, ranking
from cotlab.services.traces.trace_import import import_lines
from cotlab.storage import SERVER, Db, Reading, Store
from cotlab.storage.labels import answers

GUIDELINE = Path(__file__).parents[1] / "guidelines" / "preference" / "1.0.md"
CRITERIA = ("correctness", "completeness", "clarity", "safety", "following-instruction")
GENERATORS = tuple(f"generator {number}" for number in range(8))
REPEATED = 16
SIDES = ("assignment_id", "project_id", "actor_id", "left_one", "others", "repeats", "at", "sequence")
ASSIGNED = ("id", "project_id", "item_id", "actor_id", "purpose", "round", "guideline_version_id", "informed",
            "claimed_at", "sequence")  # fmt: skip
ENDED = ("assignment_id", "ending", "at", "sequence")
REPORTS: dict[str, Callable[[Reading, str], object]] = {
    "comparing": pair_choices.report,
    "ranking --by choices": ranking.report,
    "ranking --by settled": lambda db, project: ranking.report(db, project, RankedBy.SETTLED),
    "position alarms, drawn anew": lambda db, project: position_alarms.POSITION.due(db, project, None),
}


def pairs(number: int) -> Iterator[Good]:
    """So many pairs, two a problem, of generators drawn anew and responses of unlike length."""
    random = np.random.default_rng(2)
    for place in range(1, number + 1):
        one, other = random.choice(len(GENERATORS), 2, replace=False).tolist()
        responses = tuple(
            Response(
                text=f"{side} {place} " + f"{world.SENTENCE}. " * int(random.integers(1, 8)),
                origin=ResponseOrigin(kind=ResponseKind.MODEL, generator=GENERATORS[generator]),
            )
            for side, generator in (("one", one), ("other", other))
        )
        problem = Problem(text=f"Prompt {place // 2}: {world.SENTENCE}?", domain="mathematics")
        pair = Pair(id=f"pair {place}", problem=problem, responses=(responses[0], responses[1]))
        yield Good(place, "native-pairs", (), (pair,))


def fill(store: Store, project_id: str, preferences: int) -> None:
    """Publish the guideline for pairs, import half as many pairs, and write what people said of them."""
    version = publishing.checked(GUIDELINE.read_text("utf-8"), GUIDELINE.name)
    store.write((SERVER, project_id), lambda db: publishing.publish(db, "bench", version, [project_id]))
    import_lines(store, "bench", project_id, pairs(preferences // 2))
    store.write(project_id, lambda db: _say(db, project_id, preferences))


def _say(db: Db, project_id: str, preferences: int) -> None:
    random = np.random.default_rng(1)
    items = [row["id"] for row in db.rows("SELECT id FROM traces WHERE task = 'pairs' ORDER BY id")]
    people = [row["id"] for row in db.rows("SELECT id FROM actors WHERE name LIKE 'annotator %' ORDER BY id")]
    (version,) = [row["id"] for row in db.rows("SELECT id FROM guideline_versions WHERE task = 'pairs'")]
    rows: dict[str, list[Any]] = {"assignments": [], "pair_sides": [], "answers": [], "assignment_ends": []}
    sequence, at = 10**6, 1_700_000_000 * MICROSECONDS
    for number in range(preferences):
        item, person = items[number // 2], people[(number // 2 + number % 2 * 5) % len(people)]
        lefts = ["first", "second"] if random.random() < 0.5 else ["second", "first"]
        for purpose, left in zip(
            (Purpose.PRODUCTION, Purpose.REPEAT)[: 1 + (number % REPEATED == 0)], lefts, strict=False
        ):
            assignment, sequence, at = db.new_id(), sequence + 10, at + 10 * MICROSECONDS
            rows["assignments"].append(
                (assignment, project_id, item, person, purpose.value, 1, version, 0, at, sequence)
            )
            rows["pair_sides"].append((assignment, project_id, person, left, "[]", 0, at, sequence + 1))
            choices = random.integers(0, len(CHOICES), 1 + len(CRITERIA)).tolist()
            for place, (question, choice) in enumerate(zip((Question.LABEL.value, *CRITERIA), choices, strict=True)):
                said = {
                    "id": db.new_id(), "project_id": project_id, "item_id": item, "position": 1, "question": question,
                    "value": CHOICES[choice], "actor_id": person, "purpose": purpose.value,
                    "assignment_id": assignment, "guideline_version_id": version, "unsure": 0, "informed": 0,
                    "visible_until": 1, "shown_at": at, "received_at": at, "sequence": sequence + 2 + place,
                }  # fmt: skip
                rows["answers"].append([said.get(name) for name in answers.COLUMNS])
            rows["assignment_ends"].append((assignment, Ending.FINISHED.value, at, sequence + 9))
    db.add_many("assignments", ASSIGNED, rows["assignments"])
    db.add_many("pair_sides", SIDES, rows["pair_sides"])
    db.add_many("answers", answers.COLUMNS, rows["answers"])
    db.add_many("assignment_ends", ENDED, rows["assignment_ends"])
    # Reports read up to the newest event, so that there is one after all of these rows.
    db.add("events", chain=project_id, sequence=sequence + 10, body="{}", hash="")
