"""Releases: exports under a name; and what happened to items between two sequences."""

from collections.abc import Sequence

from cotlab.storage.engine.database import Db, Reading, Row

RELEASE = """SELECT r.id, r.name, r.export_id, r.ordered, r.at, r.sequence, x.manifest, e.hash
    FROM releases r JOIN exports x ON x.id = r.export_id
        JOIN events e ON e.chain = r.project_id AND e.sequence = r.sequence
    WHERE r.project_id = :project"""


def add(db: Db, **columns: object) -> None:
    db.add("releases", **columns)


def releases(db: Reading, project_id: str) -> Sequence[Row]:
    """The releases of a project in the order in which they were made, each with its manifest and its event's hash."""
    return db.rows(f"{RELEASE} ORDER BY r.sequence", project=project_id)


def release(db: Reading, project_id: str, release_id: str) -> Row | None:
    return db.row(f"{RELEASE} AND r.id = :id", project=project_id, id=release_id)


def named(db: Reading, project_id: str, name: str) -> Row | None:
    return db.row(f"{RELEASE} AND r.name = :name", project=project_id, name=name)
