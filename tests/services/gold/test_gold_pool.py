"""A lead is told before gold comes to somebody a second time."""

from cotlab.domain.answers import Purpose
from cotlab.domain.gold import GoldPool
from cotlab.services.gold import pool
from tests.services.calibration import calibrating, doubting
from tests.services.calibration.calibrating import TRUE, bring_gold, decide
from tests.world import World, trace


def pools(world: World) -> dict[str, GoldPool]:
    return {one.domain: one for one in world.store.read(lambda db: pool.pools(db, world.project))}


def prepared(world: World, work: int, **policy: int) -> World:
    """Three gold traces, so many traces of work, and ann, bob, cyn, dan and adj who may label them."""
    world.write(lambda db: db.run("DELETE FROM queue"))
    bring_gold(world, "g1", "g2", "g3")
    world.add_traces(*(trace(f"w{number}", 1) for number in range(work)))
    world.set_policy(**{"overlap": 2, "gold_every": 5, **policy})
    return world


def test_a_pool_is_enough_where_work_brings_less_than_anybody_has_not_seen(world: World) -> None:
    """Thirty traces for two people each are twelve for each of five, of whom one in four more is gold."""
    found = pools(prepared(world, 30))["mathematics"]
    assert (found.traces, found.places, found.each, found.warning) == (3, 60, 3.0, None)
    assert {one.person: (one.unseen, one.short) for one in found.people} == dict.fromkeys(
        ("adj", "ann", "bob", "cyn", "dan"), (3, False)
    )


def test_places_that_are_taken_bring_no_more_gold(world: World) -> None:
    prepared(world, 30, gold_every=0)
    for _ in range(10):
        world.expert("ann").label_all()
    world.set_policy(overlap=2, gold_every=5)
    assert (pools(world)["mathematics"].places, pools(world)["mathematics"].each) == (50, 2.5)


def test_who_is_about_to_be_given_a_trace_again_is_named(world: World) -> None:
    prepared(world, 30)
    doubting.label(world, "ann", "g2", TRUE, Purpose.GOLD)
    found = pools(world)["mathematics"]
    assert {one.person: one.unseen for one in found.people if one.short} == {"ann": 2}
    assert found.warning is not None and "about 3 gold traces" in found.warning and "1 of 5" in found.warning
    world.set_policy(overlap=2, gold_every=9)
    assert pools(world)["mathematics"].warning is None


def test_fewer_people_see_more_gold_each(world: World) -> None:
    prepared(world, 30)
    decide(world, "suspend", "bob")
    found = pools(world)["mathematics"]
    assert found.each == 3.8 and len(found.people) == 4 and all(one.short for one in found.people)


def test_a_domain_with_work_and_without_gold_is_told_where_gold_is_used(world: World) -> None:
    prepared(world, 1)
    world.add_traces(trace("l", 1, domain="law"))
    assert (pools(world)["law"].traces, pools(world)["law"].warning is None) == (0, False)
    world.set_policy(overlap=2, gold_every=0)
    assert pools(world).keys() == {"mathematics"} and pools(world)["mathematics"].warning is None


def test_gold_of_a_calibration_set_is_in_no_pool(world: World) -> None:
    prepared(world, 1)
    calibrating.draw(world)
    assert pools(world) == {}
