"""Cases that open by themselves: where one may be due, and the rows of those that are opened."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from cotlab.domain.answers import Ending
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed
from cotlab.storage.guidelines.guidelines import NOT_REPLACED
from cotlab.storage.labels.exports import PURPOSES
from cotlab.storage.people.deactivations import STANDS

OUTCOME = """(SELECT o.answer_id FROM case_outcomes o WHERE o.case_id = c.id ORDER BY o.sequence DESC LIMIT 1)"""
"""The answer that carries the decision of the case `c`; NULL while it has none."""

KEPT = ("case_id", "project_id", "item_id", "position", "reasons", "early", "since")

Naming = Literal["questions", "assignments", "cases"]
"""Tables whose rows name an item."""

SIEVE = f"""SELECT m.item_id FROM (
        SELECT n.item_id, n.position FROM traces t JOIN answers n ON n.item_id = t.id
        WHERE {{which}} AND n.question = 'label' AND n.purpose IN ({PURPOSES}) AND {NOT_REPLACED}
        GROUP BY n.item_id, n.position
        HAVING max(n.unsure) = 1 OR EXISTS (SELECT 1 FROM cases d WHERE d.item_id = n.item_id
                AND d.position = n.position)
            OR (count(*) >= :fewest AND count(DISTINCT n.value || ' ' || n.guideline_version_id) > 1)
        UNION SELECT q.item_id, q.position FROM traces t JOIN questions q ON q.item_id = t.id
        WHERE {{which}} AND q.item_id IS NOT NULL AND q.position IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM question_answers w WHERE w.question_id = q.id)
        UNION SELECT b.item_id, b.position FROM traces t JOIN answers b ON b.item_id = t.id
        WHERE {{which}} AND b.position = 0 AND b.question = 'outcome' AND b.value = '{Ending.BAD_PROBLEM.value}'
            AND b.purpose IN ({PURPOSES})
        UNION SELECT v.item_id, v.position FROM traces t JOIN verdicts v ON v.item_id = t.id
        WHERE {{which}} AND (v.verdict = 'refuted' OR (v.verdict = 'verified' AND ((v.position = 0 AND :right = 1)
            OR EXISTS (SELECT 1 FROM answers e JOIN citations r ON r.answer_id = e.id
                WHERE e.item_id = v.item_id AND e.position = v.position AND r.kind = 'rule'))))
            AND EXISTS (SELECT 1 FROM answers l WHERE l.item_id = v.item_id AND l.question = 'label'
                AND l.purpose IN ({PURPOSES}))) m
    WHERE NOT EXISTS (SELECT 1 FROM cases c WHERE c.item_id = m.item_id AND c.position = m.position
        AND {OUTCOME} IS NULL)
    GROUP BY m.item_id ORDER BY m.item_id"""
"""Items on which a reason for a case may hold where none is undecided: more than there are, and none left out."""


def maybe_due(db: Reading, project_id: str, item_ids: Sequence[str], fewest: int, right: bool) -> list[str]:
    """Those of some items that may be due for a case; `fewest` people are asked for by any of them, and `right` is
    whether a right answer may be a reason for one.
    """
    names, named = listed("item", item_ids)
    which = f"t.project_id = :project AND t.id IN ({names})"
    rows = db.rows(SIEVE.format(which=which), project=project_id, fewest=fewest, right=int(right), **named)
    return [row["item_id"] for row in rows]


def after(db: Reading, project_id: str, item_id: str, most: int) -> list[str]:
    """The next `most` traces of a project after an id."""
    rows = db.rows(
        "SELECT id FROM traces WHERE project_id = :project AND id > :after ORDER BY id LIMIT :most",
        project=project_id, after=item_id, most=most,
    )  # fmt: skip
    return [row["id"] for row in rows]


def on_items(db: Reading, item_ids: Sequence[str]) -> Sequence[Row]:
    """The cases on items: id, item, position, number, at, and whether it is decided (1 or 0)."""
    names, named = listed("item", item_ids)
    return db.rows(
        f"""SELECT c.id, c.item_id, c.position, c.number, c.at, CASE WHEN {OUTCOME} IS NULL THEN 0 ELSE 1 END AS decided
            FROM cases c WHERE c.item_id IN ({names}) ORDER BY c.item_id, c.position, c.number""",
        **named,
    )


def undecided(db: Reading, item_ids: Sequence[str]) -> list[str]:
    """Those of some items that have a case without a decision."""
    names, named = listed("item", item_ids)
    rows = db.rows(
        f"SELECT DISTINCT c.item_id FROM cases c WHERE c.item_id IN ({names}) AND {OUTCOME} IS NULL", **named
    )
    return [row["item_id"] for row in rows]


def kept(db: Reading, item_ids: Sequence[str]) -> Sequence[Row]:
    """The cases on items that are handed out."""
    names, named = listed("item", item_ids)
    return db.rows(f"SELECT {', '.join(KEPT)} FROM due_cases WHERE item_id IN ({names})", **named)


def keep(db: Db, row: Mapping[str, Any]) -> None:
    """Hand a case out: `row` has the columns of `kept`."""
    forget(db, row["case_id"])
    db.add("due_cases", **row)


def forget(db: Db, case_id: str) -> None:
    """Hand a case out no more."""
    db.run("DELETE FROM due_cases WHERE case_id = :case", case=case_id)


def items_of(db: Reading, table: Naming, ids: Sequence[str]) -> list[str]:
    """The items that some questions, assignments or cases are about."""
    names, named = listed("id", ids)
    rows = db.rows(f"SELECT DISTINCT item_id FROM {table} WHERE id IN ({names}) AND item_id IS NOT NULL", **named)
    return [row["item_id"] for row in rows]


def add(db: Db, row: Mapping[str, Any], sequence: int) -> None:
    db.add("cases", **row, at=db.now, sequence=sequence)


def adjudicators(db: Reading, project_id: str) -> int:
    """How many people adjudicate in a project."""
    row = db.row(
        f"""SELECT count(DISTINCT r.actor_id) AS n FROM roles r WHERE r.project_id = :project
            AND r.role = 'adjudicator' AND {STANDS}""",
        project=project_id,
    )
    return int(row["n"]) if row else 0
