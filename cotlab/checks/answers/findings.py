"""What a comparison of two answers may come to."""

from dataclasses import dataclass
from typing import Protocol

from cotlab.checks.answers.stated import Stated
from cotlab.domain.checks import Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerVerdict:
    """What is said of a final answer; `kind` is the kind of answer as which both were compared."""

    verdict: Verdict
    reason: str
    kind: str | None = None


class AnswerKind(Protocol):
    """A kind of answer. `compare` answers None unless both texts are answers of this kind."""

    @property
    def name(self) -> str: ...

    def compare(self, answer: Stated, reference: Stated) -> Comparison | None: ...


def equal(reason: str) -> Comparison:
    return Comparison(Verdict.VERIFIED, reason)


def differ(reason: str) -> Comparison:
    return Comparison(Verdict.REFUTED, reason)


def doubtful(reason: str) -> Comparison:
    return Comparison(Verdict.UNDECIDED, reason)
