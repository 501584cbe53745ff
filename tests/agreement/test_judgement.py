"""First errors, labels, calibration and the area under the curve, against plain loops over the same steps."""

import random
from dataclasses import dataclass

import numpy as np
import pytest

from cotlab.agreement.intervals.bootstrap import draws
from cotlab.agreement.intervals.wilson import wilson
from cotlab.agreement.models import judgement
from cotlab.agreement.models.auroc import auroc
from cotlab.agreement.models.judgement import NONE, UNKNOWN, Judgements, Sums, share, sums
from cotlab.agreement.models.judgement_intervals import estimate, harmonic_estimate, share_estimate, usual_error
from cotlab.agreement.models.reliability import bins_of

LABELS = ("correct", "incomplete", "incorrect")
ERRORS = {"incomplete", "incorrect"}


@dataclass(frozen=True)
class OneStep:
    trace: int
    label: str
    given: str | None
    score: float | None


@dataclass(frozen=True)
class OneTrace:
    problem: int
    first: int
    found: bool


def made(seed: int = 1, traces: int = 40) -> tuple[list[OneStep], list[OneTrace]]:
    """Traces of random steps, two a problem, with scores that are often right and one step in ten without any."""
    draw = random.Random(seed)
    steps, whole = [], []
    for trace in range(traces):
        for _ in range(draw.randint(1, 6)):
            label = draw.choices(LABELS, (6, 1, 2))[0]
            score = round(min(1.0, max(0.0, draw.gauss(0.3 if label in ERRORS else 0.7, 0.25))), 1)
            given = draw.choice(LABELS) if draw.random() < 0.3 else label
            steps.append(OneStep(trace, label, *((None, None) if draw.random() < 0.1 else (given, score))))
        whole.append(OneTrace(trace // 2, draw.choice((UNKNOWN, NONE, 0, 2)), draw.random() < 0.6))
    return steps, whole


def arrays(steps: list[OneStep], traces: list[OneTrace]) -> Judgements:
    code = {name: place for place, name in enumerate(LABELS)}
    return Judgements(
        labels=LABELS, predicted=LABELS, errors=np.array([name in ERRORS for name in LABELS]),
        right=np.eye(len(LABELS), dtype=np.bool_), label=np.array([code[one.label] for one in steps]),
        given=np.array([NONE if one.given is None else code[one.given] for one in steps]),
        side=np.array([NONE if one.score is None else int(one.score < 0.5) for one in steps]),
        score=np.array([np.nan if one.score is None else one.score for one in steps]),
        trace=np.array([one.trace for one in steps]), problem=np.array([one.problem for one in traces]),
        first=np.array([one.first for one in traces]), found=np.array([one.found for one in traces]),
    )  # fmt: skip


def of_all(judged: Judgements) -> Sums:
    return sums(judged, np.ones(len(judged.label), dtype=np.bool_), np.ones(len(judged.problem), dtype=np.bool_))


def value(found: Sums, number: judgement.Number) -> float:
    return float(number(found.total[None])[0])


@pytest.mark.parametrize("seed", range(5))
def test_numbers_are_those_of_plain_loops(seed: int) -> None:
    steps, traces = made(seed)
    found = of_all(arrays(steps, traces))
    wrong = [one for one in traces if one.first >= 0]
    fine = [one for one in traces if one.first == NONE]
    a, b = (sum(one.found for one in group) / len(group) for group in (wrong, fine))
    assert value(found, share(judgement.erroneous)) == pytest.approx(a)
    assert value(found, share(judgement.correct)) == pytest.approx(b)
    assert value(found, judgement.first_error_f1) == pytest.approx(2 * a * b / (a + b))
    told = wrong + fine
    assert value(found, share(judgement.accuracy)) == pytest.approx(sum(one.found for one in told) / len(told))
    named = [one for one in steps if one.given is not None]
    for place, label in enumerate(LABELS):
        hits = sum(one.label == one.given == label for one in named)
        of_label = sum(one.label == label for one in named)
        assert value(found, share(found.recall(place))) == pytest.approx(hits / of_label)
        assert value(found, share(found.precision(place))) == pytest.approx(
            hits / sum(one.given == label for one in named)
        )
    scored = [(one.score, one.label not in ERRORS) for one in steps if one.score is not None]
    hits = sum(score < 0.5 and not right for score, right in scored)
    alarms = sum(score < 0.5 and right for score, right in scored)
    missed = sum(score >= 0.5 and not right for score, right in scored)
    assert value(found, judgement.step_f1) == pytest.approx(2 * hits / (2 * hits + alarms + missed))
    assert value(found, share(judgement.side_precision(1))) == pytest.approx(hits / (hits + alarms))
    assert value(found, share(judgement.side_recall(1))) == pytest.approx(hits / (hits + missed))
    beats = [
        1.0 if one > other else 0.5 if one == other else 0.0
        for one, holds in scored if holds for other, too in scored if not too
    ]  # fmt: skip
    assert found.area == pytest.approx(sum(beats) / len(beats))
    error = 0.0
    for low in range(10):
        here = [(score, right) for score, right in scored if low == min(9, int(score * 10 + 1e-9))]
        if here:
            mean, held = sum(one for one, _ in here) / len(here), sum(right for _, right in here) / len(here)
            error += len(here) / len(scored) * abs(mean - held)
    assert value(found, judgement.ece) == pytest.approx(error)


@pytest.mark.parametrize(
    ("holds", "score", "area"),
    [
        ((0, 0, 1, 1), (0.1, 0.4, 0.35, 0.8), 0.75),  # scikit-learn's documentation of roc_auc_score
        ((0, 1), (0.5, 0.5), 0.5),
        ((0, 1), (0.9, 0.1), 0.0),
    ],
)
def test_the_area_of_known_examples(holds: tuple[int, ...], score: tuple[float, ...], area: float) -> None:
    assert auroc(np.array(holds, dtype=np.bool_), np.array(score))[0] == pytest.approx(area)


def test_a_score_on_an_edge_is_of_the_bin_that_begins_there() -> None:
    assert bins_of(np.array([0.0, 0.09, 0.1, 0.3, 0.7, 0.9, 1.0])).tolist() == [0, 0, 1, 3, 7, 9, 9]


def test_a_model_that_finds_nothing_has_an_f1_of_zero_and_one_sort_of_traces_none() -> None:
    steps, _ = made()
    missed = [OneTrace(place, first, False) for place, first in enumerate([0, NONE] * 20)]
    assert value(of_all(arrays(steps, missed)), judgement.first_error_f1) == 0.0
    one_sort = [OneTrace(place, 0, True) for place in range(40)]
    found = of_all(arrays(steps, one_sort))
    assert (
        estimate(found, found.resampled(100, 1), judgement.first_error_f1, "both are needed").reason
        == "both are needed"
    )


def test_intervals_draw_problems_with_all_of_their_traces() -> None:
    """Twin traces of one problem tell no more than one of them."""
    steps, traces = made(2)
    once = of_all(arrays(steps, [OneTrace(place, one.first, one.found) for place, one in enumerate(traces)]))
    twice = [OneTrace(place // 2, one.first, one.found) for place, one in enumerate(t for t in traces for _ in (0, 1))]
    twins = [OneStep(2 * one.trace + more, one.label, one.given, one.score) for one in steps for more in (0, 1)]
    twins.sort(key=lambda one: one.trace)
    doubled = of_all(arrays(twins, twice))
    for number in (share(judgement.accuracy), judgement.step_f1, judgement.ece, judgement.area_of(once)):
        one, other = (estimate(found, found.resampled(500, 3), number, "") for found in (once, doubled))
        assert one.interval is not None and other.interval is not None and one.value == pytest.approx(other.value)
        assert other.interval.low == pytest.approx(one.interval.low, abs=1e-5)
        assert other.interval.high == pytest.approx(one.interval.high, abs=1e-5)


def test_the_area_over_drawn_problems_is_near_the_one_that_is_computed_anew() -> None:
    steps, traces = made(4, 200)
    judged = arrays(steps, traces)
    found = of_all(judged)
    first_order = judgement.area_of(found)(found.resampled(200, 7))
    weights = np.concatenate(list(draws(len(found.shares), 200, 7))).astype(int)
    scored = ~np.isnan(judged.score)
    holds, problem = ~judged.errors[judged.label][scored], judged.problem[judged.trace][scored]
    anew = []
    for row in weights:
        times = row[problem]
        anew.append(auroc(np.repeat(holds, times), np.repeat(judged.score[scored], times))[0])
    assert np.abs(first_order - anew).max() < 0.005 and np.std(anew) > 0.01
    assert np.std(first_order) == pytest.approx(np.std(anew), rel=0.02)


def test_where_all_resamples_agree_the_number_of_problems_says_how_sure_that_is() -> None:
    """Of 30 problems with an error none is found, and all without one are told right."""
    steps, _ = made()
    traces = [OneTrace(place, 0 if place < 30 else NONE, place >= 30) for place in range(40)]
    found = of_all(arrays(steps, traces))
    resampled = found.resampled(200, 1)
    missed = share_estimate(found, resampled, judgement.erroneous, "")
    right = share_estimate(found, resampled, judgement.correct, "")
    assert missed.interval is not None and right.interval is not None
    assert missed.interval.low == 0.0 and missed.interval.high == pytest.approx(wilson(0.0, 30)[1])
    assert right.interval.low == pytest.approx(wilson(1.0, 10)[0]) and right.interval.high == 1.0
    f1 = harmonic_estimate(
        found, resampled, judgement.first_error_f1, (judgement.erroneous, judgement.correct), ""
    )  # fmt: skip
    high = wilson(0.0, 30)[1]
    assert f1.value == 0.0 and f1.interval is not None
    assert f1.interval.low == 0.0 and f1.interval.high == pytest.approx(2 * high / (1 + high))


def test_an_interval_is_no_noise_of_summing() -> None:
    """Each first score is 0.9 and each step is right, so that every resample is off by 0.1."""
    steps = [OneStep(place, "correct", None, 0.9) for place in range(40)]
    found = of_all(arrays(steps, [OneTrace(place, NONE, True) for place in range(40)]))
    one = estimate(found, found.resampled(200, 1), judgement.ece, "")
    assert one.value == pytest.approx(0.1) and one.interval_reason == "the same in every resample"


def test_few_steps_of_a_calibrated_model_are_seldom_unusual() -> None:
    """Scores are the probabilities that they say; a tenth of the problems is held against all of them."""
    generator, unusual, higher, runs = np.random.default_rng(1), 0, 0, 100
    for _ in range(runs):
        scores = generator.beta(4, 1.5, 600)
        steps = [
            OneStep(place, "correct" if generator.random() < score else "incorrect", None, float(score))
            for place, score in enumerate(scores)
        ]
        judged = arrays(steps, [OneTrace(place, UNKNOWN, False) for place in range(600)])
        everything, few = of_all(judged), np.arange(600) < 60
        here = value(sums(judged, few, few), judgement.ece)
        higher += here > value(everything, judgement.ece)
        limit = usual_error(everything, 60, 200, 1)
        assert limit is not None
        unusual += here > limit
    assert unusual <= 6 and higher >= 95


def test_a_part_that_is_badly_calibrated_is_unusual() -> None:
    steps = [
        OneStep(place, "correct" if place % 5 else "incorrect", None, 0.2 if place < 60 else 0.8)
        for place in range(600)
    ]
    judged = arrays(steps, [OneTrace(place, UNKNOWN, False) for place in range(600)])
    few, limit = np.arange(600) < 60, usual_error(of_all(judged), 60, 200, 1)
    assert limit is not None and value(sums(judged, few, few), judgement.ece) > limit
    assert usual_error(sums(judged, few & (np.arange(600) < 9), few & (np.arange(600) < 9)), 9, 200, 1) is None
