"""The place of somebody who cannot give stale labels anew is somebody else's, for good."""

import json

import pytest

from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import DecisionKind
from cotlab.domain.errors import Conflict, LeaseTaken
from cotlab.domain.people import Role
from cotlab.services.audit import event_data
from cotlab.services.reports import my_work
from tests.services.calibration import doubting
from tests.services.calibration.calibrating import decide, name_of
from tests.services.calibration.test_rechecks import draw
from tests.services.guidelines.guideline_texts import following, small
from tests.services.queue.test_batches import make
from tests.world import World, trace

CHANGED = small("1.1", affects={"labels": ["incomplete"]})


@pytest.fixture
def gone(world: World) -> World:
    """Ann and bob labelled a trace that two people are asked for; then `incomplete` changed and ann was suspended."""
    following(world, "left", "ann", "bob", "cyn", "dan")
    world.add_traces(trace("p", 2, id="p"))
    for name in ("ann", "bob"):
        world.expert(name).label_all(("incomplete", "correct"))
    world.publish(CHANGED)
    decide(world, DecisionKind.SUSPEND)
    return world


def nothing(world: World, *names: str) -> list[str | None]:
    return [world.expert(name).claim().nothing for name in names]


def waits(world: World, name: str) -> bool:
    """Whether the queue says that something waits for a person."""
    person = world.person(name)
    entries = world.store.read(lambda db: my_work.queue(db, person, 0)).projects
    return next(one.waiting for one in entries if one.project_id == world.project)


def passed(world: World) -> list[tuple[str, str]]:
    """Whose place passed to whom, by name."""
    names = {id_: name for name, id_ in world.people.items()}
    rows = world.rows("SELECT member_id, actor_id FROM places_passed ORDER BY sequence")
    return [(names[row["member_id"]], names[row["actor_id"]]) for row in rows]


def holders(world: World) -> int:
    """How many people have a label on the first step of the trace that is not stale."""
    rows = world.rows(
        """SELECT DISTINCT n.actor_id FROM answers n JOIN guideline_versions v ON v.id = n.guideline_version_id
           WHERE n.question = 'label' AND n.position = 1 AND v.version = '1.1'"""
    )
    return len(rows)


def test_the_place_of_who_is_suspended_passes_to_somebody_else_and_does_not_come_back(gone: World) -> None:
    assert nothing(gone, "ann") == ["not_qualified"]
    work = gone.expert("cyn").label_all()
    assert (work.purpose, passed(gone)) == ("production", [("ann", "cyn")])
    assert nothing(gone, "dan", "cyn") == ["nothing_open"] * 2
    decide(gone, DecisionKind.QUALIFY)
    assert nothing(gone, "ann") == ["nothing_open"]
    entry = gone.value("SELECT body FROM events WHERE chain = :c AND sequence = (SELECT sequence FROM places_passed)",
                       c=gone.project)  # fmt: skip
    event = json.loads(entry)
    assert (event["kind"], event["actor"]) == ("place.passed", gone.people["cyn"])
    assert event["data"] == {"item": doubting.item(gone, "p"), "person": gone.people["ann"], "assignment": work.id}
    bob = gone.expert("bob")
    again = bob.take()
    first = gone.value("SELECT id FROM answers WHERE actor_id = :b AND position = 1 AND question = 'label'", b=bob.id)
    bob.commit(again.id, 1, "correct", replaces=first)
    bob.finish(again.id, None)
    assert holders(gone) == 2
    assert gone.store.read(lambda db: list(event_data.rows_that_differ(db, gone.project))) == []


def test_a_place_that_is_wanted_no_more_passes_to_nobody(gone: World) -> None:
    gone.set_policy(overlap=1, gold_every=0)
    gone.catch_up()
    assert nothing(gone, "cyn") == ["nothing_open"] and passed(gone) == []


def test_a_place_left_behind_in_a_batch_is_for_its_people_alone(gone: World) -> None:
    gone.add_traces(trace("q", 2, id="q"))
    make(gone, "dan", items=("q",))
    of_batch = "UPDATE queue SET batch_id = (SELECT id FROM batches) WHERE project_id = :p"
    gone.write(lambda db: db.run(of_batch, p=gone.project))
    assert nothing(gone, "cyn") == ["nothing_open"] and passed(gone) == []
    for _ in range(2):
        gone.expert("dan").label_all()
    assert passed(gone) == [("ann", "dan")]


def test_the_queue_says_that_a_place_is_left_behind(gone: World) -> None:
    assert {name: waits(gone, name) for name in ("ann", "bob", "cyn")} == {"ann": False, "bob": True, "cyn": True}
    gone.expert("cyn").label_all()
    assert not waits(gone, "dan") and nothing(gone, "dan") == ["nothing_open"]


