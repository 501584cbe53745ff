"""Shares with intervals, against published values and simulated traces."""

import numpy as np
import pytest

from cotlab.agreement.intervals.rates import NOTHING, Counted, change, count, interval, rate


def independent(hits: int, of: int) -> Counted:
    """Each step a trace of its own."""
    return count(np.arange(of) < hits, np.arange(of), 0.0)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(hits: int, of: int, low: float, high: float) -> None:
    """R. G. Newcombe, 1998, Statistics in Medicine 17, 857-872, table I, method 3."""
    one = interval(independent(hits, of))
    assert (one.low, one.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("after", "before", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090)],
)
def test_a_difference_as_published(after: tuple[int, int], before: tuple[int, int], low: float, high: float) -> None:
    """R. G. Newcombe, 1998, Statistics in Medicine 17, 873-890, table II, method 10."""
    found = change(independent(*before), independent(*after))
    assert found is not None
    assert found.value == pytest.approx(after[0] / after[1] - before[0] / before[1])
    ends = (found.interval.low, found.interval.high)
    assert ends == pytest.approx((low, high), abs=1e-4)


def test_steps_that_are_wrong_together_tell_less() -> None:
    trace = np.repeat(np.arange(30), 8)
    spread, together = np.tile(np.arange(8) > 0, 30), np.repeat(np.arange(30) % 8 > 0, 8)
    apart, joined = count(spread, trace, 0.0), count(together, trace, 0.0)
    assert apart.effective == pytest.approx(240)
    assert joined.effective == pytest.approx(30, rel=0.05)


def test_traces_without_a_mistake_are_not_taken_for_independent_steps() -> None:
    faultless = count(np.ones(240, dtype=np.bool_), np.repeat(np.arange(30), 8), 0.1)
    assert faultless.effective == pytest.approx(240 / 1.7)


def test_nothing_of_nothing() -> None:
    none = np.empty(0, dtype=np.int64)
    found = rate(none.astype(np.bool_), none, 0.1)
    assert (found.value, found.reason, found.interval, found.of) == (None, NOTHING, None, 0)
    assert change(count(none.astype(np.bool_), none, 0.1), independent(1, 2)) is None


def test_no_difference_is_no_news_and_a_large_one_is() -> None:
    same, fallen = (
        change(independent(90, 100), independent(90, 100)),
        change(independent(90, 100), independent(60, 100)),
    )
    assert same is not None and (same.value, same.chance) == (0.0, 1.0)
    assert fallen is not None and fallen.chance < 1e-5 and fallen.interval.high < 0
    faultless = change(independent(9, 9), independent(9, 9))
    assert faultless is not None and faultless.chance == 1.0


@pytest.mark.parametrize(("share", "within"), [(0.9, 0.0), (0.9, 0.3), (0.97, 0.1), (0.7, 0.3)])
def test_an_interval_holds_the_true_share_of_simulated_traces(share: float, within: float) -> None:
    random, runs, traces, steps = np.random.default_rng(5), 600, 25, 8
    held = 0
    for _ in range(runs):
        each = random.beta(share * (1 / within - 1), (1 - share) * (1 / within - 1), traces) if within else share
        hits = random.random((traces, steps)) < np.broadcast_to(each, traces)[:, None]
        one = interval(count(hits.ravel(), np.repeat(np.arange(traces), steps), 0.1))
        held += one.low <= share <= one.high
    assert held / runs > 0.92


def test_a_weight_counts_like_as_many_steps_and_none_leaves_a_step_out() -> None:
    hits, trace = np.array([1, 0, 1, 1, 0], dtype=np.bool_), np.array([0, 0, 1, 2, 3])
    plain = rate(hits, trace, 0.1)
    assert rate(hits, trace, 0.1, np.ones(5)) == plain == rate(hits, trace, 0.1, None)
    assert rate(hits, trace, 0.1, np.full(5, 0.25)).interval == plain.interval
    one = rate(hits, trace, 0.1, np.array([1.0, 1.0, 2.0, 0.0, 0.0]))
    assert one.value == 0.75 and (one.hits, one.of, one.traces) == (2, 3, 2)
    drawn = hits[:3], trace[:3], 0.1
    assert rate(hits, trace, 0.1, np.array([1.0, 1.0, 1.0, 0.0, 0.0])) == rate(*drawn)
    assert rate(hits, trace, 0.1, np.zeros(5)).value is None


def test_intervals_of_uneven_weights_are_wider_and_hold_the_true_share() -> None:
    held, random = 0, np.random.default_rng(4)
    even = rate(np.arange(150) % 10 < 3, np.arange(150), 0.0).interval
    for _ in range(400):
        weight = random.choice([0.2, 3.0], 150)
        ends = rate(random.random(150) < 0.3, np.arange(150), 0.0, weight).interval
        assert ends is not None
        held += ends.low <= 0.3 <= ends.high
    assert 0.93 <= held / 400 <= 0.97
    uneven = rate(np.arange(150) % 10 < 3, np.arange(150), 0.0, np.where(np.arange(150) % 20 < 10, 0.2, 3.0)).interval
    assert uneven is not None and even is not None and uneven.high - uneven.low > 1.3 * (even.high - even.low)
