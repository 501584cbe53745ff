"""An alarm where somebody's gold in production became worse than their calibration, once for each fall."""

import json
from collections.abc import Callable, Sequence
from typing import TypeVar, cast

import pytest

from cotlab.agreement.drift import floor
from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import DecisionKind
from cotlab.domain.calibration.results import Baseline, DriftResult
from cotlab.domain.gold import CorrectBody, RetireBody
from cotlab.domain.people import Role
from cotlab.domain.projects.policy import Policy
from cotlab.services.audit import event_data
from cotlab.services.calibration import drift
from cotlab.services.calibration.drift_alarms import raise_alarms
from cotlab.services.gold import items as services
from cotlab.storage import Reading, Store
from tests.services.calibration.doubting import (
    DOMAIN,
    FALSE,
    GATE,
    STEPS,
    TEST,
    TRUE,
    alarms,
    decide,
    fall,
    gold,
    item,
    label,
    prepare,
    qualify,
    stands,
)
from tests.world import World

T = TypeVar("T")
HALF = TRUE[:4] + FALSE[4:]


@pytest.fixture
def watched(world: World) -> World:
    """Ann is qualified."""
    prepare(world)
    qualify(world, "ann")
    return world


def open_alarms(world: World) -> int:
    return world.store.read(lambda db: drift.open_alarms(db, world.project))


def correct(world: World, name: str, position: int, value: str) -> None:
    body, item_id = CorrectBody(position=position, label=value, justification="it is so"), item(world, name)
    world.write(lambda db: services.correct(db, world.people["lea"], world.project, item_id, body))


@pytest.mark.parametrize(
    ("given", "raised", "why"),
    [
        ((TRUE,) * 4, False, "no mistake"),
        ((FALSE,), False, "one trace alone"),
        ((FALSE, FALSE), True, "two traces"),
        ((TRUE, FALSE, FALSE), True, "after a good one"),
        ((FALSE, TRUE, TRUE, FALSE), False, "forgiven in between"),
        ((HALF, HALF, HALF, HALF), True, "half wrong for long"),
    ],
)
def test_an_alarm_is_raised_where_gold_became_worse(
    watched: World, given: Sequence[Sequence[str]], raised: bool, why: str
) -> None:
    for number, labels in enumerate(given, 3):
        gold(watched, "ann", f"g{number}", labels)
    watched.catch_up()
    assert (len(alarms(watched)) == 1) is raised, why
    assert stands(watched, "ann").may_label is not raised


def test_an_alarm_tells_since_when_labels_are_in_doubt(watched: World) -> None:
    gold(watched, "ann", "g3", TRUE)
    good = watched.value(
        "SELECT max(n.received_at) FROM answers n WHERE n.item_id = :g3 AND n.question = 'label'",
        g3=item(watched, "g3"),
    )  # fmt: skip
    fall(watched, "ann", "g4", "g5")
    (row,) = alarms(watched)
    assert (row["member_id"], row["domain"], row["since"]) == (watched.people["ann"], DOMAIN, good)
    result = DriftResult.model_validate_json(row["document"])
    assert result.baseline == Baseline(right=2 * STEPS, steps=2 * STEPS, traces=2)
    assert (result.floor, result.alarm_at) == (floor(result.baseline, TEST), TEST.alarm_at)
    assert result.alarm is not None
    assert (result.alarm.last_good, result.alarm.found) == (STEPS - 1, 3 * STEPS - 1)
    assert stands(watched, "ann").may_label is False
    assert watched.kinds()[-1] == "drift.alarm"
    assert watched.store.read(lambda db: list(event_data.rows_that_differ(db, watched.project))) == []


def test_a_fall_that_began_with_the_stream_puts_all_since_the_calibration_in_doubt(watched: World) -> None:
    since = stands(watched, "ann").since
    fall(watched, "ann", "g3", "g4")
    assert [row["since"] for row in alarms(watched)] == [since]


def test_the_server_says_it_itself_and_once(watched: World) -> None:
    fall(watched, "ann", "g3", "g4")
    watched.catch_up()
    watched.store.write(watched.project, lambda db: db.run("DELETE FROM drawn WHERE consequence = 'drift'"))
    watched.catch_up()
    rows = watched.rows("SELECT body FROM events WHERE chain = :c ORDER BY sequence", c=watched.project)
    told_ = [body for row in rows if (body := json.loads(row["body"]))["kind"] == "drift.alarm"]
    assert [event["actor"] for event in told_] == ["server"]
    assert open_alarms(watched) == len(alarms(watched)) == 1


def test_of_two_servers_one_raises_it(watched: World) -> None:
    class Behind:
        """A server's store; after it has looked, another server is quicker."""

        write = watched.store.write

        def read(self, fn: Callable[[Reading], T]) -> T:
            found = watched.store.read(fn)
            raise_alarms(watched.store, watched.project)
            return found

    for name in ("g3", "g4"):
        gold(watched, "ann", name, FALSE)
    raise_alarms(cast(Store, Behind()), watched.project)
    assert len(alarms(watched)) == 1


def test_another_fall_after_the_lead_overruled_is_another_alarm(watched: World) -> None:
    fall(watched, "ann", "g3", "g4")
    decide(watched, "ann", DecisionKind.OVERRULE_ALARM)
    assert stands(watched, "ann").may_label and open_alarms(watched) == 0
    watched.catch_up()
    gold(watched, "ann", "g5", FALSE)
    watched.catch_up()
    assert len(alarms(watched)) == 1
    decided = watched.value("SELECT at FROM drift_alarms")
    fall(watched, "ann", "g6")
    assert len(alarms(watched)) == 2 and alarms(watched)[1]["since"] >= decided
    assert open_alarms(watched) == 1


