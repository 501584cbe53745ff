"""What models think of the labels of steps, and which of them may order the queue."""

from collections.abc import Collection, Sequence

from cotlab.domain.drafts.opinions import OpinionKind
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed


def of_items(db: Reading, item_ids: Sequence[str], sources: Sequence[str]) -> Sequence[Row]:
    """The opinions of some sources on the steps of some items, earlier ones first: item_id, position, source, document.

    A source is named by its model's name.
    """
    items, named = listed("item", item_ids)
    names, more = listed("source", sources)
    return db.rows(
        f"""SELECT d.item_id, d.position, r.model AS source, d.document
            FROM drafts d JOIN draft_requests r ON r.id = d.request_id
            WHERE d.item_id IN ({items}) AND d.kind = :kind AND d.position IS NOT NULL AND r.model IN ({names})
            ORDER BY d.sequence""",
        kind=OpinionKind.LABEL.value, **named, **more,
    )  # fmt: skip


def sources(db: Reading, project_id: str) -> tuple[str, ...]:
    """The sources that order the queue of a project."""
    rows = db.rows("SELECT source FROM queue_sources WHERE project_id = :project ORDER BY source", project=project_id)
    return tuple(row["source"] for row in rows)


def keep_sources(db: Db, project_id: str, names: Collection[str]) -> None:
    """Let these sources order the queue from now on, and no others."""
    db.run("DELETE FROM queue_sources WHERE project_id = :project", project=project_id)
    db.add_many("queue_sources", ("project_id", "source"), [(project_id, name) for name in sorted(names)])
