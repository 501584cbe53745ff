"""Opinions that a model is asked for and gives, for tests."""

from typing import Any

from cotlab.domain.drafts.opinions import OpinionProgress, OpinionsAsked, OpinionsBody
from cotlab.services.drafts import opinion_requests
from tests.drafting.choosing import Chooser
from tests.services.drafts import drafted
from tests.world import World


def ask(world: World, kind: str = "label_opinion", model: str = "small", **more: Any) -> OpinionsAsked:
    body = OpinionsBody.model_validate({"kind": kind, "model": model, **more})
    by = world.people.get("lea", world.host)
    return world.write(lambda db: opinion_requests.ask(db, by, world.project, body))


def give(world: World, driver: Chooser) -> int:
    """Let a worker give all opinions that are asked for; returns for how many items."""
    worker, done = drafted.worker(world, driver), 0
    while worker.draft_next():
        done += 1
    return done


def progress(world: World) -> dict[tuple[str, str], OpinionProgress]:
    found = world.store.read(lambda db: opinion_requests.progress(db, world.project))
    return {(one.kind.value, one.model): one for one in found}
