"""What models think of steps and pairs: opinions with probabilities, and requests for them in bulk."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cotlab.domain.drafts.requests import MOST_ANSWERS
from cotlab.domain.model import Model
from cotlab.domain.projects.slices import Slice
from cotlab.domain.provenance import Sampling
from cotlab.domain.text import Name

Share = Annotated[float, Field(ge=0, le=1)]
MOST_ASKED = 1_000
"""Requests that one call makes."""
SLACK = 1e-6
"""By which a sum of probabilities may miss 1."""


def most_probable(probabilities: Mapping[str, float]) -> str:
    """The label of the highest probability, of several the first by name."""
    return max(sorted(probabilities), key=probabilities.__getitem__)


class OpinionKind(StrEnum):
    """What an opinion is of: a step of a trace, or a pair."""

    LABEL = "label_opinion"
    PAIR = "pair_opinion"


class OpinionBy(StrEnum):
    """How an opinion was got: from the model's probabilities of the options, or by counting its answers."""

    LOG_PROBABILITIES = "log-probabilities"
    VOTES = "votes"


class ModelOpinion(Model):
    """`mass` is the probability of all options together, where the model gives probabilities: far below 1 it does not
    answer what it was asked. `asked` counts prompts, or answers where these are votes, of which `unreadable` name no
    option or several. `guideline` is the version whose labels and rules were in the prompt.
    """

    by: OpinionBy
    asked: Annotated[int, Field(ge=1)]
    mass: Annotated[float, Field(ge=0)] | None = None
    unreadable: Annotated[int, Field(ge=0)] = 0
    guideline: str | None = None


class LabelOpinion(ModelOpinion):
    """The document of a draft of the kind `label_opinion`: label of the first level -> probability; they sum to 1."""

    probabilities: Annotated[dict[str, Share], Field(min_length=2)]

    @model_validator(mode="after")
    def _sums_to_one(self) -> Self:
        if abs(sum(self.probabilities.values()) - 1) > SLACK:
            raise ValueError("probabilities: they do not sum to 1")
        return self

    @property
    def label(self) -> str:
        """The most probable label."""
        return most_probable(self.probabilities)


class PairOpinion(ModelOpinion):
    """The document of a draft of the kind `pair_opinion`, in the pair's own order.

    `first` and `second` are probabilities and sum to 1; `flipped` says that the side decided, and not the response:
    then there is no preference.
    """

    preference: Literal["first", "second", "none"]
    first: Share
    second: Share
    flipped: bool


class OpinionsBody(Model):
    """Ask a model for its opinion of every trace, or pair, of a slice that has none of it yet.

    A call makes at most `most` requests; the next one takes the `next` of its answer as `after`, and without it begins
    anew with what is missing. `answers` is how many are asked for each order of the options where the model gives no
    log-probabilities.
    """

    kind: OpinionKind
    model: Name
    where: Slice = Field(default_factory=Slice)
    after: Name | None = None
    most: Annotated[int, Field(ge=1, le=MOST_ASKED)] = 200
    answers: Annotated[int, Field(ge=1, le=MOST_ANSWERS)] = 3
    seed: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    sampling: Sampling = Field(default_factory=Sampling)


class OpinionsAsked(Model):
    """How many items were asked about, and how many the policy refuses, of which `sentence` says the last reason.

    `next` is where the next call goes on; None: there is nothing more.
    """

    asked: int
    refused: int = 0
    sentence: str | None = None
    next: str | None = None


class OpinionProgress(Model):
    """How far the opinions of one kind by one model are, in items: `done`, `waiting` for a worker or under way, and
    `failed`, of which `sentence` is the newest reason.
    """

    kind: OpinionKind
    model: Name
    done: int
    waiting: int
    failed: int
    opinions: int
    sentence: str | None = None
