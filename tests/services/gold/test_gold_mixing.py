"""Gold in production: how often, which, and that nothing but the purpose in the database tells it apart."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from cotlab.domain.answers import Purpose
from cotlab.domain.gold import RetireBody
from cotlab.domain.guidelines.questions import QuestionBody
from cotlab.services.gold import items as gold
from cotlab.services.gold import mixing
from cotlab.services.work import step_questions
from cotlab.storage.engine.database import Row
from tests.services.calibration import calibrating, doubting
from tests.services.calibration.calibrating import bring_gold, calibrate, decide, name_of
from tests.world import World, trace


@pytest.fixture
def mixed(world: World) -> World:
    """Sixty traces beside a, b and c, and ten of gold."""
    world.add_traces(*(trace(f"w{number}", 1) for number in range(60)))
    bring_gold(world, *(f"g{number}" for number in range(10)))
    world.set_policy(overlap=4, gold_every=3)
    return world


def given(world: World, who: str = "ann") -> Sequence[Row]:
    return world.rows(
        """SELECT a.purpose, a.round, t.external_id AS name FROM assignments a JOIN traces t ON t.id = a.item_id
           WHERE a.actor_id = :who ORDER BY a.sequence""",
        who=world.people[who],
    )


def gaps(rows: Sequence[Row]) -> list[int]:
    """How many traces from one gold to the next, that one included."""
    places = [-1] + [place for place, row in enumerate(rows) if row["purpose"] == Purpose.GOLD]
    return [after - before for before, after in pairwise(places)]


def test_one_trace_in_so_many_is_gold_and_none_comes_twice(mixed: World) -> None:
    for _ in range(27):
        assert mixed.expert("ann").label_all().purpose == "production"
    rows = given(mixed)
    found = [row["name"] for row in rows if row["purpose"] == Purpose.GOLD]
    assert 6 <= len(found) == len(set(found)) <= 10
    assert set(gaps(rows)) <= {1, 2, 3, 4, 5}
    assert {row["purpose"] for row in rows} == {Purpose.GOLD, Purpose.PRODUCTION}


def test_gaps_are_even_from_one_to_twice_the_rate(mixed: World) -> None:
    """Over many people, as if each had gold last."""
    longest = 2 * 12 - 1
    places = [mixing._number("secret", "person", str(number)) % longest for number in range(23_000)]
    counts = [places.count(gap) for gap in range(longest)]
    assert min(counts) > 850 and max(counts) < 1_150
    assert 11.8 < 1 + sum(places) / len(places) < 12.2


def test_two_people_have_gold_at_other_times_and_in_another_order(mixed: World) -> None:
    for who in ("ann", "bob"):
        for _ in range(20):
            mixed.expert(who).label_all()
    ann, bob = given(mixed, "ann"), given(mixed, "bob")
    assert gaps(ann) != gaps(bob)
    assert [row["name"] for row in ann if row["purpose"] == Purpose.GOLD] != [
        row["name"] for row in bob if row["purpose"] == Purpose.GOLD
    ]


def test_gold_comes_again_once_the_pool_is_used_up(world: World) -> None:
    world.add_traces(*(trace(f"w{number}", 1) for number in range(30)))
    bring_gold(world, "g1", "g2")
    world.set_policy(overlap=1, gold_every=2)
    for _ in range(24):
        world.expert("ann").label_all()
    rounds = [(row["name"], row["round"]) for row in given(world) if row["purpose"] == Purpose.GOLD]
    assert len(rounds) > 4
    pairs = [set(rounds[start : start + 2]) for start in range(0, len(rounds) - 1, 2)]
    assert pairs == [{("g1", number), ("g2", number)} for number in range(1, len(pairs) + 1)]


def test_no_gold_is_given_where_there_is_none_or_the_policy_wants_none(world: World) -> None:
    world.add_traces(*(trace(f"w{number}", 1) for number in range(10)))
    world.set_policy(overlap=1, gold_every=1)
    for _ in range(3):
        world.expert("ann").label_all()
    bring_gold(world, "g1")
    world.set_policy(overlap=1, gold_every=0)
    for _ in range(3):
        world.expert("ann").label_all()
    assert {row["purpose"] for row in given(world)} == {Purpose.PRODUCTION}


def test_no_gold_is_given_where_no_production_waits(world: World) -> None:
    bring_gold(world, "g1", "g2", "g3")
    world.set_policy(overlap=1, gold_every=1000)
    for _ in range(3):
        world.expert("ann").label_all()
    world.set_policy(overlap=1, gold_every=1)
    assert world.expert("ann").claim().nothing == "nothing_open"


def test_gold_takes_no_place_and_gives_none_back(mixed: World) -> None:
    """Whatever is said of it: unsure, a question, an unusable problem."""
    mixed.set_policy(overlap=4, gold_every=1)
    taken = "SELECT sum(taken) AS n FROM queue"
    expert = mixed.expert("ann")
    view = expert.take()
    assert view.purpose == "production" and given(mixed)[0]["purpose"] == Purpose.GOLD
    expert.commit(view.id, 1, "redundant", unsure=True)
    asked = QuestionBody(position=1, text="which rule?")
    mixed.write(lambda db: step_questions.ask_about_work(db, mixed.person("ann"), view.id, asked))
    expert.write(view.id, 1, "another wording")
    expert.end(view.id, "bad_problem")
    expert.end(expert.take().id, "give_up")
    mixed.catch_up()
    assert [row["purpose"] for row in given(mixed)] == [Purpose.GOLD] * 2
    assert mixed.value(taken) == 0
    assert mixed.rows("SELECT 1 AS one FROM cases") == []
    alternatives = "SELECT 1 AS one FROM queue q JOIN traces t ON t.id = q.item_id WHERE t.parent_id IS NOT NULL"
    assert mixed.rows(alternatives) == []
    for labels in ("settled", "each"):
        assert mixed.export(labels=labels)[1].traces_kept == 0


def test_gold_is_of_the_domain_of_the_work_that_waits(world: World) -> None:
    world.add_traces(*(trace(f"w{number}", 1) for number in range(9)))
    bring_gold(world, *(f"l{number}" for number in range(5)), domain="law")
    bring_gold(world, *(f"m{number}" for number in range(3)))
    world.set_policy(overlap=1, gold_every=1)
    domains = [world.expert("ann").label_all().problem.domain for _ in range(4)]
    assert domains == ["mathematics"] * 3 + ["law"]


def test_no_gold_is_given_of_a_domain_that_is_not_open_to_the_person(world: World) -> None:
    bring_gold(world, "l1", "l2", domain="law")
    world.set_policy(overlap=1, gold_every=1)
    decide(world, "suspend", domain="law")
    assert world.expert("ann").take().problem.domain == "mathematics"
    assert [row["purpose"] for row in given(world)] == [Purpose.PRODUCTION]


def test_a_calibration_set_is_not_mixed_in(world: World) -> None:
    calibrating.prepare(world, gold_every=1)
    bring_gold(world, "h1")
    calibrate(world, "ann")
    assert name_of(world.expert("ann").label_all()) == "h1"
    assert [row["purpose"] for row in given(world)][-1] == Purpose.GOLD


def test_a_calibration_set_is_not_mixed_in_for_who_does_not_calibrate_either(world: World) -> None:
    calibrating.prepare(world, gate=None, gold_every=1)
    assert name_of(world.expert("ann").label_all()) in "abc"
    assert [row["purpose"] for row in given(world)] == [Purpose.PRODUCTION]


def test_new_gold_comes_before_what_was_had_of_the_same_domain(world: World) -> None:
    world.add_traces(*(trace(f"w{number}", 1) for number in range(9)))
    bring_gold(world, "m1", "m2")
    world.set_policy(overlap=1, gold_every=1)
    first = [name_of(world.expert("ann").label_all()) for _ in range(2)]
    bring_gold(world, "l1", domain="law")
    found = [name_of(world.expert("ann").label_all()) for _ in range(3)]
    assert found[0] == "l1" and sorted(found[1:]) == sorted(first) == ["m1", "m2"]


def test_retired_gold_is_given_no_more_though_it_was_picked(world: World) -> None:
    items = bring_gold(world, "g1", "g2")
    world.add_traces(*(trace(f"w{number}", 1) for number in range(9)))
    world.set_policy(overlap=1, gold_every=1)
    first = name_of(world.expert("ann").label_all())
    other = ({"g1", "g2"} - {first}).pop()
    body = RetireBody(reason="it is ambiguous")
    world.write(lambda db: gold.retire(db, world.people["lea"], world.project, items[other], body))
    world.expert("ann").label_all()
    assert [row["name"] for row in given(world) if row["name"] == other] == []


def test_a_lease_that_ran_out_on_gold_goes_to_who_has_not_seen_it(world: World) -> None:
    """Nothing else is left for anybody."""
    world.set_policy(overlap=1, gold_every=0)
    for _ in range(3):
        world.expert("cyn").label_all()
    found = bring_gold(world, "g1", "g2")
    for who, name in (("ann", "g1"), ("dan", "g2")):
        doubting.hand(world, who, name, Purpose.GOLD)
    doubting.label(world, "bob", "g2", calibrating.TRUE, Purpose.GOLD)
    assert world.expert("bob").claim().nothing == "nothing_open"
    world.clock.advance(minutes=61)
    view = world.expert("bob").take()
    assert (name_of(view), view.purpose) == ("g1", "production")
    world.expert("bob").end(view.id, "give_up")
    assert world.expert("bob").claim().nothing == "nothing_open"
    rows = world.rows("SELECT a.purpose, e.ending FROM assignments a JOIN assignment_ends e ON e.assignment_id = a.id "
                      "WHERE a.item_id = :g1 ORDER BY a.sequence", g1=found["g1"])  # fmt: skip
    assert [tuple(row.values()) for row in rows] == [("gold", "taken_over"), ("gold", "give_up")]
