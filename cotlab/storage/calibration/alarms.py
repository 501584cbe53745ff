"""Alarms about people that a lead decides about, of one kind a table, and those decisions."""

from collections.abc import Sequence
from typing import Literal

from cotlab.storage.engine.database import Db, Reading, Row

Raised = Literal["pace_alarms", "position_alarms"]
ENDS: dict[Raised, str] = {"pace_alarms": "pace_alarm_ends", "position_alarms": "position_alarm_ends"}
"""Where the decisions about the alarms of a table are."""


def _alarm(table: Raised) -> str:
    return f"""SELECT p.id, p.member_id, m.name AS person, p.since, p.until, p.document, p.at, p.sequence, e.decision,
            e.reason, e.at AS decided_at, e.sequence AS decided, d.name AS decided_by
        FROM {table} p JOIN actors m ON m.id = p.member_id LEFT JOIN {ENDS[table]} e ON e.alarm_id = p.id
            LEFT JOIN actors d ON d.id = e.actor_id"""


def add(db: Db, table: Raised, **columns: object) -> None:
    db.add(table, **columns)


def end(db: Db, table: Raised, **columns: object) -> None:
    db.add(ENDS[table], **columns)


def alarms(db: Reading, table: Raised, project_id: str) -> Sequence[Row]:
    """All alarms with their person's name and the decision, the newest first."""
    return db.rows(f"{_alarm(table)} WHERE p.project_id = :project ORDER BY p.sequence DESC", project=project_id)


def alarm(db: Reading, table: Raised, project_id: str, alarm_id: str) -> Row | None:
    return db.row(
        f"{_alarm(table)} WHERE p.project_id = :project AND p.id = :alarm", project=project_id, alarm=alarm_id
    )


def latest_alarm(db: Reading, table: Raised, project_id: str, person_id: str) -> Row | None:
    """A person's newest alarm; `decided` is the sequence of the decision, None while it is open."""
    return db.row(
        f"{_alarm(table)} WHERE p.project_id = :project AND p.member_id = :person ORDER BY p.sequence DESC LIMIT 1",
        project=project_id, person=person_id,
    )  # fmt: skip


def open_alarms(db: Reading, table: Raised, project_id: str) -> int:
    """How many alarms no lead has decided about."""
    row = db.row(
        f"""SELECT count(*) AS n FROM {table} p WHERE p.project_id = :project
            AND NOT EXISTS (SELECT 1 FROM {ENDS[table]} e WHERE e.alarm_id = p.id)""",
        project=project_id,
    )
    return int(row["n"]) if row else 0
