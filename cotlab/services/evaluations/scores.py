"""The numbers of a model's judgement, over everything and in slices."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cotlab.agreement.models import judgement
from cotlab.agreement.models.judgement import Judgements, Share, Sums
from cotlab.agreement.models.judgement_intervals import estimate, harmonic_estimate, share_estimate, usual_error
from cotlab.agreement.models.reliability import BINS
from cotlab.agreement.ratings import Codes, Mask
from cotlab.agreement.tables import Floats
from cotlab.domain.agreement.coefficients import Estimate
from cotlab.domain.agreement.rates import LabelRates, Rate
from cotlab.domain.evaluations.evaluations import (
    ERROR,
    NO_ERROR,
    OF_STEPS,
    ConfusionTable,
    EvaluationOrder,
    FirstErrors,
    PredictionLevel,
    ReliabilityBin,
    ScoreCalibration,
    SliceScores,
    band,
)
from cotlab.services.evaluations.truths import Truth

NOTHING = "(none)"
"""The slice of what has no value."""
NO_ALARM = "no step is an error or was said to be one"
NO_STEP, NO_TRACE = "no step", "no trace"
NO_SCORE = "no step has a score"
ONE_SIDE = "errors and other steps with scores are needed"
BOTH_NEEDED = "traces with and without an error are needed"
OF_NO_SLICE = "a trace without an error is in no slice of steps"


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some steps, of shape [n], and traces, [m], and how they were chosen."""

    where: dict[str, str]
    steps: Mask
    traces: Mask

    @property
    def of_steps(self) -> bool:
        return not self.where.keys().isdisjoint(OF_STEPS)


def cells_of_trace(truth: Truth, name: str) -> tuple[str, ...]:
    """The values of a dimension of whole traces; one of NOTHING where it has none."""
    found = {
        "domain": (truth.domain,), "tag": truth.tags, "strategy": (truth.strategy,) if truth.strategy else (),
        "difficulty": () if truth.difficulty is None else (str(truth.difficulty),),
    }[name]  # fmt: skip
    return found or (NOTHING,)


def cell_of_step(truth: Truth, place: int, name: str) -> str:
    """The value of a dimension of steps for the labelled step at a place (from 0)."""
    basis = truth.labels[place][1]
    return band(place + 1) if name == "position" else NOTHING if basis is None else basis.value


def problems_of(judged: Judgements, part: Part) -> int:
    """How many problems the traces of a part are of."""
    return len(np.unique(judged.problem[judged.trace[part.steps]]))


def parts(judged: Judgements, truths: Sequence[Truth], by: Sequence[str]) -> Iterator[Part]:
    """Everything, then each value of each dimension that has labelled steps."""
    yield Part({}, np.ones(len(judged.label), dtype=np.bool_), np.ones(len(truths), dtype=np.bool_))
    for name in by:
        yield from (_of_steps if name in OF_STEPS else _of_traces)(judged, truths, name)


def _of_traces(judged: Judgements, truths: Sequence[Truth], name: str) -> Iterator[Part]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, truth in enumerate(truths):
        for value in cells_of_trace(truth, name):
            places[value].append(place)
    for value in _named(places):
        traces = np.zeros(len(truths), dtype=np.bool_)
        traces[places[value]] = True
        yield Part({name: value}, traces[judged.trace], traces)


def _of_steps(judged: Judgements, truths: Sequence[Truth], name: str) -> Iterator[Part]:
    """A trace is counted where its first error is."""
    cells = np.array([cell_of_step(one, place, name) for one in truths for place in range(len(one.labels))])
    places = np.concatenate([np.arange(len(one.labels)) for one in truths])
    firsts = places == judged.first[judged.trace]
    for value in _named(cells.tolist()):
        steps = cells == value
        traces = np.zeros(len(truths), dtype=np.bool_)
        traces[judged.trace[steps & firsts]] = True
        yield Part({name: value}, steps, traces)


def _named(values: Iterable[str]) -> list[str]:
    """The values that there are, in order; none where nothing has one."""
    found = sorted({*values}, key=_in_order)
    return [] if found == [NOTHING] else found


def _in_order(value: str) -> tuple[int, str]:
    first = value.partition("-")[0]
    return (int(first) if first.isdigit() else 0), value


def sums_of(judged: Judgements, part: Part) -> Sums:
    return judgement.sums(judged, part.steps, part.traces)


