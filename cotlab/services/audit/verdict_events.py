"""Verdicts, and which of them were visible, held against the events that tell of them."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cotlab.domain.people import SERVER_ITSELF
from cotlab.storage.audit import audit_trail
from cotlab.storage.checks import checks
from cotlab.storage.engine.chain import canonical
from cotlab.storage.engine.database import Reading, Row


def verdicts_that_differ(db: Reading, project_id: str) -> Iterator[tuple[int, str]]:
    """The sequence of an event, and what is no longer as it tells."""
    written = shown = 0
    for event in map(json.loads, audit_trail.bodies(db, project_id)):
        if event["kind"] == KIND:
            rows = checks.written(db, project_id, event["sequence"])
            written += len(rows)
            if not _as_written(event, rows):
                yield event["sequence"], "the verdicts of a check differ from their event"
        elif event["kind"] == "answer.given":
            rows = checks.shown(db, project_id, event["sequence"]) if "evidence" in event["data"] else ()
            shown += len(rows)
            if [_visible(row) for row in rows] != _told(event):
                yield event["sequence"], "the evidence that was visible differs from its event"
    there = checks.counts(db, project_id)
    if there != (written, shown):
        yield (
            0,
            f"the chain tells of {written} verdicts and {shown} visible ones, the tables hold {there[0]}, {there[1]}",
        )


def _as_written(event: Mapping[str, Any], rows: Sequence[Row]) -> bool:
    told = {"verdicts": len(rows), "sha256": digest(rows), "checker": event["data"]["checker"]}
    same = all((row["checker"], row["at"]) == (told["checker"], event["at"]) for row in rows)
    return same and event["actor"] == SERVER_ITSELF and event["data"] == told


def _told(event: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    data, actor = event["data"], event["actor"]
    return [(data["item_id"], actor, data["id"], *one) for one in data.get("evidence", ())]


def _visible(row: Row) -> tuple[Any, ...]:
    return row["item_id"], row["actor_id"], row["answer_id"], row["position"], row["checker"]


KIND = "evidence.added"


def digest(rows: Iterable[Mapping[str, object]]) -> str:
    """SHA-256 (hex) of verdicts in the order of their places: what the event of a chunk holds of them."""
    sha = hashlib.sha256()
    for row in rows:
        sha.update(canonical([row["item_id"], row["position"], row["verdict"], row["document"]]).encode())
    return sha.hexdigest()
