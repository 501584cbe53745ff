"""The ranking of generators: strengths by hand, made-up comparisons, and a reason wherever there is no order."""

from collections.abc import Sequence
from math import log

import numpy as np
import pytest

from cotlab.agreement.pairs.ranking import rank
from cotlab.domain.reports.pairs import Ranking

NAMES = ("a", "b", "c", "d")
SCORES = {">": 1.0, "=": 0.5, "<": 0.0}


def ranked(*comparisons: tuple[str, int], position: bool = False, clusters: Sequence[int] | None = None) -> Ranking:
    """Comparisons such as ("a>b", 3), the left one first, each of its own cluster."""
    all_of_them = [text for text, times in comparisons for _ in range(times)]
    left, right = (np.array([NAMES.index(text[place]) for text in all_of_them], dtype=np.int64) for place in (0, 2))
    score = np.array([SCORES[text[1]] for text in all_of_them])
    cluster = np.arange(len(left)) if clusters is None else np.array(clusters)
    return rank(left, right, score, cluster, NAMES, position=position)


def strengths(found: Ranking) -> dict[str, float]:
    assert found.reason is None, found.reason
    return {one.generator: one.strength for one in found.generators}


def test_two_generators_by_hand() -> None:
    """30 of 40: log-odds of 3 between them, half of it on either side of the average."""
    found = ranked(("a>b", 20), ("b<a", 10), ("b>a", 10))
    assert strengths(found) == pytest.approx({"a": log(3) / 2, "b": -log(3) / 2})
    first, last = found.generators
    assert (first.generator, first.wins, first.ties, first.losses) == ("a", 30, 0, 10)
    assert (last.wins, last.losses) == (10, 30) and (found.comparisons, found.clusters) == (40, 40)
    assert first.interval is not None
    half = 1.959964 * (1 / 30 + 1 / 10) ** 0.5 / 2 * (40 / 39) ** 0.5
    assert (first.interval.low, first.interval.high) == pytest.approx((log(3) / 2 - half, log(3) / 2 + half), abs=1e-3)


def test_a_tie_is_half_a_win_of_each_and_makes_the_interval_narrower() -> None:
    ties, none = ranked(("a>b", 20), ("a=b", 20)), ranked(("a>b", 30), ("a<b", 10))
    assert strengths(ties) == pytest.approx(strengths(none))
    assert ties.generators[0].ties == 20
    widths = [one.generators[0].interval for one in (ties, none)]
    assert widths[0] and widths[1]
    assert widths[0].high - widths[0].low < 0.7 * (widths[1].high - widths[1].low)


def test_the_position_is_told_from_the_strengths() -> None:
    """a wins 3 of 4 on either side without a position; with all odds of the left doubled the position takes it."""
    found = ranked(("a>b", 60), ("a<b", 10), ("b>a", 40), ("b<a", 60), position=True)
    assert found.position == pytest.approx((log(6) + log(40 / 60)) / 2)
    assert strengths(found)["a"] == pytest.approx((log(6) - log(40 / 60)) / 4)
    assert found.position_interval is not None and found.position_interval.low > 0
    assert ranked(("a>b", 60), ("a<b", 10)).position is None


def test_made_up_comparisons_give_the_true_strengths_within_their_intervals() -> None:
    random = np.random.default_rng(2)
    truth = np.array([0.9, 0.2, -0.3, -0.8])
    held = 0
    for _ in range(50):
        left = random.integers(0, 4, 1_200)
        right = (left + random.integers(1, 4, 1_200)) % 4
        chance = 1 / (1 + np.exp(-(truth[left] - truth[right] + 0.3)))
        score = (random.random(1_200) < chance).astype(np.float64)
        found = rank(left, right, score, np.arange(1_200), NAMES, position=True)
        assert [one.generator for one in found.generators] == list(NAMES)
        for one, true in zip(found.generators, truth, strict=True):
            assert one.interval is not None
            held += one.interval.low <= true <= one.interval.high
    assert 180 <= held <= 198, "of 200 intervals of 95 %"


def test_many_comparisons_of_one_problem_tell_less() -> None:
    comparisons = (("a>b", 40), ("b>a", 20))
    apart, together = ranked(*comparisons), ranked(*comparisons, clusters=[place // 4 for place in range(60)])
    assert strengths(apart) == pytest.approx(strengths(together))
    one, two = apart.generators[0].interval, together.generators[0].interval
    assert one and two and two.high - two.low > 1.7 * (one.high - one.low)


@pytest.mark.parametrize(
    ("comparisons", "position", "reason"),
    [
        ((), False, "no two generators were compared"),
        ((("a>a", 5),), False, "no two generators were compared"),
        ((("a>b", 5), ("b>a", 5), ("c>d", 5), ("d>c", 5)), False, "nothing compares a, b with c, d"),
        ((("a>b", 5), ("b>c", 5), ("c>b", 5)), False, "a never lost to b, c"),
        ((("a>b", 5), ("b>a", 5), ("b>c", 9)), False, "a, b never lost to c"),
        ((("a>b", 5), ("b>a", 5), ("c>d", 5), ("d>c", 1), ("a>c", 1)), False, "a, b never lost to c, d"),
        ((("a>b", 5), ("b>a", 5)), True, "strengths and position cannot be told apart"),
    ],
)
def test_no_order_has_a_reason(comparisons: tuple[tuple[str, int], ...], position: bool, reason: str) -> None:
    found = ranked(*comparisons, position=position)
    assert found.generators == () and found.reason is not None and found.reason.startswith(reason)
    assert found.interval_reason == found.reason


def test_a_tie_connects() -> None:
    assert ranked(("a>b", 5), ("a=b", 1)).reason is None
    assert ranked(("a>b", 5), ("b>a", 5), ("a=b", 1), ("b=a", 1), position=True).reason is None


def test_a_generator_against_itself_says_nothing_not_even_of_the_position() -> None:
    comparisons = (("a>b", 30), ("a<b", 20), ("b>a", 20), ("b<a", 10))
    alone, with_itself = (ranked(*comparisons, *more, position=True) for more in ((), (("a>a", 50),)))
    assert with_itself == alone


def test_few_clusters_have_no_interval() -> None:
    found = ranked(("a>b", 5), ("b>a", 4))
    assert found.interval_reason == "fewer than 10 clusters"
    assert len(found.generators) == 2 and all(one.interval is None for one in found.generators)
