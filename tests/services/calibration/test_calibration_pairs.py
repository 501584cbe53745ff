"""Calibration on pairs: feedback in training, the gate on the sign, what stands beside it, the team, and drift."""

from typing import Any

import pytest

from cotlab.domain.calibration.qualification import CalibrationState, RecheckBody, Standing
from cotlab.domain.projects.gates import DriftTest, Gate
from cotlab.domain.work.views import Preferred
from cotlab.services.calibration import decisions, qualification, rechecks
from cotlab.services.calibration.team_gate import team_gate
from cotlab.services.labels.latest_labels import of_items
from cotlab.services.work import preferences
from cotlab.storage.projects import projects
from tests.services.gold.comparing_gold import FIELD, WHY, bring, draw, gold_pair, judge
from tests.services.work.comparing import CRITERIA, add, pair, prepare, take
from tests.world import World, guideline_text, people_and_project, trace

TRUE = {"g1": "better", "g2": "worse", "g3": "tie", "g4": "much-better", "g5": "worse", "g6": "better"}
GATE = Gate(threshold=0.8, steps=5, recall_steps=9)


@pytest.fixture
def world(store: Any, clock: Any) -> World:
    """Six gold pairs, of which one is for training, and pairs that wait for who is qualified."""
    world = people_and_project(store, clock)
    prepare(world)
    world.set_policy(overlap=2, gate=GATE, gold_every=0)
    for name, overall in TRUE.items():
        said = {"overall": WHY, "clarity": "clear", "correctness": "right"}
        assert bring(world, gold_pair(name, overall, {"clarity": "tie", "correctness": overall}),
                     justifications=said).items == 1  # fmt: skip
    add(world, *(pair(f"p{number}") for number in range(4)))
    draw(world)
    return world


def name_in(view: Any) -> str:
    return str(view.problem.text).removeprefix("Prompt ")


def calibrate(world: World, who: str, choices: dict[str, str]) -> list[tuple[str, Preferred]]:
    """Go through the whole set: "one of" against "other of", and a tie on clarity."""
    found = []
    for _ in TRUE:
        peek, _ = take(world.expert(who))
        assert peek.purpose == "calibration"
        name = name_in(peek)
        view, done = judge(world, who, choices[name], clarity="tie")
        assert view.id == peek.id
        found.append((name, done))
    return found


def standing_of(world: World, who: str, field: str = FIELD) -> Standing:
    return world.store.read(lambda db: qualification.standing(db, world.project, world.people[who], field))


def test_who_agrees_with_gold_qualifies_for_the_pairs_of_the_domain_alone(world: World) -> None:
    (trained, first), *counted = calibrate(world, "ann", TRUE)
    assert [one.question for one in first.feedback] == ["overall", "clarity", "correctness"]
    assert all(one.right for one in first.feedback)
    assert [one.justification for one in first.feedback] == [WHY, "clear", "right"]
    assert all(done.feedback == () for _, done in counted)
    found = standing_of(world, "ann")
    assert found.state is CalibrationState.QUALIFIED
    result = found.attempts[-1].result
    assert result is not None and (result.steps, result.right, result.agreement.coefficient) == (5, 5, "cohen-kappa")
    assert "5 counted pairs; 5 are asked." in [one.sentence for one in result.conditions]
    beside = {(one.slice["question"], one.coefficient): one for one in result.beside}
    assert set(beside) == {
        ("overall", "alpha-ordinal"), ("clarity", "cohen-kappa"), ("clarity", "alpha-ordinal"),
        ("correctness", "cohen-kappa"), ("correctness", "alpha-ordinal"),
    }  # fmt: skip
    assert beside["overall", "alpha-ordinal"].value == 1.0
    assert beside["correctness", "cohen-kappa"].value == 1.0
    assert beside["clarity", "cohen-kappa"].reason is not None
    assert standing_of(world, "ann", "mathematics").state is CalibrationState.NEW
    assert judge(world, "ann")[0].purpose == "production"
    assert trained in TRUE


