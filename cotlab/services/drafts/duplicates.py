"""Whether a draft says what is there already: in the pool, or among the drafts before it."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from cotlab.domain.drafts.duplicates import SAME_NUMBERS, numbers, plain_path, shared
from cotlab.domain.drafts.requests import DraftDrop, DraftEdit, DropReason
from cotlab.storage.drafts import draft_decisions as stored
from cotlab.storage.engine.database import Reading, Row

PATH, ALTERED = "path", "altered_step"
Said = tuple[str, Sequence[str]]
"""The id of a trace or draft, and its steps."""


def as_drafted(kind: str, document: dict[str, object]) -> DraftEdit:
    """What a document would be in the pool, as a person would write it."""
    if kind == PATH:
        return DraftEdit.model_validate({"steps": document["steps"], "final_answer": document["final_answer"]})
    return DraftEdit.model_validate({"steps": (document["text"],)})


def duplicate(
    db: Reading, request: Row, draft_id: str, said: DraftEdit, among_drafts: bool = True
) -> DraftDrop | None:  # fmt: skip
    """Of what a draft of a request is a duplicate; None where it is none.

    Steps are compared by their texts with what stands or was drafted at the place; paths by their texts, and by their
    numbers, with the paths of the problem.
    """
    others = [*_pool(db, request), *(_drafted(db, request, draft_id) if among_drafts else ())]
    text, own = plain_path(said.steps), numbers(said.steps)
    for other, steps in others:
        if plain_path(steps) == text:
            return DraftDrop(why=_same(request, other), beside=other)
    if request["kind"] != PATH:
        return None
    nearest = max(((shared(own, numbers(steps)), other) for other, steps in others), default=(0.0, ""))
    if nearest[0] < SAME_NUMBERS:
        return None
    return DraftDrop(why=DropReason.SAME_NUMBERS, beside=nearest[1], shared=int(nearest[0] * 100) / 100)


def _same(request: Row, other: str) -> DropReason:
    original = request["kind"] == ALTERED and other == request["item_id"]
    return DropReason.SAYS_THE_SAME if original else DropReason.SAME_TEXT


def _pool(db: Reading, request: Row) -> Iterator[Said]:
    if request["kind"] == PATH:
        rows = stored.paths(db, request["project_id"], request["problem_id"])
    else:
        rows = stored.at_step(db, request["project_id"], request["item_id"], request["position"])
    for name, some in groupby(rows, key=lambda row: str(row["id"])):
        yield name, [row["text"] for row in some]


def _drafted(db: Reading, request: Row, draft_id: str) -> Iterator[Said]:
    project_id, kind = request["project_id"], request["kind"]
    if kind == PATH:
        rows = stored.drafts_of_problem(db, project_id, kind, request["problem_id"], draft_id)
    else:
        rows = stored.drafts_at_step(db, project_id, kind, request["item_id"], request["position"], draft_id)
    for row in rows:
        yield row["id"], as_drafted(kind, json.loads(row["document"])).steps
