"""Traces by how they were handed out, and shares of labels that hold for all traces of the queue."""

import json

import pytest

from cotlab.domain.batches import BatchBody
from cotlab.domain.priority import of_random_share
from cotlab.domain.selection import HandedOut, SelectionReport
from cotlab.services import agreement, selecting
from cotlab.services.agreement import order
from cotlab.services.batches import make
from cotlab.services.chosen import how_chosen
from cotlab.storage import Store
from tests.support import Clock
from tests.world import World, people_and_project, trace

TRACES = 24


@pytest.fixture
def world(store: Store, clock: Clock) -> World:
    """Twenty-four traces of a step, of which a third is drawn at random."""
    made = people_and_project(store, clock, overlap=1)
    made.set_policy(overlap=1, gold_every=0, random_share=1 / 3)
    made.add_traces(*(trace(str(number), 1, id=str(number)) for number in range(TRACES)))
    made.catch_up()
    return made


def drawn(world: World) -> set[str]:
    items = [row["id"] for row in world.rows("SELECT id FROM traces")]
    return {one for one in items if of_random_share(one, 1 / 3)}


def how(world: World) -> dict[str, HandedOut]:
    return world.store.read(lambda db: how_chosen(db, world.project))


def report(world: World) -> SelectionReport:
    return world.store.read(lambda db: selecting.report(db, world.project))


def label(world: World, name: str, most: int) -> None:
    """What was drawn is wrong, and the rest is right."""
    expert, at_random = world.expert(name), drawn(world)
    for _ in range(most):
        mine = expert.take()
        item = world.value("SELECT item_id FROM assignments WHERE id = :id", id=mine.id)
        expert.commit(mine.id, 1, "incorrect" if item in at_random else "correct")
        expert.finish(mine.id)


def test_a_trace_is_of_the_draw_that_was_in_force_when_it_was_handed_out(world: World) -> None:
    label(world, "ann", TRACES // 2)
    before = how(world)
    assert len(before) == TRACES // 2
    assert {one for one, why in before.items() if why is HandedOut.AT_RANDOM} == drawn(world) & before.keys()
    world.set_policy(overlap=1, gold_every=0, random_share=0)
    label(world, "ann", TRACES // 2)
    after = how(world)
    assert {one: after[one] for one in before} == before
    assert {after[one] for one in after.keys() - before.keys()} == {HandedOut.BY_POINTS}
    world.set_policy(overlap=1, gold_every=0, random_share=1.0)
    assert how(world) == after, "what comes later changes nothing"


def test_what_a_lead_named_was_not_drawn(world: World) -> None:
    some = sorted(drawn(world))[:2]
    body = BatchBody(people=("ann",), items=tuple(some), due=world.clock.now + 10**12)
    world.write(lambda db: make(db, world.people["lea"], world.project, body, some))
    label(world, "ann", 2)
    assert how(world) == dict.fromkeys(some, HandedOut.IN_A_BATCH)


def test_shares_are_of_all_labels_and_of_the_random_share(world: World) -> None:
    label(world, "ann", TRACES)
    found, many = report(world), len(drawn(world))
    assert (found.at_random, found.by_points, found.in_batches) == (many, TRACES - many, 0)
    shares = {
        one.what: (one.labelled.hits, one.labelled.of, one.at_random.hits, one.at_random.of) for one in found.shares
    }
    assert shares["incorrect"] == (many, TRACES, many, many)
    assert shares["correct"] == (TRACES - many, TRACES, 0, many)
    assert shares["as others settled it"] == (0, 0, 0, 0)
    assert found.sentence.startswith(f"{many} of {TRACES} traces were handed out at random.")


def test_without_a_draw_nothing_is_said_of_all(world: World) -> None:
    world.set_policy(overlap=1, gold_every=0, random_share=0)
    label(world, "ann", 3)
    found = report(world)
    assert found.at_random == 0 and found.sentence.startswith("No trace was handed out at random")


def test_a_policy_of_before_the_share_drew_nothing(world: World) -> None:
    label(world, "ann", 1)
    newest = world.value("SELECT max(sequence) FROM events WHERE chain = :p", p=world.project)
    document = {"overlap": 1, "gold_every": 0}
    world.write(lambda db: db.add(
        "policies", project_id=world.project, sequence=newest, at=db.now, document=json.dumps(document)
    ))  # fmt: skip
    before = how(world)
    label(world, "ann", TRACES - 1)
    after = how(world)
    assert {after[one] for one in after.keys() - before.keys()} == {HandedOut.BY_POINTS}


def test_agreement_is_measured_on_what_was_drawn(world: World) -> None:
    world.set_policy(overlap=2, gold_every=0, random_share=1 / 3)
    world.catch_up()
    for name in ("ann", "bob"):
        label(world, name, TRACES)
    wanted = order("chosen", ["percent"], False, None, 50, 1)
    found = world.store.read(lambda db: agreement.report(db, world.project, wanted))
    cells = {one.slice.get("chosen"): one for one in found.results}
    assert set(cells) == {None, "at random", "by points"}
