"""Evidence: the claims that a check finds in the text of a step, and its verdicts. A verdict is never a label."""

import json
from enum import StrEnum
from functools import lru_cache
from typing import Any

from pydantic import Field

from cotlab.domain.model import Model


class Verdict(StrEnum):
    VERIFIED = "verified"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


SAID = {
    Verdict.VERIFIED: "the sums hold",
    Verdict.REFUTED: "a sum does not hold",
    Verdict.UNDECIDED: "nothing is decided",
}
"""What a verdict is called where people read it: none of these says that a step is right."""
SAID_OF_ANSWER = {
    Verdict.VERIFIED: "the final answer is the reference answer",
    Verdict.REFUTED: "the final answer is not the reference answer",
    Verdict.UNDECIDED: "nothing is decided of the final answer",
}


BAR = 0.95
"""The share of real alarms from which on a kind of claim may refute."""


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


class KeptVerdict(StepVerdict):
    """A verdict as it goes out: on the step at `position`, or (0) on the final answer; `checker` is its version."""

    position: int = Field(ge=0)
    checker: str


class StepToCheck(Model):
    """A step and the steps before it, oldest first; nothing that comes later, and no answer. Any text will do."""

    previous: tuple[str, ...] = ()
    step: str


class ShownClaim(Model):
    """A claim as whoever labelled the step sees it. `start` and `end` are code points of the step, `end` exclusive."""

    start: int
    end: int
    kind: str
    verdict: Verdict
    said: str
    reason: str
    conflicts_with: int | None = None


class ShownEvidence(Model):
    """What a check found in a step, told to those who have labelled it. `said` is the verdict in words."""

    verdict: Verdict
    said: str
    reason: str
    claims: tuple[ShownClaim, ...] = ()


@lru_cache(maxsize=1024)
def shown(document: str) -> ShownEvidence:
    """A verdict as it is kept (the JSON of a StepVerdict) in the words in which people read it.

    Nothing is validated: this is what the database has held since it was written, and many steps have the same.
    """
    kept = json.loads(document)
    return ShownEvidence.model_construct(
        **_said(kept), claims=tuple(_shown_claim(claim) for claim in kept["claims"])
    )  # fmt: skip


def _shown_claim(claim: dict[str, Any]) -> ShownClaim:
    places = {name: claim[name] for name in ("start", "end", "kind", "conflicts_with")}
    return ShownClaim.model_construct(**places, **_said(claim))


def _said(kept: dict[str, Any]) -> dict[str, Any]:
    verdict = Verdict(kept["verdict"])
    return {"verdict": verdict, "said": SAID[verdict], "reason": kept["reason"]}


def shown_of_answer(verdict: StepVerdict) -> ShownEvidence:
    """A verdict on a final answer without its reason, which names the reference."""
    return ShownEvidence(verdict=verdict.verdict, said=SAID_OF_ANSWER[verdict.verdict], reason="")


def together(verdicts: tuple[Verdict, ...]) -> Verdict:
    """The step's verdict: refuted if one is, else verified if all are and there is one, else undecided."""
    if Verdict.REFUTED in verdicts:
        return Verdict.REFUTED
    if verdicts and all(one is Verdict.VERIFIED for one in verdicts):
        return Verdict.VERIFIED
    return Verdict.UNDECIDED
