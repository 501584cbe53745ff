"""Labels on gold come back after a version that changes labels, and count for the watch once they are given anew."""

from collections.abc import Sequence

import pytest

from cotlab.agreement.drift import floor
from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.results import Baseline
from cotlab.domain.gold import RetireBody
from cotlab.domain.projects.gates import DriftTest
from cotlab.services.calibration.drift import watched
from cotlab.services.gold import items as services
from cotlab.services.gold.items import answered
from tests.services.calibration.doubting import DOMAIN, STEPS, TRUE, gold, item, prepare
from tests.services.calibration.test_drift_alarms import correct
from tests.services.guidelines.guideline_texts import following, small
from tests.world import World

CHANGED = small("1.1", affects={"labels": ["redundant"]})
DUE = tuple(range(2, STEPS + 1, 2))
"""The steps that gold, and ann, call redundant."""
BASE = Baseline(right=20, steps=20, traces=4)


@pytest.fixture
def stale(world: World) -> World:
    """Ann labelled the gold g3 without a mistake but for the last step, before `redundant` changed its meaning."""
    following(world, "stale", "ann", "bob")
    prepare(world, work=0, gate=None)
    gold(world, "ann", "g3", (*TRUE[:-1], "correct"))
    world.publish(CHANGED)
    for position in DUE:
        correct(world, "g3", position, "redundant")
    return world


def do_again(world: World, labels: Sequence[str], ending: str = "finish") -> None:
    """Label what comes back, as many steps as there are labels."""
    ann = world.expert("ann")
    work = ann.take()
    assert work.purpose == "redo"
    next_ = work.next
    for value in labels:
        position = next_.step.position  # type: ignore[union-attr]
        mine = next_.step.mine  # type: ignore[union-attr]
        next_ = ann.commit(work.id, position, value, replaces=mine.id).next  # type: ignore[union-attr]
    ann.finish(work.id, None) if ending == "finish" else ann.end(work.id, ending)


def seen(world: World) -> tuple[int, int]:
    """Gold steps that the watch counts, and how many of them are right."""
    found = world.store.read(
        lambda db: watched(db, world.project, world.people["ann"], DOMAIN, BASE, 0, DriftTest(alarm_at=10**6))
    )
    assert found.result.floor == floor(BASE, DriftTest(alarm_at=10**6))
    return found.result.steps, found.result.right


def purposes(world: World) -> list[str]:
    return [row["purpose"] for row in world.rows("SELECT purpose FROM assignments ORDER BY sequence")]


def test_a_stale_label_tells_nothing_until_it_is_given_anew(stale: World) -> None:
    """Of eight steps four were redundant; ann called one of these correct, which is not asked for anew."""
    assert seen(stale) == (5, 4)
    do_again(stale, ["redundant", "redundant", "correct"])
    assert seen(stale) == (8, 6)
    assert purposes(stale) == [Purpose.GOLD, Purpose.GOLD_REDO]
    assert stale.expert("ann").claim().nothing == "nothing_open"


def test_a_label_that_stands_is_counted_once_where_it_is_corrected_in_a_redo(stale: World) -> None:
    ann = stale.expert("ann")
    work = ann.take()
    first = stale.value("SELECT id FROM answers WHERE position = 1 AND question = 'label'")
    ann.commit(work.id, 1, "incorrect", replaces=first)
    do_again(stale, ["redundant"] * 3)
    assert seen(stale) == (8, 7)


def test_a_redo_that_is_given_up_comes_back_no_more_and_one_called_unusable_counts_as_wrong(stale: World) -> None:
    do_again(stale, ["redundant"], "bad_problem")
    assert seen(stale) == (8, 5)
    assert stale.expert("ann").claim().nothing == "nothing_open"


def test_first_labels_of_a_redo_are_what_people_said_of_gold(stale: World) -> None:
    do_again(stale, ["correct", "redundant", "redundant"])
    found = stale.store.read(lambda db: answered(db, stale.project, [item(stale, "g3")]))
    values = [one.answers[stale.people["ann"]] for _, one in sorted(found.items())]
    assert values == ["correct", "correct", "correct", "redundant", "correct", "redundant", "correct", "correct"]


def test_gold_that_was_retired_comes_back_as_any_other(stale: World) -> None:
    body = RetireBody(reason="it is ambiguous")
    stale.write(lambda db: services.retire(db, stale.people["lea"], stale.project, item(stale, "g3"), body))
    do_again(stale, ["redundant"] * 3)
    assert seen(stale) == (0, 0)


def test_of_gold_that_was_given_twice_the_last_labels_come_back(world: World) -> None:
    following(world, "twice", "ann")
    prepare(world, work=0, gate=None)
    gold(world, "ann", "g3", TRUE)
    world.publish(CHANGED)
    assert world.expert("ann").take().purpose == "redo"
    again = world.value("SELECT assignment_id FROM leases")
    world.expert("ann").end(again, "give_up")
    assert world.expert("ann").claim().nothing == "nothing_open"


def test_a_redo_of_gold_is_in_no_export(stale: World) -> None:
    do_again(stale, ["redundant"] * 3)
    assert stale.export("native", "each")[1].traces_kept == 0
