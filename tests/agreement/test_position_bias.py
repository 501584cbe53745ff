"""The test of position bias: evidence worked out by hand, its guarantee, and what it finds; and shares of choices."""

from math import comb, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.position_bias import exact
from cotlab.agreement.pairs.pair_shares import consistency, first_position, longer_won, share, sign_test
from cotlab.agreement.pairs.position_bias import ALARM_AT, SHARES, log_evidence, watch
from cotlab.agreement.ratings import Mask


def choices(text: str) -> Mask:
    """One choice a letter, l for left."""
    return np.array([letter == "l" for letter in text], dtype=np.bool_)


def test_the_evidence_by_hand() -> None:
    """After one choice every bet stands at q + (1 - q) = 1; after two alike at 2 (q² + (1 - q)²)."""
    after_two = sum(weight * 2 * (one**2 + (1 - one) ** 2) for one, weight in SHARES.items())
    assert np.exp(log_evidence(choices("ll"))) == pytest.approx([1.0, after_two])
    apart = sum(weight * 4 * one * (1 - one) for one, weight in SHARES.items())
    assert np.exp(log_evidence(choices("lr"))) == pytest.approx([1.0, apart])


@given(st.text("lr", max_size=60))
def test_sides_are_treated_alike(text: str) -> None:
    assert log_evidence(choices(text)) == pytest.approx(log_evidence(~choices(text)))


@given(st.integers(1, 40))
def test_without_a_bias_the_evidence_has_a_mean_of_one(number: int) -> None:
    """Over all orders of so many even choices, which is what Ville's inequality asks for."""
    by_count = [log_evidence(np.arange(number) < lefts)[-1] for lefts in range(number + 1)]
    mean = sum(comb(number, lefts) / 2**number * np.exp(one) for lefts, one in enumerate(by_count))
    assert mean == pytest.approx(1.0)


def test_a_bias_of_60_percent_is_found_and_no_bias_is_not() -> None:
    assert sum(SHARES.values()) == pytest.approx(1.0)
    assert exact(0.6, 300) > 0.83 and exact(0.4, 300) > 0.83
    assert exact(0.5, 2_000) < 0.05


def test_an_alarm_names_its_place_and_stands_whatever_comes_later() -> None:
    early = watch(choices("l" * 40))
    late = watch(choices("l" * 40 + "r" * 400))
    assert early.alarm is not None and early.alarm == late.alarm
    assert early.alarm.left == early.alarm.found + 1
    assert early.evidence == late.evidence >= ALARM_AT
    logs = log_evidence(choices("l" * 40))
    assert logs[early.alarm.found - 1] < log(ALARM_AT) <= logs[early.alarm.found]


def test_few_choices_and_none_raise_no_alarm() -> None:
    none = watch(choices(""))
    assert (none.choices, none.evidence, none.alarm) == (0, 1.0, None)
    assert watch(choices("lr" * 500)).alarm is None


@pytest.mark.parametrize(
    ("hits", "of", "chance", "why"),
    [
        (5, 10, 1.0, "even"),
        (10, 10, 2 / 1024, "all of one side: two outcomes of 1,024"),
        (0, 10, 2 / 1024, "and of the other"),
        (9, 10, 22 / 1024, "1 + 10 on either side"),
        (60, 100, 0.056888, "scipy.stats.binomtest(60, 100).pvalue"),
    ],
)
def test_the_sign_test(hits: int, of: int, chance: float, why: str) -> None:
    assert sign_test(hits, of) == pytest.approx(chance, rel=1e-4), why


def test_first_position_has_an_interval_and_a_test() -> None:
    found = first_position(choices("l" * 60 + "r" * 40), np.arange(100))
    assert (found.value, found.hits, found.of, found.pairs) == (0.6, 60, 100, 100)
    assert found.interval is not None and found.chance == pytest.approx(0.056888, rel=1e-4)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.50200, 0.69060), abs=1e-4), "Wilson's"


def test_choices_of_many_people_on_one_pair_tell_less() -> None:
    longer = choices("l" * 60 + "r" * 40)
    apart, together = longer_won(longer, np.arange(100)), longer_won(longer, np.arange(100) // 5)
    assert apart.interval and together.interval and apart.value == together.value
    assert together.interval.high - together.interval.low > 1.5 * (apart.interval.high - apart.interval.low)
    assert together.chance is None


def test_nothing_chosen_has_a_reason() -> None:
    found = first_position(choices(""), np.arange(0))
    assert (found.value, found.reason, found.chance) == (None, "no choice", None)
    assert share(choices(""), np.arange(0)).interval_reason == "no choice"


def test_consistency_on_swapped_repeats() -> None:
    first, again = np.array([1, 1, -1, 0, 0, 1]), np.array([1, -1, 1, 0, 1, 0])
    found = consistency(first, again, np.arange(6))
    assert (found.same.hits, found.same.of, found.same_side) == (2, 6, 2)
