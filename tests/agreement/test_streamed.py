"""Alpha part by part is alpha of the whole, and its interval that of a bootstrap over all clusters."""

import numpy as np
import pytest

from cotlab.agreement.coefficients import ALPHA
from cotlab.agreement.measure import NO_PAIR, measure
from cotlab.agreement.ratings import Ratings, from_matrix
from cotlab.agreement.streamed import StreamedAlpha

LABELS = ("correct", "incorrect", "redundant")


def ratings(codes: np.ndarray, clusters: np.ndarray) -> Ratings:
    return from_matrix(codes, clusters, labels=LABELS)


@pytest.fixture(scope="module")
def matrix() -> tuple[np.ndarray, np.ndarray]:
    """600 steps of 120 traces by three people who agree in some 80 %; a sixth of the labels is missing."""
    drawn = np.random.default_rng(3)
    truth = drawn.integers(0, 2, 600)
    codes = np.where(drawn.random((600, 3)) < 0.8, truth[:, None], 1 - truth[:, None])
    codes[drawn.random((600, 3)) < 1 / 6] = -1
    return codes, np.repeat(np.arange(120), 5)


def test_parts_give_what_the_whole_gives(matrix: tuple[np.ndarray, np.ndarray]) -> None:
    codes, clusters = matrix
    streamed = StreamedAlpha(LABELS)
    for start in range(0, 600, 150):
        streamed.add(ratings(codes[start : start + 150], clusters[start : start + 150]))
    whole = ratings(codes, clusters)
    expected = [measure(whole, [ALPHA])[0], *(measure(whole, [ALPHA], label=one)[0] for one in LABELS[:2])]
    results = streamed.results()
    assert [one.label for one in results] == [None, "correct", "incorrect"]
    for one, other in zip(results, expected, strict=True):
        assert one.value == pytest.approx(other.value) and (one.units, one.clusters) == (other.units, other.clusters)
        assert one.interval is not None and other.interval is not None
        assert one.interval.low == pytest.approx(other.interval.low, abs=0.015)
        assert one.interval.high == pytest.approx(other.interval.high, abs=0.015)


def test_nothing_to_compare_is_a_reason() -> None:
    (one,) = StreamedAlpha(LABELS).results()
    assert one.value is None and one.reason == one.interval_reason == NO_PAIR
    streamed = StreamedAlpha(LABELS)
    streamed.add(ratings(np.zeros((20, 2), dtype=np.int64), np.arange(20)))
    assert [one.reason for one in streamed.results()] == ["one label only"] * 2
