"""The drafts that traces of the pool were, as a trace says it: with all that is known of where it came from."""

from collections.abc import Mapping, Sequence

from cotlab.domain.provenance import DraftedFrom
from cotlab.storage.engine.chain import canonical
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import listed

NAMES = """x.document LIKE '%"draft":"' || d.id || '"%'"""
"""Whether a trace, by its row `x` here, was the draft `d`: accepted, or kept by who saw it as another wording."""
COLUMNS = ("item_id", "project_id", "document", "sequence")


def values(item_id: str, project_id: str, drafted: DraftedFrom) -> tuple[object, ...]:
    """A row in the order of COLUMNS, but for the sequence, which comes last."""
    return (item_id, project_id, canonical(drafted.model_dump(mode="json")))


def drafted_of(row: Row) -> DraftedFrom:
    return DraftedFrom.model_validate_json(row["document"])


def of_items(db: Reading, item_ids: Sequence[str]) -> Mapping[str, Row]:
    """Item's id -> its row, of those of some items that were drafts."""
    if not item_ids:
        return {}
    names, named = listed("item", item_ids)
    rows = db.rows(f"SELECT * FROM drafted_traces WHERE item_id IN ({names})", **named)
    return {row["item_id"]: row for row in rows}
