"""Evidence: the claims that a check finds in the text of a step, and its verdicts. A verdict is never a label."""

from enum import StrEnum

from pydantic import Field

from cotlab.domain.model import Model


class Verdict(StrEnum):
    VERIFIED = "verified"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


class Setting(StrEnum):
    """What may refute: by default no contradiction with an earlier step, and no kind below its bar; else all kinds."""

    DEFAULT = "default"
    ALL_KINDS = "all-kinds"


class Claim(Model):
    """One claim in a step. `start` and `end` are code points of its text, `end` exclusive."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    kind: str
    normalised: str
    verdict: Verdict
    reason: str
    conflicts_with: int | None = Field(default=None, ge=0, description="The place of an earlier step, from 0.")


class StepVerdict(Model):
    """What a check says about one step: "the sums hold" where it is verified, never that the step is right."""

    verdict: Verdict
    claims: tuple[Claim, ...] = ()
    reason: str


class StepToCheck(Model):
    """A step and the steps before it, oldest first; nothing that comes later, and no answer. Any text will do."""

    previous: tuple[str, ...] = ()
    step: str


def together(verdicts: tuple[Verdict, ...]) -> Verdict:
    """The step's verdict: refuted if one is, else verified if all are and there is one, else undecided."""
    if Verdict.REFUTED in verdicts:
        return Verdict.REFUTED
    if verdicts and all(one is Verdict.VERIFIED for one in verdicts):
        return Verdict.VERIFIED
    return Verdict.UNDECIDED
