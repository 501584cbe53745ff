"""A model's judgement of steps against their labels, as sums over problems that can be resampled."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cotlab.agreement.coefficients.cohen_kappa import CohenKappa
from cotlab.agreement.intervals.bootstrap import draws
from cotlab.agreement.models.auroc import COLUMNS as OF_AREA
from cotlab.agreement.models.auroc import auroc, resampled_auroc
from cotlab.agreement.models.reliability import BINS, bins_of, calibration_error
from cotlab.agreement.models.reliability import COLUMNS as OF_BINS
from cotlab.agreement.ratings import Codes, Mask
from cotlab.agreement.tables import Floats, Weights, compact, ratio, summed

UNKNOWN = -2
"""The first error of a trace whose labels do not tell it; -1 is that of a trace without one."""
NONE = -1
FIRST = slice(0, 4)
"""Traces with an error, those of them told right, traces without one, those of them told right."""
SIDES = slice(4, 8)
"""Steps by side (no error, error) and predicted side."""
AREA = slice(8, 8 + OF_AREA)
BINNED = slice(8 + OF_AREA, 8 + OF_AREA + OF_BINS)
TABLE = 8 + OF_AREA + OF_BINS
"""Where the table of labels and predictions begins."""


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """n steps of m traces.

    Of each step (shape [n]): its label as a place in `labels`, what was predicted as a place in `predicted` (-1:
    nothing), whether an error was predicted (1, 0, or -1: nothing), the score (NaN: none) and its trace. Of each trace
    ([m]): its problem, the place of its first error (UNKNOWN, NONE, or from 0), whether that was `found`, and what it
    weighs (from 0 on; None: each 1). `errors` ([labels]) says which labels are errors, `right` ([labels, predicted])
    which predictions are right.
    """

    labels: tuple[str, ...]
    predicted: tuple[str, ...]
    errors: Mask
    right: Mask
    label: Codes
    given: Codes
    side: Codes
    score: Floats
    trace: Codes
    problem: Codes
    first: Codes
    found: Mask
    weight: Floats | None = None

    def weights(self) -> Floats:
        """Of each trace, shape [m]."""
        return np.ones(len(self.problem)) if self.weight is None else self.weight


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What some steps and traces give to each number: `shares` of shape [problems, places], and sums and area of all.

    `labels` and `predicted` are how many of each there are.
    """

    shares: Weights
    total: Floats
    area: float
    right: Mask

    def resampled(self, replicates: int, seed: int) -> Floats:
        """Sums over as many problems, drawn anew; shape [replicates, places]."""
        found = [np.empty((0, self.shares.shape[1]))]
        found += [summed(weights, self.shares) for weights in draws(len(self.shares), replicates, seed)]
        return np.concatenate(found)

    def table(self, sums: Floats) -> Floats:
        """Labels by predictions, shape [..., labels, predicted]."""
        return sums[..., TABLE:].reshape(*sums.shape[:-1], *self.right.shape)

    def right_label(self, sums: Floats) -> tuple[Floats, Floats]:
        """Steps whose prediction is right, of all that have one."""
        table = self.table(sums)
        return (table * self.right).sum(axis=(-2, -1)), table.sum(axis=(-2, -1))

    def recall(self, place: int) -> "Share":
        """Of the steps of a label, those whose prediction is right."""
        return lambda sums: (
            (self.table(sums)[..., place, :] * self.right[place]).sum(axis=-1),
            self.table(sums)[..., place, :].sum(axis=-1),
        )

    def precision(self, place: int) -> "Share":
        """Of the steps of a prediction, those of which it is right."""
        return lambda sums: (
            (self.table(sums)[..., place] * self.right[:, place]).sum(axis=-1),
            self.table(sums)[..., place].sum(axis=-1),
        )


Share = Callable[[Floats], tuple[Floats, Floats]]
"""Sums -> how many are right, of how many."""
Number = Callable[[Floats], Floats]


def sums(judged: Judgements, steps: Mask, traces: Mask) -> Sums:
    """The sums of those steps and traces for which the masks, of shape [n] and [m], hold."""
    at, of = np.flatnonzero(steps), np.flatnonzero(traces)
    problem = judged.problem[judged.trace[at]]
    clusters, cluster = compact(np.concatenate([problem, judged.problem[of]]))
    width = TABLE + judged.right.size
    shares = np.zeros((len(clusters), width))
    area = _add_steps(shares, judged, at, cluster[: len(at)])
    _add_traces(shares, judged, of, cluster[len(at) :])
    return Sums(shares.astype(np.float32), shares.sum(axis=0), area, judged.right)


