"""An alarm where somebody chooses a side of pairs: for the lead alone, and nothing more follows by itself."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from cotlab.agreement.pairs.position_bias import watch
from cotlab.domain.errors import Conflict, NotFound
from cotlab.domain.reports.pairs import PositionTest
from cotlab.domain.reports.people import AlarmDecisionBody, AlarmKind
from cotlab.services.audit.event_data import rows_that_differ
from cotlab.services.calibration import alarm_decisions, alarms
from cotlab.services.reports import my_work
from tests.services.work.comparing import CRITERIA, add, pair, prefer, prepare, take
from tests.world import World, trace

LEVEL = 0.5
"""An alarm at an evidence of 2, which a dozen choices of one side are."""
NEEDED = next(
    number for number in range(1, 100) if watch(np.ones(number, dtype=np.bool_), 1 / LEVEL).alarm is not None
)  # fmt: skip
SAYS = {"l": "better", "r": "worse", "=": "tie", "b": "both-bad"}


@pytest.fixture
def watched(world: World) -> World:
    prepare(world)
    world.set_policy(overlap=1, position_alarm=LEVEL, repeat_share=0)
    add(world, *(pair(f"p{number:02}") for number in range(40)))
    return world


def compare(world: World, name: str, choices: str) -> None:
    """One choice a letter: l and r for a side, = for a tie, b for both bad."""
    for letter in choices:
        world.clock.advance(seconds=5)
        criteria = dict.fromkeys(() if letter == "b" else CRITERIA, SAYS[letter])
        prefer(world.expert(name), take(world.expert(name))[0].id, SAYS[letter], criteria=criteria)


def raised(world: World) -> Sequence[Any]:
    return world.rows("SELECT * FROM position_alarms ORDER BY sequence")


def found(row: Any) -> PositionTest:
    return PositionTest.model_validate_json(row["document"])


def decide(world: World, alarm_id: str, decision: str = "explained") -> None:
    body = AlarmDecisionBody.model_validate({"decision": decision, "reason": "they were long days"})
    world.write(lambda db: alarm_decisions.decide(db, world.people["lea"], world.project, alarm_id, body))


def test_it_is_raised_where_the_test_says_so(watched: World) -> None:
    assert 4 < NEEDED < 15
    began = watched.clock()
    compare(watched, "ann", "l" * (NEEDED - 1))
    watched.catch_up()
    assert not raised(watched)
    compare(watched, "ann", "l")
    compare(watched, "bob", "lr" * 4)
    watched.catch_up()
    (row,) = raised(watched)
    test = found(row)
    assert row["member_id"] == watched.people["ann"] and (test.choices, test.left) == (NEEDED, NEEDED)
    assert test.evidence >= test.alarm_at == 1 / LEVEL
    assert began < row["since"] < row["until"] < watched.clock()
    assert watched.kinds()[-1] == "position.alarm"
    assert watched.store.read(lambda db: list(rows_that_differ(db, watched.project))) == []


def test_the_right_side_is_a_side_too(watched: World) -> None:
    compare(watched, "ann", "r" * NEEDED)
    watched.catch_up()
    (one,) = watched.store.read(lambda db: alarms.alarms(db, watched.project))
    assert (one.kind, one.person, one.domain, one.decision) == (AlarmKind.POSITION, "ann", None, None)
    assert f"The right response was chosen in {NEEDED} of {NEEDED} decided pairs (100%)" in one.sentence
    assert one.position is not None and one.position.left == 0


@pytest.mark.parametrize("each", [1, 3, 100])
def test_however_often_one_looks_the_alarm_is_the_same(watched: World, each: int) -> None:
    choices = "lrllrll=llbllrl" + "l" * 2 * NEEDED
    decided = [letter == "l" for letter in choices if letter in "lr"]
    expected = watch(np.array(decided, dtype=np.bool_), 1 / LEVEL)
    assert expected.alarm is not None and 10 < expected.alarm.found < len(decided) - 1
    for start in range(0, len(choices), each):
        compare(watched, "ann", choices[start : start + each])
        watched.catch_up()
    (row,) = raised(watched)
    assert found(row).alarm == expected.alarm
    assert (found(row).choices, found(row).left) == (expected.alarm.found + 1, expected.alarm.left)
    assert found(row).evidence == pytest.approx(expected.evidence)


def test_ties_and_what_is_bad_tell_nothing(watched: World) -> None:
    compare(watched, "ann", "=b" * NEEDED)
    watched.catch_up()
    assert not raised(watched) and not watched.rows("SELECT * FROM position_counts WHERE choices > 0")


def test_a_correction_is_not_counted_again(watched: World) -> None:
    expert = watched.expert("ann")
    view, _ = take(expert)
    said = prefer(expert, view.id, "better").label_id
    watched.catch_up()
    for overall in ("much-better", "worse", "better") * 4:
        said = prefer(expert, view.id, overall, replaces=said).label_id
    watched.catch_up()
    assert not raised(watched)
    (row,) = watched.rows("SELECT lefts, choices FROM position_counts")
    assert dict(row) == {"lefts": 1, "choices": 1}


def test_swapped_repeats_are_not_counted(watched: World) -> None:
    watched.set_policy(overlap=1, position_alarm=LEVEL, repeat_share=1)
    add(watched, *(pair(f"q{number:02}") for number in range(30)))
    compare(watched, "ann", "lr" * 26)
    purposes = [row["purpose"] for row in watched.rows("SELECT purpose FROM assignments ORDER BY sequence")]
    repeats = purposes.count("repeat")
    watched.catch_up()
    assert repeats > 0
    (row,) = watched.rows("SELECT choices FROM position_counts")
    assert row["choices"] == 2 * 26 - repeats


def test_labels_of_steps_are_none_of_it(watched: World) -> None:
    watched.add_traces(trace("a"))
    watched.set_policy(overlap=1, position_alarm=LEVEL)
    view = watched.expert("ann").take()
    while view.next.kind == "pair":
        prefer(watched.expert("ann"), view.id, "tie")
        view = watched.expert("ann").take()
    watched.expert("ann").commit(view.id, 1)
    watched.catch_up()
    assert not watched.rows("SELECT * FROM position_counts WHERE choices > 0")


def test_one_alarm_a_person_until_it_is_decided_and_then_from_there(watched: World) -> None:
    compare(watched, "ann", "l" * NEEDED)
    watched.catch_up()
    compare(watched, "ann", "l" * 3)
    watched.catch_up()
    (row,) = raised(watched)
    decide(watched, row["id"])
    watched.catch_up()
    compare(watched, "ann", "l" * (NEEDED - 1))
    watched.catch_up()
    assert len(raised(watched)) == 1, "what was before the decision does not count again"
    compare(watched, "ann", "l")
    watched.catch_up()
    assert [found(one).choices for one in raised(watched)] == [NEEDED, NEEDED]


def test_it_is_raised_once_also_where_all_is_drawn_anew(watched: World) -> None:
    compare(watched, "ann", "l" * NEEDED)
    compare(watched, "bob", "lrl")
    watched.catch_up()
    for _ in range(2):
        watched.write(lambda db: db.run("DELETE FROM drawn WHERE consequence = 'position'"))
        watched.catch_up()
    (row,) = raised(watched)
    decide(watched, row["id"])
    watched.write(lambda db: db.run("DELETE FROM drawn WHERE consequence = 'position'"))
    watched.catch_up()
    assert len(raised(watched)) == 1
    counts = {one["member_id"]: one["choices"] for one in watched.rows("SELECT * FROM position_counts")}
    assert counts[watched.people["bob"]] == 3
    bodies = watched.rows("SELECT body FROM events WHERE chain = :c ORDER BY sequence", c=watched.project)
    told = [event for one in bodies if (event := json.loads(one["body"]))["kind"].startswith("position.")]
    assert [(event["kind"], event["actor"]) for event in told] == [
        ("position.alarm", "server"), ("position.decided", watched.people["lea"]),
    ]  # fmt: skip


def test_none_turns_it_off(watched: World) -> None:
    watched.set_policy(overlap=1, position_alarm=None)
    compare(watched, "ann", "l" * NEEDED)
    watched.catch_up()
    assert not raised(watched)


def test_the_person_goes_on_and_the_lead_alone_is_told(watched: World) -> None:
    compare(watched, "ann", "l" * NEEDED)
    watched.catch_up()
    compare(watched, "ann", "r")

    def told(name: str) -> int:
        person = watched.person(name)
        (entry,) = watched.store.read(lambda db: my_work.queue(db, person, 0)).projects
        return entry.position_alarms

    assert {name: told(name) for name in ("ann", "bob", "adj", "exp", "lea")} == {
        "ann": 0, "bob": 0, "adj": 0, "exp": 0, "lea": 1,
    }  # fmt: skip
    (row,) = raised(watched)
    decide(watched, row["id"], "confirmed")
    assert told("lea") == 0
    with pytest.raises(Conflict):
        decide(watched, row["id"])
    with pytest.raises(NotFound):
        decide(watched, "0" * 32)
