"""How the problems and paths of a project are spread, and how far that lies from what is wanted."""

from math import isclose
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cotlab.domain.model import Model
from cotlab.domain.text import Name

Dimension = Literal["domain", "difficulty", "strategy", "tag"]
DIMENSIONS: tuple[Dimension, ...] = ("domain", "difficulty", "strategy", "tag")
NONE = "(none)"
"""The value of what a problem or path does not have: a difficulty, a strategy, a tag."""
Share = Annotated[float, Field(ge=0, le=1)]
SUM = 0.005
"""How far the shares of a target may miss 1 in all, so that they can be rounded."""


class WantedCell(Model):
    """A share that is wanted of one value of each dimension of its part."""

    values: Annotated[tuple[Name, ...], Field(min_length=1, max_length=4)]
    share: Share


class Wanted(Model):
    """What is wanted of some dimensions together. `size` is set where it was counted in so many problems."""

    dimensions: Annotated[tuple[Dimension, ...], Field(min_length=1, max_length=4)]
    cells: Annotated[tuple[WantedCell, ...], Field(min_length=1, max_length=5000)]
    size: Annotated[int, Field(ge=1, lt=2**53)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Wanted":
        if len(set(self.dimensions)) != len(self.dimensions):
            raise ValueError("a dimension stands twice")
        if any(len(cell.values) != len(self.dimensions) for cell in self.cells):
            raise ValueError("a cell has other dimensions than its part")
        if len({cell.values for cell in self.cells}) != len(self.cells):
            raise ValueError("a cell stands twice")
        total = sum(cell.share for cell in self.cells)
        if not isclose(total, 1, abs_tol=SUM):
            raise ValueError(f"the shares of {' x '.join(self.dimensions)} sum to {total:.4g}, and not to 1")
        return self


class CoverageBody(Model):
    """What to hold a project against: `wanted` shares, or its own sources or months with each other.

    `settled`: only paths of which every step is settled.
    """

    wanted: Annotated[tuple[Wanted, ...], Field(max_length=10)] = ()
    settled: bool = False
    compare: Literal["source", "collected"] | None = None


class CoverageCell(Model):
    """One value of each dimension: what is there, its share, and how far that lies from the wanted one.

    `low` to `high` is the 95 % interval of `difference`; all four are None where nothing is wanted.
    """

    values: tuple[str, ...]
    problems: int
    traces: int
    share: float
    wanted: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None


class CoveragePart(Model):
    """Some dimensions together. `group` is the source or month that is held against all others.

    Shares are of problems, or of paths where strategies are looked at; a problem with several tags counts for each.
    `distance` is the total variation distance. Wanted cells that are empty come first, then the largest differences.
    """

    dimensions: tuple[Dimension, ...]
    group: str | None = None
    counted: Literal["problems", "traces"]
    total: int
    distance: float | None
    cells: tuple[CoverageCell, ...]


class CoverageReport(Model):
    problems: int
    traces: int
    settled: bool
    compared: Literal["target", "source", "collected"] | None
    parts: tuple[CoveragePart, ...]
