"""Gold: traces whose every step has a verified label, and pairs with a verified choice, each with its justification."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cotlab.domain.model import Model
from cotlab.domain.projects.projects import BrokenLine
from cotlab.domain.text import FilledText, Name
from cotlab.domain.traces.pairs import Choice


class GoldOrigin(StrEnum):
    """Where a gold item came from: a file, or a trace or pair that people labelled here."""

    IMPORTED = "imported"
    PROMOTED = "promoted"


class GoldStep(Model):
    """The verified label of a step with its justification. `number` counts the versions of it, from 1.

    A `stale` one was verified under a guideline version that a later one asks to be looked at anew; it scores nobody.
    Of a pair the one at position 1, without a text, is the overall choice of the first response against the second.
    """

    position: int
    text: str
    label: str
    justification: str
    number: int
    guideline_version: str
    stale: bool = False


class GoldCriterion(Model):
    """The verified choice on a criterion of a pair, of the first response against the second."""

    criterion: str
    choice: str
    justification: str
    number: int
    guideline_version: str
    stale: bool = False


class GoldItem(Model):
    """A gold trace or pair. `exposure` counts the people who were given it, `missed` those who erred on it.

    `responses` are the first and the second of a pair, and none of a trace.
    """

    item_id: str
    task: Literal["steps", "pairs"] = "steps"
    external_id: str | None
    domain: str
    tags: tuple[str, ...]
    problem: str
    responses: tuple[str, ...] = ()
    origin: GoldOrigin
    steps: tuple[GoldStep, ...]
    criteria: tuple[GoldCriterion, ...] = ()
    calibration: bool
    exposure: int
    missed: int


class GoldList(Model):
    """A page of gold items, and how many there are over all pages."""

    items: tuple[GoldItem, ...]
    total: int
    next_cursor: str | None = None


class CriterionVerified(Model):
    """What is right on a criterion of a pair, the first response against the second, and why."""

    choice: Choice
    justification: FilledText


class PromoteBody(Model):
    """Make a settled trace or pair gold. `justifications` are by position (of a pair 1), beside those that decisions
    give. `criteria` are verified of a pair beside its overall choice.
    """

    item_id: Name
    justifications: dict[int, FilledText] = Field(default_factory=dict)
    criteria: dict[Name, CriterionVerified] = Field(default_factory=dict)


class CorrectBody(Model):
    """Another verified label of a gold step, and why; every score from the old one is computed anew.

    Of a pair it is the overall choice, or that on a `criterion`, which may be one that was not verified before.
    """

    position: Annotated[int, Field(ge=1)] = 1
    criterion: Name | None = None
    label: Name
    justification: FilledText

    @model_validator(mode="after")
    def _one_place(self) -> "CorrectBody":
        if self.criterion is not None and self.position != 1:
            raise ValueError("position: a criterion is of a pair, which has no steps")
        return self


class RetireBody(Model):
    """Take an item out of gold, and why."""

    reason: FilledText


class Candidate(Model):
    """A trace or pair that would make good gold: settled throughout; `labels` counts its steps by label."""

    item_id: str
    task: Literal["steps", "pairs"] = "steps"
    external_id: str | None
    domain: str
    problem: str
    labels: dict[str, int]
    unanimous: bool
    why: str


class SuspectKind(StrEnum):
    """Why a gold item may be wrong."""

    MISSED_ALIKE = "missed_alike"
    CALLED_UNUSABLE = "called_unusable"
    WRONG_ANSWER_WITHOUT_ERROR = "wrong_answer_without_error"
    REFUTED_BESIDE_RIGHT = "refuted_beside_right"


class Suspect(Model):
    """A gold item, or a step of it, that may be wrong, and in a sentence why."""

    item_id: str
    external_id: str | None
    domain: str
    problem: str
    position: int | None
    kind: SuspectKind
    sentence: str


class GoldSuggestion(Model):
    """What could become gold, best first, which labels no candidate holds, and what in gold may be wrong."""

    candidates: tuple[Candidate, ...]
    labels_missing: tuple[str, ...]
    suspects: tuple[Suspect, ...]


class PoolShare(Model):
    """How many gold items of a pool a person has not seen. With `short`, fewer than work that waits will bring."""

    person: str
    unseen: int
    short: bool


class GoldPool(Model):
    """The gold of a field that is mixed into production, against the work that waits there.

    `places` counts the places of production that nobody has taken, `each` how many gold items these will bring to each
    person who may label there, by the policy's rate. `warning` says who will be given a trace a second time.
    """

    domain: str
    traces: int
    places: int
    each: float
    people: tuple[PoolShare, ...]
    warning: str | None


class GoldReport(Model):
    """What a gold import did, line by line where it did not. `items` are traces and pairs, `steps` those of the traces.
    `duplicates` were gold already, with the same labels.
    """

    format: str
    lines: int
    items: int
    steps: int
    duplicates: int
    broken: tuple[BrokenLine, ...] = ()

    def plus(self, other: "GoldReport") -> "GoldReport":
        """The report over both parts of one file."""
        sums = {name: getattr(self, name) + getattr(other, name) for name in ("lines", "items", "steps", "duplicates")}
        return self.model_copy(update={**sums, "broken": self.broken + other.broken})
