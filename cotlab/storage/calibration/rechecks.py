"""Rechecks: samples of traces whose labels are in doubt, for other people to label."""

from collections.abc import Sequence

from cotlab.domain.answers import Purpose
from cotlab.storage.calibration.drift import NOW, OVERRULED, SAME
from cotlab.storage.calibration.labels_in_doubt import IN_DOUBT, RECHECKED, STANDS, of_alarm
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.guidelines.guidelines import HANDED_ON_SQL, NOT_REPLACED
from cotlab.storage.projects import fields
from cotlab.storage.traces.queue_conditions import PASSED, UNTOUCHED_BY_ME

RECHECK = f"'{Purpose.RECHECK.value}'"
STOOD = f"""{SAME.format("r")} AND d.sequence < r.sequence
    AND ({OVERRULED.replace(":as_of", "r.sequence")}) IS NULL"""
"""Whether the alarm `d` stood when a recheck `r` of the person was drawn."""


def in_doubt(db: Reading, project_id: str, alarms: Sequence[Row]) -> Sequence[Row]:
    """The labels in doubt for alarms about one person, by item and in the order in which they were given: item_id,
    value.

    Those of traces that the person handed on count for nothing anyway. `alarms` are rows with id and sequence.
    """
    where = f"""AND n.question = 'label' AND {NOT_REPLACED}
        AND NOT {PASSED.format(item="n.item_id", member="d.member_id")}
        AND NOT EXISTS (SELECT 1 FROM assignment_ends e
            WHERE e.assignment_id = a.id AND e.ending IN ({HANDED_ON_SQL}))"""
    found = {
        row["sequence"]: row
        for alarm in alarms
        for row in of_alarm(db, project_id, alarm, "n.item_id, n.value, n.sequence", where)
    }
    return sorted(found.values(), key=lambda row: (row["item_id"], row["sequence"]))


def drawn_since(db: Reading, project_id: str, alarm_sequence: int, person_id: str, domain: str) -> set[str]:
    """The items that were drawn for rechecks of a person in a domain since an alarm."""
    rows = db.rows(
        """SELECT i.item_id FROM rechecks r JOIN recheck_items i ON i.recheck_id = r.id
           WHERE r.project_id = :project AND r.member_id = :person AND r.domain = :domain AND r.sequence > :alarm""",
        project=project_id, person=person_id, domain=domain, alarm=alarm_sequence,
    )  # fmt: skip
    return {row["item_id"] for row in rows}


def add(db: Db, items: Sequence[str], **columns: object) -> None:
    db.add("rechecks", **columns)
    db.add_many("recheck_items", ("recheck_id", "item_id"), [(columns["id"], item_id) for item_id in items])


def rechecks(db: Reading, project_id: str) -> Sequence[Row]:
    """Every recheck with its person's name, the newest first."""
    return db.rows(
        """SELECT r.id, r.member_id, m.name AS person, r.domain, r.sequence
           FROM rechecks r JOIN actors m ON m.id = r.member_id
           WHERE r.project_id = :project ORDER BY r.sequence DESC""",
        project=project_id,
    )


def alarms(db: Reading, recheck_id: str) -> Sequence[Row]:
    """The alarms that a recheck was drawn for: id, since and sequence."""
    return db.rows(
        f"""SELECT d.id, d.since, d.sequence FROM rechecks r JOIN drift_alarms d ON {STOOD}
            WHERE r.id = :recheck ORDER BY d.sequence""",
        recheck=recheck_id,
    )


def items(db: Reading, recheck_id: str) -> Sequence[Row]:
    """The sample: each item, and whether somebody has labelled it (1 or 0)."""
    return db.rows(
        f"""SELECT i.item_id, CASE WHEN {RECHECKED} THEN 1 ELSE 0 END AS finished
            FROM rechecks r JOIN recheck_items i ON i.recheck_id = r.id
            WHERE r.id = :recheck ORDER BY i.item_id""",
        recheck=recheck_id, as_of=NOW,
    )  # fmt: skip


def waiting(db: Reading, project_id: str, actor_id: str) -> Sequence[Row]:
    """Items that wait for somebody, and that this person has not worked on: those of the oldest recheck first.

    `dead` is the assignment whose lease ran out where somebody holds it. Nothing waits of what is in
    doubt no more, since a lead overruled the alarm, nor of what left the queue: a problem that cannot be used, or gold.
    """
    field, named = fields.expression(fields.calibrated(db, project_id))
    return db.rows(
        f"""SELECT i.item_id, {field} AS field, (SELECT max(b.id) FROM assignments b
                    JOIN leases l ON l.assignment_id = b.id
                    WHERE b.item_id = i.item_id AND b.purpose = {RECHECK}) AS dead
            FROM rechecks r JOIN recheck_items i ON i.recheck_id = r.id JOIN traces t ON t.id = i.item_id
                JOIN problems p ON p.id = t.problem_id JOIN queue q ON q.item_id = t.id
            WHERE r.project_id = :project AND {UNTOUCHED_BY_ME} AND NOT {RECHECKED}
                AND NOT {PASSED.format(item="i.item_id", member="r.member_id")}
                AND NOT EXISTS (SELECT 1 FROM assignments b JOIN leases l ON l.assignment_id = b.id
                    WHERE b.item_id = i.item_id AND b.purpose = {RECHECK} AND l.expires_at >= :now)
                AND EXISTS (SELECT 1 FROM drift_alarms d JOIN assignments a ON a.actor_id = d.member_id
                        JOIN answers n ON n.assignment_id = a.id
                    WHERE {SAME.format("r")} AND {STANDS} AND {IN_DOUBT} AND n.item_id = i.item_id)
            ORDER BY r.sequence, i.item_id""",
        project=project_id, me=actor_id, now=db.now, as_of=NOW, **named,
    )  # fmt: skip
