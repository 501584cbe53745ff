"""Places of the overlap: who holds them, and whose passed to somebody else."""

from collections.abc import Sequence
from typing import Any

from cotlab.domain.answers import COUNTING
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.guidelines.guidelines import HANDED_ON_SQL
from cotlab.storage.people.deactivations import STANDS
from cotlab.storage.queue.queue import BAD_PROBLEM, ENDED, FINISHED, FOR_ME
from cotlab.storage.traces.queue_conditions import PASSED, UNTOUCHED_BY_ME

PURPOSES = ", ".join(f"'{purpose.value}'" for purpose in COUNTING)
LABELS_HERE = f"""EXISTS (SELECT 1 FROM roles r WHERE r.actor_id = a.actor_id AND r.project_id = a.project_id
    AND r.role IN ('annotator', 'adjudicator') AND {STANDS})"""


def given_work(db: Reading, project_id: str) -> Sequence[Row]:
    """Who was given work in a project: id, and whether they label there still (1 or 0)."""
    return db.rows(
        f"""SELECT DISTINCT a.actor_id AS id, CASE WHEN {LABELS_HERE} THEN 1 ELSE 0 END AS labels
            FROM assignments a WHERE a.project_id = :project AND a.purpose IN ({PURPOSES}) ORDER BY a.actor_id""",
        project=project_id,
    )


def holders(db: Reading, item_id: str) -> Sequence[Row]:
    """Who holds a place of an item, in the order in which they came: id, and whether they `labels` here still (1 or 0).

    `open` is the assignment that they have open and `expires_at` when its lease runs out, or None.
    """
    return db.rows(
        f"""SELECT a.actor_id AS id, max(CASE WHEN {LABELS_HERE} THEN 1 ELSE 0 END) AS labels,
                max(l.assignment_id) AS open, max(l.expires_at) AS expires_at
            FROM assignments a LEFT JOIN assignment_ends e ON e.assignment_id = a.id
                LEFT JOIN leases l ON l.assignment_id = a.id
            WHERE a.item_id = :item AND a.purpose IN ({PURPOSES})
                AND NOT {PASSED.format(item="a.item_id", member="a.actor_id")}
                AND (e.ending IS NULL OR e.ending IN ({FINISHED}, {BAD_PROBLEM}))
                AND NOT {ENDED.format(endings=HANDED_ON_SQL)}
            GROUP BY a.actor_id ORDER BY min(a.sequence)""",
        item=item_id,
    )


def in_the_queue_for(db: Reading, item_id: str, actor_id: str) -> bool:
    """Whether an item is still of the queue, and one that this person has not worked on."""
    return bool(
        db.rows(
            f"""SELECT 1 AS one FROM traces t JOIN queue q ON q.item_id = t.id
                WHERE t.id = :item AND {UNTOUCHED_BY_ME} AND {FOR_ME}""",
            item=item_id, me=actor_id,
        )
    )  # fmt: skip


def passed_by(db: Reading, project_id: str, actor_id: str) -> frozenset[str]:
    """The items of which a person's place passed to somebody else."""
    rows = db.rows(
        "SELECT item_id FROM places_passed WHERE project_id = :project AND member_id = :member",
        project=project_id, member=actor_id,
    )  # fmt: skip
    return frozenset(row["item_id"] for row in rows)


def add(db: Db, **columns: Any) -> None:
    db.add("places_passed", **columns)
