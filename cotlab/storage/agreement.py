"""The labels that agreement is computed from."""

from collections.abc import Sequence

from cotlab.storage.database import Reading, Row
from cotlab.storage.guidelines import PURPOSES

FIRST_LABELS = f"""SELECT n.id, n.item_id, n.position, n.actor_id, n.value, n.guideline_version_id,
        p.domain, p.tags, p.difficulty, t.origin, t.strategy
    FROM traces t JOIN answers n ON n.item_id = t.id JOIN problems p ON p.id = t.problem_id
    WHERE t.project_id = :project AND n.question = 'label' AND n.purpose IN ({PURPOSES}) AND n.informed = 0
        AND NOT EXISTS (SELECT 1 FROM answers b WHERE b.id = n.replaces
            AND b.guideline_version_id = n.guideline_version_id)
    ORDER BY n.item_id, n.position, n.sequence"""
"""The first label that each person gave of a step under each guideline version; what came with a look ahead is none."""


def first_labels(db: Reading, project_id: str) -> Sequence[Row]:
    """First, blind labels with what their traces and problems say, in the order of traces and steps."""
    return db.rows(FIRST_LABELS, project=project_id)
