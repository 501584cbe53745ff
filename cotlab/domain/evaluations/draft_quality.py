"""How good the opinions of models are, held against settled labels and against what can be guessed without reading."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cotlab.domain.agreement.coefficients import Estimate
from cotlab.domain.agreement.rates import Rate
from cotlab.domain.drafts.opinions import OpinionKind
from cotlab.domain.evaluations.evaluations import SliceScores
from cotlab.domain.model import Model

FEWEST_PROBLEMS = 20
FEWEST_STEPS = 20
"""Errors, and as many other steps, at positions that have both; of pairs, pairs of which one response is the better."""


class HeldAgainst(StrEnum):
    """What opinions are held against: all labels that count, or those of gold, or those that adjudicators decided."""

    ALL = "all"
    GOLD = "gold"
    ADJUDICATED = "adjudicated"


class QualityVerdict(StrEnum):
    """Whether a source is worth asking. It is better than chance where the interval of the difference between it and
    each baseline lies above zero: of steps in AUROC of errors within the same position, of pairs in agreement.
    """

    BETTER = "better than chance"
    NO_BETTER = "no better than chance"
    TOO_LITTLE = "too little data"


class BaselineName(StrEnum):
    """What is guessed without reading a step: by what is most common of all, at its position, or at its length."""

    MAJORITY = "majority class"
    POSITION = "position"
    LENGTH = "length"


class Missing(Model):
    """How many more are needed before a verdict: problems, errors, and other steps (or pairs) to compare with."""

    problems: int = 0
    errors: int = 0
    others: int = 0
    pairs: int = 0

    @property
    def nothing(self) -> bool:
        return not (self.problems or self.errors or self.others or self.pairs)


class BaselineQuality(Model):
    """A baseline on the same steps: accuracy of its labels and its AUROC within positions, and by how much the source
    is `ahead` of it in AUROC and `accuracy_ahead` in accuracy.
    """

    name: BaselineName
    accuracy: Estimate
    within: Estimate
    ahead: Estimate
    accuracy_ahead: Estimate


class QualityNumbers(Model):
    """Numbers of the opinions of some steps; `error` is ECE, the rest is as in QualityPart."""

    accuracy: Estimate
    kappa: Estimate
    error: Estimate
    auroc: Estimate
    within: Estimate
    baselines: tuple[BaselineQuality, ...]


class QualityPart(Model):
    """Opinions of the steps of a part, held against their labels.

    `scores` has the tables, precision and recall, ECE and AUROC, its score being the probability of no error.
    `accuracy` and `kappa` are of the most probable label. `within` is AUROC of errors among steps at the same position.
    Of bands of positions there is no verdict. `reweighted` is what holds for all traces of the queue, where points
    chose some of them; the verdict follows from it then.
    """

    against: HeldAgainst
    errors: int
    accuracy: Rate
    kappa: Estimate
    within: Estimate
    baselines: tuple[BaselineQuality, ...]
    verdict: QualityVerdict | None = None
    missing: Missing | None = None
    scores: SliceScores
    reweighted: QualityNumbers | None = None


class PairPart(Model):
    """Opinions of pairs held against settled preferences of one response.

    `agreement` counts a lack of preference as half; `decided` leaves it out. `length` is the share of those in which
    the longer response, or the shorter one where that is the better guess, is the better one; `ahead` is by how much
    agreement is above an even chance and above `length`.
    """

    against: HeldAgainst
    pairs: int
    problems: int
    agreement: Estimate
    decided: Estimate
    length: Estimate
    ahead: tuple[Estimate, ...]
    verdict: QualityVerdict
    missing: Missing


class SourceQuality(Model):
    """The opinions of one kind by one model.

    `opinions` are the newest of each step or pair; of these `held` have a label to be held against, and `other_labels`
    are of a schema whose labels are no more. Left out are `assisted` ones, beside which somebody gave a label while an
    opinion was visible, unless it is gold or decided by an adjudicator. `by_votes` were got by counting answers. `mass`
    is the mean probability of all options together, `unreadable` the share of answers that were. `flipped` is the share
    of pairs whose preference went with the side.
    """

    source: str
    kind: OpinionKind
    opinions: int
    held: int
    other_labels: int = 0
    assisted: int = 0
    by_votes: int = 0
    mass: float | None = None
    unreadable: float | None = None
    verdict: QualityVerdict
    missing: Missing
    parts: tuple[QualityPart, ...] = ()
    pairs: tuple[PairPart, ...] = ()
    flipped: Rate | None = None


class DraftQualityReport(Model):
    """Sources of opinions as of a sequence of the project's chain; intervals draw problems anew."""

    as_of: int
    replicates: Annotated[int, Field(ge=0)]
    seed: int
    sources: tuple[SourceQuality, ...]
