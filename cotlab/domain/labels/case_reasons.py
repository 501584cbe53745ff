"""Why a step, or a whole trace, goes to an adjudicator: one registered reason each."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from cotlab.domain.answers import WHOLE_TRACE
from cotlab.domain.checks import Verdict
from cotlab.domain.labels.two_level import AnswerCell
from cotlab.domain.projects.case_reasons import CaseReason


@dataclass(frozen=True, slots=True)
class Latest:
    """One person's latest answer on a step: a label of the first level, with its kind where one was chosen.

    A `stale` one has no vote: a newer guideline version asks for it anew. A `newer` one came after the decision that
    stands on the step. A `doubted` one is of somebody whose gold became worse: it may be a reason for a case, and
    settles nothing. `error`: the label is an error; `calculation`: it cites a rule about calculation. Both are told
    only where a check has a verdict on the step.
    """

    value: str
    unsure: bool
    kind: str | None = None
    stale: bool = False
    newer: bool = False
    doubted: bool = False
    error: bool = False
    calculation: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a check says of a step. `newer`: after the decision that stands; `decided_error`: that is an error."""

    verdict: Verdict
    newer: bool = False
    decided_error: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What reasons look at: the votes (none is stale) with the decision that stands, and what else was said since.

    `enough` says whether as many people as required have a vote; `asked` whether a question about the step is open.
    `evidence` is what a check says of the step, `cell` how a whole trace's answer stands to its steps, unless that was
    decided.
    """

    votes: Sequence[Latest] = ()
    enough: bool = False
    decided: str | None = None
    asked: bool = False
    bad_problem: bool = False
    evidence: Evidence | None = None
    cell: AnswerCell | None = None

    @property
    def fresh(self) -> list[Latest]:
        """The votes that the decision did not know."""
        return [vote for vote in self.votes if self.decided is None or vote.newer]

    @property
    def voices(self) -> set[str]:
        """The labels that stand against each other; a decision is one voice, however many it overruled."""
        return {vote.value for vote in self.fresh} | ({self.decided} if self.decided is not None else set())

    @property
    def unheard(self) -> list[Latest]:
        """The votes of which no decision knew both what they say and what a check says."""
        known = self.evidence is not None and not self.evidence.newer
        return [vote for vote in self.fresh if not known or vote.value != self.decided]

    @property
    def refuted_though_right(self) -> bool:
        """Whether a claim is refuted in a step that a vote, or a decision from before the check, calls no error."""
        if self.evidence is None or self.evidence.verdict is not Verdict.REFUTED:
            return False
        decided = self.decided is not None and self.evidence.newer and not self.evidence.decided_error
        return decided or any(not vote.error for vote in self.unheard)

    @property
    def verified_though_wrong(self) -> bool:
        """Whether all claims of a step are verified that a vote calls an error of calculation."""
        if self.evidence is None or self.evidence.verdict is not Verdict.VERIFIED:
            return False
        return any(vote.error and vote.calculation for vote in self.unheard)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with the words that people read, and when it holds. `whole_trace` ones are no question of a step.

    `usual` ones open cases unless a policy says otherwise. `found` ones tell what a check found.
    """

    name: CaseReason
    title: str
    holds: Callable[[Facts], bool]
    whole_trace: bool = False
    found: bool = False


REASONS = (
    Reason(CaseReason.BAD_PROBLEM, "somebody says that the problem cannot be used", lambda facts: facts.bad_problem,
           whole_trace=True),
    Reason(CaseReason.DISAGREEMENT, "people disagree",
           lambda facts: facts.enough and bool(facts.fresh) and len(facts.voices) > 1),
    Reason(CaseReason.UNSURE, "somebody is unsure", lambda facts: any(vote.unsure for vote in facts.fresh)),
    Reason(CaseReason.QUESTION, "somebody asked the lead", lambda facts: facts.asked),
    Reason(CaseReason.REFUTED_CLAIM, "a sum in a step that is called right does not hold",
           lambda facts: facts.refuted_though_right, found=True),
    Reason(CaseReason.VERIFIED_ERROR, "the sums hold in a step that is called wrong for its calculation",
           lambda facts: facts.verified_though_wrong, found=True),
    Reason(CaseReason.WRONG_ANSWER_NO_BAD_STEP, "the answer is wrong, and no step is called wrong",
           lambda facts: facts.cell is AnswerCell.WRONG_NO_BAD_STEP, whole_trace=True, found=True),
    Reason(CaseReason.RIGHT_ANSWER_BAD_STEP, "the answer is right, and a step is called wrong",
           lambda facts: facts.cell is AnswerCell.RIGHT_BAD_STEP, whole_trace=True,
           found=True),
)  # fmt: skip
"""All reasons, the one that counts most first."""
FOUND = frozenset(reason.name for reason in REASONS if reason.found)
"""Reasons that would tell an adjudicator what a check found."""


def due(facts: Facts, wanted: Collection[CaseReason]) -> tuple[CaseReason, ...]:
    """The reasons of those wanted that hold."""
    return tuple(reason.name for reason in REASONS if reason.name in wanted and reason.holds(facts))


def due_on(position: int, facts: Facts, wanted: Collection[CaseReason]) -> tuple[CaseReason, ...]:
    """The reasons for a case on a step, or on the whole trace at its position."""
    asked = [reason.name for reason in REASONS if reason.whole_trace is (position == WHOLE_TRACE)]
    return due(facts, [name for name in asked if name in wanted])


def title(name: CaseReason) -> str:
    return next(reason.title for reason in REASONS if reason.name is name)
