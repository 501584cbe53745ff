"""Everybody slides together: seen against gold, while people agree as much as ever; and the list of alarms."""

import pytest

from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import DecisionKind, RecheckBody
from cotlab.domain.errors import BadInput
from cotlab.domain.projects.gates import PaceTest
from cotlab.domain.reports.people import Alarm, AlarmDecisionBody, AlarmKind, GroupDrift
from cotlab.services.calibration import alarm_decisions, alarms, group_drift, rechecks
from cotlab.services.calibration.group_drift import Windows
from cotlab.storage import Store
from tests.services.calibration.doubting import DOMAIN, FALSE, STEPS, TRUE, decide, fall, gold, label, prepare, qualify
from tests.services.conftest import grown
from tests.support import Clock
from tests.world import World, trace

SLIDE = TRUE[:2] + FALSE[2:]


def drift(world: World, windows: Windows, domain: str | None = None) -> GroupDrift:
    return world.store.read(lambda db: group_drift.report(db, world.project, windows, domain))


def everybody(world: World, number: int, labels: tuple[str, ...]) -> None:
    """Ann and bob label one gold trace and one of production alike."""
    for name in ("ann", "bob"):
        gold(world, name, f"g{number}", labels)
        label(world, name, f"w{number}", labels)


@pytest.fixture
def sliding(store: Store, clock: Clock) -> World:
    """Two gold traces each that are right, and then two where nearly all is taken for its contrary."""
    return grown(store, clock, grow_sliding)


def grow_sliding(world: World) -> None:
    prepare(world, gate=None, overlap=2)
    for number in (1, 2):
        everybody(world, number, TRUE)
    world.clock.advance(minutes=24 * 60)
    for number in (3, 4):
        everybody(world, number, SLIDE)


def test_a_slide_of_all_is_seen_against_gold_and_not_among_people(sliding: World) -> None:
    first, second = drift(sliding, Windows(steps=4 * STEPS)).windows
    assert (first.accuracy.value, second.accuracy.value) == (1.0, 0.25)
    assert first.change is None and second.change is not None and second.change.value == -0.75
    assert (first.fell, second.fell) == (False, True)
    assert (first.agreement.value, second.agreement.value) == (1.0, 1.0)
    assert second.people == 2 and first.until == second.since


def test_which_labels_are_confused_more(sliding: World) -> None:
    found = drift(sliding, Windows(steps=4 * STEPS)).confusions
    assert {(one.gold, one.given) for one in found} == {("correct", "redundant"), ("redundant", "correct")}
    assert {(one.before.value, one.after.value) for one in found} == {(0.0, 0.75)}


def test_windows_of_days(sliding: World) -> None:
    assert [one.accuracy.of for one in drift(sliding, Windows(days=1)).windows] == [32, 32]
    assert [one.accuracy.of for one in drift(sliding, Windows(days=7)).windows] == [64]


@pytest.mark.parametrize(
    ("steps", "sizes"), [(10, [10] * 5 + [14]), (24, [24, 24, 16]), (40, [40, 24]), (48, [64]), (200, [64])]
)
def test_a_last_window_of_few_steps_is_part_of_the_one_before(sliding: World, steps: int, sizes: list[int]) -> None:
    assert [one.accuracy.of for one in drift(sliding, Windows(steps=steps)).windows] == sizes


def test_nobody_falls_where_nothing_changes(world: World) -> None:
    prepare(world, gate=None)
    for number in (1, 2, 3, 4):
        gold(world, "ann", f"g{number}", TRUE[:7] + FALSE[7:])
    windows = drift(world, Windows(steps=2 * STEPS)).windows
    assert [one.fell for one in windows] == [False, False]
    assert windows[1].change is not None and windows[1].change.chance == 1.0


def test_those_who_came_later_are_told_apart(world: World) -> None:
    """Bob, who is always wrong, labels in the second window alone: ann is as she was."""
    prepare(world, gate=None)
    for name, item, labels in (("ann", "g1", TRUE), ("ann", "g2", TRUE), ("ann", "g3", TRUE), ("bob", "g3", FALSE)):
        gold(world, name, item, labels)
    _, second = drift(world, Windows(steps=2 * STEPS)).windows
    assert second.change is not None and second.change.value == -0.5
    assert second.change_same_people is not None and second.change_same_people.value == 0.0


