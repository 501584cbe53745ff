"""What a lead is told of the queue: traces by slice and quota, and why one is or is not handed out."""

from typing import Any

import pytest

from cotlab.domain.errors import NotFound
from cotlab.domain.gold import PromoteBody
from cotlab.domain.people import Role
from cotlab.domain.projects.gates import Gate
from cotlab.domain.projects.overlap import Overlap
from cotlab.domain.projects.priorities import Quota, Weights
from cotlab.domain.projects.projects import ClosingBody
from cotlab.domain.queue.depth import Explanation
from cotlab.services.gold.promotion import promote
from cotlab.services.projects import projects
from cotlab.services.queue.depth import depth
from cotlab.services.queue.explanation import explain
from cotlab.storage import Store
from tests.support import Clock
from tests.world import World, people_and_project, trace


@pytest.fixture
def four(store: Store, clock: Clock) -> World:
    """a, b and c of mathematics and l of law, of one step each; no gold."""
    world = people_and_project(store, clock)
    world.set_policy(overlap=2, gold_every=0)
    world.add_traces(*(trace(letter, 1) for letter in "abc"), trace("l", 1, domain="law"))
    return world


def why(world: World, letter: str, policy: dict[str, Any] | None = None) -> Explanation:
    """The explanation of a trace, once the queue has followed."""
    if policy is not None:
        world.set_policy(**{"overlap": 2, "gold_every": 0} | policy)
    world.catch_up()
    trace_id = world.value(
        "SELECT t.id FROM traces t JOIN problems p ON p.id = t.problem_id WHERE p.text = :t AND t.parent_id IS NULL",
        t=f"Problem {letter}",
    )
    return world.store.read(lambda db: explain(db, world.project, trace_id))


def slices(world: World) -> dict[str, tuple[int, ...]]:
    """Field -> open, begun, leased, done and settled."""
    found = world.store.read(lambda db: depth(db, world.project))
    return {one.field: (one.open, one.begun, one.leased, one.done, one.settled) for one in found.slices}


def test_each_trace_is_counted_once(four: World) -> None:
    assert slices(four) == {"mathematics": (3, 0, 0, 0, 0), "law": (1, 0, 0, 0, 0)}
    for _ in range(2):
        four.expert("ann").label_all()
    for name in ("bob", "cyn"):
        four.expert(name).take()
    four.catch_up()
    assert slices(four) == {"law": (1, 0, 0, 0, 0), "mathematics": (1, 0, 2, 0, 0)}
    bob = four.expert("bob")
    mine = bob.take()
    bob.commit(mine.id, 1)
    bob.finish(mine.id)
    four.catch_up()
    assert slices(four) == {"law": (1, 0, 0, 0, 0), "mathematics": (1, 0, 1, 1, 1)}


def test_a_quota_is_filled_by_settled_traces(four: World) -> None:
    quotas = (Quota(domain="mathematics", wanted=2), Quota(domain="law", wanted=5), Quota(tag="none", wanted=1))
    four.set_policy(overlap=1, gold_every=0, quotas=quotas, overlaps=(Overlap(domain="law", people=3),))
    assert four.store.read(lambda db: depth(db, four.project)).following
    four.catch_up()
    four.expert("ann").label_all()
    four.catch_up()
    found = four.store.read(lambda db: depth(db, four.project))
    assert not found.following
    assert [(one.slice, one.wanted, one.filled, one.open, one.waiting) for one in found.quotas] == [
        ("domain mathematics", 2, 1, 1, 2), ("domain law", 5, 0, 5, 1), ("tag none", 1, 0, 1, 0),
    ]  # fmt: skip


def test_terms_add_up_to_the_points(four: World) -> None:
    four.clock.advance(minutes=36 * 60)
    found = why(four, "l", {"quotas": (Quota(domain="law", wanted=5),), "random_share": 1e-9})
    assert {one.term: one.points for one in found.terms} == {
        "age": 1.5, "coverage": 30.0, **dict.fromkeys(sorted(set(Weights.model_fields) - {"age", "coverage"}), 0.0),
    }  # fmt: skip
    assert found.points == 31.5 and found.reasons == () and (found.people, found.taken) == (2, 0)
    assert [(one.person, one.why_not) for one in found.who] == [
        (name, "") for name in ("adj", "ann", "bob", "cyn", "dan")
    ]


