"""Scores held against what is guessed without reading, within strata, against plain loops over the same pairs."""

import random
from dataclasses import replace

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from cotlab.agreement.models import judgement
from cotlab.agreement.models.auroc import auroc, resampled_auroc
from cotlab.agreement.models.baselines import areas, beaten, by_length, commonest, comparable, fifths, means, shares
from cotlab.agreement.ratings import Codes, Mask
from cotlab.agreement.tables import Floats
from cotlab.domain.agreement.coefficients import Estimate, Interval
from tests.agreement.test_judgement import LABELS, arrays, made


def steps(seed: int = 1, number: int = 400) -> tuple[Mask, Floats, Codes, Codes]:
    """What holds, scores that know something of it, strata of which the last has one kind alone, and clusters."""
    draw = np.random.default_rng(seed)
    stratum = draw.integers(0, 5, number)
    holds = (draw.random(number) < 0.5 + 0.1 * stratum) | (stratum == 4)
    return holds, np.round(draw.random(number) + 0.3 * holds, 1), stratum, draw.integers(0, 60, number)


def area_within(holds: Mask, score: Floats, stratum: Codes) -> float:
    beats = [
        1.0 if score[one] > score[other] else 0.5 if score[one] == score[other] else 0.0
        for one in np.flatnonzero(holds) for other in np.flatnonzero(~holds) if stratum[one] == stratum[other]
    ]  # fmt: skip
    return sum(beats) / len(beats)


def test_the_area_within_strata_is_the_share_of_pairs_of_one_stratum() -> None:
    holds, score, stratum, _ = steps()
    area, parts = auroc(holds, score, stratum)
    assert area == pytest.approx(area_within(holds, score, stratum))
    assert resampled_auroc(area, parts.sum(axis=0)) == pytest.approx(area)
    same, its_parts = auroc(holds, score, np.zeros(len(score), dtype=np.int64))
    assert same == auroc(holds, score)[0] and np.array_equal(its_parts, auroc(holds, score)[1])
    assert np.isnan(auroc(holds, score, np.arange(len(score)))[0])


def test_the_spread_of_resampled_areas_is_that_of_areas_counted_anew() -> None:
    holds, score, stratum, cluster = steps()
    drawn = random.Random(3)
    anew = []
    for _ in range(200):
        kept = np.concatenate([np.flatnonzero(cluster == one) for one in drawn.choices(range(60), k=60)])
        anew.append(auroc(holds[kept], score[kept], stratum[kept])[0])
    ((found,), _) = areas(holds, score[None], stratum, cluster, 1_000, 1)
    assert found.interval is not None
    assert found.interval.high - found.interval.low == pytest.approx(3.92 * np.std(anew), rel=0.15)


def test_cells_give_their_share_and_their_most_common_label() -> None:
    holds, cell = np.array([1, 1, 0, 0, 1], dtype=np.bool_), np.array([0, 0, 0, 7, 7])
    assert shares(holds, cell, np.ones(5)) == pytest.approx([2 / 3, 2 / 3, 2 / 3, 0.5, 0.5])
    assert commonest(np.array([2, 2, 1, 1, 0]), cell, np.ones(5)).tolist() == [2, 2, 2, 0, 0]
    assert comparable(holds, np.array([0, 0, 0, 1, 2])).tolist() == [True, True, True, False, False]
    assert fifths(np.arange(1, 11)).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert fifths(np.full(4, 9)).tolist() == [0, 0, 0, 0]


def test_length_is_taken_the_way_that_tells_most() -> None:
    holds, _, stratum, _ = steps()
    place = np.arange(len(holds))
    for length in (2 * place % 7 + 30 * holds, 2 * place % 7 - 30 * holds + 60):
        assert auroc(holds, by_length(holds, length, stratum, np.ones(len(holds))), stratum)[0] == pytest.approx(1.0)
    middling = np.where(holds, 50, np.where(place % 2, 10, 90))
    assert auroc(holds, by_length(holds, middling, stratum, np.ones(len(holds))), stratum)[0] > 0.7


def test_what_stands_still_at_each_position_is_ahead_of_nothing_and_what_is_always_right_is() -> None:
    holds, _, stratum, cluster = steps()
    scored = np.stack([stratum / 5, np.full(len(holds), 0.3)])
    (own, guess), ahead = areas(holds, scored, stratum, cluster, 300, 1)
    assert (own.value, guess.value, ahead[0].value) == (0.5, 0.5, 0.0) and not beaten(ahead)
    assert ahead[0].interval is not None and ahead[0].interval.low < 0 < ahead[0].interval.high
    _, ahead = areas(holds, np.stack([1.0 * holds, scored[1]]), stratum, cluster, 300, 1)
    assert ahead[0].value == 0.5 and beaten(ahead)
    assert ahead[0].interval is not None and ahead[0].interval.low == pytest.approx(
        0.5 - 0.0602, abs=1e-3
    )  # Wilson, 60
    few = cluster % 9
    assert not beaten(areas(holds, np.stack([1.0 * holds, scored[1]]), stratum, few, 300, 1)[1])


