"""What a policy says of the order of the queue: points for each term, and quotas."""

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, model_validator

from cotlab.domain.model import Model
from cotlab.domain.text import Name


@dataclass(frozen=True, slots=True)
class Item:
    """What of a trace decides its place in the queue."""

    id: str
    domain: str
    tags: tuple[str, ...]
    difficulty: int | None = None
    strategy: str | None = None
    task: str = "steps"


Weight = Annotated[float, Field(ge=0, le=1000)]


class Weights(Model):
    """Points for each term of the order: a day of age, an open quota, full disagreement and so on."""

    age: Annotated[Weight, Field(description="points a day since the trace came into the queue")] = 1.0
    coverage: Annotated[Weight, Field(description="points while a quota of the trace's slice is open")] = 30.0
    disagreement: Annotated[Weight, Field(description="points times the share of its steps on which people differ")] = (
        10.0
    )
    refuted: Annotated[
        Weight, Field(description="points for each step in which a check refutes something, up to 3")
    ] = 3.0
    contradiction: Annotated[
        Weight, Field(description="points where checks of the final answer and of the steps contradict each other")
    ] = 0.0
    uncertainty: Annotated[Weight, Field(description="points times how unsure models are, from 0 to 1")] = 0.0
    sources: Annotated[Weight, Field(description="points times how far models differ, from 0 to 1")] = 0.0
    rarity: Annotated[Weight, Field(description="points times how probable models think a label of rare_labels")] = 0.0
    novelty: Annotated[
        Weight, Field(description="points where its strategy was never settled in its domain; fewer the more it was")
    ] = 0.0


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
