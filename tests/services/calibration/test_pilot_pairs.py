"""Pilots over pairs: a sample of pairs is compared before production, reported, and its criteria are signed."""

from typing import Any

import pytest

from cotlab.domain.calibration.pilots import SignOffBody
from cotlab.domain.calibration.qualification import CalibrationDecisionBody, DecisionKind
from cotlab.domain.errors import BadInput, Conflict
from cotlab.services.calibration import decisions
from tests.services.calibration.piloting import is_open, items_of, open_production, report, sign, start, walk
from tests.services.gold.comparing_gold import judge, say
from tests.services.work.comparing import CRITERIA, add, pair, prepare, take
from tests.world import World, people_and_project, trace

TIES = {"completeness": "tie", "safety": "tie", "following_instruction": "tie"}


@pytest.fixture
def world(store: Any, clock: Any) -> World:
    world = people_and_project(store, clock)
    prepare(world)
    world.add_traces(trace("t"))
    add(world, *(pair(name, id=name) for name in "abcd"))
    return world


def criteria_walk(**changes: Any) -> SignOffBody:
    each = {"needed": "training needs it", "told_apart": "by its rule", "used_for": "a preference"}
    body = {"guideline": "preference", "version": "1.0", "use_cases": ["a reward model"],
            "labels": dict.fromkeys(CRITERIA, each)}  # fmt: skip
    return SignOffBody.model_validate(body | changes)


def test_a_sample_of_pairs_is_compared_and_nothing_else(world: World) -> None:
    pilot = start(world, task="pairs", traces=3)
    assert (pilot.task, pilot.traces, pilot.guideline_versions) == ("pairs", 3, ("preference 1.0",))
    assert not is_open(world)
    drawn = set(items_of(world, pilot))
    assert {row["task"] for row in world.rows("SELECT task, id FROM traces") if row["task"] == "pairs"} == {"pairs"}
    for who in ("ann", "bob"):
        for _ in range(3):
            view, _ = judge(world, who, "better")
            assert view.purpose == "pilot"
        assert world.expert(who).claim().nothing == "not_open"
    assert {row["item_id"] for row in world.rows("SELECT item_id FROM assignments")} == drawn
    assert world.value("SELECT count(*) FROM pair_sides") == 6
    assert world.value("SELECT count(*) FROM pair_sides WHERE repeats = 1") == 0


def test_the_report_says_where_people_differ_overall_and_on_criteria(world: World) -> None:
    start(world, task="pairs", traces=2)
    seen: list[str] = []
    for overall in ("better", "much-better"):
        view, _ = judge(world, "ann", overall, clarity="tie", **TIES)
        seen.append(view.problem.text)
    for _ in seen:
        view, shown = take(world.expert("bob"))
        overall, clarity = ("slightly-better", "better") if view.problem.text == seen[0] else ("worse", "tie")
        say(world, "bob", view, shown, overall, clarity=clarity, **TIES)
    found = report(world)
    assert (found.assignments_wanted, found.assignments_finished) == (4, 4)
    assert (found.steps_compared, found.steps_agreed) == (2, 1)
    assert [boundary.labels for boundary in found.boundaries] == [("first", "second")]
    said = {one.criterion: (one.pairs, one.agreed) for one in found.criteria}
    assert list(said) == list(CRITERIA)
    assert said["clarity"] == (2, 1) and said["safety"] == (2, 2) and said["correctness"] == (2, 1)
    assert found.step_sizes == {} and found.uncited == 1


def test_experts_sign_the_criteria(world: World) -> None:
    start(world, task="pairs", traces=1, experts=("exp",))
    for who in ("ann", "bob"):
        judge(world, who)
    with pytest.raises(Conflict, match=r"0 of 1 experts have signed off the schema of preference 1\.0"):
        open_production(world)
    one = criteria_walk()
    with pytest.raises(BadInput, match=r"labels\.safety: this criterion of preference 1\.0 is not walked"):
        sign(world, "exp", one.model_copy(update={"labels": {"clarity": one.labels["clarity"]} | {
            name: one.labels[name] for name in CRITERIA if name not in ("safety", "clarity")}}))  # fmt: skip
    with pytest.raises(BadInput, match=r"labels\.first: preference 1\.0 has no criterion first$"):
        sign(world, "exp", one.model_copy(update={"labels": {**one.labels, "first": one.labels["clarity"]}}))
    sign(world, "exp", one)
    assert report(world).signed_off == ("exp",)
    open_production(world)
    assert is_open(world) and judge(world, "cyn")[0].purpose == "production"


def test_a_pilot_of_traces_says_nothing_of_pairs_unless_policy_wants_one_first(world: World) -> None:
    start(world, traces=1, experts=("exp",))
    for who in ("ann", "bob"):
        world.expert(who).label_all()
    sign(world, "exp", walk())
    assert report(world).missing == ()
    world.set_policy(overlap=2, pilot_first=True)
    assert report(world).missing == ("preference 1.0 is new, and the pilot was not of its pairs",)
    with pytest.raises(Conflict, match=r"preference 1\.0 is new"):
        open_production(world)
    open_production(world, "the pairs come later")
    assert is_open(world)


def test_a_new_guideline_for_pairs_waits_for_a_pilot_where_policy_wants_one(store: Any, clock: Any) -> None:
    world = people_and_project(store, clock)
    world.set_policy(overlap=2, pilot_first=True)
    open_production(world, "labelled elsewhere")
    assert is_open(world)
    prepare(world)
    assert not is_open(world)
    with pytest.raises(Conflict, match="There is no pair left that nobody has worked on"):
        start(world, task="pairs")


def test_who_is_suspended_in_the_pairs_of_a_domain_gets_none_of_the_pilot(world: World) -> None:
    start(world, task="pairs", traces=2)

    def decide(field: str) -> None:
        body = CalibrationDecisionBody(domain=field, kind=DecisionKind.SUSPEND, person="ann", reason="it is so")
        world.write(lambda db: decisions.decide(db, world.people["lea"], world.project, body))

    decide("mathematics")
    judge(world, "ann")
    decide("pairs: mathematics")
    assert world.expert("ann").claim().nothing == "not_open"
    judge(world, "bob")
