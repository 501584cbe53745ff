"""People who take over drafts, and people who do not, are told apart; numbers against hand-made tables."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.anchoring import LABELS, right_at_first, sentence, simulated
from cotlab.agreement.models.anchoring import UNKNOWN, Anchored, arms, compared
from cotlab.domain.evaluations.anchoring import Arm, ArmsCompared, DraftWas, Measure

SEEDS = range(20)


def found(read: Anchored) -> dict[tuple[Measure, DraftWas], ArmsCompared]:
    return {(one.measure, one.draft): one for one in compared(read, replicates=400)}


def test_people_who_anchor_are_told_from_people_who_do_not() -> None:
    anchored = [sentence(simulated(seed, anchor=0.3)) for seed in SEEDS]
    honest = [sentence(simulated(seed, anchor=0.0)) for seed in SEEDS]
    assert sum(one.startswith("People move towards the drafts") for one in anchored) == len(SEEDS)
    assert sum("they also follow drafts that are wrong" in one for one in anchored) >= 16
    assert sum(one.startswith("Anchoring cannot be told") for one in honest) >= 17
    assert not any("rise" not in one and one.startswith("People") for one in honest)


def test_what_people_do_without_a_draft_in_sight_is_no_anchoring() -> None:
    """Where everybody thinks again, and so comes nearer to drafts that are mostly right, the arms do not differ."""
    towards = 0
    for seed in SEEDS:
        read = simulated(seed, anchor=0.0, known=1.0)
        better = np.random.default_rng(seed).random(len(read.first)) < 0.5
        thought = replace(read, last=np.where(better, read.right, read.first))
        assert found(thought)[Measure.MOVED, DraftWas.ANY].with_drafts.value > 0.01  # type: ignore[operator]
        towards += sentence(thought).startswith("People move")
    assert towards <= 3


def test_anchoring_on_wrong_drafts_costs_accuracy_and_makes_people_agree() -> None:
    read = simulated(3, problems=100, people=6, anchor=0.8, known=1.0)
    by = found(read)
    wrong, together = by[Measure.RIGHT, DraftWas.WRONG], by[Measure.WITH_EACH_OTHER, DraftWas.ANY]
    assert wrong.difference.interval is not None and wrong.difference.interval.high < 0
    assert together.difference.interval is not None and together.difference.interval.low > 0
    first = by[Measure.RIGHT_AT_FIRST, DraftWas.ANY].difference
    assert first.interval is not None and first.interval.low < 0 < first.interval.high
    assert by[Measure.MOVED, DraftWas.RIGHT].labels + by[Measure.MOVED, DraftWas.WRONG].labels == (~read.blind).sum()


def test_what_was_decided_where_labels_differ_is_not_held_against_the_random_arm() -> None:
    """The first labels of both arms are as good; those of which a case was decided are not."""
    gold, decided = right_at_first(problems=200, anchor=0.3, seeds=10)
    assert abs(gold) < 0.02 and decided > 0.04
    by = {(one.arm, one.draft): one.labels for one in arms(simulated(1, problems=200, anchor=0.3), 0.1)}
    assert by[Arm.BLIND, DraftWas.DECIDED_RIGHT] > 0 < by[Arm.SEEN, DraftWas.DECIDED_WRONG]
    assert {one.draft for one in compared(simulated(1), 1)} == {DraftWas.ANY, DraftWas.RIGHT, DraftWas.WRONG}


def by_hand(blind: tuple[int, ...] = (0, 0, 0, 0, 1, 1)) -> Anchored:
    """Six labels on three steps of three problems, two people each; the first two steps are known."""
    return Anchored(
        first=np.array([0, 0, 1, 0, 0, 1]), before=np.array([0, 0, 1, 0, 0, 1]), last=np.array([1, 0, 0, 0, 0, 0]),
        draft=np.array([1, 1, 0, 0, 0, 0]),
        right=np.array([0, 0, 0, 0, UNKNOWN, UNKNOWN]),
        decided=np.array([UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 0]), unit=np.array([0, 0, 1, 1, 2, 2]),
        problem=np.array([0, 0, 1, 1, 2, 2]), blind=np.array(blind, dtype=np.bool_),
        seen=np.array([1, 1, 1, 0, 0, 0], dtype=np.bool_), seconds=np.array([1.0, 2.0, 3.0, np.nan, 9.0, 5.0]),
        seconds_after=np.array([6.0, np.nan, 4.0, np.nan, np.nan, np.nan]),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arm", "draft", "labels", "changed", "towards", "away", "seconds"),
    [
        (Arm.SEEN, DraftWas.ANY, 3, (2, 3), (2, 3), (0, 0), 2.0),
        (Arm.SEEN, DraftWas.WRONG, 2, (1, 2), (1, 2), (0, 0), 1.5),
        (Arm.SEEN, DraftWas.RIGHT, 1, (1, 1), (1, 1), (0, 0), 3.0),
        (Arm.NOT_SEEN, DraftWas.ANY, 1, (0, 1), (0, 0), (0, 1), None),
        (Arm.BLIND, DraftWas.ANY, 2, (1, 2), (1, 1), (0, 1), 7.0),
        (Arm.BLIND, DraftWas.RIGHT, 0, (0, 0), (0, 0), (0, 0), None),
        (Arm.BLIND, DraftWas.DECIDED_RIGHT, 1, (1, 1), (1, 1), (0, 0), 5.0),
        (Arm.BLIND, DraftWas.DECIDED_WRONG, 0, (0, 0), (0, 0), (0, 0), None),
    ],
)
def test_arms_by_hand(
    arm: Arm, draft: DraftWas, labels: int, changed: tuple[int, int], towards: tuple[int, int], away: tuple[int, int],
    seconds: float | None,
) -> None:  # fmt: skip
    one = next(one for one in arms(by_hand(), 0.1) if (one.arm, one.draft) == (arm, draft))
    rates = [(rate.hits, rate.of) for rate in (one.changed, one.towards, one.away)]
    assert (one.labels, rates, one.seconds) == (labels, [changed, towards, away], seconds)


def test_what_a_reveal_costs_is_the_median_of_those_who_answered_anew() -> None:
    after = {(one.arm, one.draft): one.seconds_after for one in arms(by_hand(), 0.1)}
    wanted = (
        (Arm.SEEN, DraftWas.ANY),
        (Arm.SEEN, DraftWas.WRONG),
        (Arm.NOT_SEEN, DraftWas.ANY),
        (Arm.BLIND, DraftWas.ANY),
    )
    assert [after[one] for one in wanted] == [5.0, 6.0, None, None]


def test_each_arm_has_an_interval_of_its_own() -> None:
    one = found(simulated(1, anchor=0.3))[Measure.WITH_DRAFT, DraftWas.ANY]
    for arm in (one.with_drafts, one.blind):
        assert arm.interval is not None and arm.value is not None
        assert arm.interval.low < arm.value < arm.interval.high and arm.interval.high - arm.interval.low < 0.2


@pytest.mark.parametrize(
    ("measure", "draft", "with_drafts", "blind", "labels", "blind_labels"),
    [
        (Measure.MOVED, DraftWas.ANY, 2 / 4, 1 / 2, 4, 2),
        (Measure.MOVED, DraftWas.WRONG, 1 / 2, None, 2, 0),
        (Measure.WITH_DRAFT_AT_FIRST, DraftWas.ANY, 1 / 4, 1 / 2, 4, 2),
        (Measure.WITH_DRAFT_AT_FIRST, DraftWas.RIGHT, 1 / 2, None, 2, 0),
        (Measure.WITH_DRAFT, DraftWas.ANY, 3 / 4, 1.0, 4, 2),
        (Measure.RIGHT_AT_FIRST, DraftWas.ANY, 3 / 4, None, 4, 0),
        (Measure.RIGHT, DraftWas.WRONG, 1 / 2, None, 2, 0),
        (Measure.WITH_EACH_OTHER, DraftWas.ANY, 1 / 2, 1.0, 2, 1),
        (Measure.SECONDS, DraftWas.ANY, 2.0, 7.0, 3, 2),
    ],
)
def test_measures_by_hand(
    measure: Measure, draft: DraftWas, with_drafts: float | None, blind: float | None, labels: int, blind_labels: int
) -> None:
    one = found(by_hand())[measure, draft]
    assert [one.with_drafts.value, one.blind.value] == pytest.approx([with_drafts, blind])
    assert (one.labels, one.blind_labels) == (labels, blind_labels)


@pytest.mark.parametrize(
    ("read", "starts"),
    [
        (by_hand((0, 0, 0, 0, 0, 0)), "Nothing can be said of anchoring: the random arm"),
        (by_hand((1, 1, 1, 1, 1, 1)), "Nothing can be said of anchoring: no label could"),
        (by_hand(), "Nothing can be said of anchoring yet: 1 cluster; an interval takes 10."),
        (simulated(1, anchor=0.0, revise=0.0), "Nobody changed a label, with a draft in sight or without: none of"),
        (simulated(1, problems=0), "Nothing can be said of anchoring: no label could"),
    ],
)
def test_a_sentence_also_where_nothing_can_be_said(read: Anchored, starts: str) -> None:
    assert sentence(read).startswith(starts)


def test_people_who_turn_from_drafts_are_said_to() -> None:
    read = simulated(5, anchor=0.0)
    away = np.where(read.seen & (read.first == read.draft), (read.draft + 1) % LABELS, read.last)
    assert sentence(replace(read, last=away)).startswith("People move away from the drafts")


def test_two_people_of_different_arms_are_not_held_against_each_other() -> None:
    one = found(by_hand((0, 1, 0, 0, 1, 1)))[Measure.WITH_EACH_OTHER, DraftWas.ANY]
    assert (one.labels, one.blind_labels, one.with_drafts.value, one.blind.value) == (1, 1, 1.0, 1.0)


@pytest.mark.parametrize(("anchor", "starts"), [(0.3, "People move towards"), (0.0, "Nobody changed a label")])
def test_where_nobody_moves_without_a_draft_that_is_not_taken_for_certain(anchor: float, starts: str) -> None:
    read = simulated(2, anchor=anchor, revise=0.0)
    moved = found(read)[Measure.MOVED, DraftWas.ANY]
    assert moved.blind.value == 0.0 and sentence(read).startswith(starts)
    few = simulated(2, problems=12, people=1, anchor=anchor, revise=0.0)
    assert not sentence(few).startswith("People move")
    if anchor:
        assert moved.difference.interval is not None and moved.with_drafts.value is not None
        assert moved.difference.interval.low < moved.with_drafts.value - 0.02


def test_a_change_to_a_third_label_is_none_towards_the_draft() -> None:
    read = by_hand()
    elsewhere = replace(read, last=np.where(read.first != read.last, 2, read.last))
    before, after = ({(one.arm, one.draft): one for one in arms(given, 0.1)} for given in (read, elsewhere))
    seen = Arm.SEEN, DraftWas.ANY
    assert before[seen].towards.value == 2 / 3 and after[seen].towards.value == 0.0
    assert before[seen].changed == after[seen].changed