def test_who_is_qualified_again_before_somebody_took_the_place_has_it_still(gone: World) -> None:
    decide(gone, DecisionKind.QUALIFY)
    assert nothing(gone, "cyn") == ["nothing_open"]
    assert gone.expert("ann").take().purpose == "redo"


def test_who_comes_back_into_a_role_does_not_have_the_place_back(world: World) -> None:
    following(world, "role", "ann", "bob", "cyn")
    world.add_traces(trace("p", 2, id="p"))
    for name in ("ann", "bob"):
        world.expert(name).label_all(("incomplete", "correct"))
    world.publish(CHANGED)
    world.leave("ann", Role.ANNOTATOR)
    world.expert("cyn").label_all()
    world.join("ann", Role.ANNOTATOR)
    assert (nothing(world, "ann"), passed(world)) == (["nothing_open"], [("ann", "cyn")])


def test_each_place_passes_once(gone: World) -> None:
    decide(gone, DecisionKind.SUSPEND, "bob")
    gone.add_person("eve")
    gone.join("eve", Role.ANNOTATOR)
    for name in ("cyn", "dan"):
        gone.expert(name).label_all()
    assert passed(gone) == [("ann", "cyn"), ("bob", "dan")]
    assert nothing(gone, "eve") == ["nothing_open"]


def test_a_place_that_was_taken_and_given_up_is_free_for_a_third(gone: World) -> None:
    cyn = gone.expert("cyn")
    cyn.end(cyn.take().id, "give_up")
    decide(gone, DecisionKind.QUALIFY)
    assert nothing(gone, "ann") == ["nothing_open"]
    assert gone.expert("dan").label_all().purpose == "production"
    assert passed(gone) == [("ann", "cyn")]


def test_a_redo_that_is_open_passes_on_once_its_lease_ran_out(world: World) -> None:
    following(world, "open", "ann", "bob", "cyn")
    world.add_traces(trace("p", 2, id="p"))
    for name in ("ann", "bob"):
        world.expert(name).label_all(("incomplete", "correct"))
    world.publish(CHANGED)
    redo = world.expert("ann").take()
    decide(world, DecisionKind.SUSPEND)
    assert nothing(world, "cyn") == ["nothing_open"]
    world.clock.advance(minutes=61)
    world.expert("cyn").label_all()
    first = world.value("SELECT id FROM answers WHERE actor_id = :a AND position = 1 AND question = 'label'",
                        a=world.people["ann"])  # fmt: skip
    with pytest.raises(LeaseTaken):
        world.expert("ann").commit(redo.id, 1, "correct", replaces=first)
    assert passed(world) == [("ann", "cyn")]


def test_labels_that_stand_keep_the_place_of_who_is_suspended(world: World) -> None:
    following(world, "stand", "ann", "bob", "cyn")
    world.add_traces(trace("p", 2, id="p"))
    for name, label in (("ann", "correct"), ("bob", "incomplete")):
        world.expert(name).label_all((label, "correct"))
    world.publish(CHANGED)
    decide(world, DecisionKind.SUSPEND)
    assert nothing(world, "cyn") == ["nothing_open"]
    decide(world, DecisionKind.SUSPEND, "bob")
    world.expert("cyn").label_all()
    assert passed(world) == [("bob", "cyn")]


def test_what_others_are_asked_to_recheck_is_not_handed_out_twice(world: World) -> None:
    """Ann's gold fell; then her labels went stale too. One person takes her place, in the recheck or without it."""
    following(world, "recheck", "ann", "bob", "cyn")
    doubting.prepare(world, gold=5, work=1, gold_every=0)
    doubting.qualify(world, "ann", "bob", "cyn")
    doubting.label(world, "ann", "w1")
    world.write(lambda db: db.run("UPDATE queue SET taken = 1"))
    doubting.fall(world, "ann", "g4", "g5")
    world.set_policy(overlap=1, gate=doubting.GATE.model_copy(update={"anew_after_label_change": False}), gold_every=0)
    world.publish(small("1.1", affects={"labels": ["redundant"]}))
    assert name_of(world.expert("bob").label_all()) == "w1"
    assert passed(world) == [("ann", "bob")]
    with pytest.raises(Conflict, match="not drawn yet"):
        draw(world)
    assert nothing(world, "cyn") == ["nothing_open"]
    assert world.value("SELECT count(*) FROM assignments WHERE purpose = :r", r=Purpose.RECHECK.value) == 0
