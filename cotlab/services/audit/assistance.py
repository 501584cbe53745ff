"""Drafts that stood beside answers, held against the events that tell of them."""

import json
from collections.abc import Iterator

from cotlab.storage.audit import audit_trail
from cotlab.storage.drafts import shown_drafts
from cotlab.storage.engine.database import Reading


def assistance_that_differs(db: Reading, project_id: str) -> Iterator[tuple[int, str]]:
    """The sequence of an event, and what is no longer as it tells."""
    counted = 0
    for event in map(json.loads, audit_trail.bodies(db, project_id)):
        data = event["data"]
        if event["kind"] != "answer.given" or "drafts" not in data:
            continue
        rows = shown_drafts.assistance_of(db, project_id, event["sequence"])
        counted += len(rows)
        there = [(row["answer_id"], row["item_id"], row["draft_id"], row["similarity"]) for row in rows]
        if there != [(data["id"], data["item_id"], *one) for one in data["drafts"]]:
            yield event["sequence"], "the drafts that were visible differ from their event"
    there_are = shown_drafts.count_assistance(db, project_id)
    if there_are != counted:
        yield 0, f"the chain tells of {counted} drafts beside answers, the table holds {there_are}"
