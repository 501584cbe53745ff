"""Accuracy against gold and against what others have settled."""

from typing import Any

import pytest

from cotlab.domain.answers import Purpose
from cotlab.domain.errors import BadInput
from cotlab.domain.gold import CorrectBody, RetireBody
from cotlab.domain.people import Role
from cotlab.domain.reports.people import Accuracy, AccuracyReport, Against
from cotlab.services.gold import items as services
from cotlab.services.reports import accuracy
from tests.services.calibration.doubting import FALSE, STEPS, TRUE, gold, hand, item, label, prepare
from tests.services.cases.adjudicating import case_on, decide, open_cases
from tests.world import World, guideline_text, trace

HALF = TRUE[:4] + FALSE[4:]


def report(
    world: World, against: Against = Against.GOLD, by: str | None = "person", person: str | None = None
) -> AccuracyReport:
    names = accuracy.names_of(by)
    return world.store.read(lambda db: accuracy.report(db, world.project, against, names, person))


def right(found: AccuracyReport) -> dict[str, tuple[int, int, int]]:
    """Slice -> right, steps, left out."""
    return {
        " ".join(one.slice.values()): (one.accuracy.hits, one.accuracy.of, one.left_out) for one in found.results
    }  # fmt: skip


def of(found: AccuracyReport, name: str) -> Accuracy:
    return next(one for one in found.results if " ".join(one.slice.values()) == name)


@pytest.fixture
def golden(world: World) -> World:
    """Gold that nobody has to be calibrated for."""
    prepare(world, gate=None)
    return world


def test_against_gold_by_person_with_what_was_taken_for_what(golden: World) -> None:
    gold(golden, "ann", "g3", TRUE)
    gold(golden, "ann", "g4", HALF)
    gold(golden, "bob", "g3", FALSE)
    found = report(golden)
    assert right(found) == {"": (12, 24, 0), "ann": (12, 16, 0), "bob": (0, 8, 0)}
    ann = of(found, "ann")
    assert ann.table.labels == ("correct", "redundant")
    assert ann.table.counts == ((6, 2), (2, 6)), "what is right in rows"
    rates = {one.label: (one.recall.hits, one.recall.of, one.precision.of) for one in ann.labels}
    assert rates == {"correct": (6, 8, 8), "redundant": (6, 8, 8)}
    assert ann.accuracy.interval is not None and ann.accuracy.interval.low < 0.75 < ann.accuracy.interval.high
    assert ann.accuracy.traces == 2


def test_of_one_person_alone(golden: World) -> None:
    gold(golden, "ann", "g3", TRUE)
    gold(golden, "bob", "g3", FALSE)
    assert right(report(golden, person="ANN")) == {"": (8, 8, 0), "ann": (8, 8, 0)}
    with pytest.raises(BadInput, match="dan has no label"):
        report(golden, person="dan")


def test_recall_and_precision_are_no_number_of_nothing(golden: World) -> None:
    gold(golden, "ann", "g3", ("correct",) * STEPS)
    (labels,) = [one.labels for one in report(golden, by="").results]
    rates = {one.label: (one.recall.value, one.precision.value, one.precision.reason) for one in labels}
    assert rates == {"correct": (1.0, 0.5, None), "redundant": (0.0, None, "no step")}


def test_by_domain_and_the_version_that_labels_were_given_under(golden: World) -> None:
    gold(golden, "ann", "g3", TRUE)
    golden.publish(guideline_text("1.1", "clarification"))
    gold(golden, "ann", "g4", FALSE)
    assert right(report(golden, by=None)) == {
        "": (8, 16, 0), "ann mathematics step-correctness 1.0": (8, 8, 0),
        "ann mathematics step-correctness 1.1": (0, 8, 0),
    }  # fmt: skip
    with pytest.raises(BadInput, match="no column 'mood'"):
        accuracy.names_of("person,mood")


