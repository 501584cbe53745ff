"""What comes first in the queue: a sum of terms, each with a weight of the policy, in points.

One point is worth one day of age at the weight 1, so that two traces can be compared by words: this one is ten days
younger, but people disagree on it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, model_validator

from cotlab.domain.model import Model
from cotlab.domain.text import Name

DAY = 24 * 60 * 60 * 1_000_000
"""Microseconds."""
Weight = Annotated[float, Field(ge=0, le=1000)]


class Weights(Model):
    """Points for each term of the order: a day of age, an open quota, full disagreement and so on."""

    age: Annotated[Weight, Field(description="points a day since the trace came into the queue")] = 1.0
    coverage: Annotated[Weight, Field(description="points while a quota of the trace's slice is open")] = 30.0
    disagreement: Annotated[Weight, Field(description="points times the share of its steps on which people differ")] = (
        10.0
    )
    uncertainty: Annotated[Weight, Field(description="points times how unsure a model is, from 0 to 1")] = 10.0
    refuted: Annotated[
        Weight, Field(description="points for each step in which a check refutes something, up to 3")
    ] = 3.0


@dataclass(frozen=True, slots=True)
class Item:
    """What of a trace decides its place in the queue."""

    id: str
    domain: str
    tags: tuple[str, ...]
    difficulty: int | None = None
    strategy: str | None = None
    task: str = "steps"


class Quota(Model):
    """So many traces of a slice are to be settled; what is not named may be anything."""

    domain: Name | None = None
    difficulty: Annotated[int, Field(ge=1, le=5)] | None = None
    strategy: Name | None = None
    tag: Name | None = None
    wanted: Annotated[int, Field(ge=1, le=10_000_000)]

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if not self.slice:
            raise ValueError("a quota names a domain, a difficulty, a strategy or a tag")
        return self

    @property
    def slice(self) -> str:
        """The slice in words, as `domain law, difficulty 4`."""
        named = self.model_dump(exclude={"wanted"}, exclude_none=True)
        return ", ".join(f"{name} {value}" for name, value in named.items())

    @property
    def key(self) -> str:
        """The slice as canonical text, whatever number is wanted."""
        return self.model_dump_json(exclude={"wanted"})

    def fits(self, item: Item) -> bool:
        return (
            item.task == "steps"
            and self.domain in (None, item.domain)
            and self.difficulty in (None, item.difficulty)
            and self.strategy in (None, item.strategy)
            and (self.tag is None or self.tag in item.tags)
        )


class Known(Model):
    """What terms look at besides age and quotas; kept beside the trace in the queue, so that no claim works it out."""

    disagreement: float = 0.0
    """The share of the steps with two labels or more on which people differ."""
    uncertainty: float = 0.0
    """How unsure a model is, from 0 to 1; 0 where none was asked."""
    refuted: int = 0
    """In how many steps a check refutes something."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of one trace when its points are counted; `open_quotas` are those of its slices."""

    days: float
    open_quotas: int
    known: Known


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the order: `amount` times the weight of the same name are its points."""

    name: str
    words: str
    amount: Callable[[Waiting], float]


TERMS: tuple[Term, ...] = (
    Term("age", "days in the queue", lambda one: one.days),
    Term("coverage", "a quota of its slice is open", lambda one: float(one.open_quotas > 0)),
    Term("disagreement", "share of its steps on which people differ", lambda one: one.known.disagreement),
    Term("uncertainty", "how unsure a model is", lambda one: one.known.uncertainty),
    Term("refuted", "steps in which a check refutes something, up to 3", lambda one: float(min(one.known.refuted, 3))),
)


class Points(Model):
    """One term of a trace: `points` are `amount` times `weight`."""

    term: str
    words: str
    amount: float
    weight: float
    points: float


def scored(weights: Weights, waiting: Waiting) -> Iterator[Points]:
    """Each term of a trace with its points."""
    for term in TERMS:
        amount, weight = term.amount(waiting), float(getattr(weights, term.name))
        yield Points(term=term.name, words=term.words, amount=amount, weight=weight, points=amount * weight)


def still_points(weights: Weights, open_quotas: int, known: Known) -> float:
    """The points of a trace but for age, which grows for all alike."""
    waiting = Waiting(0.0, open_quotas, known)
    return sum(term.amount(waiting) * float(getattr(weights, term.name)) for term in TERMS)


def order_key(weights: Weights, since: int, points: float) -> int:
    """What the queue is read by, the smallest first: when a trace came in (microseconds UTC) less its points.

    Age grows for all alike, so that the order by points stays the same while time goes by and nothing is written.
    """
    return round(weights.age * since - points * DAY)
