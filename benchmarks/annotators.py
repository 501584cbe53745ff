"""Made-up annotators: how well each knows the labels is exact, and the mistakes of one trace come together.

Of the steps 62 % are correct, 8 % redundant, 20 % incorrect and 10 % incomplete; the rare ones are missed more often,
and each is mistaken for what it is mistaken for in practice. Traces have 4 to 12 steps, 8 on average.

Mistakes are correlated after Lunn & Davies (1998), A note on generating correlated binary variables, Biometrika 85(2),
487-490: a step takes the luck of its trace with a probability, else its own, which leaves every step's chance as it is.
With the probability sqrt(r) two steps of equal chances have the correlation r; where chances depend on the label it is
a little more, so that r is the correlation of any two steps of a trace.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cotlab.agreement.coefficients.cohen_kappa import CohenKappa
from cotlab.agreement.ratings import Codes, Mask
from cotlab.agreement.tables import Floats

LABELS = ("correct", "redundant", "incorrect", "incomplete")
SHARES = np.array([0.62, 0.08, 0.20, 0.10])
HARDNESS = np.array([0.6, 1.8, 1.3, 2.0])
"""How much more often than another a label is missed."""
MISTAKEN_FOR = np.array([
    [0.00, 0.45, 0.20, 0.35],
    [0.80, 0.00, 0.10, 0.10],
    [0.55, 0.10, 0.00, 0.35],
    [0.55, 0.05, 0.40, 0.00],
])  # fmt: skip
"""What a label is taken for where it is missed; each row sums to 1."""
LENGTHS = (4, 6, 8, 10, 12)
MEAN_LENGTH = 8
HALVINGS = 50


@dataclass(frozen=True, slots=True, eq=False)
class Annotator:
    """`chances[gold, given]` is how likely a label is given where the gold one is another; shape [labels, labels]."""

    chances: Floats

    def kappa(self) -> float:
        """Cohen's kappa against gold over endlessly many steps."""
        return float(CohenKappa().of_pairs(SHARES[:, None] * self.chances))

    def accuracy(self) -> float:
        """The share of right labels over endlessly many steps."""
        return float(SHARES @ np.diag(self.chances))

    def together(self, within: float) -> float:
        """How often a step shares the luck of its trace, so that two mistakes are correlated by `within`; 1 at most."""
        missed = 1.0 - np.diag(self.chances)
        mean = float(SHARES @ missed)
        most = (SHARES @ np.minimum.outer(missed, missed) @ SHARES - mean**2) / (mean * (1.0 - mean))
        return float(np.sqrt(min(1.0, within / max(most, 1e-9))))


def of_kappa(kappa: float) -> Annotator:
    """The annotator whose kappa over endlessly many steps is this one, from about 0.1 to 1."""
    low, high = 0.0, 1.0 / HARDNESS.max()
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _missing(middle).kappa() > kappa else (low, middle)
    return _missing(high)


def _missing(scale: float) -> Annotator:
    missed = scale * HARDNESS[:, None]
    return Annotator(np.eye(len(LABELS)) * (1.0 - missed) + missed * MISTAKEN_FOR)


def who_never_says(label: str) -> Annotator:
    """Who takes this label for what it is mistaken for, and makes no other mistake."""
    chances = np.eye(len(LABELS))
    place = LABELS.index(label)
    chances[place] = MISTAKEN_FOR[place]
    return Annotator(chances)


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Gold and given labels of several runs, and the trace of each step, from 0 on; shape [runs, steps] each."""

    gold: Codes
    given: Codes
    trace: Codes


def label(one: Annotator, runs: int, steps: int, within: float, random: np.random.Generator) -> Labelled:
    """What one annotator gives in so many runs over whole traces, the last of which may be cut.

    `within` is the correlation of two mistakes in a trace.
    """
    trace = traces(runs, steps, random)
    gold = random.choice(len(LABELS), (runs, steps), p=SHARES)
    return Labelled(gold, answers(one, gold, trace, within, random), trace)


def answers(one: Annotator, gold: Codes, trace: Codes, within: float, random: np.random.Generator) -> Codes:
    """What one annotator gives where `gold` is right; shape [runs, steps] each, as `trace`."""
    missed = _luck(trace, one.together(within), random) >= np.diag(one.chances)[gold]
    other = one.chances - np.diag(np.diag(one.chances))
    ends = np.cumsum(other / np.maximum(other.sum(axis=1, keepdims=True), 1e-12), axis=1)[:, :-1]
    instead = (random.random((*gold.shape, 1)) > ends[gold]).sum(axis=2)
    return np.where(missed, instead, gold)


def right(accuracy: npt.ArrayLike, trace: Codes, within: float, random: np.random.Generator) -> Mask:
    """Whether each step is labelled right, shape [runs, steps] as `trace`; `accuracy` is one number or one a step."""
    answered: Mask = _luck(trace, float(np.sqrt(within)), random) < np.asarray(accuracy)
    return answered


def traces(runs: int, steps: int, random: np.random.Generator) -> Codes:
    """The trace of each step, from 0 on; shape [runs, steps]."""
    ends = random.choice(LENGTHS, (runs, steps // min(LENGTHS) + 1)).cumsum(axis=1)
    starts = np.zeros((runs, int(ends.max()) + 1), dtype=np.int64)
    np.put_along_axis(starts, ends, 1, axis=1)
    return starts[:, :steps].cumsum(axis=1)


def _luck(trace: Codes, together: float, random: np.random.Generator) -> Floats:
    """Between 0 and 1, evenly, shape [runs, steps]; the best luck is 0."""
    shared = np.take_along_axis(random.random((len(trace), int(trace.max()) + 1)), trace, axis=1)
    luck: Floats = np.where(random.random(trace.shape) < together, shared, random.random(trace.shape))
    return luck
