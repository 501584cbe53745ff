"""The parts of a manifest: what lies in each file, how long rows are, how far people agreed, what was kept apart."""

from typing import Literal

from pydantic import Field

from cotlab.domain.agreement.coefficients import Estimate
from cotlab.domain.model import Model
from cotlab.domain.projects.gates import Gate


class ExportedFile(Model):
    """One file of an export. `path` is below the export's folder, "" for the only file of an export.

    `class_weights` are n / (k * n of the label) over the k labels in the file, as scikit-learn's `balanced` has them.
    `unbalanced` is the distribution before rows were left out for balance; empty where none was asked for.
    """

    path: str
    format: str
    split: str | None = None
    rows: int
    steps: int
    traces: int
    bytes: int
    sha256: str
    label_distribution: dict[str, int] = Field(default_factory=dict)
    class_weights: dict[str, float] = Field(default_factory=dict)
    unbalanced: dict[str, int] = Field(default_factory=dict)
    origins: dict[str, int] = Field(default_factory=dict)
    """Origin -> traces or pairs; one of several origins counts for each."""


class LengthBand(Model):
    """Rows of so many tokens: more than the band before, and at most `most`."""

    most: int
    rows: int


class RowLengths(Model):
    """How long rows are in tokens, prompt and all that follows, and what a trainer's `max_length` cuts.

    `by` names the tokenizer's file with its sha256, or says that lengths are estimated from words and punctuation.
    """

    by: str
    longest: int = 0
    histogram: tuple[LengthBand, ...] = ()
    max_length: int
    rows_cut: int = 0
    steps_cut: int = 0


class ManifestAgreement(Estimate):
    """Krippendorff's alpha among the first, blind labels on what is in the export; of one label against the rest, or of
    all (`label` None). The interval draws traces (or pairs) anew.
    """

    label: str | None = None
    coefficient: Literal["alpha"] = "alpha"
    units: int
    clusters: int


class Bar(Model):
    """What had to be shown before production, by the policy in force."""

    gate: Gate | None
    team_bar: float | None
    agreement_bar: float


class NearDuplicates(Model):
    """Problems by group of near duplicates: `in_groups` are with another one in theirs, `largest` in one."""

    rule: str
    problems: int
    groups: int
    in_groups: int
    largest: int


class BenchmarkKeptOut(Model):
    """A benchmark whose problems stay out: `problems` it has, of which `found` problems of ours are near, so that
    `left_out` traces or pairs are not in the export.
    """

    name: str
    sha256: str
    problems: int
    found: int
    left_out: int