def test_the_gate_reads_the_sign_and_the_scale_stands_beside_it(world: World) -> None:
    weaker = {"better": "much-better", "much-better": "better", "worse": "much-worse", "tie": "tie"}
    calibrate(world, "ann", {name: weaker[overall] for name, overall in TRUE.items()})
    found = standing_of(world, "ann")
    assert found.state is CalibrationState.QUALIFIED
    result = found.attempts[-1].result
    assert result is not None and result.agreement.value == 1.0
    ordinal = next(one for one in result.beside if one.coefficient == "alpha-ordinal")
    assert ordinal.value is not None and 0.5 < ordinal.value < 1.0


def test_who_does_not_agree_is_told_why_and_tries_again(world: World) -> None:
    done = calibrate(world, "ann", dict.fromkeys(TRUE, "much-better"))
    name, first = done[0]
    overall = first.feedback[0]
    assert overall.right is (TRUE[name] in ("better", "much-better"))
    found = standing_of(world, "ann")
    assert found.state is CalibrationState.CALIBRATING
    assert "cohen-kappa" in found.sentence and "Attempt 2 of 2 can be begun." in found.sentence
    view, shown = take(world.expert("ann"))
    assert view.purpose == "calibration" and shown.mine is None and shown.feedback == ()


def test_feedback_speaks_of_left_and_right_and_is_there_on_a_second_look(world: World) -> None:
    sides = set()
    for who in ("ann", "bob", "cyn", "dan"):
        view, shown = take(world.expert(who))
        _, done = judge(world, who, TRUE[name_in(view)], clarity="tie")
        left_is_one = shown.left.startswith("one of")
        sides.add(left_is_one)
        overall = TRUE[name_in(view)]
        turned = {"better": "worse", "worse": "better", "much-better": "much-worse", "tie": "tie"}
        assert done.feedback[0].choice == (overall if left_is_one else turned[overall])
        person = world.person(who)
        again = world.store.read(lambda db: preferences.last(db, person, view.id))  # noqa: B023
        assert again.feedback == done.feedback
    assert len(sides) <= 2


def test_production_opens_when_those_who_passed_agree(world: World) -> None:
    world.set_policy(overlap=2, gate=GATE, gold_every=0, team_bar=0.9)

    def gate() -> Any:
        return world.store.read(
            lambda db: team_gate(db, world.project, FIELD, projects.policy(db, world.project))
        )  # fmt: skip

    assert not gate().open
    calibrate(world, "ann", TRUE)
    assert world.expert("ann").claim().nothing == "not_qualified" or not gate().open
    calibrate(world, "bob", TRUE)
    found = gate()
    assert found.open and found.agreement.value == 1.0 and found.people == 2
    assert judge(world, "ann")[0].purpose == "production"


def test_a_qualification_for_pairs_expires(world: World) -> None:
    calibrate(world, "ann", TRUE)
    world.clock.advance(minutes=GATE.days * 24 * 60 + 1)
    assert standing_of(world, "ann").state is CalibrationState.EXPIRED


def test_a_set_of_traces_and_one_of_pairs_stand_beside_each_other(world: World) -> None:
    board = world.store.read(lambda db: decisions.board(db, world.project))
    assert {one.domain for one in board.standings} == {FIELD}
    world.add_traces(trace("t"))
    board = world.store.read(lambda db: decisions.board(db, world.project))
    assert {one.domain for one in board.standings} == {FIELD, "mathematics"}


