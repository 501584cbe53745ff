"""Pairs that are made of the traces of a problem: of which, how many, and what came of it."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cotlab.domain.model import Model
from cotlab.domain.projects.slices import TraceSlice


class Balance(StrEnum):
    """What pairs are balanced by: the strategies of their two traces, or whether their final answers are right."""

    STRATEGY = "strategy"
    CORRECTNESS = "correctness"


class MakePairsBody(Model):
    """Make pairs of traces of one problem, as many a problem as `per_problem` with those that are there already.

    Which ones is drawn by `seed`, among those of which the fewest are made so far by what `balance` names. With
    `dry_run` nothing is made, and the answer is what would be.
    """

    where: TraceSlice = Field(default_factory=TraceSlice)
    per_problem: Annotated[int, Field(ge=1, le=100)] = 1
    balance: tuple[Balance, ...] = (Balance.STRATEGY, Balance.CORRECTNESS)
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 0
    dry_run: bool = False


class PairsMade(Model):
    """What was made, or with `dry_run` would be.

    `problems` have a trace that fits, `alone` only one. `answers` counts the traces that fit by whether their final
    answer is right (`right`, `wrong`, `unknown`), `answers_by` by who says so. `by_correctness` and `by_strategy` count
    pairs, those that are there already too. `left_out` counts by reason what no pair was made of, `short` the problems
    with fewer pairs than were asked for.
    """

    dry_run: bool
    problems: int = 0
    alone: int = 0
    traces: int = 0
    made: int = 0
    there_already: int = 0
    short: int = 0
    answers: dict[str, int] = Field(default_factory=dict)
    answers_by: dict[str, int] = Field(default_factory=dict)
    by_correctness: dict[str, int] = Field(default_factory=dict)
    by_strategy: dict[str, int] = Field(default_factory=dict)
    left_out: dict[str, int] = Field(default_factory=dict)
