"""The labels that reports to a lead are made of: whole columns in one statement each."""

from collections.abc import Sequence

from cotlab.domain.answers import Purpose, Question
from cotlab.storage.calibration.drift import SAME
from cotlab.storage.calibration.label_times import FIRST
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.gold.gold_items import STANDS


def on_gold(db: Reading, project_id: str) -> Sequence[Row]:
    """First, blind labels of steps and choices on pairs, on gold in production that stands, as they were given in time.

    Those of somebody who was given an item again are not among them.
    """
    return db.rows(
        f"""SELECT n.id, n.item_id, n.position, n.actor_id, n.value, n.guideline_version_id, n.received_at,
                n.shown_at, p.domain, p.tags, p.difficulty, t.origin, t.strategy, t.task
            FROM gold_items g JOIN answers n ON n.item_id = g.item_id JOIN traces t ON t.id = g.item_id
                JOIN problems p ON p.id = t.problem_id JOIN assignments a ON a.id = n.assignment_id
            WHERE g.project_id = :project AND {STANDS} AND n.question = '{Question.LABEL.value}'
                AND n.purpose = '{Purpose.GOLD.value}' AND n.replaces IS NULL AND n.informed = 0
                AND NOT EXISTS (SELECT 1 FROM assignments b WHERE b.item_id = a.item_id AND b.actor_id = a.actor_id
                    AND b.purpose = a.purpose AND b.sequence < a.sequence)
            ORDER BY n.sequence""",
        project=project_id,
    )


def work(db: Reading, project_id: str) -> Sequence[Row]:
    """When people were shown something (None for what needs no step) and answered, on steps and on pairs, by person and
    in order."""
    return db.rows(
        """SELECT n.id, n.actor_id, n.question, n.replaces, n.shown_at, n.received_at
           FROM traces t JOIN answers n ON n.item_id = t.id
           WHERE t.project_id = :project AND n.assignment_id IS NOT NULL
           ORDER BY n.actor_id, n.received_at, n.sequence""",
        project=project_id,
    )


def timed_labels(db: Reading, project_id: str) -> Sequence[Row]:
    """The times of first labels of what looks like production, by person and in order."""
    return db.rows(
        f"""SELECT n.id, n.actor_id, n.item_id, n.position, n.shown_at, n.received_at
            FROM traces t JOIN answers n ON n.item_id = t.id
            WHERE t.project_id = :project AND t.task = 'steps' AND n.assignment_id IS NOT NULL AND {FIRST}
            ORDER BY n.actor_id, n.received_at, n.sequence""",
        project=project_id,
    )


def step_texts(db: Reading, project_id: str) -> Sequence[Row]:
    """All steps of a project's traces: item_id, position, text."""
    return db.rows(
        """SELECT s.trace_id AS item_id, s.position, s.text FROM steps s JOIN traces t ON t.id = s.trace_id
           WHERE t.project_id = :project""",
        project=project_id,
    )


def drift_alarms(db: Reading, project_id: str) -> Sequence[Row]:
    """All drift alarms with their person's name, the newest first."""
    return db.rows(
        """SELECT d.id, d.member_id, m.name AS person, d.domain, d.since, d.document, d.at, d.sequence
           FROM drift_alarms d JOIN actors m ON m.id = d.member_id
           WHERE d.project_id = :project ORDER BY d.sequence DESC""",
        project=project_id,
    )


def acted_upon(db: Reading, project_id: str) -> Sequence[Row]:
    """What leads did after each drift alarm about its person there: alarm, kind, reason, at, sequence, by; in order."""
    rows = db.rows(
        f"""SELECT d.id AS alarm, c.kind, c.reason, c.at, c.sequence, b.name AS decided_by
            FROM drift_alarms d JOIN calibration_decisions c ON {SAME.format("c")} AND c.sequence > d.sequence
                JOIN actors b ON b.id = c.actor_id
            WHERE d.project_id = :project
            UNION ALL
            SELECT d.id AS alarm, 'recheck' AS kind, NULL AS reason, r.at, r.sequence, b.name AS decided_by
            FROM drift_alarms d JOIN rechecks r ON {SAME.format("r")} AND r.sequence > d.sequence
                JOIN actors b ON b.id = r.actor_id
            WHERE d.project_id = :project""",
        project=project_id,
    )
    return sorted(rows, key=lambda row: row["sequence"])
