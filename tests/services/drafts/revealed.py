"""Drafts of steps and pairs as models left them, and people who look at them, for tests."""

from collections.abc import Mapping
from typing import Any

from cotlab.domain.drafts.requests import DraftEnding
from cotlab.domain.provenance import Provenance, Sampling
from cotlab.domain.shown_drafts import RationaleAsked, RevealedDrafts
from cotlab.drafting.kinds import Drafted
from cotlab.services.audit import event_data
from cotlab.services.drafts import requests
from cotlab.services.work import rationales
from cotlab.storage.drafts import draft_requests as stored
from cotlab.storage.engine.chain import canonical
from cotlab.storage.engine.database import Db
from tests.services.drafts import drafted
from tests.world import World

ALWAYS: dict[str, Any] = {"drafts": [{"reveal": "always", "blind_share": 0.0}]}
ON_KEY: dict[str, Any] = {"drafts": [{"reveal": "on_key", "blind_share": 0.0}]}
LABELS = ("correct", "redundant", "incorrect", "incomplete")


def opinion(label: str, share: float = 0.7) -> dict[str, Any]:
    """The document of an opinion that a step has a label."""
    rest = (1 - share) / (len(LABELS) - 1)
    probabilities = {one: share if one == label else rest for one in LABELS}
    return {"probabilities": probabilities, "mass": 0.9, "by": "log-probabilities", "asked": 4}


def leave(
    world: World, item: str, position: int | None, document: Mapping[str, Any], kind: str = "label_opinion",
    model: str = "judge",
) -> str:  # fmt: skip
    """A draft of an item as a worker would have left it. Returns its id."""
    if not world.rows("SELECT 1 AS one FROM models WHERE name = :name", name=model):
        drafted.add_model(world, model)

    def add(db: Db) -> str:
        problem = db.rows("SELECT problem_id FROM traces WHERE id = :id", id=item)[0]["problem_id"]
        columns = {
            "id": db.new_id(), "project_id": world.project, "kind": kind, "item_id": item, "problem_id": problem,
            "position": position, "model_id": db.rows("SELECT id FROM models WHERE name = :m", m=model)[0]["id"],
            "model": model, "sampling": canonical(Sampling().model_dump()), "seed": 1, "number": 1,
            "answers": 0, "strategy": None, "actor_id": world.host,
        }  # fmt: skip
        appended = event_data.tell(db, event_data.DRAFT_REQUEST, columns)
        stored.add_request(db, **columns, at=db.now, sequence=appended.sequence)
        row = stored.request(db, str(columns["id"]))
        assert row is not None and stored.lease(db, row["id"], "w", db.now + 1)
        requests.keep(db, row, "w", Drafted(1, dict(document), Provenance(driver="scripted", model=model)))
        requests.end(db, row, "w", DraftEnding.DONE)
        return str(db.rows("SELECT id FROM drafts WHERE request_id = :r", r=row["id"])[0]["id"])

    return world.write(add)


def reveal(world: World, name: str, assignment_id: str, position: int) -> RevealedDrafts:
    person = world.person(name)
    return world.write(lambda db: rationales.revealed(db, person, assignment_id, position))


def ask_rationale(world: World, name: str, assignment_id: str, position: int, anew: bool = False) -> RationaleAsked:
    person = world.person(name)
    return world.write(lambda db: rationales.ask(db, person, assignment_id, position, anew))


def item_of(world: World, assignment_id: str) -> str:
    return str(world.value("SELECT item_id FROM assignments WHERE id = :id", id=assignment_id))


def assistance(world: World) -> list[dict[str, Any]]:
    """The drafts beside each answer, in the order of the answers."""
    rows = world.rows(
        """SELECT n.position, n.value, s.draft_id, s.similarity FROM assistance s JOIN answers n ON n.id = s.answer_id
           ORDER BY s.sequence, s.draft_id"""
    )
    return [dict(row) for row in rows]
