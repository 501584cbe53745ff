"""What a measurement of agreement says; the API, the command line and the terminal share it."""

from typing import Annotated

from pydantic import Field, model_validator

from cotlab.domain.model import Model
from cotlab.domain.text import FilledText, Name


class Interval(Model):
    """The ends of a 95 % interval."""

    low: float
    high: float


class Contingency(Model):
    """How often which labels met. `counts[i][j]` is how often `labels[i]` met `labels[j]`.

    Of two people the rows are the first one's labels and the columns the second one's; a table of coincidences is
    symmetric.
    """

    title: str
    labels: tuple[str, ...]
    counts: tuple[tuple[float, ...], ...]


class Estimate(Model):
    """A number, or the reason in words why there is none; and so for its interval."""

    value: float | None = Field(default=None, allow_inf_nan=False)
    reason: str | None = None
    interval: Interval | None = None
    interval_reason: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Estimate":
        if (self.value is None) == (self.reason is None) or (self.interval is None) == (self.interval_reason is None):
            raise ValueError("an estimate has a value or a reason, and an interval or a reason")
        return self


class Agreement(Estimate):
    """One coefficient on one slice, with the tables behind it.

    `slice` is column -> value and empty for everything; `label` is set where one label is held against the rest.
    `units` and `people` are those with ratings that could be compared, `clusters` what the interval resamples; `note`
    says what was left out.
    """

    coefficient: str
    slice: dict[str, str] = Field(default_factory=dict)
    label: str | None = None
    ratings: int
    units: int
    people: int
    clusters: int
    note: str | None = None
    tables: tuple[Contingency, ...] = ()


class AgreementReport(Model):
    """All results of one measurement; `resampled` names what the intervals resample.

    `stale` counts labels of a project that were left out, since a newer guideline version asks for them anew;
    `doubted_labels` those of people whose gold became worse, which are counted where `doubted`, and else left out.
    `reweighted` are the results over everything for all traces of the queue, where points chose some of them.
    """

    ratings: int
    units: int
    people: tuple[str, ...]
    labels: tuple[str, ...]
    clusters: int
    resampled: str
    replicates: int
    seed: int
    stale: int = 0
    doubted: bool = False
    doubted_labels: int = 0
    results: tuple[Agreement, ...]
    reweighted: tuple[Agreement, ...] = ()


class AgreementChange(Estimate):
    """How much a coefficient rose from one table to another, and both measurements."""

    before: Agreement
    after: Agreement


class Cell(Model):
    """Disagreements of two labels, in a slice, with a rule cited by either side.

    `rise` is by how much alpha would rise if they agreed. `disagreements` and `pairs` count pairs of ratings: those of
    this cell, and all in the slice. `slice` is empty for everything; `rule` is none where no rule was cited.
    """

    labels: tuple[str, str]
    slice: dict[str, str] = Field(default_factory=dict)
    rule: str | None = None
    rise: float
    disagreements: int
    pairs: int


class Merge(Model):
    """Alpha if two labels were one, or why there is none, and by how much that is more than it is now."""

    labels: tuple[str, str]
    value: float | None = Field(default=None, allow_inf_nan=False)
    reason: str | None = None
    rise: float | None = Field(default=None, allow_inf_nan=False)


class Split(Model):
    """How many pairs of ratings disagree between two labels."""

    labels: tuple[str, str]
    disagreements: int


class Disputed(Model):
    """How many disagreements of two labels cite this rule on both sides, or cite nothing where `rule` is none."""

    labels: tuple[str, str]
    rule: str | None = None
    disagreements: int


class GapCount(Model):
    """How often adjudicators found that the guideline does not decide between these labels, and what they wrote."""

    labels: tuple[str, ...]
    domain: str
    cases: int
    texts: tuple[str, ...]


class Diagnosis(Model):
    """Where disagreement sits, the largest part first."""

    value: float | None = Field(default=None, allow_inf_nan=False)
    reason: str | None = None
    splits: tuple[Split, ...] = ()
    cells: tuple[Cell, ...] = ()
    merges: tuple[Merge, ...] = ()
    cited_on_both_sides: tuple[Disputed, ...] = ()
    without_citation: tuple[Disputed, ...] = ()
    gaps: tuple[GapCount, ...] = ()


class NamedLabel(Model):
    """A person's label on a step, for the lead."""

    person: str
    label: str
    kind: str | None = None
    rationale: str | None
    unsure: bool
    rules: tuple[str, ...] = ()
    guideline_version: str
    given_at: int


class DisputedStep(Model):
    """A step that people label differently, or a pair on which they choose differently, with the case on it, if there
    is one. The `step` of a pair is both `responses`, the first and the second, which a step does not have.
    """

    item_id: str
    position: int
    domain: str
    problem: str
    step: str
    responses: tuple[str, ...] = ()
    labels: tuple[NamedLabel, ...]
    case_id: str | None = None
    case_state: str | None = None


class DisputedSteps(Model):
    """A page of the steps behind a number, and how many there are over all pages."""

    steps: tuple[DisputedStep, ...]
    total: int


class TakenAgreement(Model):
    """Agreement as the server took it of a domain, or `pairs: DOMAIN`, under a guideline version, after so many labels.

    Below the bar it comes with the largest parts of the disagreement. `paused`: the domain is handed out no more until
    the lead decides; `decision` is what the lead said.
    """

    id: str
    domain: str
    guideline_version: str
    labels: int
    taken_at: int
    bar: float
    below: bool
    agreement: Agreement
    diagnosis: Diagnosis | None = None
    paused: bool = False
    decision: str | None = None


class GoOnBody(Model):
    """The lead's decision that a domain below the bar goes on, and why."""

    domain: Name
    reason: FilledText


class CohortBody(Model):
    """Put a person in a cohort (a team, a vendor, a training class) from a time on (microseconds UTC), or end it."""

    person: Name
    cohort: Name
    since: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    until: Annotated[int, Field(ge=0, lt=2**53)] | None = None

    @model_validator(mode="after")
    def _one_end(self) -> "CohortBody":
        if (self.since is None) == (self.until is None):
            raise ValueError("a cohort has a beginning (since) or gets its end (until)")
        return self


class CohortMember(Model):
    """A person in a cohort, from when until when."""

    person: str
    cohort: str
    since: int
    until: int | None = None