def test_gold_as_it_is_today_counts_and_what_left_gold_does_not(golden: World) -> None:
    gold(golden, "ann", "g3", TRUE)
    gold(golden, "ann", "g4", FALSE)
    lead, corrected, retired = golden.people["lea"], item(golden, "g3"), item(golden, "g4")
    body = CorrectBody(position=1, label="redundant", justification="it adds nothing")
    golden.write(lambda db: services.correct(db, lead, golden.project, corrected, body))
    golden.write(lambda db: services.retire(db, lead, golden.project, retired, RetireBody(reason="ambiguous")))
    assert right(report(golden)) == {"": (7, 8, 0), "ann": (7, 8, 0)}


def test_the_first_label_counts_and_the_first_time_that_an_item_is_given(golden: World) -> None:
    assignment, expert = hand(golden, "ann", "g3", Purpose.GOLD), golden.expert("ann")
    wrong = expert.commit(assignment, 1, "redundant")
    expert.commit(assignment, 1, "correct", replaces=wrong.label_id)
    for position, value in enumerate(TRUE[1:], 2):
        expert.commit(assignment, position, value)
    expert.finish(assignment)
    assert right(report(golden, by="")) == {"": (7, 8, 0)}
    label(golden, "ann", "g3", FALSE, Purpose.GOLD, number=2)
    assert right(report(golden, by="")) == {"": (7, 8, 0)}, "the second time it may be remembered"


def test_who_can_read_the_labels_of_others_is_not_measured(golden: World) -> None:
    golden.set_policy(overlap=1, readers_may_label=True)
    golden.join("ann", Role.EXPORTER)
    gold(golden, "ann", "g3", TRUE)
    gold(golden, "bob", "g3", TRUE)
    assert right(report(golden)) == {"": (8, 8, 0), "bob": (8, 8, 0)}


def test_calibration_and_production_are_not_gold_in_production(golden: World) -> None:
    label(golden, "ann", "g1", purpose=Purpose.CALIBRATION)
    label(golden, "ann", "w1")
    assert report(golden).results[0].accuracy.reason == "no step"


# Against what others have settled.


def labelled(world: World, overlap: int, given: dict[str, tuple[str, ...]], **policy: Any) -> World:
    """People's labels of the trace `w`."""
    world.set_policy(overlap=overlap, second_adjudicator_share=0, **policy)
    world.add_traces(trace("w", 3, id="w"))
    for name, labels in given.items():
        label(world, name, "w", labels)
    return world


C, R = "correct", "redundant"


def test_of_two_people_the_other_says_what_is_right_where_they_agree(world: World) -> None:
    labelled(world, 2, {"ann": (C, R, C), "bob": (C, C, C)})
    assert right(report(world, Against.SETTLED)) == {"": (4, 4, 2), "ann": (2, 2, 1), "bob": (2, 2, 1)}


def test_where_they_differ_an_adjudicator_does_and_until_then_nobody(world: World) -> None:
    labelled(world, 2, {"ann": (C, R, C), "bob": (C, C, C)})
    open_cases(world)
    assert right(report(world, Against.SETTLED))["ann"] == (2, 2, 1)
    decide(world, case_on(world, 2), R, rules=("M4",))
    found = report(world, Against.SETTLED)
    assert right(found) == {"": (5, 6, 0), "ann": (3, 3, 0), "bob": (2, 3, 0)}
    assert of(found, "bob").table.counts == ((2, 0), (1, 0))


def test_nobody_decides_what_they_are_held_against(world: World) -> None:
    """Of three, those of the majority leave one against one behind; the third has two against them."""
    labelled(world, 3, {"ann": (C, C, C), "bob": (C, C, C), "cyn": (R, C, C)}, open_cases_on=())
    assert right(report(world, Against.SETTLED)) == {
        "": (6, 7, 2), "ann": (2, 2, 1), "bob": (2, 2, 1), "cyn": (2, 3, 0),
    }  # fmt: skip


def test_a_single_label_is_held_against_nothing(world: World) -> None:
    labelled(world, 1, {"ann": (C, C, C)})
    found = report(world, Against.SETTLED)
    assert right(found) == {"": (0, 0, 3), "ann": (0, 0, 3)}
    assert of(found, "ann").accuracy.reason == "no step"


def test_a_step_that_waits_for_more_people_is_left_out(world: World) -> None:
    labelled(world, 3, {"ann": (C, C, C), "bob": (C, C, C)})
    assert right(report(world, Against.SETTLED))[""] == (0, 0, 6)
