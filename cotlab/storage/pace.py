"""How long labels took, alarms that they came faster than the text can be read, and what leads decided about these."""

from collections.abc import Sequence

from cotlab.domain.answers import COUNTING, Purpose, Question
from cotlab.storage.database import Db, Reading, Row

PURPOSES = tuple(purpose.value for purpose in (*COUNTING, Purpose.GOLD))
"""What looks like production to who labels."""
FIRST = f"""n.question = '{Question.LABEL.value}' AND n.replaces IS NULL AND n.shown_at IS NOT NULL
    AND n.purpose IN ({", ".join(f"'{purpose}'" for purpose in PURPOSES)})"""
"""A step's first label: one that is given again is of a text that was read before."""
ALARM = """SELECT p.id, p.member_id, m.name AS person, p.since, p.until, p.document, p.at, p.sequence, e.decision,
        e.reason, e.at AS decided_at, e.sequence AS decided, d.name AS decided_by
    FROM pace_alarms p JOIN actors m ON m.id = p.member_id LEFT JOIN pace_alarm_ends e ON e.alarm_id = p.id
        LEFT JOIN actors d ON d.id = e.actor_id"""


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


def add(db: Db, **columns: object) -> None:
    db.add("pace_alarms", **columns)


def end(db: Db, **columns: object) -> None:
    db.add("pace_alarm_ends", **columns)


def alarms(db: Reading, project_id: str) -> Sequence[Row]:
    """All alarms with their person's name and the decision, the newest first."""
    return db.rows(f"{ALARM} WHERE p.project_id = :project ORDER BY p.sequence DESC", project=project_id)


def alarm(db: Reading, project_id: str, alarm_id: str) -> Row | None:
    return db.row(f"{ALARM} WHERE p.project_id = :project AND p.id = :alarm", project=project_id, alarm=alarm_id)


def latest_alarm(db: Reading, project_id: str, person_id: str) -> Row | None:
    """A person's newest alarm; `decided` is the sequence of the decision, None while it is open."""
    return db.row(
        f"{ALARM} WHERE p.project_id = :project AND p.member_id = :person ORDER BY p.sequence DESC LIMIT 1",
        project=project_id, person=person_id,
    )  # fmt: skip


def open_alarms(db: Reading, project_id: str) -> int:
    """How many alarms no lead has decided about."""
    row = db.row(
        """SELECT count(*) AS n FROM pace_alarms p WHERE p.project_id = :project
           AND NOT EXISTS (SELECT 1 FROM pace_alarm_ends e WHERE e.alarm_id = p.id)""",
        project=project_id,
    )
    return int(row["n"]) if row else 0
