"""How far the consequences of what was written are drawn: working state, beside the chains that they follow."""

from collections.abc import Sequence

from cotlab.storage.engine.database import Db, Reading, Row


def drawn(db: Reading, project_id: str, consequence: str) -> int | None:
    """The sequence up to which a consequence was drawn; None where it never was."""
    row = db.row(
        "SELECT sequence FROM drawn WHERE project_id = :project AND consequence = :consequence",
        project=project_id, consequence=consequence,
    )  # fmt: skip
    return None if row is None else int(row["sequence"])


def keep_drawn(db: Db, project_id: str, consequence: str, sequence: int) -> None:
    """A server that is behind another one takes nothing back."""
    db.run(
        """INSERT INTO drawn (project_id, consequence, sequence) VALUES (:project, :consequence, :sequence)
           ON CONFLICT (project_id, consequence) DO UPDATE SET sequence = excluded.sequence
               WHERE excluded.sequence > drawn.sequence""",
        project=project_id, consequence=consequence, sequence=sequence,
    )  # fmt: skip


def events_after(db: Reading, chain: str, sequence: int, most: int) -> Sequence[Row]:
    """The next events of a chain: sequence and body."""
    return db.rows(
        "SELECT sequence, body FROM events WHERE chain = :chain AND sequence > :after ORDER BY sequence LIMIT :most",
        chain=chain, after=sequence, most=most,
    )  # fmt: skip


def heads(db: Reading) -> dict[str, int]:
    """Project's id -> the newest sequence of its chain, for the projects that are not closed."""
    rows = db.rows(
        """SELECT p.id, (SELECT max(e.sequence) FROM events e WHERE e.chain = p.id) AS newest FROM projects p
           WHERE NOT EXISTS (SELECT 1 FROM project_ends e WHERE e.project_id = p.id)"""
    )
    return {row["id"]: row["newest"] or 0 for row in rows}
