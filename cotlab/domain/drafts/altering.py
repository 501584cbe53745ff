"""Correct steps altered in a named way, for people to label: of which steps, how many, and what came of it."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from cotlab.domain.model import Model
from cotlab.domain.projects.slices import TraceSlice
from cotlab.domain.text import Name


class CorrectBy(StrEnum):
    """Who says that a step is correct: the settled labels, a source's labels, or whoever asks, of a whole slice."""

    SETTLED = "settled"
    SOURCE = "source"
    GIVEN = "given"


class AlterBody(Model):
    """Make altered traces until there are `number` in these ways, those that are there already counted.

    A step is altered where it and all before it are correct, as `correct_by` says: `source` by the labels of `source`,
    `given` without labels, in traces of a source or generator that `where` names. Of a trace at most `per_trace` are
    made. Which ones is drawn by `seed`. With `dry_run` nothing is made, and the answer is what would be.

    With `model` it is asked to alter the steps, which a worker has it do; what comes of it are drafts, of which those
    that wait are counted too.
    """

    how: Annotated[tuple[Name, ...], Field(min_length=1, max_length=20)]
    number: Annotated[int, Field(ge=1, le=10_000)] = 50
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 0
    where: TraceSlice = Field(default_factory=TraceSlice)
    correct_by: CorrectBy = CorrectBy.SETTLED
    source: Name | None = None
    per_trace: Annotated[int, Field(ge=1, le=100)] = 1
    model: Name | None = None
    dry_run: bool = False

    @model_validator(mode="after")
    def _somebody_says_so(self) -> Self:
        if (self.correct_by is CorrectBy.SOURCE) != (self.source is not None):
            raise ValueError("source: it is named where a source's labels say what is correct, and only there")
        if self.correct_by is CorrectBy.GIVEN and self.where.source is None and self.where.generator is None:
            raise ValueError("where: traces that are taken for correct are of a source or a generator that is named")
        return self


class WayCount(Model):
    """What came of one way. `made` and `there_already` are in the pool, or with `dry_run` would be; of those that were
    made the checks refuted some (`refuted`) and decided nothing of the others (`undecided`). `dropped` counts by reason
    what the checks speak against. Of a model `asked` are the steps that it was asked to alter, and what it wrote before
    is counted under `there_already` and `dropped`.
    """

    made: int = 0
    asked: int = 0
    there_already: int = 0
    refuted: int = 0
    undecided: int = 0
    dropped: dict[str, int] = Field(default_factory=dict)


class AlterReport(Model):
    """What was made. `traces` were looked at, with `steps` correct ones; `left_out` counts traces by reason."""

    dry_run: bool
    traces: int = 0
    steps: int = 0
    made: int = 0
    asked: int = 0
    there_already: int = 0
    short: int = 0
    ways: dict[str, WayCount] = Field(default_factory=dict)
    left_out: dict[str, int] = Field(default_factory=dict)