def test_of_one_domain(sliding: World) -> None:
    assert len(drift(sliding, Windows(steps=4 * STEPS), DOMAIN).windows) == 2
    with pytest.raises(BadInput, match="the domain law"):
        drift(sliding, Windows(), "law")
    sliding.add_traces(trace("law", STEPS, domain="law", id="law"))
    for name, labels in (("ann", TRUE), ("bob", FALSE)):
        label(sliding, name, "law", labels)
    everywhere, here = (drift(sliding, Windows(steps=4 * STEPS), domain).windows[-1] for domain in (None, DOMAIN))
    assert here.agreement.value == 1.0 and (everywhere.agreement.value or 0.0) < 1.0
    assert drift(sliding, Windows(), "law").windows == ()


def test_without_gold_there_is_no_window(world: World) -> None:
    assert drift(world, Windows()).windows == ()


# Alarms.


def listed(world: World, only_open: bool = False) -> list[Alarm]:
    return world.store.read(lambda db: alarms.alarms(db, world.project, only_open))


@pytest.fixture
def alarmed(world: World) -> World:
    """An alarm of drift about ann, and then one of pace about bob."""
    prepare(world, pace_alarm=None)
    qualify(world, "ann")
    label(world, "ann", "w1")
    fall(world, "ann", "g3", "g4")
    world.set_policy(overlap=1, pace_alarm=PaceTest(labels=5, words_a_minute=100))
    label(world, "bob", "w2")
    world.catch_up()
    return world


def test_alarms_of_both_kinds_the_newest_first(alarmed: World) -> None:
    pace, fell = listed(alarmed)
    assert (pace.kind, pace.person, pace.domain, pace.decision) == (AlarmKind.PACE, "bob", None, None)
    assert pace.run is not None and pace.sentence.startswith("5 of 5 labels in a row came before")
    assert (fell.kind, fell.person, fell.domain, fell.decision) == (AlarmKind.DRIFT, "ann", DOMAIN, None)
    assert fell.sentence.startswith("0 of 16 gold steps right since then; calibration showed at least 0.")


def test_what_was_decided_stands_beside_them(alarmed: World) -> None:
    pace = listed(alarmed)[0]
    body = AlarmDecisionBody.model_validate({"decision": "confirmed", "reason": "nobody reads so fast"})
    lead = alarmed.people["lea"]
    alarmed.write(lambda db: alarm_decisions.decide(db, lead, alarmed.project, pace.id, body))
    assert [one.kind for one in listed(alarmed, only_open=True)] == [AlarmKind.DRIFT]
    decide(alarmed, "ann", DecisionKind.OVERRULE_ALARM)
    assert listed(alarmed, only_open=True) == []
    assert [(one.decision, one.decided_by, one.reason) for one in listed(alarmed)] == [
        ("confirmed", "lea", "nobody reads so fast"), ("overrule_alarm", "lea", "it is so"),
    ]  # fmt: skip


def test_a_recheck_is_an_answer_to_an_alarm_of_drift(alarmed: World) -> None:
    body = RecheckBody(person="ann", domain=DOMAIN, share=1.0, seed=1)
    alarmed.set_policy(overlap=1, gate=None)
    alarmed.write(lambda db: rechecks.draw_recheck(db, alarmed.people["lea"], alarmed.project, body))
    assert [one.decision for one in listed(alarmed)] == [None, "recheck"]


def test_an_alarm_after_which_another_one_came_waits_for_nobody(alarmed: World) -> None:
    label(alarmed, "ann", "g1", TRUE, Purpose.CALIBRATION, number=2)
    first = alarmed.rows("SELECT * FROM drift_alarms")[0]
    again = {**first, "id": "f" * 32, "sequence": alarmed.value("SELECT max(sequence) AS n FROM events")}
    alarmed.write(lambda db: db.add("drift_alarms", **again))
    assert [one.decision for one in listed(alarmed) if one.kind is AlarmKind.DRIFT] == [None, "superseded"]
