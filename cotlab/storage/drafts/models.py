"""Models that draft."""

from collections.abc import Sequence

from cotlab.storage.engine.database import Db, Reading, Row

EVER = """SELECT m.id, m.name, m.driver, m.place, m.options, m.sha256, m.at, a.name AS added_by
    FROM models m JOIN actors a ON a.id = m.actor_id"""
MODEL = f"{EVER} WHERE NOT EXISTS (SELECT 1 FROM model_ends e WHERE e.model_id = m.id)"


def models(db: Reading) -> Sequence[Row]:
    """Those that were not removed, in the order in which they came."""
    return db.rows(f"{MODEL} ORDER BY m.sequence")


def model(db: Reading, model_id: str) -> Row | None:
    """A model that was not removed."""
    return db.row(f"{MODEL} AND m.id = :id", id=model_id)


def that_drafted(db: Reading) -> Sequence[Row]:
    """All models, also removed ones, of which there are drafts."""
    return db.rows(
        f"""{EVER} WHERE EXISTS (SELECT 1 FROM draft_requests r JOIN drafts d ON d.request_id = r.id
            WHERE r.model_id = m.id) ORDER BY m.sequence"""
    )


def add(db: Db, **columns: object) -> None:
    db.add("models", **columns)


def remove(db: Db, **columns: object) -> None:
    db.add("model_ends", **columns)
