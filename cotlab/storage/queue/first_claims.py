"""When traces were first handed out in production, and under which policies."""

from collections.abc import Sequence

from cotlab.domain.answers import Purpose
from cotlab.storage.engine.database import Reading, Row


def first_handed_out(db: Reading, project_id: str, until: int) -> Sequence[Row]:
    """Items in the order in which the first person was handed them, up to the sequence `until`: with task, domain, that
    sequence, what brought them (None where that was not kept), and whether a batch had them then (1 or 0).
    """
    return db.rows(
        f"""SELECT f.item_id, t.task, p.domain, f.sequence, o.brought_by,
                CASE WHEN n.sequence < f.sequence THEN 1 ELSE 0 END AS batched
            FROM (SELECT a.item_id, min(a.sequence) AS sequence FROM assignments a
                WHERE a.project_id = :project AND a.purpose = '{Purpose.PRODUCTION.value}' AND a.sequence <= :until
                GROUP BY a.item_id) f
                JOIN assignments o ON o.item_id = f.item_id AND o.sequence = f.sequence
                JOIN traces t ON t.id = f.item_id JOIN problems p ON p.id = t.problem_id
                LEFT JOIN (SELECT i.item_id, min(b.sequence) AS sequence FROM batches b
                    JOIN batch_items i ON i.batch_id = b.id WHERE b.project_id = :project GROUP BY i.item_id) n
                    ON n.item_id = f.item_id
            ORDER BY f.sequence""",
        project=project_id, until=until,
    )  # fmt: skip


def policies(db: Reading, project_id: str) -> Sequence[Row]:
    """The documents of all policies that were ever set, in order, with their sequences."""
    return db.rows(
        "SELECT sequence, document FROM policies WHERE project_id = :project ORDER BY sequence", project=project_id
    )
