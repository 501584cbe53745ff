"""Opinions of models as rows, as a worker would have written them."""

from collections.abc import Mapping, Sequence

from cotlab.domain.people import SERVER_ITSELF
from cotlab.services.audit import event_data
from cotlab.storage.drafts import draft_requests as stored
from cotlab.storage.engine.chain import canonical
from cotlab.storage.engine.database import Db
from tests.world import World


def opine(world: World, source: str, item_id: str, steps: Sequence[Mapping[str, float]]) -> None:
    """Let a model have an opinion of each step of an item."""

    def write(db: Db) -> None:
        request = {
            "id": db.new_id(), "project_id": world.project, "kind": "label_opinion", "item_id": item_id,
            "problem_id": None, "position": None, "model_id": "0" * 32, "model": source, "sampling": "{}", "seed": 1,
            "number": len(steps), "strategy": None, "answers": 1, "actor_id": world.people["lea"],
        }  # fmt: skip
        stored.add_request(
            db, **request, at=db.now, sequence=event_data.tell(db, event_data.DRAFT_REQUEST, request).sequence
        )
        for position, probabilities in enumerate(steps, 1):
            draft = {
                "id": db.new_id(), "project_id": world.project, "request_id": request["id"], "ordinal": position,
                "kind": "label_opinion", "item_id": item_id, "problem_id": None, "position": position,
                "document": canonical({"probabilities": probabilities, "mass": None, "by": "votes", "asked": 1}),
                "provenance": "{}",
            }  # fmt: skip
            appended = event_data.tell(db, event_data.DRAFT, draft, by=SERVER_ITSELF)
            stored.add_draft(db, **draft, at=db.now, sequence=appended.sequence)

    world.write(write)
