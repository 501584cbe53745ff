"""Pairs through what steps go through too: a version that makes choices stale, what is given anew, and batches."""

import json
from typing import Any

import pytest

from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, Manifest
from cotlab.domain.errors import AlreadyLabelled, BadInput
from cotlab.domain.projects.gates import Gate
from cotlab.domain.queue.batches import BatchBody
from cotlab.services.datasets.export import prepared
from cotlab.services.queue import batches
from tests.services.work.comparing import GUIDELINE, add, for_text, labelled, pair, prefer, prepare, take
from tests.world import World, people_and_project, trace


@pytest.fixture
def world(store: Any, clock: Any) -> World:
    world = people_and_project(store, clock, overlap=1)
    prepare(world)
    return world


def changed(*labels: str) -> str:
    """The next version of the shipped guideline, which asks for choices anew."""
    text = GUIDELINE.read_text(encoding="utf-8").replace('version: "1.0"', 'version: "1.1"', 1)
    affects = f"change: label-changing\naffects:\n  labels: {json.dumps(labels)}"
    return text.replace("change: initial", affects, 1)


def export(world: World, stale: bool = False, labels: str = "settled") -> tuple[list[dict[str, Any]], Manifest]:
    order = ExportOrder(format="native-pairs", labels=LabelChoice(labels), stale=stale)
    made = world.store.read(lambda db: prepared(db, world.project, order))
    rows = [json.loads(line) for line in b"".join(made.chunks(world.store)).splitlines()]
    return rows, made.manifest(0)


def judged(world: World) -> None:
    """Ann has judged two pairs: of `a` one response is the better one, of `b` neither."""
    add(world, pair("a"), pair("b"))
    for _ in range(2):
        view, shown = take(world.expert("ann"))
        prefer(world.expert("ann"), view.id, "tie" if "of b" in shown.left else for_text(shown, "one"))


def test_choices_that_a_version_affects_are_stale_and_come_back(world: World) -> None:
    judged(world)
    assert export(world)[1].rows == 2
    world.publish(changed("better", "worse"))
    rows, manifest = export(world)
    assert [row["settled"]["sign"] for row in rows] == ["tie"] and manifest.traces_dropped == {"stale": 1}
    rows, manifest = export(world, stale=True, labels="each")
    assert len(rows) == 2 and manifest.stale_labels == 1
    (stale,) = (row for row in rows if row["problem"]["text"] == "Prompt a")
    assert stale["preferences"][0]["stale"] and stale["settled"] is not None
    ann = world.expert("ann")
    view, shown = take(ann)
    assert (view.purpose, view.guideline_version, view.problem.text) == ("redo", "1.1", "Prompt a")
    assert shown.mine is not None and shown.mine.overall == for_text(shown, "one")
    with pytest.raises(AlreadyLabelled):
        prefer(ann, view.id, "tie")
    prefer(ann, view.id, for_text(shown, "other"), replaces=shown.mine.id)
    assert ann.claim().assignment is None
    rows, manifest = export(world, labels="each")
    assert manifest.traces_dropped == {} and manifest.guidelines == {"preference 1.0": 2, "preference 1.1": 1}
    (one,) = (one for one in labelled(world)
              if one.problem.text == "Prompt a")  # fmt: skip
    assert one.chosen is not None and one.chosen.text.startswith("other")
    assert [(given.guideline, given.counts) for given in one.preferences] == [
        ("preference 1.0", False), ("preference 1.1", True),
    ]  # fmt: skip


def test_a_version_affects_a_choice_for_both_responses(world: World) -> None:
    """Which response is the first one is up to digests, so that `better` alone would be stale by chance."""
    with pytest.raises(BadInput, match="affects: better and worse go together, as either response may be the first"):
        world.publish(changed("better"))
    world.publish(changed("tie"))


def test_an_earlier_state_knows_nothing_of_the_version(world: World) -> None:
    judged(world)
    then, before = len(world.kinds()), export(world)[0]
    world.publish(changed("better", "worse"))
    order = ExportOrder(format="native-pairs", labels=LabelChoice.SETTLED, as_of=then)
    made = world.store.read(lambda db: prepared(db, world.project, order))
    assert [json.loads(line) for line in b"".join(made.chunks(world.store)).splitlines()] == before


def test_a_pair_in_a_batch_is_for_those_who_are_named(world: World) -> None:
    world.set_policy(overlap=2)
    add(world, pair("a"), pair("b", id="named"))
    world.add_traces(trace("t", 1))
    due = world.clock() + 86_400_000_000
    body = BatchBody(people=("ann", "bob"), due=due, items=("named",))
    items = world.store.read(lambda db: batches.picked(db, world.project, body))
    made = world.write(lambda db: batches.make(db, world.host, world.project, body, items))
    assert made.traces == 1
    for _ in range(2):
        view = world.expert("cyn").take()
        assert view.problem.text != "Prompt b"
        world.expert("cyn").end(view.id, "give_up")
    assert world.expert("cyn").claim().assignment is None
    for name in ("ann", "bob"):
        view = world.expert(name).take()
        assert view.problem.text == "Prompt b" and view.next.kind == "pair"
        prefer(world.expert(name), view.id, for_text(view.next.pair, "one"))
    file = world.store.read(lambda db: batches.show(db, world.project, made.id))
    assert file.batch.done == 1 and file.traces[0].done_by == ("ann", "bob")


def test_a_batch_of_pairs_asks_whether_people_are_qualified_for_pairs(world: World) -> None:
    world.set_policy(overlap=1, gate=Gate())
    add(world, pair("a", id="a"))
    body = BatchBody(people=("ann",), due=world.clock() + 1_000_000, items=("a",))
    items = world.store.read(lambda db: batches.picked(db, world.project, body))
    with pytest.raises(BadInput, match="people: ann is not qualified for pairs: mathematics"):
        world.write(lambda db: batches.make(db, world.host, world.project, body, items))
