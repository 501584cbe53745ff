"""What people said of steps: of those of a pilot, and of those near a boundary."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from cotlab.domain.answers import COUNTING, Ending, Purpose
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.guidelines.guidelines import NOT_REPLACED

PILOT = f"'{Purpose.PILOT.value}'"
OURS = ", ".join(f"'{purpose.value}'" for purpose in (*COUNTING, Purpose.PILOT))
BAD_PROBLEM = f"""EXISTS (SELECT 1 FROM answers b WHERE b.item_id = n.item_id AND b.position = 0
    AND b.question = 'outcome' AND b.value = '{Ending.BAD_PROBLEM.value}' AND b.purpose IN ({OURS}))"""
VOTE = f"""SELECT n.id, n.item_id, n.position, n.question, n.value, n.actor_id, n.unsure, n.rationale,
        n.guideline_version_id, p.domain, p.tags, CASE WHEN {BAD_PROBLEM} THEN 1 ELSE 0 END AS bad_problem"""


def of_pilot(db: Reading, pilot_id: str) -> Sequence[Row]:
    """Labels and step sizes that stand on the items of a pilot, in the order in which they were given; of pairs the
    choices, overall (`label`) and on criteria.
    """
    return db.rows(
        f"""{VOTE} FROM pilot_items i JOIN answers n ON n.item_id = i.item_id JOIN traces t ON t.id = n.item_id
            JOIN problems p ON p.id = t.problem_id
            WHERE i.pilot_id = :pilot AND n.purpose = {PILOT}
                AND (n.question IN ('label', 'step_size') OR t.task = 'pairs') AND {NOT_REPLACED}
            ORDER BY n.sequence""",
        pilot=pilot_id,
    )


def rules_in_pilot(db: Reading, pilot_id: str) -> dict[str, list[str]]:
    """Answer's id -> the rules that it cites, for the answers on a pilot's items."""
    return _cited(db, "pilot_items m", "m.pilot_id = :pilot AND c.kind = 'rule'", pilot=pilot_id)


def near_boundaries(db: Reading, project_id: str, item_id: str | None = None) -> Sequence[Row]:
    """Labels and step sizes on the steps of a project (or of one item) where labels differ, somebody was unsure, found
    the size of the step wrong or asked; of counting labels and those of pilots, in the order in which they were given.
    """
    return db.rows(
        f"""WITH m AS ({_near(item_id)})
            {VOTE} FROM m JOIN answers n ON n.item_id = m.item_id AND n.position = m.position
                JOIN traces t ON t.id = n.item_id JOIN problems p ON p.id = t.problem_id
            WHERE n.purpose IN ({OURS}) AND n.question IN ('label', 'step_size') AND {NOT_REPLACED}
            ORDER BY n.sequence""",
        **_of(project_id, item_id),
    )


def rules_near_boundaries(db: Reading, project_id: str, item_id: str | None = None) -> dict[str, list[str]]:
    """Answer's id -> the rules that it cites, for the answers of `near_boundaries`."""
    near = f"({_near(item_id)}) m"
    return _cited(db, near, "n.position = m.position AND c.kind = 'rule'", **_of(project_id, item_id))


def _of(project_id: str, item_id: str | None) -> dict[str, str]:
    return {"project": project_id} | ({} if item_id is None else {"item": item_id})


def _near(item_id: str | None) -> str:
    one, asked = ("", "") if item_id is None else ("AND t.id = :item", "AND q.item_id = :item")
    return f"""SELECT n.item_id, n.position FROM traces t JOIN answers n ON n.item_id = t.id
        WHERE t.project_id = :project AND t.task = 'steps' {one} AND n.purpose IN ({OURS})
            AND n.question IN ('label', 'step_size')
            AND {NOT_REPLACED}
        GROUP BY n.item_id, n.position
        HAVING max(n.unsure) = 1 OR count(DISTINCT CASE n.question WHEN 'label' THEN n.value END) > 1
            OR max(CASE WHEN n.question = 'step_size' AND n.value <> 'fits' THEN 1 ELSE 0 END) = 1
        UNION SELECT q.item_id, q.position FROM questions q
        WHERE q.project_id = :project {asked} AND q.position IS NOT NULL AND EXISTS (
            SELECT 1 FROM traces t WHERE t.id = q.item_id AND t.task = 'steps')"""


def _cited(db: Reading, where_from: str, which: str, **parameters: Any) -> dict[str, list[str]]:
    rows = db.rows(
        f"""SELECT DISTINCT c.answer_id, c.number, c.name FROM {where_from} JOIN answers n ON n.item_id = m.item_id
            JOIN citations c ON c.answer_id = n.id WHERE {which} ORDER BY c.answer_id, c.number""",
        **parameters,
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[row["answer_id"]].append(row["name"])
    return found
