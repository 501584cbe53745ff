"""Drift: streams worked out by hand, what holds for every stream, and how rare false alarms are."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cotlab.agreement.drift import BLOCK, Blocks, blocks, evidence, factors, floor, watch
from cotlab.agreement.ratings import Codes, Mask
from cotlab.domain.calibration.results import Baseline, DriftResult
from cotlab.domain.projects.gates import DriftTest

BASELINE = Baseline(right=216, steps=240, traces=30)
TEST = DriftTest()


def stream(*shares: tuple[int, int]) -> tuple[Mask, Codes]:
    """Traces of so many right steps of so many, the right ones first."""
    right = [step < correct for correct, steps in shares for step in range(steps)]
    return np.array(right, dtype=np.bool_), np.repeat(np.arange(len(shares)), [steps for _, steps in shares])


def watched(*shares: tuple[int, int], test: DriftTest = TEST) -> DriftResult:
    return watch(*stream(*shares), BASELINE, test)


@pytest.mark.parametrize(
    ("baseline", "within", "slack", "expected", "why"),
    [
        ((9, 10, 10), 0.1, 0.0, 0.6523, "traces of one step: Wilson's lower end for 9 of 10"),
        ((216, 240, 30), 0.0, 0.0, 0.8636, "independent steps: Wilson's for 216 of 240"),
        ((216, 240, 30), 0.1, 0.0, 0.8507, "8 steps a trace and 0.1 tell as much as 240 / 1.7"),
        ((216, 240, 30), 1.0, 0.0, 0.7745, "steps of a trace all alike tell as much as its 30 traces"),
        ((216, 240, 30), 0.1, 0.05, 0.8007, "the slack goes off"),
        ((240, 240, 30), 0.1, 0.0, 0.9812, "without a mistake: n / (n + z^2)"),
        ((0, 240, 30), 0.1, 0.0, 0.0, "without a right answer"),
        ((5, 10, 10), 0.1, 0.9, 0.0, "never below 0"),
    ],
)
def test_floors(baseline: tuple[int, int, int], within: float, slack: float, expected: float, why: str) -> None:
    right, steps, traces = baseline
    found = floor(Baseline(right=right, steps=steps, traces=traces), DriftTest(within=within, slack=slack))
    assert found == pytest.approx(expected, abs=1e-4), why


@pytest.mark.parametrize(
    ("shares", "expected", "last"),
    [
        ([(7, 8), (9, 12)], [(7, 8), (9, 12)], [7, 19]),
        ([(3, 4), (4, 4), (8, 8)], [(7, 8), (8, 8)], [7, 15]),
        ([(1, 1)] * 7, [], []),
        ([(1, 1)] * 7 + [(2, 6), (1, 3)], [(9, 13)], [12]),
        ([], [], []),
    ],
)
def test_blocks_are_whole_traces(
    shares: list[tuple[int, int]], expected: list[tuple[int, int]], last: list[int]
) -> None:
    taken, ends = blocks(*stream(*shares))
    assert list(zip(taken.right.tolist(), taken.steps.tolist(), strict=True)) == expected
    assert ends.tolist() == last


def test_the_evidence_by_hand() -> None:
    """With a floor of 0.8: right throughout leaves 0.3, half right gives 1 + 0.7 x 0.3 / 0.2, all wrong 3.8."""
    multiplied = factors(Blocks(np.array([8.0, 4.0, 0.0]), np.array([8.0, 8.0, 8.0])), np.array(0.8))
    assert multiplied == pytest.approx([0.3, 2.05, 3.8])
    assert evidence(multiplied) == pytest.approx([0.3, 1.3 * 2.05, (1 + 1.3 * 2.05) * 3.8])


def test_the_evidence_of_several_people_at_once() -> None:
    taken = Blocks(np.array([[8.0, 4.0], [4.0, 8.0]]), np.full((2, 2), 8.0))
    assert factors(taken, np.array([0.8, 0.5])) == pytest.approx(np.array([[0.3, 2.05], [1.0, 0.3]]))


@pytest.mark.parametrize(
    ("shares", "alarm_at", "found", "last_good", "since", "why"),
    [
        ([(0, 8)] * 6, 600, 31, -1, (0, 32), "4.987 a block: 4.987, 29.85, 153.8, 772"),
        ([(8, 8)] * 10 + [(0, 8)] * 6, 600, 111, 79, (0, 32), "after 10 faultless blocks, 80 steps, just as soon"),
        ([(8, 8)] * 10 + [(4, 8)] * 9, 600, 127, 79, (24, 48), "2.643 a block: 3.77, 12.6, 36.0, 97.7, 261, 692"),
        ([(4, 8), (8, 8), (8, 8)] + [(0, 8)] * 6, 600, 55, 23, (0, 32), "an odd block long before does not count"),
        ([(0, 8)] * 6, 100, 23, -1, (0, 24), "less evidence is asked"),
        ([(0, 8)] * 3, 600, None, None, None, "too short"),
        ([(7, 8)] * 200, 600, None, None, None, "0.875 is above the floor of 0.851"),
    ],
)
def test_known_streams(
    shares: list[tuple[int, int]], alarm_at: float, found: int | None, last_good: int | None,
    since: tuple[int, int] | None, why: str,
) -> None:  # fmt: skip
    result = watched(*shares, test=DriftTest(alarm_at=alarm_at))
    alarm = result.alarm
    assert (alarm and alarm.found) == found, why
    if alarm:
        assert (alarm.last_good, (alarm.right_since, alarm.steps_since)) == (last_good, since), why
        assert result.evidence >= alarm_at
    else:
        assert result.evidence < alarm_at


def test_an_alarm_stands_whatever_comes_later() -> None:
    early = watched(*[(0, 8)] * 6)
    late = watched(*[(0, 8)] * 6, *[(8, 8)] * 50)
    assert early.alarm == late.alarm and early.evidence == late.evidence
    assert (late.steps, late.right) == (448, 400)


def test_what_the_result_says() -> None:
    result = watched((7, 8), (3, 4))
    assert (result.baseline, result.steps, result.right, result.alarm) == (BASELINE, 12, 10, None)
    assert (result.floor, result.alarm_at) == (floor(BASELINE, TEST), TEST.alarm_at)
    assert watch(*stream(), BASELINE, TEST).evidence == 0.0


traces = st.lists(st.integers(1, 14).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=60)


@given(traces, st.data())
def test_more_mistakes_never_delay_an_alarm(shares: list[tuple[int, int]], data: st.DataObject) -> None:
    right, trace = stream(*shares)
    assume(right.any())
    worse = right.copy()
    worse[data.draw(st.lists(st.integers(0, len(right) - 1), min_size=1, max_size=10))] = False
    test = DriftTest(alarm_at=data.draw(st.floats(2, 600)))
    before, after = (watch(one, trace, BASELINE, test).alarm for one in (right, worse))
    if before:
        assert after and after.found <= before.found


@given(st.integers(1, 14), st.integers(0, 300), st.integers(0, 240))
def test_a_perfect_stream_raises_no_alarm(length: int, count: int, right: int) -> None:
    answers, trace = stream(*[(length, length)] * count)
    result = watch(answers, trace, Baseline(right=right, steps=240, traces=30), DriftTest(alarm_at=2.0))
    assert result.alarm is None and result.evidence < 0.43


@given(traces, st.integers(0, 240))
def test_the_last_good_step_ends_a_block_before_the_alarm(shares: list[tuple[int, int]], right: int) -> None:
    answers, trace = stream(*shares)
    alarm = watch(answers, trace, Baseline(right=right, steps=240, traces=30), DriftTest(alarm_at=3.0)).alarm
    if alarm:
        ends = [-1, *blocks(answers, trace)[1].tolist()]
        assert ends.index(alarm.last_good) < ends.index(alarm.found)
        assert alarm.steps_since == alarm.found - alarm.last_good >= BLOCK


def test_at_the_floor_the_evidence_grows_by_one_a_block_at_most() -> None:
    """Steps of a trace all alike, the worst case: E[R_t] = t, so that alarms in n blocks are n / A at most."""
    random = np.random.default_rng(1)
    right = np.where(random.random((40_000, 6)) < 0.8, 8.0, 0.0)
    sums = evidence(factors(Blocks(right, np.full_like(right, 8.0)), np.full(40_000, 0.8)))
    assert sums.mean(axis=0) == pytest.approx(np.arange(1, 7), rel=0.05)
    assert (sums.max(axis=1) >= 60).mean() <= 6 / 60
