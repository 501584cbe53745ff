"""Why a step, or a whole trace, goes to an adjudicator: one registered reason each."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cotlab.domain.answers import WHOLE_TRACE


class CaseReason(StrEnum):
    """Why a question goes to an adjudicator; while one holds, the step is not settled."""

    BAD_PROBLEM = "bad_problem"
    DISAGREEMENT = "disagreement"
    UNSURE = "unsure"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Latest:
    """One person's latest answer on a step: a label of the first level, with its kind where one was chosen.

    A `stale` one has no vote: a newer guideline version asks for it anew. A `newer` one came after the decision that
    stands on the step. A `doubted` one is of somebody whose gold became worse: it may be a reason for a case, and
    settles nothing.
    """

    value: str
    unsure: bool
    kind: str | None = None
    stale: bool = False
    newer: bool = False
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What reasons look at: the votes (none is stale) with the decision that stands, and what else was said since.

    `enough` says whether as many people as required have a vote; `asked` whether a question about the step is open.
    """

    votes: Sequence[Latest] = ()
    enough: bool = False
    decided: str | None = None
    asked: bool = False
    bad_problem: bool = False

    @property
    def fresh(self) -> list[Latest]:
        """The votes that the decision did not know."""
        return [vote for vote in self.votes if self.decided is None or vote.newer]

    @property
    def voices(self) -> set[str]:
        """The labels that stand against each other; a decision is one voice, however many it overruled."""
        return {vote.value for vote in self.fresh} | ({self.decided} if self.decided is not None else set())


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with the words that people read, and when it holds. `whole_trace` ones are no question of a step."""

    name: CaseReason
    title: str
    holds: Callable[[Facts], bool]
    whole_trace: bool = False


REASONS = (
    Reason(CaseReason.BAD_PROBLEM, "somebody says that the problem cannot be used", lambda facts: facts.bad_problem,
           whole_trace=True),
    Reason(CaseReason.DISAGREEMENT, "people disagree",
           lambda facts: facts.enough and bool(facts.fresh) and len(facts.voices) > 1),
    Reason(CaseReason.UNSURE, "somebody is unsure", lambda facts: any(vote.unsure for vote in facts.fresh)),
    Reason(CaseReason.QUESTION, "somebody asked the lead", lambda facts: facts.asked),
)  # fmt: skip
"""All reasons, the one that counts most first."""


def due(facts: Facts, wanted: Collection[CaseReason]) -> tuple[CaseReason, ...]:
    """The reasons of those wanted that hold."""
    return tuple(reason.name for reason in REASONS if reason.name in wanted and reason.holds(facts))


def due_on(position: int, facts: Facts, wanted: Collection[CaseReason]) -> tuple[CaseReason, ...]:
    """The reasons for a case on a step, or on the whole trace at its position."""
    asked = [reason.name for reason in REASONS if reason.whole_trace is (position == WHOLE_TRACE)]
    return due(facts, [name for name in asked if name in wanted])


def title(name: CaseReason) -> str:
    return next(reason.title for reason in REASONS if reason.name is name)
