"""What a lead sees of evidence: what was refuted, how often rightly, how far checks are, and what they changed."""

from typing import Literal

from cotlab.domain.agreement.coefficients import Agreement, NamedLabel
from cotlab.domain.checks import StepVerdict
from cotlab.domain.model import Model

Interval = tuple[float, float]


class RefutedStep(Model):
    """A step in which a claim was refuted, with the labels that stand on it and the newest case, if there is one."""

    item_id: str
    position: int
    domain: str
    problem: str
    step: str
    evidence: StepVerdict
    labels: tuple[NamedLabel, ...]
    case_id: str | None = None
    case_state: str | None = None


class RefutedSteps(Model):
    """A page of refuted steps by a checker, and how many there are over all pages; no checker: nothing was checked."""

    checker: str | None
    steps: tuple[RefutedStep, ...]
    total: int


class KindCount(Model):
    """Claims of a kind in a domain, by verdict."""

    kind: str
    domain: str
    claims: int
    verified: int
    refuted: int
    undecided: int


class KindPrecision(Model):
    """How often steps in which a kind refuted a claim were decided to be wrong; `refuted` counts such steps.

    `decided` are those of them that an adjudicator decided, `wrong` those decided to be an error. The interval is the
    score interval of 95 %. `below`: the share is below 0.95.
    """

    kind: str
    refuted: int
    decided: int
    wrong: int
    precision: float | None = None
    interval: Interval | None = None
    below: bool = False


class EvidenceKinds(Model):
    """What a checker found, by kind and domain, and how its refutations compare with what adjudicators decided."""

    checker: str | None
    kinds: tuple[KindCount, ...]
    precision: tuple[KindPrecision, ...]


class CheckerCount(Model):
    """The verdicts of one checker; a checker of final answers has no more than one a trace."""

    checker: str
    verified: int
    refuted: int
    undecided: int


class EvidenceProgress(Model):
    """How far the checker in force is (none: the policy checks nothing), and what others have left behind."""

    checker: str | None
    steps: int
    checked: int
    checkers: tuple[CheckerCount, ...]


Shown = Literal["not shown", "verified", "refuted", "undecided"]


class RevisionRate(Model):
    """Labels of a person on a step by what was shown of it before their last chance to think again.

    `revised` took another label later under the same guideline version; of those shown evidence, after it was shown.
    """

    evidence: Shown
    labels: int
    revised: int
    share: float | None = None
    interval: Interval | None = None


class ShownAgreement(Model):
    """Agreement on steps that two or more labelled, all of whom were shown evidence or none.

    `first` is of blind first labels, given before the evidence of their step came; `latest` of what stands.
    """

    evidence: Literal["not shown", "shown"]
    steps: int
    first: Agreement
    latest: Agreement


class EvidenceRevisions(Model):
    """Whether people think again, and agree more, where they saw what was found."""

    revisions: tuple[RevisionRate, ...]
    agreement: tuple[ShownAgreement, ...]
