"""Who was in which cohort, from when until when."""

from collections.abc import Sequence

from cotlab.storage.engine.database import Db, Reading, Row


def memberships(db: Reading, project_id: str) -> Sequence[Row]:
    """Every membership with its person's name, by person and time; `until` is None while it lasts."""
    return db.rows(
        """SELECT c.id, c.member_id, a.name AS person, c.cohort, c.since, e.until
           FROM cohorts c JOIN actors a ON a.id = c.member_id LEFT JOIN cohort_ends e ON e.cohort_id = c.id
           WHERE c.project_id = :project ORDER BY a.name_folded, c.since, c.sequence""",
        project=project_id,
    )


def add(db: Db, **columns: object) -> None:
    db.add("cohorts", **columns)


def end(db: Db, **columns: object) -> None:
    db.add("cohort_ends", **columns)
