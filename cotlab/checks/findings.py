"""What a kind of claim is: its name, its licence to refute, and how it judges a statement."""

from dataclasses import dataclass
from typing import Protocol

from cotlab.checks.reading.facts import Facts
from cotlab.checks.reading.statements import Statement
from cotlab.domain.checks import BAR, Verdict


@dataclass(frozen=True, slots=True)
class Licence:
    """How many alarms of a kind were real, on texts with labels and on hand-made cases; docs/evidence.md says which."""

    real: int
    alarms: int

    @property
    def refutes(self) -> bool:
        return self.alarms > 0 and self.real >= BAR * self.alarms


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict and why. `normalised` is the claim as it was read; `steps` are those whose equations it rests on."""

    verdict: Verdict
    reason: str
    normalised: str
    steps: frozenset[int] = frozenset()


class Kind(Protocol):
    """A kind of claim. `judge` answers None for a statement of another kind, and for one that claims nothing."""

    @property
    def name(self) -> str: ...

    @property
    def licence(self) -> Licence: ...

    def judge(self, statement: Statement, facts: Facts) -> Finding | None: ...


def verified(reason: str, normalised: str, steps: frozenset[int] = frozenset()) -> Finding:
    return Finding(Verdict.VERIFIED, reason, normalised, steps)


def refuted(reason: str, normalised: str, steps: frozenset[int] = frozenset()) -> Finding:
    return Finding(Verdict.REFUTED, reason, normalised, steps)


def undecided(reason: str, normalised: str) -> Finding:
    return Finding(Verdict.UNDECIDED, reason, normalised)