def test_another_calibration_begins_another_stream(world: World) -> None:
    prepare(world)
    qualify(world, "ann")
    fall(world, "ann", "g3", "g4")
    qualify(world, "ann", number=2)
    again = stands(world, "ann").since
    gold(world, "ann", "g5", FALSE)
    world.catch_up()
    assert len(alarms(world)) == 1
    fall(world, "ann", "g6")
    assert [row["since"] for row in alarms(world)[1:]] == [again]


def test_gold_is_read_as_it_is_today(watched: World) -> None:
    """A wrong gold label makes no alarm once it is corrected, and a correction may raise one."""
    gold(watched, "ann", "g3", FALSE)
    gold(watched, "ann", "g4", FALSE)
    for position, value in enumerate(FALSE, 1):
        correct(watched, "g3", position, value)
    watched.catch_up()
    assert not alarms(watched)
    for position, value in enumerate(TRUE, 1):
        correct(watched, "g3", position, value)
    watched.catch_up()
    assert len(alarms(watched)) == 1


def test_gold_that_was_taken_out_tells_nothing(watched: World) -> None:
    gold(watched, "ann", "g3", FALSE)
    gold(watched, "ann", "g4", FALSE)
    body, item_id = RetireBody(reason="it was wrong"), item(watched, "g3")
    watched.write(lambda db: services.retire(db, watched.people["lea"], watched.project, item_id, body))
    watched.catch_up()
    assert not alarms(watched)


def test_first_commits_count_and_unfinished_gold_does_not(watched: World) -> None:
    gold(watched, "ann", "g3", FALSE)
    assignment_id = gold(watched, "ann", "g4", FALSE, finish=False)
    watched.catch_up()
    assert not alarms(watched)
    rows = watched.rows("SELECT id, position FROM answers WHERE assignment_id = :a", a=assignment_id)
    for row in rows:
        watched.expert("ann").commit(
            assignment_id, row["position"], TRUE[row["position"] - 1], replaces=row["id"]
        )  # fmt: skip
    watched.expert("ann").finish(assignment_id)
    watched.catch_up()
    assert len(alarms(watched)) == 1


def test_gold_that_was_given_up_does_not_count(watched: World) -> None:
    for name in ("g3", "g4"):
        watched.expert("ann").end(gold(watched, "ann", name, FALSE, finish=False), "give_up")
    watched.catch_up()
    assert not alarms(watched)


def test_gold_from_before_the_calibration_does_not_count(world: World) -> None:
    prepare(world)
    for name in ("g3", "g4"):
        gold(world, "ann", name, FALSE)
    qualify(world, "ann")
    world.catch_up()
    assert not alarms(world)


def test_who_has_not_qualified_is_not_watched(world: World) -> None:
    prepare(world, gate=GATE.model_copy(update={"steps": 100}))
    for name in ("g1", "g2"):
        label(world, "ann", name, purpose=Purpose.CALIBRATION)
    for name in ("g3", "g4"):
        gold(world, "ann", name, FALSE)
    world.catch_up()
    assert not stands(world, "ann").may_label and not alarms(world)


def test_gold_of_who_has_read_the_answers_of_others_does_not_count(watched: World) -> None:
    watched.leave("ann", Role.ANNOTATOR)
    watched.join("ann", Role.LEAD)
    watched.leave("ann", Role.LEAD)
    watched.join("ann", Role.ANNOTATOR)
    for name in ("g3", "g4"):
        gold(watched, "ann", name, FALSE)
    watched.catch_up()
    assert not alarms(watched)


@pytest.mark.parametrize("purpose", [Purpose.PRODUCTION, Purpose.RECHECK])
def test_only_gold_is_watched(watched: World, purpose: Purpose) -> None:
    for name in ("w1", "w2", "w3"):
        label(watched, "ann", name, FALSE, purpose)
    watched.catch_up()
    assert not alarms(watched)


@pytest.mark.parametrize("gate", [None, GATE])
def test_who_showed_nothing_in_calibration_is_not_watched(world: World, gate: object) -> None:
    """Neither where no gate is asked for, nor who was let through by the lead."""
    prepare(world, gate=gate)
    if gate is not None:
        decide(world, "ann", DecisionKind.QUALIFY)
    for name in ("g3", "g4", "g5"):
        gold(world, "ann", name, FALSE)
    world.catch_up()
    assert stands(world, "ann").may_label and not alarms(world)


def test_an_alarm_that_the_lead_acted_upon_is_open_no_more(watched: World) -> None:
    qualify(watched, "bob")
    fall(watched, "ann", "g3", "g4")
    fall(watched, "bob", "g3", "g4")
    assert open_alarms(watched) == 2
    decide(watched, "bob", DecisionKind.SUSPEND)
    assert open_alarms(watched) == 1


def test_what_the_gold_of_somebody_says_is_there_before_an_alarm(watched: World) -> None:
    gold(watched, "ann", "g3", HALF)
    now, policy = stands(watched, "ann"), Policy(gate=GATE, drift=TEST)
    found = watched.store.read(
        lambda db: drift.drift_of(db, watched.project, watched.people["ann"], DOMAIN, now, policy)
    )
    assert found is not None and found.since is None
    assert (found.result.steps, found.result.right) == (STEPS, STEPS // 2)


def test_a_problem_called_unusable_counts_as_wrong_in_the_steps_that_were_not_labelled(watched: World) -> None:
    for name in ("g3", "g4"):
        assignment = gold(watched, "ann", name, TRUE[:1], finish=False)
        watched.expert("ann").end(assignment, "bad_problem")
        watched.catch_up()
    (row,) = alarms(watched)
    result = DriftResult.model_validate_json(row["document"])
    assert (result.steps, result.right) == (2 * STEPS, 2)
