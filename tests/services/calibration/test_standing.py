"""Where a person stands in a domain: every way into a state and out of it, and a sentence for each."""

from collections.abc import Callable

import pytest

from cotlab.domain.calibration.qualification import CalibrationState
from cotlab.domain.gold import CorrectBody, RetireBody
from cotlab.domain.people import Role
from cotlab.domain.projects.policy import Policy
from cotlab.services.gold import items
from cotlab.storage.projects import projects
from tests.services.calibration import calibrating
from tests.services.calibration.calibrating import GATE, TRUE, alarm, calibrate, clicks, decide, mine, stands
from tests.world import World, guideline_text

Step = Callable[[World], object]
DAY = 24 * 60


@pytest.fixture
def gated(world: World) -> World:
    """Two attempts at a set of three traces, one of them for training."""
    calibrating.prepare(world)
    return world


def passes(world: World) -> None:
    calibrate(world, "ann")


def fails(world: World) -> None:
    calibrate(world, "ann", clicks)


def begins(world: World) -> None:
    calibrate(world, "ann", traces=1)


def ends(world: World) -> None:
    world.clock.advance(minutes=GATE.days * DAY)


def changes(world: World) -> None:
    """A label-changing version comes into force."""
    text = guideline_text("2.0", "label-changing").replace("\nschema:", "\naffects:\n  labels: [redundant]\nschema:", 1)
    world.publish(text)


def clarifies(world: World) -> None:
    world.publish(guideline_text("1.1", "clarification"))


def decides(kind: str) -> Step:
    return lambda world: decide(world, kind)


COURSES: list[tuple[str, list[Step], str, str]] = [
    ("nothing yet", [], "new", "Attempt 1 of 2 can be begun."),
    ("begun", [begins], "calibrating", "Attempt 1: 1 of 3 traces are done."),
    ("passed", [passes], "qualified", "Qualified on 2023-11-14 by attempt 1, until 2024-05-12."),
    ("failed once", [fails], "calibrating", "Attempt 1 did not pass: cohen-kappa is 0.000; 0.8 is asked."),
    ("failed, then passed", [fails, passes], "qualified", "by attempt 2"),
    ("failed twice", [fails, fails], "suspended", "All 2 attempts are used up."),
    ("a third attempt", [fails, fails, decides("another_attempt")], "calibrating", "Attempt 3 of 3 can be begun."),
    ("passed the third", [fails, fails, decides("another_attempt"), passes], "qualified", "by attempt 3"),
    ("qualified by a lead", [decides("qualify")], "qualified", "by a lead"),
    ("qualified after failing", [fails, fails, decides("qualify")], "qualified", "by a lead"),
    ("suspended by a lead", [passes, decides("suspend")], "suspended", "Suspended by a lead on 2023-11-14: it is so"),
    ("suspended before", [decides("suspend")], "suspended", "Suspended by a lead"),
    ("suspended, qualified", [passes, decides("suspend"), decides("qualify")], "qualified", "by a lead"),
    ("suspended, asked", [passes, decides("suspend"), decides("another_attempt")], "calibrating", "Attempt 2 of 2"),
    ("suspended, passed", [decides("suspend"), decides("another_attempt"), passes], "qualified", "by attempt 1"),
    ("expired", [passes, ends], "expired", "The qualification ended on 2024-05-12. Attempt 2 of 3 can be begun."),
    ("expired, begun", [passes, ends, begins], "calibrating", "Attempt 2: 1 of 3 traces are done."),
    ("expired, failed twice", [passes, ends, fails, fails], "suspended", "All 2 attempts are used up."),
    ("expired, passed", [passes, ends, passes], "qualified", "by attempt 2"),
    ("of a lead, expired", [decides("qualify"), ends], "expired", "Attempt 1 of 2 can be begun."),
    ("alarm", [passes, alarm], "suspended", "Gold in production raised an alarm of drift (2023-11-14). Attempt 2 of 3"),
    ("alarm, begun", [passes, alarm, begins], "suspended", "Attempt 2: 1 of 3 traces are done."),
    ("alarm, failed once", [passes, alarm, fails], "suspended", "Attempt 3 of 3 can be begun."),
    ("alarm, passed anew", [passes, alarm, passes], "qualified", "by attempt 2"),
    ("alarm, overruled", [passes, alarm, decides("overrule_alarm")], "qualified", "by attempt 1"),
    ("alarm, overruled late", [passes, alarm, begins, decides("overrule_alarm")], "qualified", "by attempt 1"),
    ("alarm, qualified", [passes, alarm, decides("qualify")], "qualified", "by a lead"),
    ("overruled, expired", [passes, alarm, decides("overrule_alarm"), ends], "expired", "Attempt 2 of 3"),
    ("changed", [passes, changes], "new", "step-correctness 2.0 changed what labels mean"),
    ("changed before", [changes], "new", "Attempt 1 of 2 can be begun."),
    ("clarified", [passes, clarifies], "qualified", "by attempt 1"),
    ("changed while at it", [begins, changes], "new", "Attempt 2 of 3 can be begun."),
]


