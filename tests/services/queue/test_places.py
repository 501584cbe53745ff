"""A place of the overlap is taken and given back once, by those alone who had one."""

import pytest

from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import DecisionKind
from cotlab.domain.people import LeavingBody
from cotlab.services.audit import event_data
from cotlab.services.work import absence
from tests.adjudicator import adjudicators
from tests.services.calibration import doubting
from tests.services.calibration.calibrating import decide
from tests.services.guidelines.guideline_texts import following, small
from tests.services.queue.test_left_behind import passed
from tests.world import World, trace

CHANGED = small("1.1", affects={"labels": ["incomplete"]})


@pytest.fixture
def stale(world: World) -> World:
    """Ann and bob labelled a trace that two people are asked for; then `incomplete` changed, so that both are asked."""
    following(world, "places", "ann", "bob", "cyn", "dan")
    world.add_traces(trace("p", 2, id="p"))
    for name in ("ann", "bob"):
        world.expert(name).label_all(("incomplete", "correct"))
    world.publish(CHANGED)
    return world


def taken(world: World) -> int:
    return int(world.value("SELECT taken FROM queue WHERE item_id = :p", p=doubting.item(world, "p")))


def leave(world: World, name: str) -> None:
    absence.deactivate(world.store, world.host, LeavingBody(person=name, reason="went elsewhere"))


def said_usable(world: World, name: str) -> None:
    """Somebody says that the problem cannot be used, and an adjudicator that it can."""
    expert = world.expert(name)
    expert.end(expert.take().id, "bad_problem")
    world.catch_up()
    (adj,) = adjudicators(world, ["decider"])
    adj.settle("usable", citations=())


def test_a_usable_trace_does_not_count_a_place_that_was_passed_on(stale: World) -> None:
    decide(stale, DecisionKind.SUSPEND)
    said_usable(stale, "cyn")
    assert taken(stale) == 1, "bob alone has a place: that of ann passed to cyn, who was wrong"
    assert stale.expert("dan").take().purpose == "production"


@pytest.mark.parametrize("ending", ["give_up", "returned"])
def test_a_usable_trace_does_not_count_who_handed_its_redo_on(stale: World, ending: str) -> None:
    ann = stale.expert("ann")
    mine = ann.take()
    if ending == "give_up":
        ann.end(mine.id, ending)
    else:
        leave(stale, "ann")
    assert taken(stale) == 1
    said_usable(stale, "cyn")
    assert taken(stale) == 1


def test_who_left_in_the_midst_of_a_redo_holds_no_place(stale: World) -> None:
    stale.expert("ann").take()
    leave(stale, "ann")
    assert stale.expert("cyn").label_all().purpose == "production" and taken(stale) == 2
    decide(stale, DecisionKind.SUSPEND, "bob")
    assert stale.expert("dan").take().purpose == "production"
    assert passed(stale) == [("bob", "dan")], "cyn has the place of ann already"
    decide(stale, DecisionKind.QUALIFY, "bob")
    assert stale.expert("bob").claim().nothing == "nothing_open"
    assert stale.store.read(lambda db: list(event_data.rows_that_differ(db, stale.project))) == []


@pytest.mark.parametrize("ending", ["give_up", "returned"])
def test_who_rechecked_a_trace_gives_no_place_back_with_its_redo(world: World, ending: str) -> None:
    following(world, "rechecked", "ann", "bob", "cyn")
    world.set_policy(overlap=1)
    world.add_traces(trace("p", 2, id="p"))
    world.expert("ann").label_all(("incomplete", "correct"))
    doubting.label(world, "bob", "p", ("incomplete", "correct"), Purpose.RECHECK)
    world.publish(CHANGED)
    bob = world.expert("bob")
    again = bob.take()
    assert again.purpose == "redo"
    if ending == "give_up":
        bob.end(again.id, ending)
    else:
        leave(world, "bob")
    assert taken(world) == 1 and world.expert("cyn").claim().nothing == "nothing_open"
