"""The order of the queue: terms, weights, quotas, and the key that time leaves alone."""

import pytest
from pydantic import ValidationError

from cotlab.domain.priority import DAY, TERMS, Item, Known, Quota, Waiting, Weights, order_key, scored, still_points

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
    weights = Weights(age=2, coverage=30, disagreement=10, uncertainty=5, refuted=3)
    waiting = Waiting(1.5, 2, Known(disagreement=0.5, uncertainty=0.2, refuted=7))
    assert {one.term: one.points for one in scored(weights, waiting)} == {
        "age": 3.0, "coverage": 30.0, "disagreement": 5.0, "uncertainty": 1.0, "refuted": 9.0,
    }  # fmt: skip
    assert still_points(weights, 2, waiting.known) == 45.0


def test_a_point_is_a_day_of_age() -> None:
    weights, old, young = Weights(), 1_000 * DAY, 1_010 * DAY
    assert order_key(weights, old, 0) < order_key(weights, young, 0)
    assert order_key(weights, young, 10) == order_key(weights, old, 0)
    assert order_key(weights, young, 10.1) < order_key(weights, old, 0)
    assert order_key(Weights(age=0), old, 0) == order_key(Weights(age=0), young, 0)