def test_gold_that_becomes_worse_suspends_in_the_pairs_of_the_domain(world: World) -> None:
    world.set_policy(overlap=2, gate=GATE, gold_every=1, drift=DriftTest(alarm_at=2.0))
    more = [gold_pair(f"h{number}") for number in range(12)]
    assert bring(world, *more).items == 12
    add(world, *(pair(f"q{number}") for number in range(20)))
    calibrate(world, "ann", TRUE)
    for _ in range(10):
        judge(world, "ann", "worse")
        world.catch_up()
        if world.value("SELECT count(*) FROM drift_alarms"):
            break
    alarm = world.rows("SELECT domain, member_id FROM drift_alarms")
    assert [(row["domain"], row["member_id"]) for row in alarm] == [(FIELD, world.people["ann"])]
    assert standing_of(world, "ann").may_label is False
    assert world.expert("ann").take().purpose == "calibration"


def test_every_criterion_is_asked_in_calibration_too(world: World) -> None:
    _, shown = take(world.expert("ann"))
    assert tuple(one.name for one in shown.criteria) == CRITERIA


def test_what_was_chosen_in_doubt_settles_nothing_and_is_rechecked(world: World) -> None:
    world.set_policy(overlap=1, gate=GATE, gold_every=0, drift=DriftTest(alarm_at=2.0), repeat_share=0)
    assert bring(world, *(gold_pair(f"h{number}") for number in range(12))).items == 12
    for who in ("ann", "bob"):
        calibrate(world, who, TRUE)
    view, _ = judge(world, "ann")
    done = world.value("SELECT item_id FROM assignments WHERE id = :a", a=view.id)
    world.set_policy(overlap=1, gate=GATE, gold_every=1, drift=DriftTest(alarm_at=2.0), repeat_share=0)
    add(world, *(pair(f"q{number}") for number in range(20)))
    for _ in range(10):
        if standing_of(world, "ann").may_label:
            judge(world, "ann", "worse")
            world.catch_up()
    assert not standing_of(world, "ann").may_label
    ((_, said),) = world.store.read(lambda db: list(of_items(db, world.project, [done])))
    assert said.latest(1)[0].doubted
    body = RecheckBody(person="ann", domain=FIELD, share=1.0)
    drawn = world.write(lambda db: rechecks.draw_recheck(db, world.people["lea"], world.project, body))
    assert (drawn.domain, drawn.traces_drawn, drawn.traces_in_doubt) == (FIELD, 1, 1)
    again, _ = judge(world, "bob", "worse")
    assert again.purpose == "recheck"
    assert world.value("SELECT item_id FROM assignments WHERE id = :a", a=again.id) == done
    (found,) = world.store.read(lambda db: rechecks.rechecks(db, world.project))
    assert (found.traces_finished, found.steps_compared, found.steps_differing) == (1, 1, 1)


def change_labels(world: World, affects: str) -> None:
    """A label-changing version of the guideline for pairs."""
    text = str(world.value("SELECT text FROM guideline_versions WHERE task = 'pairs'"))
    text = text.replace('version: "1.0"', 'version: "1.1"', 1)
    world.publish(text.replace("change: initial", f"change: label-changing\naffects:\n  labels: {affects}", 1))


def test_a_guideline_that_changes_what_choices_mean_asks_for_calibration_on_pairs_anew(world: World) -> None:
    calibrate(world, "ann", TRUE)
    text = guideline_text("1.1", "label-changing")
    world.publish(text.replace("change: label-changing", "change: label-changing\naffects:\n  labels: [correct]", 1))
    assert standing_of(world, "ann").state is CalibrationState.QUALIFIED
    change_labels(world, "[tie]")
    found = standing_of(world, "ann")
    assert found.state is CalibrationState.NEW and "preference 1.1 changed what labels mean" in found.sentence


def test_gold_that_is_stale_is_no_feedback(world: World) -> None:
    change_labels(world, "[better, worse, much-better, much-worse]")
    view, shown = take(world.expert("ann"))
    assert view.purpose == "calibration" and shown.feedback == ()
    overall = TRUE[name_in(view)]
    _, done = judge(world, "ann", overall, clarity="tie")
    stale = overall in ("better", "worse", "much-better", "much-worse")
    assert ("overall" in {one.question for one in done.feedback}) is not stale
