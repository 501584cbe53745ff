"""An alarm where labels come faster than steps can be read: for the lead alone, and nothing more follows by itself."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.pace import PaceRun
from cotlab.domain.errors import Conflict, NotFound
from cotlab.domain.projects.gates import PaceTest
from cotlab.domain.reports.people import AlarmDecisionBody
from cotlab.services.audit.event_data import rows_that_differ
from cotlab.services.calibration import alarm_decisions
from cotlab.services.reports import my_work
from tests.services.calibration.doubting import hand
from tests.world import World, trace

STEPS, WORDS = 6, 30
FAST, SLOW = 1.0, 3.0
"""30 words take two seconds at 900 words a minute."""
TEST = PaceTest(labels=5)


@pytest.fixture
def paced(world: World) -> World:
    texts = [f"step {number} " + "word " * (WORDS - 2) for number in range(STEPS)]
    world.add_traces(*(trace(name, texts=[f"{name}{text}" for text in texts], id=name) for name in "abcdef"))
    world.set_policy(overlap=1, pace_alarm=TEST)
    return world


def label(
    world: World, name: str, trace_name: str, seconds: Sequence[float] = (FAST,) * STEPS,
    purpose: Purpose = Purpose.PRODUCTION, **fields: Any,
) -> str:  # fmt: skip
    """Label the steps of a trace, each after so many seconds."""
    expert, assignment = world.expert(name), hand(world, name, trace_name, purpose)
    for position, taken in enumerate(seconds, 1):
        world.clock.advance(seconds=taken)
        expert.commit(assignment, position, **fields)
    if len(seconds) == STEPS:
        expert.finish(assignment)
    return assignment


def alarms(world: World) -> Sequence[Any]:
    return world.rows("SELECT * FROM pace_alarms ORDER BY sequence")


def decide(world: World, alarm_id: str, decision: str = "explained") -> None:
    body = AlarmDecisionBody.model_validate({"decision": decision, "reason": "they knew the traces"})
    world.write(lambda db: alarm_decisions.decide(db, world.people["lea"], world.project, alarm_id, body))


@pytest.mark.parametrize(
    ("seconds", "raised", "why"),
    [
        ((FAST,) * 5, True, "five in a row"),
        ((FAST,) * 4, False, "four"),
        ((SLOW,) * 6, False, "a pace at which one can read"),
        ((FAST,) * 4 + (SLOW, FAST), False, "a slow one among them"),
        ((0.0,) * 5, True, "no time at all"),
    ],
)
def test_a_run_raises_an_alarm(paced: World, seconds: Sequence[float], raised: bool, why: str) -> None:
    label(paced, "ann", "a", seconds)
    paced.catch_up()
    assert bool(alarms(paced)) is raised, why


def test_a_run_goes_on_over_traces_and_looks(paced: World) -> None:
    label(paced, "ann", "a", (SLOW,) * 3 + (FAST,) * 3)
    paced.catch_up()
    assert not alarms(paced)
    began = paced.clock()
    label(paced, "ann", "b", (FAST, FAST))
    paced.catch_up()
    (row,) = alarms(paced)
    run = PaceRun.model_validate_json(row["document"])
    assert (row["member_id"], run.labels, run.faster) == (paced.people["ann"], 5, 5)
    assert row["since"] < began < row["until"] == paced.clock()
    assert run.words == 5 * (WORDS) and run.seconds == 5 * FAST
    assert paced.kinds()[-1] == "pace.alarm"
    assert paced.store.read(lambda db: list(rows_that_differ(db, paced.project))) == []


def test_what_the_terminal_says_of_the_time_changes_nothing(paced: World) -> None:
    label(paced, "ann", "a", elapsed_ms=60_000)
    label(paced, "bob", "b", (SLOW,) * STEPS, elapsed_ms=1)
    paced.catch_up()
    assert [row["member_id"] for row in alarms(paced)] == [paced.people["ann"]]


def test_gold_counts_as_it_looks_like_production_and_calibration_does_not(paced: World) -> None:
    label(paced, "ann", "a", purpose=Purpose.GOLD)
    label(paced, "bob", "b", purpose=Purpose.CALIBRATION)
    paced.catch_up()
    assert [row["member_id"] for row in alarms(paced)] == [paced.people["ann"]]


def test_a_label_that_is_given_again_is_of_a_text_that_was_read(paced: World) -> None:
    expert, assignment = paced.expert("ann"), hand(paced, "ann", "a", Purpose.PRODUCTION)
    paced.clock.advance(seconds=SLOW)
    label_id = expert.commit(assignment, 1).label_id
    for _ in range(6):
        label_id = expert.commit(assignment, 1, replaces=label_id).label_id
    paced.catch_up()
    assert not alarms(paced)


def test_a_correction_in_between_does_not_end_a_run(paced: World) -> None:
    expert, assignment = paced.expert("ann"), hand(paced, "ann", "a", Purpose.PRODUCTION)
    ids = []
    for position in (1, 2, 3, 4, 5):
        paced.clock.advance(seconds=FAST)
        ids.append(expert.commit(assignment, position).label_id)
        if position == 3:
            expert.commit(assignment, 1, replaces=ids[0])
    paced.catch_up()
    assert len(alarms(paced)) == 1


def test_none_turns_it_off_and_the_project_begins_with_it(paced: World) -> None:
    paced.set_policy(overlap=1, pace_alarm=None)
    label(paced, "ann", "a")
    paced.catch_up()
    assert not alarms(paced)
    paced.set_policy(overlap=1)
    for name in "bcd":
        label(paced, "ann", name)
    paced.catch_up()
    (row,) = alarms(paced)
    assert PaceRun.model_validate_json(row["document"]).labels == PaceTest().labels == 20


def test_one_alarm_a_person_until_it_is_decided_and_then_from_there(paced: World) -> None:
    for name in "ab":
        label(paced, "ann", name)
        paced.catch_up()
    (row,) = alarms(paced)
    decide(paced, row["id"])
    paced.catch_up()
    label(paced, "ann", "c", (FAST,) * 4)
    paced.catch_up()
    assert len(alarms(paced)) == 1, "what was before the decision does not count again"
    label(paced, "ann", "d", (FAST,))
    paced.catch_up()
    assert len(alarms(paced)) == 2
    assert paced.kinds()[-1] == "pace.alarm"


def test_it_is_raised_once_also_where_all_is_drawn_anew(paced: World) -> None:
    label(paced, "ann", "a")
    paced.catch_up()
    paced.write(lambda db: db.run("DELETE FROM drawn WHERE consequence = 'pace'"))
    paced.catch_up()
    (row,) = alarms(paced)
    decide(paced, row["id"])
    paced.write(lambda db: db.run("DELETE FROM drawn WHERE consequence = 'pace'"))
    paced.catch_up()
    bodies = paced.rows("SELECT body FROM events WHERE chain = :c ORDER BY sequence", c=paced.project)
    told = [event for row in bodies if (event := json.loads(row["body"]))["kind"].startswith("pace.")]
    assert [(event["kind"], event["actor"]) for event in told] == [
        ("pace.alarm", "server"), ("pace.decided", paced.people["lea"]),
    ]  # fmt: skip
    assert told[1]["data"]["decision"] == "explained"


def test_the_person_goes_on_and_the_lead_alone_is_told(paced: World) -> None:
    label(paced, "ann", "a")
    paced.catch_up()
    assert paced.expert("ann").claim().assignment is not None

    def told(name: str) -> int:
        person = paced.person(name)
        (entry,) = paced.store.read(lambda db: my_work.queue(db, person, 0)).projects
        return entry.pace_alarms

    assert {name: told(name) for name in ("ann", "bob", "adj", "exp", "lea")} == {
        "ann": 0, "bob": 0, "adj": 0, "exp": 0, "lea": 1,
    }  # fmt: skip
    decide(paced, alarms(paced)[0]["id"], "confirmed")
    assert told("lea") == 0


def test_a_decision_is_made_once_of_an_alarm_of_the_project(paced: World) -> None:
    label(paced, "ann", "a")
    paced.catch_up()
    (row,) = alarms(paced)
    with pytest.raises(NotFound):
        decide(paced, "0" * 32)
    decide(paced, row["id"])
    with pytest.raises(Conflict):
        decide(paced, row["id"])
