"""How long labels took."""

from collections.abc import Sequence

from cotlab.domain.answers import COUNTING, Purpose, Question
from cotlab.storage.engine.database import Reading, Row

PURPOSES = tuple(purpose.value for purpose in (*COUNTING, Purpose.GOLD))
"""What looks like production to who labels."""
FIRST = f"""n.question = '{Question.LABEL.value}' AND n.replaces IS NULL AND n.shown_at IS NOT NULL
    AND n.purpose IN ({", ".join(f"'{purpose}'" for purpose in PURPOSES)})"""
"""A step's first label: one that is given again is of a text that was read before."""


def newest(db: Reading, project_id: str, person_id: str, after: int, most: int) -> Sequence[Row]:
    """The texts and times of a person's newest first labels after a sequence, the newest first."""
    return db.rows(
        f"""SELECT s.text, n.shown_at, n.received_at
            FROM answers n JOIN steps s ON s.trace_id = n.item_id AND s.position = n.position
            WHERE n.actor_id = :person AND n.project_id = :project AND n.assignment_id IS NOT NULL
                AND n.sequence > :after AND {FIRST}
            ORDER BY n.received_at DESC, n.sequence DESC LIMIT :most""",
        person=person_id, project=project_id, after=after, most=most,
    )  # fmt: skip


def people(db: Reading, project_id: str) -> list[str]:
    """The ids of all who were given work in a project."""
    rows = db.rows(
        """SELECT DISTINCT a.actor_id FROM traces t JOIN assignments a ON a.item_id = t.id
           WHERE t.project_id = :project ORDER BY a.actor_id""",
        project=project_id,
    )
    return [row["actor_id"] for row in rows]
