"""A slice of an evaluation is labelled anew by people who have not seen it; what is settled stands meanwhile."""

import json

import pytest

from cotlab.domain.answers import Purpose
from cotlab.domain.errors import BadInput, Conflict, NotFound
from cotlab.domain.evaluations.evaluations import Evaluation, ReopenBody, ReopenedSlice, ReopenEstimate
from cotlab.domain.people import Role
from cotlab.domain.traces.records import Problem
from cotlab.services.evaluations import evaluation
from cotlab.services.queue import reopening
from cotlab.services.reports import my_work
from tests.services.cases.adjudicating import open_cases
from tests.services.evaluations.evaluated import HALF, evaluate, labelled, lines
from tests.world import World, trace

LAW = "domain=law"


def evaluated(world: World, traces: int = 2) -> Evaluation:
    labelled(world, traces)
    every = {f"{start}{n}": 1 for start in "ml" for n in range(1, traces + 1)}
    return evaluate(world, lines(every), replicates=0)


def body(where: str = LAW, **more: object) -> ReopenBody:
    return ReopenBody.model_validate({"where": where, **more})


def estimate(world: World, made: Evaluation, where: str = LAW, **more: object) -> ReopenEstimate:
    return world.store.read(lambda db: reopening.estimate(db, world.project, made.id, body(where, **more)))


def reopen(world: World, made: Evaluation, where: str = LAW, **more: object) -> ReopenedSlice:
    wanted, lead = body(where, **more), world.people["lea"]
    items = world.store.read(lambda db: reopening.picked(db, world.project, made.id, wanted))
    return world.write(lambda db: reopening.reopen(db, lead, world.project, made.id, wanted, items))


def reopened(world: World, made: Evaluation) -> ReopenedSlice:
    (found,) = world.store.read(lambda db: evaluation.evaluation(db, world.project, made.id)).reopened
    return found


def purpose(world: World, assignment_id: str) -> Purpose:
    return Purpose(world.value("SELECT purpose FROM assignments WHERE id = :id", id=assignment_id))


def settled_rows(world: World) -> dict[str, list[str]]:
    """The labels that go out of each trace."""
    rows = map(json.loads, world.export()[0].splitlines())
    return {row["id"]: [label["value"] for step in row["steps"] for label in step["labels"]] for row in rows}


def test_the_estimate_says_what_it_takes_and_changes_nothing(world: World) -> None:
    made = evaluated(world)
    stood = world.kinds()
    found = estimate(world, made)
    assert found == ReopenEstimate(
        where=LAW, traces=2, steps=6, labels=6, hours=0.05, people=("adj", "cyn", "dan"), nobody=0, waiting=0
    )
    assert estimate(world, made, people=3).labels == 18
    assert (estimate(world, made, people=4).traces, estimate(world, made, people=4).nobody) == (0, 2)
    assert estimate(world, made, count=1).traces == 1
    assert estimate(world, made, "position=2-3").traces == 7  # those that nobody predicted, too
    world.leave("dan", Role.ANNOTATOR)
    assert estimate(world, made).people == ("adj", "cyn") and world.kinds()[: len(stood)] == stood
    with pytest.raises(BadInput, match=r"the evaluation has no slice domain=medicine; it has .*domain=law"):
        estimate(world, made, "domain=medicine")
    with pytest.raises(NotFound):
        world.store.read(lambda db: reopening.estimate(db, world.project, "0" * 32, body()))


def test_people_label_it_anew_before_anything_else_and_those_who_know_it_do_not(world: World) -> None:
    made = evaluated(world)
    world.add_traces(trace("new", id="new", domain="law"))
    done = reopen(world, made)
    assert (done.traces, done.done, done.made_by) == (2, 0, "lea") and world.kinds()[-1] == "slice.reopened"
    assert estimate(world, made).waiting == 2
    with pytest.raises(Conflict):
        reopen(world, made)
    cyn = world.person("cyn")
    assert world.store.read(lambda db: my_work.queue(db, cyn, 0)) is not None
    for left in (1, 0):
        taken = world.expert("cyn").take()
        assert purpose(world, taken.id) is Purpose.RECHECK and taken.problem.domain == "law"
        for position, value in enumerate(HALF["law"], 1):
            world.expert("cyn").commit(taken.id, position, value)
        world.expert("cyn").finish(taken.id)
        assert reopened(world, made).done == 2 - left
    assert purpose(world, world.expert("cyn").take().id) is Purpose.PRODUCTION
    assert purpose(world, world.expert("ann").take().id) is Purpose.PRODUCTION  # who has labelled it is not asked again
    assert world.expert("dan").claim().assignment is None or estimate(world, made).waiting == 0


