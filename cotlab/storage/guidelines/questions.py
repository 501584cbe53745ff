"""What people asked the lead, and the lead's answers."""

from collections.abc import Sequence

from cotlab.storage.engine.database import Db, Reading, Row

QUESTION = """SELECT q.id, q.actor_id, a.name AS person, q.text, q.at, q.sequence, q.guideline_version_id, v.guideline,
        v.version, q.item_id, q.position, p.domain, s.text AS step,
        w.resolution, w.rule, w.text AS answer, w.to_all, w.at AS answered_at
    FROM questions q JOIN actors a ON a.id = q.actor_id
        JOIN guideline_versions v ON v.id = q.guideline_version_id
        LEFT JOIN traces t ON t.id = q.item_id LEFT JOIN problems p ON p.id = t.problem_id
        LEFT JOIN steps s ON s.trace_id = q.item_id AND s.position = q.position
        LEFT JOIN question_answers w ON w.question_id = q.id AND w.sequence = (
            SELECT max(l.sequence) FROM question_answers l WHERE l.question_id = q.id)"""
"""A question with its step and the latest of its answers."""


def add(db: Db, **columns: object) -> None:
    db.add("questions", **columns)


def add_answer(db: Db, **columns: object) -> None:
    db.add("question_answers", **columns)


def question(db: Reading, project_id: str, question_id: str) -> Row | None:
    return db.row(f"{QUESTION} WHERE q.project_id = :project AND q.id = :id", project=project_id, id=question_id)


def in_project(db: Reading, project_id: str) -> Sequence[Row]:
    """Every question of a project, the newest first."""
    return db.rows(f"{QUESTION} WHERE q.project_id = :project ORDER BY q.sequence DESC", project=project_id)


def for_person(db: Reading, project_id: str, actor_id: str) -> Sequence[Row]:
    """What a person asked in a project, and what others asked and all were told, the newest first."""
    return db.rows(
        f"""{QUESTION} WHERE q.project_id = :project AND (q.actor_id = :actor OR w.to_all = 1)
            ORDER BY q.sequence DESC""",
        actor=actor_id, project=project_id,
    )  # fmt: skip


def answered_count(db: Reading, actor_id: str, project_id: str) -> int:
    """How many questions have an answer that a person may read: to them, or sent to all."""
    row = db.row(
        """SELECT count(*) AS n FROM questions q JOIN question_answers w ON w.question_id = q.id
           WHERE q.project_id = :project AND (q.actor_id = :actor OR w.to_all = 1)
               AND NOT EXISTS (SELECT 1 FROM question_answers l WHERE l.question_id = q.id AND l.sequence > w.sequence)
        """,
        actor=actor_id, project=project_id,
    )  # fmt: skip
    return int(row["n"]) if row else 0


def open_count(db: Reading, project_id: str) -> int:
    """How many questions of a project have no answer."""
    row = db.row(
        """SELECT count(*) AS n FROM questions q WHERE q.project_id = :project
           AND NOT EXISTS (SELECT 1 FROM question_answers w WHERE w.question_id = q.id)""",
        project=project_id,
    )
    return int(row["n"]) if row else 0
