"""From opinions that a worker wrote to the queue's order, by the report on drafts and nothing else."""

import json

import pytest

from cotlab.domain.evaluations.draft_quality import QualityVerdict
from cotlab.domain.projects.priorities import Weights
from cotlab.services.evaluations import draft_quality
from tests.drafting.choosing import Chooser
from tests.services.drafts import drafted, opined
from tests.services.evaluations.evaluated import labelled
from tests.services.evaluations.test_draft_quality import knows
from tests.world import World


def test_models_that_passed_the_report_order_the_queue_and_no_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled(world, 6)
    for name in ("small", "blind"):
        drafted.add_model(world, name)
        opined.ask(world, model=name)
        opined.give(world, Chooser(knows if name == "small" else lambda *_: 0.0))
    for name in ("FEWEST_STEPS", "FEWEST_PROBLEMS"):
        monkeypatch.setattr(draft_quality, name, 5)
    world.catch_up()
    assert world.rows("SELECT source FROM queue_sources") == []
    world.set_policy(priority=Weights(rarity=10), rare_labels=("incorrect",), random_share=1e-9)
    world.catch_up()
    assert world.rows("SELECT source FROM queue_sources") == [{"source": "small"}]
    rows = world.rows("""SELECT p.domain, q.known FROM queue q JOIN traces t ON t.id = q.item_id
        JOIN problems p ON p.id = t.problem_id""")
    rarity = {row["domain"]: json.loads(row["known"]).get("rarity", 0.0) for row in rows}
    assert rarity["mathematics"] > 0.2 and rarity["mathematics"] > rarity["law"]


def test_a_model_of_which_too_little_is_known_does_not_order_the_queue(world: World) -> None:
    labelled(world, 6)
    drafted.add_model(world)
    opined.ask(world)
    opined.give(world, Chooser(knows))
    world.set_policy(priority=Weights(rarity=10), rare_labels=("incorrect",), random_share=1e-9)
    world.catch_up()
    (found,) = world.store.read(lambda db: draft_quality.report(db, world.project)).sources
    assert found.held and found.verdict is QualityVerdict.TOO_LITTLE
    assert world.rows("SELECT source FROM queue_sources") == []
