"""What of a project goes out, and into which files: selection, splits, shares, and problems of benchmarks kept out."""

from enum import StrEnum
from math import isclose
from typing import Annotated

from pydantic import Field, model_validator

from cotlab.domain.model import Model
from cotlab.domain.text import Name, Text
from cotlab.domain.traces.records import Origin

HELD_OUT = "held_out"
"""The split of what is held out."""
TEST = "test"
"""The split that `test_origin` speaks of."""
TRAIN = "train"
MOST_PROBLEMS = 100_000
"""Problems of one benchmark."""


class Facet(StrEnum):
    """What a trace or pair has a value of: of its problem domain, tag and source, of itself the others."""

    DOMAIN = "domain"
    TAG = "tag"
    SOURCE = "source"
    GENERATOR = "generator"
    STRATEGY = "strategy"
    ORIGIN = "origin"


class SplitBy(StrEnum):
    """What never lies in two splits, beside near duplicates of one problem, which never do."""

    PROBLEM = "problem"
    SOURCE = "source"
    DOMAIN = "domain"
    STRATEGY = "strategy"
    GENERATOR = "generator"


class FacetValue(Model):
    """A facet and one value of it, as `domain=law`."""

    facet: Facet
    value: Name

    def __str__(self) -> str:
        return f"{self.facet}={self.value}"


class SplitShare(Model):
    """A split and the share of the rows that it is to have, as `train=0.9`."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    share: Annotated[float, Field(gt=0, le=1)]

    def __str__(self) -> str:
        return f"{self.name}={self.share!r}"


class MostShare(FacetValue):
    """The share that a value may have at most in each split, as `origin=model:0.5`."""

    share: Annotated[float, Field(ge=0, lt=1)]

    def __str__(self) -> str:
        return f"{self.facet}={self.value}:{self.share!r}"


class Benchmark(Model):
    """A file of problems that must not be in a dataset, with the SHA-256 of its bytes."""

    name: Name
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    problems: Annotated[tuple[Text, ...], Field(min_length=1, max_length=MOST_PROBLEMS)]


class SplitOrder(Model):
    """How rows are spread over files. What is not in `shares` or held out goes nowhere.

    `by`: rows that share a value of it lie in one split. `hold_out`: values whose rows make the split `held_out`.
    `test_origin`: the split `test` has rows of this origin alone. `balance`: in each split as many traces or pairs
    have one of these labels as have none of them. `most`: no value has more than its share of a split.
    """

    shares: Annotated[tuple[SplitShare, ...], Field(min_length=1, max_length=20)] = (SplitShare(name=TRAIN, share=1),)
    by: SplitBy = SplitBy.PROBLEM
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 0
    hold_out: Annotated[tuple[FacetValue, ...], Field(max_length=50)] = ()
    test_origin: Origin | None = None
    balance: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    most: Annotated[tuple[MostShare, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _fits(self) -> "SplitOrder":
        names = [one.name for one in self.shares]
        if len(set(names)) != len(names):
            raise ValueError("a split stands twice; each has one share")
        total = sum(one.share for one in self.shares)
        if not isclose(total, 1, abs_tol=1e-6):
            raise ValueError(f"the shares of the splits sum to {total:g}, and must sum to 1")
        if HELD_OUT in names:
            raise ValueError(f"{HELD_OUT} is the split of what is held out, and takes no share")
        if self.test_origin is not None and TEST not in names:
            raise ValueError(f"an origin for the split {TEST} needs a split of that name")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """All splits, in order."""
        return (*(one.name for one in self.shares), *([HELD_OUT] if self.hold_out else []))
