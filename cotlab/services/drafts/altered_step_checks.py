"""Whether the checks agree with what an altered step is meant to be."""

from collections.abc import Callable, Iterable
from enum import StrEnum

from cotlab.domain.checks import Claim, StepToCheck, StepVerdict, Verdict
from cotlab.drafting.altering import Altered, Meant, StepToAlter

Check = Callable[[StepToCheck], StepVerdict]
INCORRECT = "incorrect"


class Outcome(StrEnum):
    """The first two are kept. The others are dropped: the checks refute the step as it was; they still hold what they
    held before the alteration, or hold it now; they refute a step that is to be no error of that
    kind; or there is a trace with the same text.
    """

    REFUTED = "refuted"
    UNDECIDED = "undecided"
    PARENT_REFUTED = "parent_refuted"
    NOT_REFUTED = "not_refuted"
    REFUTED_THOUGH_RIGHT = "refuted_though_right"
    SAME_TEXT = "same_text"

    @property
    def kept(self) -> bool:
        return self in (Outcome.REFUTED, Outcome.UNDECIDED)


def outcome(way: Meant, step: StepToAlter, altered: Altered, check: Check) -> Outcome:
    """What the checks say of a step before and after it was altered."""
    before, after = (
        check(StepToCheck.model_construct(previous=step.previous, step=text)) for text in (step.text, altered.text)
    )
    if before.verdict is Verdict.REFUTED:
        return Outcome.PARENT_REFUTED
    if after.verdict is Verdict.REFUTED:
        return Outcome.REFUTED if way.label == INCORRECT else Outcome.REFUTED_THOUGH_RIGHT
    if way.label == INCORRECT:
        spans = [(change.start, change.stop) for change in altered.changes]
        if _held(before, altered.before(), way) or _held(after, spans, way):
            return Outcome.NOT_REFUTED
    return Outcome.UNDECIDED


def _held(verdict: StepVerdict, spans: Iterable[tuple[int, int]], way: Meant) -> bool:
    """Whether the checks verify a claim in which something was changed, of a kind that reads it."""
    places = list(spans)
    return any(
        one.verdict is Verdict.VERIFIED and (way.kinds is None or one.kind in way.kinds) and _touches(one, places)
        for one in verdict.claims
    )


def _touches(claim: Claim, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= claim.end and stop >= claim.start for start, stop in spans)