def _add_steps(shares: Floats, judged: Judgements, at: Codes, cluster: Codes) -> float:
    error, side, given = judged.errors[judged.label[at]], judged.side[at], judged.given[at]
    told, named, scored = side >= 0, given >= 0, ~np.isnan(judged.score[at])
    weight = judged.weights()[judged.trace[at]]
    np.add.at(shares, (cluster[told], SIDES.start + 2 * error[told] + side[told]), weight[told])
    cells = judged.label[at][named] * len(judged.predicted) + given[named]
    np.add.at(shares, (cluster[named], TABLE + cells), weight[named])
    holds, score, each = ~error[scored], judged.score[at][scored], weight[scored]
    area, parts = auroc(holds, score, None, each)
    np.add.at(shares[:, AREA], cluster[scored], parts)
    for row, values in enumerate((np.ones(len(score)), score, holds.astype(np.float64))):
        np.add.at(shares, (cluster[scored], BINNED.start + BINS * row + bins_of(score)), each * values)
    return area


def _add_traces(shares: Floats, judged: Judgements, of: Codes, cluster: Codes) -> None:
    first, found, weight = judged.first[of], judged.found[of], judged.weights()[of]
    for place, those in enumerate((first >= 0, (first >= 0) & found, first == NONE, (first == NONE) & found)):
        np.add.at(shares, (cluster[those], FIRST.start + place), weight[those])


def erroneous(sums: Floats) -> tuple[Floats, Floats]:
    """Traces with an error whose first one was found, of all of them."""
    return sums[..., 1], sums[..., 0]


def correct(sums: Floats) -> tuple[Floats, Floats]:
    """Traces without an error of which this was said, of all of them."""
    return sums[..., 3], sums[..., 2]


def accuracy(sums: Floats) -> tuple[Floats, Floats]:
    """Traces whose first error was told right, of all of them."""
    return sums[..., 1] + sums[..., 3], sums[..., 0] + sums[..., 2]


def first_error_f1(sums: Floats) -> Floats:
    """F1 = 2 a b / (a + b) of the accuracies a on traces with an error and b on those without; NaN without either.

    Chujie Zheng et al., 2025, ProcessBench (ACL 2025), section 3.
    """
    one, other = ratio(*erroneous(sums)), ratio(*correct(sums))
    harmonic = np.divide(2 * one * other, one + other, out=np.zeros_like(one), where=one + other > 0)
    return np.where(np.isnan(one) | np.isnan(other), np.nan, harmonic)


def step_f1(sums: Floats) -> Floats:
    """F1 = 2 tp / (2 tp + fp + fn) of finding steps that are errors; NaN where none is and none was named."""
    _, alarms, missed, hits = np.moveaxis(sums[..., SIDES], -1, 0)
    return ratio(2 * hits, 2 * hits + alarms + missed)


def side_recall(side: int) -> Share:
    """Of the steps on a side (0: no error, 1: error), those predicted to be there."""
    return lambda sums: (_sides(sums)[..., side, side], _sides(sums)[..., side, :].sum(axis=-1))


def side_precision(side: int) -> Share:
    """Of the steps predicted to be on a side, those that are."""
    return lambda sums: (_sides(sums)[..., side, side], _sides(sums)[..., side].sum(axis=-1))


def _sides(sums: Floats) -> Floats:
    return sums[..., SIDES].reshape(*sums.shape[:-1], 2, 2)


def kappa(found: Sums, rows: Codes) -> Number:
    """Cohen's kappa of predictions and labels, the label in row i being predicted in column `rows[i]`."""

    def number(sums: Floats) -> Floats:
        table = found.table(sums)
        square = np.zeros((*table.shape[:-2], 1, table.shape[-1], table.shape[-1]))
        square[..., 0, rows, :] = table
        return CohenKappa().values(square)

    return number


def ece(sums: Floats) -> Floats:
    """See reliability.calibration_error."""
    return calibration_error(sums[..., BINNED])


def bins(total: Floats) -> Floats:
    """Of each bin how many steps, the sum of their scores, and how many are no error; shape [3, BINS]."""
    return total[BINNED].reshape(3, BINS)


def area_of(found: Sums) -> Number:
    return lambda sums: resampled_auroc(found.area, sums[..., AREA])


def share(of: Share) -> Number:
    return lambda sums: ratio(*of(sums))
