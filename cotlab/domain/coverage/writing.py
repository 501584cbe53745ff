"""Paths of a problem by strategy, and the tasks to write those that are missing."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cotlab.domain.guidelines.schema import Strategy
from cotlab.domain.model import Model
from cotlab.domain.text import FilledText, Name
from cotlab.domain.traces.records import ProblemView


class CellState(StrEnum):
    """What a problem has of a strategy: the best that is there.

    `valid`: a path with the right answer whose steps are all settled as the policy's `valid_labels`. `unsettled`: one
    that may become so. `asked`: none of these, and somebody is asked to write one. `invalid`: paths, but none that can
    count. `empty`: no path.
    """

    VALID = "valid"
    UNSETTLED = "unsettled"
    ASKED = "asked"
    INVALID = "invalid"
    EMPTY = "empty"


COUNTED = (CellState.VALID, CellState.UNSETTLED, CellState.ASKED)
"""The states in which nobody need be asked for a path."""


class PathCell(Model):
    """A strategy of a problem: its state, and how many paths there are of each kind."""

    strategy: str
    state: CellState
    valid: int = 0
    unsettled: int = 0
    invalid: int = 0
    task_id: str | None = None
    """The writing task that is open."""


class ProblemPaths(Model):
    """One problem's row of the matrix; `other` counts its paths of no strategy that its guideline names."""

    problem_id: str
    problem: str
    domain: str
    cells: tuple[PathCell, ...]
    other: int

    @property
    def valid(self) -> int:
        """How many strategies have a valid path."""
        return sum(cell.state is CellState.VALID for cell in self.cells)

    def missing(self, wanted: int) -> tuple[str, ...]:
        """The strategies to ask for so that `wanted` have a path: those without any first, in the guideline's order."""
        counted = sum(cell.state in COUNTED for cell in self.cells)
        free = [cell for state in (CellState.EMPTY, CellState.INVALID) for cell in self.cells if cell.state is state]
        return tuple(cell.strategy for cell in free[: max(wanted - counted, 0)])


class PathMatrix(Model):
    """A page of problems, in the order of their ids; `wanted` is the policy's `paths_per_problem`."""

    problems: tuple[ProblemPaths, ...]
    wanted: int | None
    next_cursor: str | None


class AskBody(Model):
    """Ask for paths: for each of some problems one of each of some strategies, or what `fill` strategies lack.

    `fill` looks at all problems of a domain, or of the project.
    """

    problem_ids: Annotated[tuple[Name, ...], Field(max_length=1000)] = ()
    strategies: Annotated[tuple[Name, ...], Field(max_length=9)] = ()
    fill: Annotated[int, Field(ge=1, le=9)] | None = None
    domain: Name | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "AskBody":
        if (self.fill is None) == (not self.problem_ids):
            raise ValueError("name problems with strategies, or say how many strategies to fill")
        if bool(self.problem_ids) != bool(self.strategies):
            raise ValueError("problems and strategies go together")
        if self.domain is not None and self.fill is None:
            raise ValueError("a domain goes with fill alone")
        return self


class Asked(Model):
    """How many writing tasks were made; `there` were asked for already."""

    tasks: int
    there: int = 0


class WithdrawTasksBody(Model):
    """Ask no longer for some paths; what somebody is writing at the moment is no longer wanted either."""

    task_ids: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)]
    reason: FilledText


class TaskState(StrEnum):
    OPEN = "open"
    IN_HAND = "in_hand"
    WRITTEN = "written"
    WITHDRAWN = "withdrawn"


class GivenBack(Model):
    person: str
    reason: str
    at: int


class WritingTask(Model):
    """A path that was asked for, as its lead sees it. `labelled_others` counts other paths of the problem that the
    author had been given to label before."""

    id: str
    problem_id: str
    problem: str
    domain: str
    strategy: str
    state: TaskState
    asked_by: str
    asked_at: int
    person: str | None = None
    """Who has it, or wrote it."""
    trace_id: str | None = None
    labelled_others: int | None = None
    reason: str | None = None
    """Why it was withdrawn."""
    given_back: tuple[GivenBack, ...] = ()


class WritingTasks(Model):
    """A page of tasks, the newest first."""

    tasks: tuple[WritingTask, ...]
    next_cursor: str | None


class WritingView(Model):
    """What somebody sees who writes a path: the problem and the strategy, and nothing that others wrote.

    `reference_answer` comes only where the policy `writers_see_answer` lets it.
    """

    id: str
    project_id: str
    project: str
    guideline: str
    guideline_version: str
    expires_at: int
    problem: ProblemView
    strategy: Strategy
    reference_answer: str | None = None


class ClaimedWriting(Model):
    """The answer to a claim: a path to write, or why there is none, in the words of Claimed."""

    writing: WritingView | None = None
    receipt: str | None = None
    nothing: Literal["nothing_open", "break", "new_guideline", "not_qualified"] | None = None
    until: int | None = None
    guideline_version_id: str | None = None


class PathBody(Model):
    """A whole solution, step by step, and its final answer."""

    steps: Annotated[tuple[FilledText, ...], Field(min_length=1, max_length=500)]
    final_answer: FilledText


class ReturnBody(Model):
    """Give a path back unwritten."""

    reason: FilledText