BECAUSE: list[tuple[dict[str, Any], int, str]] = [
    ({}, 2, "the project's overlap"),
    ({"overlaps": (Overlap(domain="law", people=3),)}, 3, "domain law"),
    ({"overlaps": (Overlap(domain="mathematics", people=3),)}, 2, "the project's overlap"),
    ({"overlap": 1, "second_label_share": 1.0}, 2, "it was drawn for a second label"),
    ({"overlaps": (Overlap(domain="law", people=1),), "second_label_share": 1.0}, 2, "it was drawn for a second label"),
]


@pytest.mark.parametrize(("policy", "people", "because"), BECAUSE)
def test_it_says_of_what_so_many_people_are_wanted(
    four: World, policy: dict[str, Any], people: int, because: str
) -> None:
    found = why(four, "l", policy)
    assert (found.people, found.because) == (people, because)


def test_who_has_it_and_who_is_not_qualified(four: World) -> None:
    four.expert("ann").take()
    held = why(four, "a")
    assert [one.why_not for one in held.who if one.person == "ann"] == ["has it, or had it"]
    gated = why(four, "l", {"gate": Gate()})
    assert {one.why_not for one in gated.who} == {"is not qualified in law"}
    assert gated.reasons == ("There is no calibration set for law, so that nobody can qualify.",)


def test_whoever_reads_the_answers_of_others_is_not_handed_it(four: World) -> None:
    four.set_policy(readers_may_label=True)
    four.join("exp", Role.ANNOTATOR)
    assert {one.person: one.why_not for one in why(four, "a", {}).who}["exp"] == "can read the answers of others"


def test_all_places_are_taken(four: World) -> None:
    for name in ("ann", "bob"):
        four.expert(name).take()
    assert why(four, "a").reasons == ("All places are taken (2 of 2, 2 of them by somebody who has it open).",)


def test_gold_is_outside_the_queue(four: World) -> None:
    for name in ("ann", "bob"):
        four.expert(name).label_all()
    body = PromoteBody(item_id=why(four, "a").trace_id, justifications={1: "so"})
    four.write(lambda db: promote(db, four.people["lea"], four.project, body))
    found = why(four, "a")
    assert found.reasons == ("It is gold, and mixed into production as such.",)
    assert found.terms == () and found.since is None


def test_no_guideline_and_a_closed_project(store: Store, clock: Clock) -> None:
    world = people_and_project(store, clock)
    world.project = world.add_project("bare", "lea")
    world.add_traces(trace("a", 1))
    assert why(world, "a").reasons == ("No guideline version is in force for mathematics.",)
    world.write(lambda db: projects.close_project(db, world.host, world.project, ClosingBody(reason="done")))
    trace_id = world.value("SELECT id FROM traces")
    found = world.store.read(lambda db: explain(db, world.project, trace_id))
    assert found.reasons[0] == "The project is closed."


def test_an_alternative_waits_for_those_who_labelled_the_steps_before_it(four: World) -> None:
    ann = four.expert("ann")
    mine = ann.take()
    ann.commit(mine.id, 1)
    ann.write(mine.id, 1, "otherwise")
    ann.finish(mine.id)
    bob = four.expert("bob").label_all()
    assert bob.problem.text == mine.problem.text
    trace_id = four.value("SELECT id FROM traces WHERE parent_id IS NOT NULL")
    found = four.store.read(lambda db: explain(db, four.project, trace_id))
    said = {one.person: one.why_not for one in found.who}
    assert (said["ann"], said["bob"]) == ("wrote it", "")
    assert said["cyn"] == "has not labelled the steps that it branches off from"


def test_a_trace_of_another_project_is_not_found(four: World) -> None:
    trace_id, other = four.value("SELECT min(id) AS id FROM traces"), four.add_project("other")
    with pytest.raises(NotFound, match="no such trace"):
        four.store.read(lambda db: explain(db, other, trace_id))