@pytest.mark.parametrize(
    ("ends", "ahead"), [((0.01, 0.2), True), ((0.0, 0.2), False), ((-0.01, 0.2), False), (None, False)]
)
def test_a_difference_counts_where_its_interval_lies_above_zero(ends: tuple[float, float] | None, ahead: bool) -> None:
    reason = "so" if ends is None else None
    between = None if ends is None else Interval(low=ends[0], high=ends[1])
    one = Estimate(value=0.1, interval=between, interval_reason=reason)
    sure = Estimate(value=0.1, interval=Interval(low=0.05, high=0.2))
    assert beaten([sure, one]) is ahead


def test_differences_are_of_the_same_draws() -> None:
    """A source that is a little better on the same steps is clearly so, though both intervals overlap."""
    _, _, _, cluster = steps()
    draw = np.random.default_rng(5)
    base = draw.random(len(cluster)) < 0.6
    better = base | (draw.random(len(cluster)) < 0.1)
    (one, other), ahead = means(np.stack([better, base]).astype(np.float64), cluster, 500, 1)
    assert one.value == pytest.approx(better.mean()) and beaten(ahead)
    assert one.interval is not None and other.interval is not None and one.interval.low < other.interval.high
    assert means(np.empty((2, 0)), np.empty(0, dtype=np.int64), 10, 1)[0][0].reason == "nothing to compare"


def test_kappa_of_predictions_is_that_of_two_people() -> None:
    judged = arrays(*made())
    every = np.ones(len(judged.label), dtype=np.bool_)
    found = judgement.sums(judged, every, np.ones(len(judged.problem), dtype=np.bool_))
    kappa = float(judgement.kappa(found, np.arange(len(LABELS)))(found.total[None])[0])
    told = judged.given >= 0
    table = np.zeros((3, 3))
    np.add.at(table, (judged.label[told], judged.given[told]), 1)
    assert kappa == pytest.approx(cohens_kappa(table).kappa)
    right, of = found.right_label(found.total)
    assert right / of == pytest.approx((judged.label == judged.given)[told].mean())


def test_a_weight_counts_like_as_many_steps() -> None:
    holds, score, stratum, cluster = steps()
    times = np.random.default_rng(8).integers(1, 4, len(holds))
    again, weight = np.repeat(np.arange(len(holds)), times), times.astype(np.float64)
    area, parts = auroc(holds, score, stratum, weight)
    assert area == pytest.approx(auroc(holds[again], score[again], stratum[again])[0])
    assert resampled_auroc(area, parts.sum(axis=0)) == pytest.approx(area)
    ones = np.ones(len(holds))
    assert auroc(holds, score, stratum, ones)[0] == auroc(holds, score, stratum)[0]
    assert shares(holds, stratum, weight)[again] == pytest.approx(
        shares(holds[again], stratum[again], np.ones(len(again)))
    )
    (mean,), _ = means(holds[None].astype(np.float64), cluster, 0, 1, weight)
    assert mean.value == pytest.approx(holds[again].mean())
    assert commonest(np.array([0, 1, 1]), np.zeros(3, dtype=np.int64), np.array([3.0, 1.0, 1.0])).tolist() == [0, 0, 0]


def test_weighted_resamples_spread_as_those_of_steps_that_stand_there_as_often() -> None:
    holds, score, stratum, cluster = steps()
    weight = np.where(cluster % 3 == 0, 3, 1)
    again = np.repeat(np.arange(len(holds)), weight)
    ((one,), _), ((other,), _) = (
        areas(holds, score[None], stratum, cluster, 400, 1, 1.0 * weight),
        areas(holds[again], score[again][None], stratum[again], cluster[again], 400, 1),
    )
    assert one.interval is not None and other.interval is not None
    assert (one.interval.low, one.interval.high) == pytest.approx((other.interval.low, other.interval.high), abs=1e-6)


def test_weighted_sums_of_a_judgement_are_those_of_traces_that_stand_there_as_often() -> None:
    judged = arrays(*made())
    every, traces = np.ones(len(judged.label), dtype=np.bool_), np.ones(len(judged.problem), dtype=np.bool_)
    weight = np.where(np.arange(len(judged.problem)) % 2, 2.0, 1.0)
    found = judgement.sums(replace(judged, weight=weight), every, traces)
    heavy = traces & (weight == 2.0)
    plain, more = (judgement.sums(judged, each[judged.trace], each) for each in (traces, heavy))
    both = plain.total + more.total
    for part in (judgement.FIRST, judgement.SIDES, judgement.BINNED, slice(judgement.TABLE, None)):
        assert found.total[part] == pytest.approx(both[part])
