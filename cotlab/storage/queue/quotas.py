"""How many traces of which slice are settled: working state that points in the queue follow from."""

from collections.abc import Mapping, Sequence

from cotlab.storage.engine.database import Db, Reading, Row


def counts(db: Reading, project_id: str) -> dict[str, int]:
    """Quota (its key) -> traces settled when they were counted last."""
    rows = db.rows("SELECT quota, filled FROM quota_counts WHERE project_id = :project", project=project_id)
    return {row["quota"]: row["filled"] for row in rows}


def keep(db: Db, project_id: str, filled: Mapping[str, int]) -> None:
    db.run("DELETE FROM quota_counts WHERE project_id = :project", project=project_id)
    db.add_many("quota_counts", ("project_id", "quota", "filled"), [(project_id, *one) for one in filled.items()])


def settled(db: Reading, project_id: str) -> Sequence[Row]:
    """Traces of the queue of which each step is settled, by domain, difficulty, strategy and tags: `traces` each."""
    return db.rows(
        """SELECT p.domain, p.difficulty, t.strategy, p.tags, count(*) AS traces
           FROM queue q JOIN traces t ON t.id = q.item_id JOIN problems p ON p.id = t.problem_id
           WHERE q.project_id = :project AND q.settled = 1 AND t.task = 'steps'
           GROUP BY p.domain, p.difficulty, t.strategy, p.tags""",
        project=project_id,
    )  # fmt: skip
