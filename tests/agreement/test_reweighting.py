"""Weights with which labels hold for all traces though points chose many: by hand, and over many simulated queues."""

import numpy as np
import pytest

from benchmarks.reweighting import simulated
from cotlab.agreement.reweighting import Handed, weights
from cotlab.domain.queue.priority import BroughtBy

KINDS = {
    "p": (False, BroughtBy.POINTS), "P": (True, BroughtBy.POINTS), "a": (False, BroughtBy.AGE),
    "A": (True, BroughtBy.AGE), "D": (True, BroughtBy.DRAW), "?": (False, None), "R": (True, None),
}  # fmt: skip
"""Capitals were drawn."""

CASES: tuple[tuple[str, list[float] | None, str], ...] = (
    ("aaAa", [1.0, 1.0, 1.0, 1.0], "points chose none"),
    ("", [], "nothing"),
    ("pppp", None, "nothing was drawn"),
    ("pDpD", [0.0, 2.0, 0.0, 2.0], "nothing drawn was in front: those drawn stand for themselves"),
    ("ppPD", [2 / 3, 2 / 3, 2 / 3, 2.0], "the one in front stands for all that came before it too"),
    ("ppPpPD", [2 / 3 + 2 / 5, 2 / 3 + 2 / 5, 2 / 3 + 2 / 5, 2 / 5, 2 / 5, 2.0], "and each for those before it alone"),
    ("pPp", [1.5, 1.5, 0.0], "not for what comes after"),
    ("aaAapD", [0.75, 0.75, 0.75, 0.75, 0.0, 3.0], "what was drawn without points stands for all that came by age"),
    ("??RR", [0.0, 0.0, 2.0, 2.0], "of what was not recorded those drawn count"),
)


def handed(kinds: str, group: str = "g") -> list[Handed]:
    return [Handed(group, *KINDS[one]) for one in kinds]


@pytest.mark.parametrize(("kinds", "wanted", "why"), CASES)
def test_a_drawn_trace_stands_for_its_twins(kinds: str, wanted: list[float] | None, why: str) -> None:
    found = weights(handed(kinds))
    assert found == (None if wanted is None else pytest.approx(wanted)), why
    assert not found or sum(found) == pytest.approx(len(kinds))


def test_one_group_says_nothing_of_another() -> None:
    """Points brought the one, a draw each: half of the weight is each one's, as half of what was drawn is."""
    found = weights([*handed("ppp", "law"), *handed("PD", "law"), *handed("D", "sums"), *handed("D", "sums")])
    assert found == pytest.approx([7 / 4 / 4] * 4 + [7 / 4] * 3)
    assert weights(handed("aA", "sums") + handed("p", "law")) == pytest.approx([1.5, 1.5, 0.0])


def test_reweighted_shares_are_right_on_average_and_spread_less_than_those_of_the_random_share() -> None:
    runs = [simulated(seed) for seed in range(200)]
    bias = {way: np.mean([run[way][1] for run in runs]) for way in runs[0]}
    spread = {way: np.std([run[way][1] for run in runs]) for way in runs[0]}
    assert bias["all"] > 0.05 and abs(bias["reweighted"]) < 0.006 and abs(bias["at random"]) < 0.006
    assert spread["reweighted"] < 0.9 * spread["at random"]
    held = {way: np.mean([run[way][0] for run in runs]) for way in runs[0]}
    assert held["reweighted"] >= 0.93 and held["all"] < 0.3