def test_a_place_that_ran_out_or_was_given_up_goes_to_somebody_else(world: World) -> None:
    made = evaluated(world, 1)
    reopen(world, made)
    taken = world.expert("cyn").take()
    assert world.expert("dan").claim().assignment is None
    world.clock.advance(minutes=61)
    again = world.expert("dan").take()
    assert purpose(world, again.id) is Purpose.RECHECK and again.problem == taken.problem
    world.expert("dan").end(again.id, "give_up")
    assert reopened(world, made).done == 0
    assert world.expert("adj").take().problem == taken.problem


def test_as_many_people_label_as_were_asked_for(world: World) -> None:
    made = evaluated(world, 1)
    reopen(world, made, people=2)
    for name in ("cyn", "dan"):
        world.expert(name).take()
    assert world.expert("adj").claim().assignment is None
    for name, count in (("cyn", 0), ("dan", 1)):
        expert = world.expert(name)
        taken = expert.take()
        for position in (1, 2, 3):
            expert.commit(taken.id, position)
        expert.finish(taken.id)
        assert reopened(world, made).done == count


def test_settled_labels_go_out_until_a_new_one_speaks_against_them(world: World) -> None:
    made = evaluated(world, 1)
    before = settled_rows(world)
    assert before["l1"] == ["correct"] * 3
    as_of = world.export()[1].as_of
    reopen(world, made)
    assert settled_rows(world) == before
    expert = world.expert("cyn")
    taken = expert.take()
    expert.commit(taken.id, 1, "correct")
    assert settled_rows(world) == before
    expert.commit(taken.id, 2, "redundant")
    expert.commit(taken.id, 3)
    expert.finish(taken.id)
    assert settled_rows(world)["l1"] == ["correct"] and settled_rows(world)["m1"] == before["m1"]
    assert open_cases(world) == 1
    assert json.loads(world.export(as_of=as_of)[0].splitlines()[-1])["id"] in before


def test_what_left_the_queue_is_not_reopened(world: World) -> None:
    made = evaluated(world, 1)
    world.write(
        lambda db: db.run("DELETE FROM queue WHERE item_id IN (SELECT id FROM traces WHERE external_id = 'l1')")
    )
    assert estimate(world, made).traces == 0
    with pytest.raises(Conflict, match="no trace of domain=law"):
        reopen(world, made)


def test_the_same_seed_draws_the_same_traces(world: World) -> None:
    made = evaluated(world, 4)
    draws = [
        world.store.read(lambda db: reopening.picked(db, world.project, made.id, body(count=2, seed=seed)))  # noqa: B023
        for seed in (1, 1, 2, 3, 4)
    ]
    assert draws[0] == draws[1] and len({*draws}) > 1 and all(len(one) == 2 for one in draws)


def test_a_slice_is_what_was_settled_when_it_was_evaluated_and_can_be_reopened_again(world: World) -> None:
    made = evaluated(world, 1)
    world.add_traces(trace("new", id="new", problem=Problem(text="new", domain="law")))
    for name in ("ann", "bob"):
        world.expert(name).label_all()
    assert estimate(world, made).traces == 1
    for name in ("cyn", "dan"):
        reopen(world, made)
        taken = world.expert(name).label_all()
        assert purpose(world, taken.id) is Purpose.RECHECK and taken.problem.text == "Problem l1"
    done = world.store.read(lambda db: evaluation.evaluation(db, world.project, made.id)).reopened
    assert [one.done for one in done] == [1, 1]
