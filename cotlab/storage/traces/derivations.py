"""What altered traces were made of. A parent is named by its digest, which is the same in every project."""

import json
from collections.abc import Mapping, Sequence

from cotlab.domain.traces.records import Change, DerivedFrom
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import listed

COLUMNS = ("item_id", "project_id", "parent_digest", "position", "way", "changes", "sequence")


def values(item_id: str, project_id: str, derived: DerivedFrom) -> tuple[object, ...]:
    """A row in the order of COLUMNS, but for the sequence, which comes last."""
    changes = json.dumps([one.model_dump() for one in derived.changes], ensure_ascii=False)
    return (item_id, project_id, derived.trace, derived.position, derived.way, changes)


def derived_of(row: Row) -> DerivedFrom:
    changes = tuple(Change.model_construct(**one) for one in json.loads(row["changes"]))
    return DerivedFrom.model_construct(
        trace=row["parent_digest"], position=row["position"], way=row["way"], changes=changes
    )


def of_items(db: Reading, item_ids: Sequence[str]) -> Mapping[str, Row]:
    """Item's id -> its row, of those of some items that were made of another one."""
    if not item_ids:
        return {}
    names, named = listed("item", item_ids)
    rows = db.rows(f"SELECT * FROM derivations WHERE item_id IN ({names})", **named)
    return {row["item_id"]: row for row in rows}


def of_parents(db: Reading, project_id: str, digests: Sequence[str]) -> Sequence[Row]:
    """Parent's digest, way and content's digest of what was made of some traces."""
    if not digests:
        return ()
    names, named = listed("parent", digests)
    return db.rows(
        f"""SELECT d.parent_digest, d.way, t.digest FROM derivations d JOIN traces t ON t.id = d.item_id
            WHERE d.project_id = :project AND d.parent_digest IN ({names}) ORDER BY d.item_id""",
        project=project_id, **named,
    )  # fmt: skip
