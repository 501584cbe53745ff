"""How traces came to be handed out, and what may be said of all traces from those that were drawn at random."""

from enum import StrEnum

from cotlab.domain.agreement.rates import Rate
from cotlab.domain.model import Model


class HandedOut(StrEnum):
    """Why a trace was handed out when it was: by a draw and its age, by its points, or since a lead named it."""

    AT_RANDOM = "at random"
    BY_POINTS = "by points"
    IN_A_BATCH = "in a batch"


class ShareOfLabels(Model):
    """A share of first labels of steps: of all, which holds for what was labelled, of those of the random share, and of
    all `reweighted`; the latter two hold for all traces of the queue.
    """

    what: str
    labelled: Rate
    at_random: Rate
    reweighted: Rate


class SelectionReport(Model):
    """Traces that were handed out, by why they were, and shares of labels with what they hold for. `random_share` is
    the policy's now.
    """

    random_share: float
    at_random: int
    by_points: int
    in_batches: int
    shares: tuple[ShareOfLabels, ...]
    sentence: str
