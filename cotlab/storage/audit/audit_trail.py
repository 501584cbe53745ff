"""What an audit reads beside the chains, and the public keys."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from cotlab.domain.answers import Ending
from cotlab.storage.engine.chain import Head
from cotlab.storage.engine.database import SERVER, Db, Reading, Row

PAGE = 1_000
ROWS_A_PAGE = 20_000
Table = Literal[
    "guidelines_in_force", "acknowledgements", "questions", "question_answers", "pilots", "sign_offs", "openings",
    "cases", "case_passes", "case_outcomes", "guideline_gaps", "decisions_seen", "agreements_taken",
    "agreement_decisions", "cohorts", "cohort_ends", "gold_items", "gold_ends", "gold_labels", "calibration_sets",
    "calibration_decisions", "drift_alarms", "rechecks", "pace_alarms", "pace_alarm_ends", "writing_tasks",
    "writing_ends", "written_paths", "writing_returns", "places_passed", "assignments", "assignment_ends",
    "assignments_taken_over", "policies", "batches", "batch_ends", "deactivations", "deactivation_ends",
    "pair_sides", "position_alarms", "position_alarm_ends", "gold_criteria", "evaluations", "reopenings", "models",
    "model_ends", "draft_requests", "drafts", "draft_ends", "draft_drops", "draft_decisions", "reveals",
    "rationale_requests",
    "exports", "releases",
]  # fmt: skip
"""Tables whose rows have an event each in their project's chain, or in the server's where they are of no project; what
ends by being taken over has another kind.
"""
ENDS = f"""(SELECT e.assignment_id, e.ending, e.at, e.sequence, a.project_id, a.item_id
    FROM assignment_ends e JOIN assignments a ON a.id = e.assignment_id
    WHERE e.ending {{}} '{Ending.TAKEN_OVER.value}')"""
FROM: dict[Table, str] = {
    "assignments": "(SELECT n.*, n.claimed_at AS at FROM assignments n)",
    "assignment_ends": ENDS.format("<>"),
    "assignments_taken_over": ENDS.format("="),
    "exports": "(SELECT n.*, n.made_at AS at FROM exports n)",
}
"""What is read where it is not the table as it is."""
ITEMS: dict[Table, dict[str, str]] = {
    "pilots": {"items": "SELECT item_id FROM pilot_items WHERE pilot_id = :drawn"},
    "calibration_sets": {
        "items": "SELECT item_id FROM calibration_items WHERE set_id = :drawn",
        "counted": "SELECT item_id FROM calibration_items WHERE set_id = :drawn AND counted = 1",
    },
    "rechecks": {"items": "SELECT item_id FROM recheck_items WHERE recheck_id = :drawn"},
    "batches": {
        "items": "SELECT item_id FROM batch_items WHERE batch_id = :drawn",
        "people": "SELECT member_id AS item_id FROM batch_people WHERE batch_id = :drawn",
    },
    "reopenings": {"items": "SELECT item_id FROM reopening_items WHERE reopening_id = :drawn"},
}
"""The items of what was drawn, by the name under which the event has them."""


def answers_with_events(db: Reading, project_id: str) -> Iterator[Row]:
    """Every answer that a person gave in a project, with the body of its event (None where there is none)."""
    after = ""
    while rows := _answers(db, project_id, after):
        yield from rows
        after = rows[-1]["id"]


def _answers(db: Reading, project_id: str, after: str) -> Sequence[Row]:
    return db.rows(
        """SELECT n.*, e.body FROM answers n LEFT JOIN events e ON e.chain = n.project_id AND e.sequence = n.sequence
           WHERE n.project_id = :project AND n.purpose <> 'imported' AND n.id > :after
           ORDER BY n.id LIMIT :page""",
        project=project_id, after=after, page=PAGE,
    )  # fmt: skip


def told_with_events(db: Reading, table: Table, chain: str) -> Iterator[Row]:
    """Every row of a project (or of the server) with its event's body (None where there is none), and the items of what
    was drawn, by sequence. Of rows that were given the same sequence some may be left out.
    """
    items, after = ITEMS.get(table, {}), 0
    which = "" if chain == SERVER else "r.project_id = :chain AND"
    while rows := db.rows(
        f"""SELECT r.*, e.body FROM {FROM.get(table, table)} r
                LEFT JOIN events e ON e.chain = :chain AND e.sequence = r.sequence
            WHERE {which} r.sequence > :after ORDER BY r.sequence LIMIT :page""",
        chain=chain, after=after, page=ROWS_A_PAGE,
    ):  # fmt: skip
        for row in rows:
            yield {**row, **{name: _items(db, sql, row["id"]) for name, sql in items.items()}}
        after = rows[-1]["sequence"]


def _items(db: Reading, items: str, drawn: str) -> list[str]:
    rows = db.rows(f"{items} ORDER BY item_id", drawn=drawn)
    return [row["item_id"] for row in rows]


def bodies(db: Reading, chain: str) -> Iterator[str]:
    """The canonical text of every event of a chain, in order."""
    after = 0
    while rows := db.rows(
        "SELECT sequence, body FROM events WHERE chain = :chain AND sequence > :after ORDER BY sequence LIMIT :page",
        chain=chain, after=after, page=PAGE,
    ):  # fmt: skip
        yield from (row["body"] for row in rows)
        after = rows[-1]["sequence"]


def imports_told(db: Reading) -> Iterator[Mapping[str, Any]]:
    """What the server's chain tells of projects that came in: project, events, keys and so on."""
    rows = db.rows(
        "SELECT body FROM events WHERE chain = :chain AND body LIKE :kind ORDER BY sequence",
        chain=SERVER, kind='%"kind":"project.imported"%',
    )  # fmt: skip
    yield from (event["data"] for event in map(json.loads, (row["body"] for row in rows))
                if event["kind"] == "project.imported")  # fmt: skip


def add_key(db: Db, key_id: str, public_key: str, sequence: int) -> None:
    db.add("signing_keys", id=key_id, public_key=public_key, at=db.now, sequence=sequence)


def newest_heads(db: Reading) -> list[Head]:
    """The last signed head of each chain."""
    rows = db.rows(
        """SELECT h.chain, h.size, h.hash, h.at, h.key_id, h.signature FROM heads h
           WHERE h.size = (SELECT max(o.size) FROM heads o WHERE o.chain = h.chain) ORDER BY h.chain"""
    )
    return [Head(**row) for row in rows]
