"""Intervals: drawn as said, the same for the same seed, and as wide as they should be."""

import numpy as np
import pytest

from cotlab.agreement.coefficients import ALPHA, NOMINAL, coefficient
from cotlab.agreement.intervals.bootstrap import draws, interval
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Ratings, from_matrix
from cotlab.domain.agreement.coefficients import Agreement, Interval
from tests.agreement.tables import table

LABELS = ("a", "b", "c")


def simulated(clusters: int, steps: int, seed: int, spread: float = 0.0, right: float = 0.8) -> Ratings:
    """Two people who give a unit's own label with a chance that differs between clusters by `spread` either way."""
    random = np.random.default_rng(seed)
    chance = np.repeat(right + random.choice([-spread, spread], clusters), steps)[:, None]
    truth = random.integers(0, 3, (clusters * steps, 1))
    codes = np.where(random.random((clusters * steps, 2)) < chance, truth, random.integers(0, 3, (clusters * steps, 2)))
    return from_matrix(codes, np.repeat(np.arange(clusters), steps), labels=LABELS)


@pytest.mark.parametrize("clusters", [1, 5, 9, 10, 100, 3_000])
def test_each_draw_is_multinomial(clusters: int) -> None:
    weights = np.concatenate(list(draws(clusters, 2_000, 1)))
    assert weights.shape == (2_000, clusters)
    assert (weights.sum(axis=1) == clusters).all()
    if clusters > 1:
        assert weights.mean(axis=0) == pytest.approx(np.ones(clusters), abs=0.15)
        assert weights.var(axis=0).mean() == pytest.approx(1 - 1 / clusters, rel=0.05)
        assert (weights == 0).mean() == pytest.approx((1 - 1 / clusters) ** clusters, rel=0.05)
        assert np.cov(weights[:, 0], weights[:, 1])[0, 1] == pytest.approx(-1 / clusters, abs=0.08)


def test_the_seed_decides_and_the_blocks_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    ratings = simulated(40, 5, seed=3)
    first = measure(ratings, NOMINAL, seed=7)
    assert measure(ratings, NOMINAL, seed=7) == first
    assert measure(ratings, NOMINAL, seed=8) != first
    assert [one.value for one in measure(ratings, NOMINAL, seed=8)] == [one.value for one in first]


def test_an_interval_is_the_same_beside_other_coefficients() -> None:
    """Also of one that leaves out units and with them whole clusters: here those with two ratings a unit."""
    random = np.random.default_rng(3)
    codes = random.integers(0, 3, (200, 3))
    codes[:60, 2] = -1
    ratings = from_matrix(codes, np.arange(200) // 5, labels=LABELS)
    together = measure(ratings, NOMINAL, seed=7)
    assert [one.clusters for one in together] == [40, 40, 28, 28, 40]
    assert [measure(ratings, [one], seed=7)[0] for one in NOMINAL] == list(together)
    assert measure(ratings, NOMINAL[::-1], seed=7) == together[::-1]


def test_a_slice_has_the_interval_that_it_would_have_alone() -> None:
    ratings = simulated(60, 4, seed=2)
    part = ratings.where(ratings.cluster >= 20)
    alone = from_matrix(
        np.stack([part.label[::2], part.label[1::2]], axis=1), part.cluster[::2] - 20, labels=LABELS, people=part.people
    )
    assert measure(part, NOMINAL) == measure(alone, NOMINAL)


def test_clusters_are_drawn_whole() -> None:
    """Copies of a unit in its own cluster say nothing new; as units of their own they would."""
    random = np.random.default_rng(5)
    codes = np.where(random.random((100, 2)) < 0.8, random.integers(0, 3, (100, 1)), random.integers(0, 3, (100, 2)))
    eight = np.repeat(codes, 8, axis=0)
    one, copied, apart = (
        _width(measure(from_matrix(matrix, cluster, labels=LABELS), [ALPHA])[0])
        for matrix, cluster in ((codes, None), (eight, np.repeat(np.arange(100), 8)), (eight, None))
    )
    assert copied == pytest.approx(one, rel=0.02)
    assert apart == pytest.approx(one / np.sqrt(8), rel=0.1)


def _width(found: Agreement) -> float:
    assert found.interval is not None
    return found.interval.high - found.interval.low


def test_the_interval_is_that_of_a_plain_bootstrap() -> None:
    """Against labels drawn cluster by cluster, each time measured from the start."""
    ratings = simulated(50, 4, seed=4, spread=0.15)
    found = measure(ratings, [coefficient(name) for name in ("alpha", "cohen-kappa")], replicates=4_000)
    random = np.random.default_rng(11)
    rows = np.arange(len(ratings)).reshape(50, -1)
    plain = []
    for _ in range(1_000):
        taken = rows[random.integers(0, 50, 50)].ravel()
        codes = np.stack([ratings.label[taken][::2], ratings.label[taken][1::2]], axis=1)
        plain.append([one.value for one in measure(from_matrix(codes, labels=LABELS), NOMINAL[:2], replicates=0)])
    for one, values in zip(found, np.array(plain, dtype=float).T, strict=True):
        assert one.interval is not None
        ends = np.quantile(values, [0.025, 0.975])
        assert (one.interval.low, one.interval.high) == pytest.approx(tuple(ends), abs=0.02)


@pytest.mark.parametrize(("clusters", "least"), [(10, 0.82), (40, 0.88)])
def test_the_true_value_lies_inside_about_as_often_as_said(clusters: int, least: float) -> None:
    truth = measure(simulated(40_000, 5, seed=0, spread=0.1), [ALPHA], replicates=0)[0].value
    assert truth is not None
    inside = 0
    for seed in range(1, 201):
        found = measure(simulated(clusters, 5, seed=seed, spread=0.1), [ALPHA], replicates=300)[0].interval
        assert found is not None
        inside += found.low <= truth <= found.high
    assert least <= inside / 200 <= 0.99


@pytest.mark.parametrize(
    ("value", "values", "clusters", "ends", "why"),
    [
        (0.5, [0.1, 0.2], 9, None, "9 clusters; an interval takes 10"),
        (0.5, [0.1, 0.2], 1, None, "1 cluster; an interval takes 10"),
        (0.5, [], 50, None, "nothing was resampled"),
        (0.5, [0.5] * 9 + [np.nan], 50, None, "undefined in 10% of the resamples"),
        (0.5, [0.5] * 40, 50, None, "the same in every resample"),
        (500.0, list(range(1001)), 50, (25.0, 975.0), None),
        (500.0, [*range(1001), np.nan], 50, (25.0, 975.0), None),
        (24.0, list(range(1001)), 50, None, "the resamples lie to one side of the value"),
        (976.0, list(range(1001)), 50, None, "the resamples lie to one side of the value"),
        (0.0, [-0.0] * 98 + [1.0] * 3, 50, (0.0, 0.5), None),
    ],
)
def test_an_interval_or_a_reason(
    value: float, values: list[float], clusters: int, ends: tuple[float, float] | None, why: str | None
) -> None:
    expected = None if ends is None else Interval(low=ends[0], high=ends[1])
    found, reason = interval(value, np.array(values, dtype=float), clusters)
    assert (found, reason) == (expected, why)
    assert found is None or not np.signbit(found.low)


def test_few_clusters_keep_the_value() -> None:
    found = measure(table(["ab", "aa", "bb"]), [ALPHA])[0]
    assert found.value == pytest.approx(4 / 9)
    assert (found.interval, found.interval_reason, found.clusters) == (None, "3 clusters; an interval takes 10", 3)
