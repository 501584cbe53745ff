"""Gold is handed out as gold or as calibration alone, and what was shown in training is never counted."""

from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import RecheckBody
from cotlab.domain.gold import GoldOrigin
from cotlab.domain.people import Role
from cotlab.services.calibration import rechecks
from cotlab.services.gold.items import add_gold
from cotlab.services.work import labelling
from cotlab.storage.calibration import rechecks as stored
from cotlab.storage.engine.database import Db
from cotlab.storage.guidelines import guidelines
from tests.services.calibration import calibrating, doubting
from tests.services.calibration.calibrating import bring_gold, calibrate, clicks, decide, name_of, stands
from tests.services.guidelines.guideline_texts import following, small
from tests.world import World, trace


def make_gold(world: World, item_id: str, steps: int) -> None:
    """A trace of the queue becomes gold, as by promotion."""

    def add(db: Db) -> None:
        version_id = guidelines.version_for_item(db, item_id)
        assert version_id is not None
        labels = {position: ("correct", "it is so") for position in range(1, steps + 1)}
        add_gold(db, world.people["lea"], world.project, item_id, GoldOrigin.PROMOTED, version_id, labels)

    world.write(add)


def test_stale_labels_of_who_left_make_no_production_of_gold(world: World) -> None:
    following(world, "kept", "ann", "bob")
    world.set_policy(overlap=1)
    world.add_traces(trace("p", 2, id="p"), trace("q", 2, id="q"))
    for _ in range(2):
        world.expert("ann").label_all(("incomplete", "correct"))
    make_gold(world, doubting.item(world, "p"), 2)
    world.publish(small("1.1", affects={"labels": ["incomplete"]}))
    world.leave("ann", Role.ANNOTATOR)
    assert name_of(world.expert("bob").label_all()) == "q"
    assert world.expert("bob").claim().nothing == "nothing_open"


def test_no_recheck_is_of_a_trace_that_became_gold(world: World) -> None:
    doubting.prepare(world, work=2)
    doubting.qualify(world, "ann", "bob")
    for name in ("w1", "w2"):
        doubting.label(world, "ann", name)
    doubting.fall(world, "ann", "g4", "g5")
    body = RecheckBody(person="ann", domain=doubting.DOMAIN, share=1.0, seed=1)
    world.write(lambda db: rechecks.draw_recheck(db, world.people["lea"], world.project, body))
    make_gold(world, doubting.item(world, "w1"), doubting.STEPS)
    person = world.person("bob")
    found = world.write(lambda db: rechecks.next_item(db, person, world.project))
    assert found == doubting.item(world, "w2")


def test_what_was_handed_on_or_taken_back_is_in_no_recheck(world: World) -> None:
    doubting.prepare(world, work=2)
    doubting.qualify(world, "ann")
    expert, kept = world.expert("ann"), doubting.hand(world, "ann", "w1", Purpose.PRODUCTION)
    first = expert.commit(kept, 1, "redundant")
    expert.commit(kept, 1, "correct", replaces=first.label_id)
    for position in range(2, doubting.STEPS + 1):
        expert.commit(kept, position, "correct")
    expert.finish(kept)
    given_up = doubting.label(world, "ann", "w2", finish=False)
    expert.end(given_up, "give_up")
    doubting.fall(world, "ann", "g4", "g5")
    (alarm,) = doubting.alarms(world)
    rows = world.store.read(lambda db: stored.in_doubt(db, world.project, [alarm]))
    assert [row["value"] for row in rows] == ["correct"] * doubting.STEPS
    assert {row["item_id"] for row in rows} == {doubting.item(world, "w1")}


def test_gold_that_was_picked_before_a_suspension_is_not_given(world: World) -> None:
    bring_gold(world, "l1", "l2", domain="law")
    world.set_policy(overlap=1, gold_every=1)
    person = world.person("ann")
    ahead = world.store.read(lambda db: world.candidates.ahead(db, person, world.project))
    assert [one.field for one in ahead.gold] == ["law"] * 2
    decide(world, "suspend", domain="law")
    claimed = world.write(lambda db: labelling.claim(db, person, world.project, ahead))
    assert claimed.assignment is not None and claimed.assignment.problem.domain == "mathematics"
    assert world.value("SELECT purpose FROM assignments") == "production"


def test_what_training_showed_is_counted_in_no_later_attempt(world: World) -> None:
    calibrating.prepare(world)
    (shown, *_) = calibrate(world, "ann", clicks)
    named = tuple(row["id"] for row in world.rows("SELECT item_id AS id FROM gold_items ORDER BY item_id"))
    calibrating.draw(world, training=0, items=named)
    names = {name_of(view) for view in calibrate(world, "ann", traces=2)}
    assert names == {"g1", "g2", "g3"} - {name_of(shown)}
    assert stands(world, "ann").attempts[1].total == 2
    assert stands(world, "ann").may_label, "eight steps are left, and as many are asked"
    assert len(calibrate(world, "bob", clicks)) == 3, "nobody showed bob anything"


def test_training_is_shown_again_in_the_same_set(world: World) -> None:
    calibrating.prepare(world)
    first = calibrate(world, "ann", clicks)
    second = calibrate(world, "ann", clicks)
    assert name_of(first[0]) == name_of(second[0])
    assert stands(world, "ann").attempts[1].total == 3


def test_a_draw_counts_first_what_no_training_showed(world: World) -> None:
    calibrating.prepare(world)
    shown = name_of(calibrate(world, "ann", clicks, traces=1)[0])
    for seed in range(4):
        drawn = calibrating.draw(world, steps=8, seed=seed)
        counted = world.rows(
            """SELECT t.external_id AS name FROM calibration_items i JOIN traces t ON t.id = i.item_id
               WHERE i.set_id = :set AND i.counted = 1""",
            set=drawn.id,
        )  # fmt: skip
        assert shown not in {row["name"] for row in counted}
