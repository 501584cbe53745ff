"""The label of a step that counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cotlab.domain.policy import CaseReason, Policy


class Basis(StrEnum):
    """Why a label counts."""

    UNANIMOUS = "unanimous"
    MAJORITY = "majority"
    SINGLE = "single"


class Unsettled(StrEnum):
    """Why a step has no label that counts, the most basic reason first."""

    NOT_LABELLED = "not_labelled"
    WAITING = "waiting_for_people"
    STALE = "stale"
    BAD_PROBLEM = "bad_problem"
    DISAGREEMENT = "disagreement"
    UNSURE = "unsure"
    TIE = "tie"


@dataclass(frozen=True, slots=True)
class Settled:
    """The label of a step, by its first level; `kind` is what most of those who gave it chose below that."""

    value: str
    basis: Basis
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Latest:
    """One person's latest answer on a step: a label of the first level, with its kind where one was chosen.

    A `stale` one has no vote: a newer guideline version asks for it anew.
    """

    value: str
    unsure: bool
    kind: str | None = None
    stale: bool = False


def settle(latest: Sequence[Latest], policy: Policy, bad_problem: bool = False) -> Settled | Unsettled:
    """Settle one step from the latest answer of each person. People agree where the first level agrees."""
    if not latest:
        return Unsettled.NOT_LABELLED
    votes = [answer for answer in latest if not answer.stale]
    if len(votes) < policy.overlap:
        return Unsettled.WAITING if len(latest) < policy.overlap else Unsettled.STALE
    counts = Counter(answer.value for answer in votes)
    case = _case_due(votes, len(counts) > 1, policy, bad_problem)
    if case is not None:
        return case
    value, agreeing = counts.most_common(1)[0]
    if 2 * agreeing <= len(votes):
        return Unsettled.TIE
    return Settled(value, _basis(len(votes), agreeing, policy), _kind(value, votes))


def _basis(votes: int, agreeing: int, policy: Policy) -> Basis:
    if agreeing < votes:
        return Basis.MAJORITY
    return Basis.SINGLE if votes == 1 and policy.overlap == 1 else Basis.UNANIMOUS


def _kind(value: str, votes: Sequence[Latest]) -> str | None:
    """The kind that more than half of those who gave a label chose."""
    kinds = [answer.kind for answer in votes if answer.value == value]
    kind, chosen = Counter(kinds).most_common(1)[0]
    return kind if 2 * chosen > len(kinds) else None


def _case_due(latest: Sequence[Latest], split: bool, policy: Policy, bad_problem: bool) -> Unsettled | None:
    holds = {
        CaseReason.BAD_PROBLEM: bad_problem,
        CaseReason.DISAGREEMENT: split,
        CaseReason.UNSURE: any(answer.unsure for answer in latest),
    }
    due = next((reason for reason in holds if holds[reason] and reason in policy.open_cases_on), None)
    return None if due is None else Unsettled(due.value)