@pytest.mark.parametrize(("steps", "state", "sentence"), [one[1:] for one in COURSES], ids=[one[0] for one in COURSES])
def test_a_course(gated: World, steps: list[Step], state: str, sentence: str) -> None:
    for step in steps:
        step(gated)
    found = stands(gated, "ann")
    assert (found.state, found.may_label) == (CalibrationState(state), state == "qualified"), found.sentence
    assert sentence in found.sentence
    assert stands(gated, "bob").state in (CalibrationState.NEW, CalibrationState.CALIBRATING)


def test_without_a_gate_everybody_may_label_but_whom_a_lead_suspends(gated: World) -> None:
    gated.set_policy()
    assert stands(gated, "ann").may_label and stands(gated, "ann").state is CalibrationState.QUALIFIED
    decide(gated, "suspend")
    assert (stands(gated, "ann").state, stands(gated, "ann").may_label) == (CalibrationState.SUSPENDED, False)
    assert stands(gated, "bob").may_label
    decide(gated, "qualify")
    assert stands(gated, "ann").may_label


def test_a_domain_without_a_set_qualifies_nobody(gated: World) -> None:
    found = stands(gated, "ann", "law")
    assert (found.state, found.may_label) == (CalibrationState.NEW, False)
    assert found.sentence == "There is no calibration set for law yet, so that nobody can qualify."


def test_a_version_that_asks_nothing_anew_of_the_qualified_keeps_them(gated: World) -> None:
    gated.set_policy(gate=GATE.model_copy(update={"anew_after_label_change": False}))
    passes(gated)
    changes(gated)
    found = stands(gated, "ann")
    assert found.state is CalibrationState.QUALIFIED, "what was shown then is read as it stood then"
    assert found.attempts[0].result is not None and found.attempts[0].result.steps == 8


def test_an_attempt_that_ends_after_such_a_version_qualifies_nobody(gated: World) -> None:
    calibrate(gated, "ann", traces=2)
    expert = gated.expert("ann")
    view = expert.take()
    changes(gated)
    for position, label in enumerate(TRUE, 1):
        expert.commit(view.id, position, label)
    expert.finish(view.id)
    found = stands(gated, "ann")
    assert found.attempts[0].result is not None and found.attempts[0].result.passed
    assert (found.state, found.may_label) == (CalibrationState.NEW, False)
    assert expert.take().purpose == "calibration"
    assert [attempt.number for attempt in stands(gated, "ann").attempts] == [1, 2]


def test_a_version_for_another_domain_asks_nothing_anew(gated: World) -> None:
    passes(gated)
    affects = "\naffects:\n  labels: [redundant]\n  domains: [law]\nschema:"
    gated.publish(guideline_text("2.0", "label-changing").replace("\nschema:", affects, 1))
    assert stands(gated, "ann").may_label


