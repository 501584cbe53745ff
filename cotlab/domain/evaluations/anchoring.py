"""What drafts do to those who see them: the report on anchoring."""

from enum import StrEnum

from pydantic import Field

from cotlab.domain.agreement.coefficients import Estimate
from cotlab.domain.agreement.rates import Rate
from cotlab.domain.model import Model
from cotlab.domain.projects.draft_policy import Task


class Arm(StrEnum):
    """Labels with a draft in sight after the commit, those of the same arm whose draft was never looked at, and those
    of the random arm that sees none.
    """

    SEEN = "seen"
    NOT_SEEN = "not seen"
    BLIND = "blind"


class DraftWas(StrEnum):
    """Whether a draft was right, by gold; or else as people decided who may have seen drafts themselves.

    A case opens where labels differ, and labels that were changed towards one draft differ less: labels of which it was
    decided what is right are others in one arm than in the other, so that these say nothing of the arms' difference.
    """

    ANY = "any"
    RIGHT = "right"
    WRONG = "wrong"
    DECIDED_RIGHT = "decided right"
    DECIDED_WRONG = "decided wrong"


BY_GOLD = (DraftWas.ANY, DraftWas.RIGHT, DraftWas.WRONG)
"""By which arms can be compared."""


class Measure(StrEnum):
    """What is compared between labels that might have a draft in sight and those of the random arm.

    `moved`: agreement with the draft at the end less that at the first commit. `with the draft at first`: agreement
    with it at the first commit, before which no more than drafts of earlier steps was in sight. `with the draft`: that
    at the end. `right at first` and `right at the end`: accuracy. `with each other`: agreement of two people on a step.
    `seconds`: time to the first commit.
    """

    MOVED = "moved"
    WITH_DRAFT_AT_FIRST = "with the draft at first"
    WITH_DRAFT = "with the draft"
    RIGHT_AT_FIRST = "right at first"
    RIGHT = "right at the end"
    WITH_EACH_OTHER = "with each other"
    SECONDS = "seconds"


class AnchoringArm(Model):
    """Labels of an arm whose draft was so. `changed` are those that are others at the end than when a draft came in
    sight, or at first where none did; `earlier` those that were changed before that. `towards` is of those that
    differed from the draft then, `away` of those that did not. `seconds` is the median to the first commit, and
    `seconds_after` that from the reveal to the last answer, of those that were answered anew after it.
    """

    arm: Arm
    draft: DraftWas
    labels: int
    earlier: int
    changed: Rate
    towards: Rate
    away: Rate
    seconds: float | None = None
    seconds_after: float | None = None


class ArmsCompared(Model):
    """A measure with drafts, in the random arm, and the difference; labels, or pairs of them, are counted."""

    measure: Measure
    draft: DraftWas
    with_drafts: Estimate
    blind: Estimate
    labels: int
    blind_labels: int
    difference: Estimate


class AnchoringReport(Model):
    """What happens to labels once a draft is in sight.

    Labels are first ones of steps, or pairs, in production and on the gold in it, for which a model had an opinion by
    then that policy lets people see. `left_out` counts the others: reason -> labels. Intervals are of 95 %: of shares
    as for accuracy, of differences by drawing whole problems anew, with people taken as they are.
    """

    as_of: int
    task: Task
    labels: int
    problems: int
    people: int
    known: int
    """Labels of which gold says what is right."""
    decided: int
    """Labels of others of which an adjudicator says it, or gold that was made of these very labels."""
    left_out: dict[str, int] = Field(default_factory=dict)
    arms: tuple[AnchoringArm, ...] = ()
    compared: tuple[ArmsCompared, ...] = ()
    sentence: str
