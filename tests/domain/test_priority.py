"""The order of the queue: terms, weights, quotas, and the key that time leaves alone."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from cotlab.domain.projects.priorities import Item, Quota, Weights
from cotlab.domain.queue.priority import (
    DAY,
    TERMS,
    BroughtBy,
    Known,
    Placed,
    Waiting,
    contradicting,
    interleaved,
    novelty,
    of_random_share,
    order_key,
    scored,
    still_points,
    what_brings,
)

HARD_LAW = Item("1", "law", ("jurisdiction=DE",), 4, "deduction")

QUOTAS: list[tuple[Quota, bool]] = [
    (Quota(domain="law", wanted=1), True),
    (Quota(domain="medicine", wanted=1), False),
    (Quota(difficulty=4, wanted=1), True),
    (Quota(difficulty=3, wanted=1), False),
    (Quota(strategy="deduction", wanted=1), True),
    (Quota(strategy="analogy", wanted=1), False),
    (Quota(tag="jurisdiction=DE", wanted=1), True),
    (Quota(tag="jurisdiction=FR", wanted=1), False),
    (Quota(domain="law", difficulty=4, strategy="deduction", tag="jurisdiction=DE", wanted=1), True),
    (Quota(domain="law", difficulty=3, wanted=1), False),
]


@pytest.mark.parametrize(("quota", "fits"), QUOTAS, ids=[row[0].slice for row in QUOTAS])
def test_a_quota_fits_what_has_all_that_it_names(quota: Quota, fits: bool) -> None:
    assert quota.fits(HARD_LAW) is fits


def test_a_quota_names_something_and_its_key_leaves_the_number_out() -> None:
    with pytest.raises(ValidationError, match="names a domain"):
        Quota(wanted=1)
    assert Quota(domain="law", wanted=1).key == Quota(domain="law", wanted=9).key != Quota(tag="law", wanted=1).key


def test_each_term_has_a_weight_and_each_weight_a_term() -> None:
    assert [term.name for term in TERMS] == list(Weights.model_fields)


def test_points_are_amounts_times_weights() -> None:
    weights = Weights(
        age=2, coverage=30, disagreement=10, uncertainty=5, refuted=3, contradiction=7, sources=4, rarity=8, novelty=6
    )
    known = Known(disagreement=0.5, uncertainty=0.2, refuted=7, contradiction=1, sources=0.5, rarity=0.25)
    waiting = Waiting(1.5, 2, known, novelty=0.5)
    assert {one.term: one.points for one in scored(weights, waiting)} == {
        "age": 3.0, "coverage": 30.0, "disagreement": 5.0, "refuted": 9.0, "contradiction": 7.0, "uncertainty": 1.0,
        "sources": 2.0, "rarity": 2.0, "novelty": 3.0,
    }  # fmt: skip
    assert still_points(weights, waiting) == 59.0
    assert still_points(weights, replace(waiting, at_random=True)) == 59.0, "what it would have"
    assert sum(one.points for one in scored(weights, replace(waiting, at_random=True))) == 3.0


def test_terms_that_follow_from_models_are_off_until_a_lead_switches_them_on() -> None:
    weights = Weights()
    off = {name for name, value in weights.model_dump().items() if not value}
    assert off == {"contradiction", "uncertainty", "sources", "rarity", "novelty"}


@pytest.mark.parametrize(
    ("refuted", "answer", "expected"),
    [(0, False, True), (2, False, False), (2, True, True), (0, True, False), (2, None, False), (0, None, False)],
)
def test_checks_contradict_where_answer_and_steps_do_not_fit(refuted: int, answer: bool | None, expected: bool) -> None:
    assert contradicting(refuted, answer) is expected


def test_a_strategy_grows_old_by_halves() -> None:
    assert [novelty(settled) for settled in (0, 1, 2, 3, 6, 7)] == [1.0, 0.5, 0.5, 0.25, 0.25, 0.125]


def test_a_random_share_is_of_its_size_and_a_greater_one_holds_a_smaller_one() -> None:
    ids = [f"{number:032x}" for number in range(4_000)]
    fifth, half = ({one for one in ids if of_random_share(one, share)} for share in (0.2, 0.5))
    assert fifth < half
    assert 0.17 < len(fifth) / len(ids) < 0.23 and 0.46 < len(half) / len(ids) < 0.54
    assert not any(of_random_share(one, 0.0) for one in ids) and all(of_random_share(one, 1.0) for one in ids)


def placed(prefix: str, *priorities: int, points: float = 0.0) -> list[Placed]:
    return [Placed(priority, f"{prefix}{number}", points) for number, priority in enumerate(priorities)]


def test_traces_at_random_come_by_their_age_or_else_by_their_share() -> None:
    chosen, at_random = placed("c", *[-9] * 4_000, points=9.0), placed("r", *range(4_000))
    assert interleaved(chosen, at_random, 0.0, "ann") == [one.item_id for one in (*chosen, *at_random)]
    found = interleaved(chosen, at_random, 0.2, "ann")
    assert [one for one in found if one[0] == "r"] == [one.item_id for one in at_random]
    assert 0.17 < sum(one[0] == "r" for one in found[:3_000]) / 3_000 < 0.23
    assert found != interleaved(chosen, at_random, 0.2, "bob")
    for share in (0.0, 1.0):
        assert interleaved(placed("c", 0, 2, 4), placed("r", 1, 3), share, "ann") == ["c0", "r0", "c1", "r1", "c2"]
    assert interleaved(placed("c", 0, 2, points=1.0), placed("r", 3, 4), 1.0, "ann") == ["r0", "r1", "c0", "c1"]


def test_the_draw_stands_until_one_of_the_two_first_is_gone() -> None:
    chosen, at_random = placed("c", *[-9] * 300, points=9.0), placed("r", *range(300))
    whole = interleaved(chosen, at_random, 0.2, "ann")
    for gone in range(1, 40):
        handed = set(whole[:gone])
        left, drawn = ([one for one in both if one.item_id not in handed] for both in (chosen, at_random))
        assert interleaved(left, drawn, 0.2, "ann") == whole[gone:]


def test_a_point_is_a_day_of_age() -> None:
    weights, old, young = Weights(), 1_000 * DAY, 1_010 * DAY
    assert order_key(weights, old, 0) < order_key(weights, young, 0)
    assert order_key(weights, young, 10) == order_key(weights, old, 0)
    assert order_key(weights, young, 10.1) < order_key(weights, old, 0)
    assert order_key(Weights(age=0), old, 0) == order_key(Weights(age=0), young, 0)


@pytest.mark.parametrize(
    ("points", "at_random", "first", "reached", "brought"),
    [
        (0.0, False, None, False, BroughtBy.AGE), (0.0, True, 0, False, BroughtBy.AGE),
        (2.0, False, 0, False, BroughtBy.POINTS), (2.0, True, 8 * DAY, False, BroughtBy.POINTS),
        (2.0, True, 8 * DAY - 1, False, BroughtBy.DRAW), (2.0, True, None, False, BroughtBy.POINTS),
        (2.0, True, 0, True, BroughtBy.POINTS), (0.0, True, 0, True, BroughtBy.POINTS),
    ],
)  # fmt: skip
def test_what_brings_a_drawn_trace_is_what_would_have_without_the_draw(
    points: float, at_random: bool, first: int | None, reached: bool, brought: BroughtBy
) -> None:
    """Ten days into the queue; two points are two days, so that it would stand at the eighth."""
    assert what_brings(points, 10 * DAY, at_random, first, reached) is brought
