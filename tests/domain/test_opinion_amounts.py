"""Opinions of models as amounts: unsure, differing, and rare."""

import pytest

from cotlab.domain.drafts.uncertainty import Amounts, Opinion, amounts, differing, unsure

SURE: Opinion = {"correct": 1.0, "incorrect": 0.0}
AGAINST: Opinion = {"correct": 0.0, "incorrect": 1.0}
EVEN: Opinion = {"correct": 0.5, "incorrect": 0.5}
LEANING: Opinion = {"correct": 0.75, "incorrect": 0.25}

STEPS: list[tuple[list[Opinion], float, float]] = [
    ([SURE], 0.0, 0.0),
    ([EVEN], 1.0, 0.0),
    ([LEANING], 0.8113, 0.0),
    ([SURE, AGAINST], 1.0, 1.0),
    ([SURE, EVEN], 0.8113, 0.0),
    ([SURE, SURE, AGAINST], 0.9183, 2 / 3),
    ([{"correct": 1.0}], 0.0, 0.0),
    ([{**EVEN, "redundant": 0.0, "incomplete": 0.0}], 0.5, 0.0),
]


@pytest.mark.parametrize(("step", "entropy", "pairs"), STEPS)
def test_how_unsure_a_step_is_and_how_far_sources_differ(step: list[Opinion], entropy: float, pairs: float) -> None:
    assert unsure(step) == pytest.approx(entropy, abs=1e-4)
    assert differing(step) == pytest.approx(pairs)


def test_a_trace_has_the_mean_over_the_steps_that_have_an_opinion() -> None:
    found = amounts([[EVEN], [], [SURE], [SURE, AGAINST]], ("incorrect",))
    assert found == pytest.approx(Amounts(uncertainty=2 / 3, sources=1.0, rarity=1 / 3))


def test_of_nothing_nothing_follows() -> None:
    assert amounts([], ("incorrect",)) == amounts([[], []], ("incorrect",)) == Amounts(0.0, 0.0, 0.0)
    assert amounts([[EVEN]], ()).rarity == 0.0
    assert amounts([[EVEN]], ("incomplete", "correct", "correct")).rarity == 0.5
