"""Before and after: the rise, and an interval that knows when the same clusters were labelled twice."""

import numpy as np
import pytest

from cotlab.agreement.coefficients import ALPHA
from cotlab.agreement.comparison import compare
from cotlab.agreement.ratings import Ratings, from_matrix
from cotlab.domain.agreement.coefficients import AgreementChange
from tests.agreement.tables import table


def labelled(seed: int, right: float, clusters: range, spread: float = 0.0) -> Ratings:
    """Two people on 6 steps a cluster; how often they are right differs between clusters, by the cluster's own code."""
    random = np.random.default_rng(seed)
    codes = np.repeat(np.array(clusters), 6)
    chance = (right + spread * np.where(codes % 2, 1, -1))[:, None]
    truth = random.integers(0, 3, (len(codes), 1))
    given = np.where(random.random((len(codes), 2)) < chance, truth, random.integers(0, 3, (len(codes), 2)))
    return from_matrix(given, codes, labels="abc")


def width(change: AgreementChange) -> float:
    assert change.interval is not None
    return change.interval.high - change.interval.low


def test_a_real_rise_has_an_interval_without_zero_and_none_has_one_with_it() -> None:
    before, after = labelled(1, 0.6, range(80)), labelled(2, 0.9, range(80))
    rise = compare(before, after, ALPHA)
    assert rise.value is not None and rise.before.value is not None and rise.after.value is not None
    assert rise.value == rise.after.value - rise.before.value > 0.2
    assert rise.interval is not None and 0 < rise.interval.low < rise.value < rise.interval.high
    still = compare(labelled(3, 0.8, range(80)), labelled(4, 0.8, range(80)), ALPHA)
    assert still.interval is not None and still.interval.low < 0 < still.interval.high
    assert compare(before, after, ALPHA) == rise
    back = compare(after, before, ALPHA)
    assert back.value == -rise.value


def test_the_same_labels_did_not_change() -> None:
    before = labelled(1, 0.7, range(50))
    change = compare(before, before, ALPHA)
    assert (change.value, change.interval, change.interval_reason) == (0.0, None, "the same in every resample")


def test_clusters_of_both_are_compared_with_themselves() -> None:
    """The same hard and easy clusters before and after: what they share falls out of the difference."""
    before = labelled(1, 0.65, range(100), spread=0.3)
    again, others = (labelled(2, 0.65, clusters, spread=0.3) for clusters in (range(100), range(100, 200)))
    assert width(compare(before, again, ALPHA)) < 0.9 * width(compare(before, others, ALPHA))


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [(["aa"], ["ab"], "before: one label only"), (["ab"], ["aa"], "after: one label only")],
)
def test_an_undefined_side_is_named(before: list[str], after: list[str], reason: str) -> None:
    change = compare(table(before, "ab"), table(after, "ab"), ALPHA)
    assert (change.value, change.reason, change.interval_reason) == (None, reason, reason)


def test_too_few_clusters_on_one_side() -> None:
    change = compare(labelled(1, 0.7, range(9)), labelled(1, 0.7, range(50)), ALPHA)
    assert change.value is not None
    assert change.interval_reason == "9 clusters; an interval takes 10"
