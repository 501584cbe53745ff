"""The gate: what passes, what does not, and the sentence that says why."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotlab.agreement.gate import judge
from cotlab.domain.calibration.results import GateResult
from cotlab.domain.errors import BadInput
from cotlab.domain.projects.gates import Gate

LABELS = ("correct", "incorrect", "redundant")
TABLE = [[50, 3, 2], [4, 26, 0], [5, 0, 10]]
"""Gold in the rows: 86 of 100 right, chance (55 x 59 + 30 x 29 + 15 x 12) / 100^2 = 0.4295, kappa 0.7546."""
KAPPA = 1 - 0.14 / (1 - 0.4295)
EASY: dict[str, Any] = {"threshold": 0.7, "steps": 100, "recall": 0.6}


def judged(table: list[list[int]], gate: Gate, *, trace: int = 5) -> GateResult:
    """The gate's answer to a table of counts, gold in the rows, with so many steps a trace, in a mixed order."""
    cells = [(gold, given) for gold, row in enumerate(table) for given, count in enumerate(row) for _ in range(count)]
    pairs = np.random.default_rng(1).permutation(np.array(cells, dtype=np.int64).reshape(-1, 2))
    return judge(pairs[:, 0], pairs[:, 1], np.arange(len(pairs)) // trace, LABELS, gate, person="ann")


def sentence(result: GateResult, name: str) -> tuple[bool, str]:
    return next((one.met, one.sentence) for one in result.conditions if one.name == name)


def test_the_result_has_everything_behind_it() -> None:
    result = judged(TABLE, Gate(**EASY))
    assert result.passed and all(one.met for one in result.conditions)
    assert (result.steps, result.right) == (100, 86)
    assert result.agreement.value == pytest.approx(KAPPA)
    assert result.agreement.interval is not None and result.agreement.clusters == 20
    assert (result.table.title, result.table.labels) == ("gold ~ ann", LABELS)
    assert result.table.counts == tuple(map(tuple, TABLE))
    scores = [(one.gold, one.given, one.right, one.recall, one.precision) for one in result.labels]
    assert scores == [(55, 59, 50, 50 / 55, 50 / 59), (30, 29, 26, 26 / 30, 26 / 29), (15, 12, 10, 10 / 15, 10 / 12)]


@pytest.mark.parametrize(
    ("changed", "name", "met", "text"),
    [
        ({}, "cohen-kappa", True, "cohen-kappa is 0.755; 0.7 is asked."),
        ({"threshold": 0.8}, "cohen-kappa", False, "cohen-kappa is 0.755; 0.8 is asked."),
        ({"coefficient": "percent", "threshold": 0.86}, "percent", True, "percent is 0.860; 0.86 is asked."),
        ({"steps": 101}, "steps", False, "100 counted steps; 101 are asked."),
        ({}, "recall of redundant", True, "The recall of redundant is 0.67 (10 of 15); 0.6 is asked."),
        ({"recall": 0.7}, "recall of redundant", False, "The recall of redundant is 0.67 (10 of 15); 0.7 is asked."),
        (
            {"recall": 0.7, "recall_steps": 15}, "recall of redundant", False,
            "The recall of redundant is 0.67 (10 of 15); 0.7 is asked.",
        ),
        (
            {"recall": 0.7, "recall_steps": 16}, "recall of redundant", True,
            "The recall of redundant is not asked: 15 gold steps, fewer than 16.",
        ),
    ],
)  # fmt: skip
def test_each_condition_says_why(changed: dict[str, Any], name: str, met: bool, text: str) -> None:
    result = judged(TABLE, Gate(**(EASY | changed)))
    assert sentence(result, name) == (met, text)
    assert result.passed is met


def test_the_lower_end_can_be_what_counts() -> None:
    interval = judged(TABLE, Gate(**EASY)).agreement.interval
    assert interval is not None and 0.6 < interval.low < 0.7
    result = judged(TABLE, Gate(**EASY, on="lower"))
    low = f"{interval.low:.3f}"
    text = f"cohen-kappa is 0.755, and the lower end of its interval {low}; 0.7 is asked of the lower end."
    assert sentence(result, "cohen-kappa") == (False, text)
    assert judged(TABLE, Gate(**(EASY | {"threshold": 0.6}), on="lower")).passed


def test_without_an_interval_the_lower_end_does_not_pass() -> None:
    met, text = sentence(judged(TABLE, Gate(**(EASY | {"threshold": 0}), on="lower"), trace=20), "cohen-kappa")
    assert not met
    assert text == (
        "cohen-kappa is 0.755 and has no interval: 5 clusters; an interval takes 10; a lower end of 0 is asked."
    )


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ([[300, 0, 0], [0, 0, 0], [0, 0, 0]], "cohen-kappa is undefined: one label only."),
        ([[0, 0, 0], [0, 0, 0], [0, 0, 0]], "cohen-kappa is undefined: no unit has two ratings."),
    ],
)
def test_an_undefined_coefficient_does_not_pass(table: list[list[int]], why: str) -> None:
    result = judged(table, Gate(threshold=0.0, steps=1))
    assert not result.passed
    assert sentence(result, "cohen-kappa") == (False, why)


def test_who_says_correct_to_everything_does_not_pass() -> None:
    result = judged([[186, 0, 0], [84, 0, 0], [30, 0, 0]], Gate(threshold=0.0))
    assert result.agreement.value == 0.0
    assert [one.name for one in result.conditions if not one.met] == ["recall of incorrect", "recall of redundant"]
    assert not judged([[186, 0, 0], [84, 0, 0], [30, 0, 0]], Gate(recall=0.0)).passed


def test_a_value_at_the_threshold_passes() -> None:
    """20 of 100 right, which is computed as a little less than 0.2."""
    gate = Gate(coefficient="percent", threshold=0.2, steps=100, recall=0.0)
    result = judged([[20, 80, 0], [0, 0, 0], [0, 0, 0]], gate)
    assert result.agreement.value is not None and result.agreement.value < 0.2
    assert result.passed


def test_steps_without_a_label_do_not_count() -> None:
    codes = np.array([0, 1, 0, 1])
    result = judge(codes, np.array([0, 1, -1, 1]), np.array([0, 0, 1, 1]), LABELS, Gate())
    assert (result.steps, result.right) == (3, 3)


def test_a_coefficient_that_there_is_not_is_refused() -> None:
    with pytest.raises(BadInput, match="no coefficient 'kappa'"):
        judged(TABLE, Gate(coefficient="kappa"))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=40), st.data())
def test_to_ask_more_never_lets_somebody_through(pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    gold, given = np.array(pairs, dtype=np.int64).T
    share, count = st.floats(0, 1), st.integers(1, 40)
    asked = {"threshold": data.draw(share), "recall": data.draw(share), "steps": data.draw(count)}
    more = {name: value + data.draw(st.sampled_from([0, (1 - value) / 2])) for name, value in asked.items()}
    more["steps"] = asked["steps"] + 1
    less, harder = (
        judge(gold, given, np.arange(len(gold)), LABELS, Gate(recall_steps=1, **one)) for one in (asked, more)
    )
    assert less.passed or not harder.passed
    assert less.passed is all(one.met for one in less.conditions)