def test_the_first_commit_counts(gated: World) -> None:
    """Who takes back what they got wrong has got it wrong."""
    for _ in range(3):
        expert, view = gated.expert("ann"), gated.expert("ann").take()
        for position in range(1, 5):
            first = expert.commit(view.id, position, "correct")
            expert.commit(view.id, position, TRUE[position - 1], replaces=first.label_id)
        expert.finish(view.id)
    (attempt,) = stands(gated, "ann").attempts
    assert attempt.result is not None and (attempt.result.right, attempt.result.steps) == (2, 8)
    assert not stands(gated, "ann").may_label


def test_a_trace_that_is_given_up_counts_as_wrong(gated: World) -> None:
    gated.set_policy(gate=GATE.model_copy(update={"steps": 1, "threshold": 0.1, "recall": 0.5, "attempts": 1}))
    calibrate(gated, "ann", traces=2)
    view = gated.expert("ann").take()
    gated.expert("ann").end(view.id, "give_up")
    (attempt,) = stands(gated, "ann").attempts
    assert attempt.result is not None and (attempt.result.right, attempt.result.steps) == (4, 8)
    assert attempt.result.table.labels[-1] == "(none)"
    assert [one.given for one in attempt.result.labels if one.label == "(none)"] == [4]


def test_a_correction_of_gold_is_a_new_score(gated: World) -> None:
    gated.set_policy(gate=GATE.model_copy(update={"threshold": 1.0, "recall": 0.0}))
    passes(gated)
    counted = gated.rows("SELECT item_id FROM calibration_items WHERE counted = 1 ORDER BY item_id")
    item_id = str(counted[0]["item_id"])
    body = CorrectBody(position=1, label="redundant", justification="on a second look")
    gated.write(lambda db: items.correct(db, gated.people["lea"], gated.project, item_id, body))
    found = stands(gated, "ann")
    assert not found.may_label and "did not pass" in found.sentence
    back = body.model_copy(update={"label": "correct"})
    gated.write(lambda db: items.correct(db, gated.people["lea"], gated.project, item_id, back))
    assert stands(gated, "ann").may_label


def test_a_retired_trace_counts_no_more_and_its_steps_are_not_asked(gated: World) -> None:
    wrong = gated.value(
        """SELECT min(t.external_id) AS id FROM calibration_items i JOIN traces t ON t.id = i.item_id
           WHERE i.counted = 1"""
    )
    calibrate(gated, "ann", lambda name, position: "correct" if name == wrong else TRUE[position - 1])
    assert not stands(gated, "ann").may_label
    item_id = str(gated.value("SELECT id FROM traces WHERE external_id = :n", n=wrong))
    body = RetireBody(reason="it is ambiguous")
    gated.write(lambda db: items.retire(db, gated.people["lea"], gated.project, item_id, body))
    assert stands(gated, "ann").may_label
    (attempt,) = stands(gated, "ann").attempts
    assert (attempt.done, attempt.total, attempt.counted_total) == (2, 2, 1)


def test_who_can_read_answers_is_qualified_by_a_lead_alone(gated: World) -> None:
    gated.set_policy(gate=GATE, readers_may_label=True)
    gated.join("ann", Role.EXPORTER)
    found = stands(gated, "ann")
    assert not found.may_label and "qualified by a lead alone" in found.sentence
    assert gated.expert("ann").claim().nothing == "not_qualified"
    decide(gated, "qualify")
    assert gated.expert("ann").take().purpose == "production"


def test_a_person_is_told_nothing_of_drift_or_of_what_a_lead_wrote(gated: World) -> None:
    passes(gated)
    alarm(gated)
    found = mine(gated, "ann")
    assert (found.person, found.drift, found.state) == ("", None, CalibrationState.SUSPENDED)
    assert found.sentence == "Calibration is asked for anew (2023-11-14). Attempt 2 of 3 can be begun."
    decide(gated, "suspend", reason="the gold was missed")
    assert mine(gated, "ann").sentence == "Suspended by a lead on 2023-11-14."
    assert "the gold was missed" in stands(gated, "ann").sentence


def test_the_policy_of_today_judges(gated: World) -> None:
    passes(gated)
    gated.set_policy(gate=GATE.model_copy(update={"steps": 9}))
    assert not stands(gated, "ann").may_label
    assert gated.store.read(lambda db: projects.policy(db, gated.project)) != Policy()
