"""What is mixed into production: how long ago a person had gold, and which gold they can be given."""

from collections.abc import Sequence

from cotlab.domain.answers import Purpose
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.gold.gold_items import MIXED
from cotlab.storage.guidelines.guidelines import GUIDED
from cotlab.storage.projects import fields
from cotlab.storage.traces.queue_conditions import APART, PLACES

GOLD = f"'{Purpose.GOLD.value}'"
FOR_ME = f"""{MIXED} AND {APART} AND (t.author_id IS NULL OR t.author_id <> :me)
    AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.item_id = g.item_id AND a.actor_id = :me
        AND a.purpose <> {GOLD})"""
"""Gold that is in no calibration set, and that the person has seen as nothing else."""


def secret(db: Reading, project_id: str) -> str | None:
    """A random id that leads alone can see: that of the first gold item; None where there never was gold."""
    row = db.row(
        "SELECT item_id FROM gold_items WHERE project_id = :project ORDER BY sequence, item_id LIMIT 1",
        project=project_id,
    )
    return None if row is None else str(row["item_id"])


def newest_work(db: Reading, project_id: str, actor_id: str, most: int) -> Sequence[Row]:
    """A person's last assignments of production, gold among them, the newest first: id and purpose."""
    return db.rows(
        f"""SELECT id, purpose FROM assignments WHERE actor_id = :actor AND project_id = :project
                AND purpose IN ('{Purpose.PRODUCTION.value}', {GOLD})
            ORDER BY sequence DESC LIMIT :most""",
        actor=actor_id, project=project_id, most=most,
    )  # fmt: skip


def pool(db: Reading, project_id: str, actor_id: str) -> Sequence[Row]:
    """The gold that a person can be given: item_id, domain, tags, and how often it was `given` to them."""
    return db.rows(
        f"""SELECT g.item_id, p.domain, p.tags, t.task, (SELECT count(*) FROM assignments a WHERE a.item_id = g.item_id
                AND a.actor_id = :me) AS given
            FROM gold_items g JOIN traces t ON t.id = g.item_id JOIN problems p ON p.id = t.problem_id
            WHERE g.project_id = :project AND {FOR_ME} AND {GUIDED}""",
        project=project_id, me=actor_id,
    )  # fmt: skip


def pools(db: Reading, project_id: str) -> dict[str, int]:
    """Field -> how many gold traces are mixed into its production."""
    field, named = fields.expression(fields.calibrated(db, project_id))
    rows = db.rows(
        f"""SELECT x.field, count(*) AS n FROM (
                SELECT {field} AS field FROM gold_items g JOIN traces t ON t.id = g.item_id
                    JOIN problems p ON p.id = t.problem_id
                WHERE g.project_id = :project AND {MIXED} AND {GUIDED}) x
            GROUP BY x.field ORDER BY x.field""",
        project=project_id, **named,
    )  # fmt: skip
    return {row["field"]: row["n"] for row in rows}


def seen(db: Reading, project_id: str) -> dict[tuple[str, str], int]:
    """Field and person's id -> how many traces of the pool they were given."""
    field, named = fields.expression(fields.calibrated(db, project_id))
    rows = db.rows(
        f"""SELECT x.field, x.actor_id, count(DISTINCT x.item_id) AS n FROM (
                SELECT {field} AS field, a.actor_id, g.item_id FROM gold_items g
                    JOIN traces t ON t.id = g.item_id JOIN problems p ON p.id = t.problem_id
                    JOIN assignments a ON a.item_id = g.item_id
                WHERE g.project_id = :project AND {MIXED} AND {GUIDED}) x
            GROUP BY x.field, x.actor_id""",
        project=project_id, **named,
    )  # fmt: skip
    return {(row["field"], row["actor_id"]): row["n"] for row in rows}


def free_places(db: Reading, project_id: str, overlap: int) -> dict[str, int]:
    """Field -> how many places of production nobody has taken; `overlap` is the policy's."""
    rows = db.rows(
        f"""SELECT q.field, sum({PLACES} - q.taken) AS n FROM queue q
            WHERE q.project_id = :project AND q.taken < {PLACES} GROUP BY q.field""",
        project=project_id, overlap=overlap,
    )  # fmt: skip
    return {row["field"]: int(row["n"]) for row in rows}


def still(db: Reading, item_id: str, actor_id: str) -> bool:
    """Whether a person can be given an item of the pool still."""
    return (
        db.row(
            f"""SELECT 1 AS one FROM gold_items g JOIN traces t ON t.id = g.item_id
                WHERE g.item_id = :item AND {FOR_ME}""",
            item=item_id, me=actor_id,
        )
        is not None
    )  # fmt: skip
