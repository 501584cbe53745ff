"""The label of a step that counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cotlab.domain.answers import Basis, Unsettled
from cotlab.domain.labels.case_reasons import Evidence, Facts, Latest, due
from cotlab.domain.projects.policy import Policy


@dataclass(frozen=True, slots=True)
class Settled:
    """The label of a step, by its first level; `kind` is what most of those who gave it chose below that."""

    value: str
    basis: Basis
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What an adjudicator decided of a step; a `stale` decision counts no more than a stale label."""

    value: str
    kind: str | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What stands beside the labels of a step.

    `unusable`: it was decided that the problem cannot be used; `bad_problem`: somebody says so, which is not decided.
    `asked`: a question about the step is open. `under_recheck`: others are to label what is in doubt. `evidence`: what
    a check says, where that may speak against a label.
    """

    decision: Decision | None = None
    asked: bool = False
    bad_problem: bool = False
    unusable: bool = False
    under_recheck: bool = False
    evidence: Evidence | None = None


NONE = Circumstances()


def settle(latest: Sequence[Latest], policy: Policy, people: int, beside: Circumstances = NONE) -> Settled | Unsettled:
    """Settle one step from the latest answer of each person, `people` being how many the trace asks for.

    People agree where the first level agrees.

    A decision counts until something new is said against it: then a case is due again.
    """
    if beside.unusable:
        return Unsettled.BAD_PROBLEM
    if not latest:
        return Unsettled.NOT_LABELLED
    votes = [answer for answer in latest if not answer.stale]
    if len(votes) < people:
        return Unsettled.WAITING if len(latest) < people else Unsettled.STALE
    found = due(facts(latest, people, beside), policy.open_cases_on)
    if found:
        return Unsettled(found[0].value)
    if beside.decision is not None and not beside.decision.stale:
        return Settled(beside.decision.value, Basis.ADJUDICATED, beside.decision.kind)
    votes = [answer for answer in votes if not answer.doubted]
    if len(votes) < people:
        return Unsettled.UNDER_RECHECK if beside.under_recheck else Unsettled.DOUBTED
    counts = Counter(answer.value for answer in votes)
    value, agreeing = counts.most_common(1)[0]
    if 2 * agreeing <= len(votes):
        return Unsettled.TIE
    return Settled(value, _basis(len(votes), agreeing, people), _kind(value, votes))


def facts(latest: Sequence[Latest], people: int, beside: Circumstances) -> Facts:
    """What the reasons of a case look at; `people` is how many the trace asks for."""
    votes = [answer for answer in latest if not answer.stale]
    decided = None if beside.decision is None or beside.decision.stale else beside.decision.value
    enough = len(votes) >= people
    return Facts(votes, enough, decided, beside.asked, beside.bad_problem, beside.evidence)


def _basis(votes: int, agreeing: int, people: int) -> Basis:
    if agreeing < votes:
        return Basis.MAJORITY
    return Basis.SINGLE if votes == 1 and people == 1 else Basis.UNANIMOUS


def _kind(value: str, votes: Sequence[Latest]) -> str | None:
    """The kind that more than half of those who gave a label chose."""
    kinds = [answer.kind for answer in votes if answer.value == value]
    kind, chosen = Counter(kinds).most_common(1)[0]
    return kind if 2 * chosen > len(kinds) else None