def scores(
    judged: Judgements, part: Part, order: EvaluationOrder, level: PredictionLevel, everything: Sums | None = None
) -> SliceScores:
    """All numbers of a part; intervals draw its problems anew. `everything` is what a slice is held against."""
    found = sums_of(judged, part)
    resampled = found.resampled(order.replicates, order.seed)
    trace = judged.trace[part.steps]
    return SliceScores(
        slice=part.where, steps=len(trace), traces=len(np.unique(trace)) if part.of_steps else int(part.traces.sum()),
        problems=len(found.shares), confusion=_confusion(judged, found),
        labels=tuple(_labels(judged, part, found, resampled, level)),
        step_f1=harmonic_estimate(
            found, resampled, judgement.step_f1, (judgement.side_precision(1), judgement.side_recall(1)), NO_ALARM
        ),
        first_error=_first_error(found, resampled, part.of_steps),
        calibration=_calibration(found, resampled, order, everything),
        auroc=estimate(found, resampled, judgement.area_of(found), ONE_SIDE)
        if not np.isnan(found.area) else Estimate(reason=ONE_SIDE, interval_reason=ONE_SIDE),
    )  # fmt: skip


def _confusion(judged: Judgements, found: Sums) -> ConfusionTable:
    table = found.table(found.total)
    kept = [place for place, row in enumerate(table) if row.any()]
    given = [place for place in range(len(judged.predicted)) if table[:, place].any()]
    return ConfusionTable(
        labels=tuple(judged.labels[place] for place in kept),
        predicted=tuple(judged.predicted[place] for place in given),
        counts=tuple(tuple(int(table[one, other]) for other in given) for one in kept),
    )  # fmt: skip


def _labels(
    judged: Judgements, part: Part, found: Sums, resampled: Floats, level: PredictionLevel
) -> Iterator[LabelRates]:
    label, given, side, trace = (a[part.steps] for a in (judged.label, judged.given, judged.side, judged.trace))
    told = given >= 0

    def rate(of: Share, which: Mask) -> Rate:
        return _rate(found, resampled, of, trace[which], NO_STEP)

    predicted = {name: place for place, name in enumerate(judged.predicted)}
    for place, name in enumerate(judged.labels):
        if not (label == place).any() and not (name in predicted and (given == predicted[name]).any()):
            continue
        if level is PredictionLevel.ERROR:
            why = "sides are compared, and no labels"
            precision = Rate(reason=why, interval_reason=why, hits=0, of=0, traces=0)
        else:
            precision = rate(found.precision(predicted[name]), given == predicted[name])
        yield LabelRates(label=name, recall=rate(found.recall(place), told & (label == place)), precision=precision)
    if level is PredictionLevel.LABEL:
        for name in set(predicted) - {*judged.labels}:
            if (given == predicted[name]).any():
                nothing = Rate(reason=NO_STEP, interval_reason=NO_STEP, hits=0, of=0, traces=0)
                precision = rate(found.precision(predicted[name]), given == predicted[name])
                yield LabelRates(label=name, recall=nothing, precision=precision)
    error = judged.errors[label]
    for value, name in enumerate((NO_ERROR, ERROR)):
        yield LabelRates(
            label=name,
            recall=rate(judgement.side_recall(value), (side >= 0) & (error == value)),
            precision=rate(judgement.side_precision(value), side == value),
        )


def _rate(found: Sums, resampled: Floats, of: Share, trace: Codes, nothing: str) -> Rate:
    """A share of what the `trace` of each one is."""
    hits, whole = (int(one[0]) for one in of(found.total[None]))
    one = share_estimate(found, resampled, of, nothing)
    return Rate(**one.model_dump(), hits=hits, of=whole, traces=len(np.unique(trace)))


def _first_error(found: Sums, resampled: Floats, of_steps: bool) -> FirstErrors:
    def rate(of: Share, nothing: str = NO_TRACE) -> Rate:
        one, hits, whole = share_estimate(found, resampled, of, nothing), *(int(a[0]) for a in of(found.total[None]))
        return Rate(**one.model_dump(), hits=hits, of=whole, traces=whole)

    return FirstErrors(
        accuracy=rate(judgement.accuracy), erroneous=rate(judgement.erroneous),
        correct=rate(judgement.correct, OF_NO_SLICE if of_steps else NO_TRACE),
        f1=harmonic_estimate(
            found, resampled, judgement.first_error_f1, (judgement.erroneous, judgement.correct),
            OF_NO_SLICE if of_steps else BOTH_NEEDED,
        ),
    )  # fmt: skip


def _calibration(found: Sums, resampled: Floats, order: EvaluationOrder, everything: Sums | None) -> ScoreCalibration:
    counts, sums, right = judgement.bins(found.total)
    table = tuple(
        ReliabilityBin(
            low=place / BINS, high=(place + 1) / BINS, steps=int(n),
            score=float(sums[place] / n) if n else None, right=float(right[place] / n) if n else None,
        )
        for place, n in enumerate(counts)
    )  # fmt: skip
    error = estimate(found, resampled, judgement.ece, NO_SCORE)
    usual = None
    if everything is not None and counts.any():
        usual = usual_error(everything, int(counts.sum()), order.replicates, order.seed)
    return ScoreCalibration(error=error, usual=usual, bins=table if counts.any() else ())
