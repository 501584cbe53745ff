"""Ratios of sums over clusters: their intervals hold, and a difference is told where there is one."""

import numpy as np
import pytest

from cotlab.agreement.intervals.ratios import NOTHING, ONE_SIDED, Ratios, ratios

CLUSTERS = 40


def simulated(seed: int, apart: float) -> Ratios:
    """Steps a trace of two writers in the same problems, which differ in length; the second writes `apart` more."""
    random = np.random.default_rng(seed)
    length = random.normal(5.0, 1.5, CLUSTERS)[:, None] + np.array([0.0, apart])
    traces = random.integers(1, 4, (CLUSTERS, 2)).astype(float)
    steps = traces * length + random.normal(0.0, 1.0, (CLUSTERS, 2)) * np.sqrt(traces)
    return ratios(steps, traces, replicates=400, seed=seed)


def told(found: Ratios) -> bool:
    ends = found.difference(1, 0).interval
    return ends is not None and (ends.low > 0 or ends.high < 0)


def test_a_ratio_is_that_of_the_sums() -> None:
    found = ratios(np.array([[4.0], [6.0]]), np.array([[1.0], [3.0]]))
    assert found.estimate(0).value == pytest.approx(2.5) and found.estimate(0).interval is None


def test_an_interval_of_a_difference_holds_none_about_as_often_as_it_says() -> None:
    wrong = sum(told(simulated(seed, 0.0)) for seed in range(200))
    assert 2 <= wrong <= 24


def test_a_difference_is_seen_by_the_problems_that_both_have() -> None:
    """Problems differ by far more than the writers do, which independent draws would hide."""
    assert sum(told(simulated(seed, 0.6)) for seed in range(50)) >= 35


def test_what_has_nothing_to_divide_by_has_no_value() -> None:
    found = ratios(np.zeros((20, 1)), np.zeros((20, 1)))
    assert (found.estimate(0).reason, found.estimate(0).value) == (NOTHING, None)
    assert ratios(np.zeros((0, 1)), np.zeros((0, 1))).estimate(0).reason == NOTHING


def test_none_of_a_few_is_not_known_to_be_none() -> None:
    random = np.random.default_rng(1)
    errors = np.stack([np.zeros(12), random.integers(0, 2, 12)], axis=1).astype(float)
    assert ratios(errors, np.ones((12, 2))).difference(0, 1).interval_reason == ONE_SIDED
