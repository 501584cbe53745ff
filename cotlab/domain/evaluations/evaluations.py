"""A model's judgement of steps held against settled labels, where it falls short, and slices that are reopened."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cotlab.domain.agreement.coefficients import Agreement, Estimate
from cotlab.domain.agreement.rates import LabelRates, Rate
from cotlab.domain.model import Model
from cotlab.domain.projects.projects import BrokenLine
from cotlab.domain.text import Name

NO_ERROR, ERROR = "no error", "error"
"""The two sides on which a step can be read, whatever its label."""
DIMENSIONS = ("domain", "tag", "difficulty", "strategy", "position", "settled")
"""What an evaluation is sliced by; of the last two each step has its own."""
OF_STEPS = ("position", "settled")
BANDS = ((1, "1"), (3, "2-3"), (6, "4-6"), (10, "7-10"), (20, "11-20"), (None, "21-"))
"""The last position of each band of positions, and its name."""
EVERYTHING = ",".join(DIMENSIONS)
FEWEST_PROBLEMS = 10
"""Of fewer problems no number has an interval, so that nothing can be said of such a slice."""


def band(position: int) -> str:
    """The name of the band in which a position (from 1) lies."""
    return next(name for last, name in BANDS if last is None or position <= last)


class PredictionLevel(StrEnum):
    """Whether a prediction is right where it names the label, or where it is on the right side of error and none."""

    LABEL = "label"
    ERROR = "error"


class EvaluationOrder(Model):
    """How predictions are read. A step whose score is below `threshold` is predicted to be an error.

    Without `level`, labels are compared where every line names labels, and else the sides. `model` is a name for the
    reader. Slices of `fewest` problems and more are told.
    """

    model: Name | None = None
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    level: PredictionLevel | None = None
    by: tuple[str, ...] = DIMENSIONS
    fewest: Annotated[int, Field(ge=1, le=1_000_000)] = FEWEST_PROBLEMS
    replicates: Annotated[int, Field(ge=0, le=10_000)] = 1_000
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 1


class ConfusionTable(Model):
    """How often which prediction met which label: `counts[i][j]` steps of the label `labels[i]` were given
    `predicted[j]`.
    """

    labels: tuple[str, ...]
    predicted: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class FirstErrors(Model):
    """Whether the first error was found. `erroneous` and `correct` are the shares of traces with and without an error
    that were told right, `accuracy` of both; `f1` is their harmonic mean, as in ProcessBench.
    """

    accuracy: Rate
    erroneous: Rate
    correct: Rate
    f1: Estimate


class ReliabilityBin(Model):
    """The steps whose score lies from `low` up to `high`: their mean score, and the share of them without an error."""

    low: float
    high: float
    steps: int
    score: float | None = None
    right: float | None = None


class ScoreCalibration(Model):
    """How far scores are probabilities of no error: the expected calibration error, with the table behind it.

    `usual` is what 97.5 % of as many steps drawn from everything stay below; of a slice alone.
    """

    error: Estimate
    usual: float | None = None
    bins: tuple[ReliabilityBin, ...] = ()


class SliceScores(Model):
    """A model on some steps, and beside it how far people agree there.

    `slice` is empty for everything. `labels` has each label, and each side where sides are compared. `step_f1` is the
    F1 of finding steps that are errors. `below` names the numbers whose interval lies below the value over everything,
    and ECE where it is unusual. `agreement` is alpha of people's first labels in the slice, `gold` how often they are
    right on gold there; `low_agreement` where it is below the policy's bar, or clearly below that over everything.
    `origins` counts the traces by who wrote them.
    """

    slice: dict[str, str] = Field(default_factory=dict)
    steps: int
    traces: int
    problems: int
    confusion: ConfusionTable
    labels: tuple[LabelRates, ...]
    step_f1: Estimate
    first_error: FirstErrors
    calibration: ScoreCalibration
    auroc: Estimate
    below: tuple[str, ...] = ()
    agreement: Agreement | None = None
    gold: Rate | None = None
    origins: dict[str, int] = Field(default_factory=dict)
    low_agreement: bool = False

    @property
    def both_low(self) -> bool:
        """Whether the model falls below the whole where people agree little."""
        return bool(self.below) and self.low_agreement


class Scored(Model):
    """Predictions against labels: the whole first, then the slices, those that fall below the whole before the others.

    `unlabelled` are traces of the predictions without a settled step, `unpredicted` traces with settled steps that the
    predictions do not name. `predictions` is the SHA-256 of the file. `too_small` slices have fewer problems than
    `fewest`, and are not among the results.
    """

    level: PredictionLevel
    threshold: float
    by: tuple[str, ...]
    fewest: int = 1
    too_small: int = 0
    replicates: int
    seed: int
    predictions: str
    lines: int
    broken_lines: int
    unlabelled: int
    unpredicted: int
    results: tuple[SliceScores, ...]


class ReopenedSlice(Model):
    """A slice that was reopened: its traces, how many people are to label each anew, and how many are done."""

    id: str
    evaluation: str
    where: str
    people: int
    made_at: int
    made_by: str
    traces: int
    done: int
    receipt: str = ""


class Evaluation(Model):
    """An evaluation as it is kept: the numbers and the digest of the predictions, not the predictions.

    Labels are those settled at `as_of`, a sequence of the project's chain. `broken` are the first broken lines, which
    are told to the one who sent them and not kept.
    """

    id: str
    model: str | None
    made_at: int
    made_by: str
    as_of: int
    scores: Scored
    reopened: tuple[ReopenedSlice, ...] = ()
    broken: tuple[BrokenLine, ...] = ()
    receipt: str = ""


class EvaluationEntry(Model):
    """An evaluation in a list: F1 of first errors, ECE and AUROC over everything, and the slices below it."""

    id: str
    model: str | None
    made_at: int
    made_by: str
    steps: int
    traces: int
    f1: Estimate
    calibration_error: Estimate
    auroc: Estimate
    below: tuple[str, ...]
    reopened: int


class ReopenBody(Model):
    """Label a slice of an evaluation anew: `where` is one of its slices, as `domain=law`.

    `people` label each trace, none of whom has worked on it. `count` takes so many traces of the slice, drawn by
    `seed`.
    """

    where: Name
    people: Annotated[int, Field(ge=1, le=20)] = 1
    count: Annotated[int, Field(ge=1, le=10_000)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 1


class ReopenEstimate(Model):
    """What reopening a slice would take: traces and their steps, and labels to be given.

    `hours` is that at the median time of a label in the slice, where there is one. `nobody` counts traces of the slice
    that too few people can take, `waiting` those that are being labelled anew already; both are left out. `people` are
    those who can take some.
    """

    where: str
    traces: int
    steps: int
    labels: int
    hours: float | None
    people: tuple[str, ...]
    nobody: int
    waiting: int
