"""Who is away: from when, and until when."""

from collections.abc import Sequence

from cotlab.storage.engine.database import Db, Reading, Row

AWAY = """EXISTS (SELECT 1 FROM deactivations g WHERE g.member_id = {0}
    AND NOT EXISTS (SELECT 1 FROM deactivation_ends h WHERE h.deactivation_id = g.id))"""
"""Whether the person whose id the column {0} holds is deactivated now."""
STANDS = f"""NOT EXISTS (SELECT 1 FROM role_ends e WHERE e.role_id = r.id) AND NOT {AWAY.format("r.actor_id")}"""
"""Whether the role `r` counts now."""


def lasting(db: Reading, person_id: str) -> Row | None:
    """The deactivation of a person that has not ended: its id, reason and time."""
    return db.row(
        """SELECT d.id, d.reason, d.at FROM deactivations d WHERE d.member_id = :person
           AND NOT EXISTS (SELECT 1 FROM deactivation_ends e WHERE e.deactivation_id = d.id)""",
        person=person_id,
    )


def add(db: Db, **columns: object) -> None:
    db.add("deactivations", **columns)


def end(db: Db, **columns: object) -> None:
    db.add("deactivation_ends", **columns)


def leases(db: Reading, person_id: str) -> Sequence[Row]:
    """What a person has open anywhere: assignment_id, project_id, item_id, actor_id, purpose."""
    return db.rows(
        """SELECT l.assignment_id, l.project_id, l.item_id, l.actor_id, a.purpose FROM leases l
               JOIN assignments a ON a.id = l.assignment_id
           WHERE l.actor_id = :person ORDER BY l.project_id, l.assignment_id""",
        person=person_id,
    )


def open_tokens(db: Reading, person_id: str) -> list[str]:
    """The ids of a person's tokens that nobody has ended."""
    rows = db.rows(
        """SELECT t.id FROM tokens t WHERE t.actor_id = :person
           AND NOT EXISTS (SELECT 1 FROM token_ends e WHERE e.token_id = t.id) ORDER BY t.id""",
        person=person_id,
    )
    return [row["id"] for row in rows]
