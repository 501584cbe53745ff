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
    BAD_PROBLEM = "bad_problem"
    DISAGREEMENT = "disagreement"
    UNSURE = "unsure"
    TIE = "tie"


@dataclass(frozen=True, slots=True)
class Settled:
    value: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Latest:
    """One person's latest answer on a step."""

    value: str
    unsure: bool


def settle(latest: Sequence[Latest], policy: Policy, bad_problem: bool = False) -> Settled | Unsettled:
    """Settle one step from the latest answer of each person that counts."""
    if not latest:
        return Unsettled.NOT_LABELLED
    if len(latest) < policy.overlap:
        return Unsettled.WAITING
    counts = Counter(answer.value for answer in latest)
    case = _case_due(latest, len(counts) > 1, policy, bad_problem)
    if case is not None:
        return case
    if len(counts) == 1:
        basis = Basis.SINGLE if policy.overlap == 1 and len(latest) == 1 else Basis.UNANIMOUS
        return Settled(latest[0].value, basis)
    value, votes = counts.most_common(1)[0]
    return Settled(value, Basis.MAJORITY) if 2 * votes > len(latest) else Unsettled.TIE


def _case_due(latest: Sequence[Latest], split: bool, policy: Policy, bad_problem: bool) -> Unsettled | None:
    holds = {
        CaseReason.BAD_PROBLEM: bad_problem,
        CaseReason.DISAGREEMENT: split,
        CaseReason.UNSURE: any(answer.unsure for answer in latest),
    }
    due = next((reason for reason in holds if holds[reason] and reason in policy.open_cases_on), None)
    return None if due is None else Unsettled(due.value)
