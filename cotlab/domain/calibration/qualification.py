"""Where a person stands in a domain: calibrated or not, why, and what a lead decides about it."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from cotlab.domain.agreement.coefficients import Agreement
from cotlab.domain.calibration.results import DriftResult, GateResult
from cotlab.domain.model import Model
from cotlab.domain.projects.gates import Gate
from cotlab.domain.text import FilledText, Name

WITHIN = " + "


PAIRS = "pairs: "


def field_of(domain: str, tags: Collection[str], calibrated: Collection[str], task: str = "steps") -> str:
    """What a person is to be qualified for: the domain, with those of a trace's tags that are calibrated, in order.

    Who labels steps in a domain need not be able to compare responses there, so that pairs are a field of their own.
    """
    prefix = PAIRS if task == "pairs" else ""
    return prefix + WITHIN.join([domain, *sorted({*tags}.intersection(calibrated))])


def task_of_field(field: str) -> str:
    """What is done with the items of a field: `steps` or `pairs`."""
    return "pairs" if field.startswith(PAIRS) else "steps"


def things(field: str) -> str:
    """What the items of a field are called."""
    return "pairs" if field.startswith(PAIRS) else "traces"


def domain_of_field(field: str, calibrated: Collection[str]) -> str:
    """The domain of a field."""
    field = field.removeprefix(PAIRS)
    for tag in sorted(calibrated, reverse=True):
        field = field.removesuffix(WITHIN + tag)
    return field


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields of which work is looked for: where `only` is given those, else all; none that is one of `without` or lies
    within one.
    """

    only: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()

    def __contains__(self, field: str) -> bool:
        left_out = any(field == wider or field.startswith(wider + WITHIN) for wider in self.without)
        return not left_out and (self.only is None or field in self.only)

    @property
    def everywhere(self) -> bool:
        return self.only is None and not self.without


EVERYWHERE = Fields()


class CalibrationState(StrEnum):
    """`qualified` where no gate is asked for, too; the sentence says why."""

    NEW = "new"
    CALIBRATING = "calibrating"
    QUALIFIED = "qualified"
    SUSPENDED = "suspended"
    EXPIRED = "expired"


class Attempt(Model):
    """One go through the calibration set: items done of all, and the gate's verdict once the counted part is done."""

    number: int
    done: int
    total: int
    counted_done: int
    counted_total: int
    result: GateResult | None = None


class Standing(Model):
    """A person in a domain, derived from rows: the state, since and until when, and in a sentence why.

    `may_label` says whether production is handed out, as soon as the domain is open to the team. `gate` is what
    the policy asks for. `attempts` are all, and `attempts_allowed` how many there may be in all by now. `person` is
    empty in my own. `drift` is told to the lead alone, and so is anything that gold of production shows.
    """

    person: str
    domain: str
    state: CalibrationState
    sentence: str
    may_label: bool
    since: int | None = None
    until: int | None = None
    gate: Gate | None = None
    attempts_allowed: int = 0
    attempts: tuple[Attempt, ...] = ()
    drift: DriftResult | None = None


class TeamGate(Model):
    """Whether production of a domain is open to those who qualified; `agreement` is alpha over the counted part of the
    calibration set, with one result a label in `labels`.
    """

    domain: str
    open: bool
    sentence: str
    people: int
    agreement: Agreement | None = None
    labels: tuple[Agreement, ...] = ()
    opened_because: str | None = None


class Board(Model):
    """All people and domains of a project."""

    standings: tuple[Standing, ...]
    teams: tuple[TeamGate, ...]


class CalibrationSetBody(Model):
    """The calibration set of a field: gold drawn so that every label and rule is there, `training` traces first.

    `domain` is a domain, or `pairs: DOMAIN` for its pairs, each of which counts as one step. `steps` is the least
    number of counted steps; without it what the gate asks for. `items` names the traces or pairs instead.
    """

    domain: Name
    training: Annotated[int, Field(ge=0, le=1000)] = 10
    steps: Annotated[int, Field(ge=1, le=100_000)] | None = None
    items: tuple[Name, ...] = ()
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 1


class CalibrationSet(Model):
    """What was drawn; `warnings` say what it does not cover (a label, a rule, easy or hard problems)."""

    id: str
    domain: str
    training: int
    counted: int
    counted_steps: int
    labels: dict[str, int]
    warnings: tuple[str, ...] = ()


class DecisionKind(StrEnum):
    """What a lead can decide about a person in a domain, or (`open_team`) about all."""

    QUALIFY = "qualify"
    SUSPEND = "suspend"
    OVERRULE_ALARM = "overrule_alarm"
    ANOTHER_ATTEMPT = "another_attempt"
    OPEN_TEAM = "open_team"


class CalibrationDecisionBody(Model):
    """A lead's decision with its reason, which stands in the audit trail."""

    domain: Name
    kind: DecisionKind
    person: Name | None = None
    reason: FilledText

    @model_validator(mode="after")
    def _about_whom(self) -> "CalibrationDecisionBody":
        if (self.kind is DecisionKind.OPEN_TEAM) != (self.person is None):
            raise ValueError("person: a decision is about one person, unless it opens the domain for the team")
        return self


class RecheckBody(Model):
    """Draw a stratified random sample of a person's labels since their last good point, for other people to label."""

    person: Name
    domain: Name
    share: Annotated[float, Field(gt=0, le=1)] = 0.2
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 1


class Recheck(Model):
    """What a recheck found so far: traces drawn, finished, and steps on which another label was given."""

    id: str
    person: str
    domain: str
    since: int
    """Since when the labels are in doubt (microseconds UTC)."""
    traces_in_doubt: int
    traces_drawn: int
    traces_finished: int
    steps_compared: int
    steps_differing: int
