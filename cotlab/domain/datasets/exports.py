"""What an export is made of: labelled paths, the choices behind them, and the manifest beside the file."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from cotlab.domain.answers import Basis, Citation, Purpose, StepSize
from cotlab.domain.checks import KeptVerdict
from cotlab.domain.datasets.manifests import (
    Bar,
    BenchmarkKeptOut,
    ExportedFile,
    ManifestAgreement,
    NearDuplicates,
    RowLengths,
)
from cotlab.domain.datasets.pair_exports import MOST_PER_STEP, Compared, PairShape
from cotlab.domain.datasets.splits import Benchmark, FacetValue, SplitOrder
from cotlab.domain.guidelines.schema import Value
from cotlab.domain.model import Model
from cotlab.domain.provenance import DraftedFrom
from cotlab.domain.shown_drafts import VisibleDraft
from cotlab.domain.text import Name
from cotlab.domain.traces.records import DerivedFrom, Problem


class LabelChoice(StrEnum):
    """Whose labels go out: the settled one of each step, of these the ones that were decided, or each person's own."""

    ADJUDICATED = "adjudicated"
    SETTLED = "settled"
    EACH = "each"


ReleaseName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]


class Packing(StrEnum):
    """How the rows lie in the file: the end of its name."""

    LINES = "jsonl"
    GZIP = "jsonl.gz"
    ZSTD = "jsonl.zst"
    PARQUET = "parquet"


class ExportOrder(Model):
    """What to export. `labels` has no default; `mapping` is needed where the format has a target value.

    `stale` lets labels in that a newer guideline version asks for anew, `doubted` those of people whose gold became
    worse, from their last good point on. `without_assisted` leaves those out that were given with a draft in sight, as
    if nobody had given them: what they replaced stands. `shape` is for formats of pairs, `packing` how rows lie in the
    file. With `compared` `steps` the rows of formats of
    pairs are made of labelled steps; with `redundant` a redundant step is rejected where a correct one stands beside
    it. `guideline` (`step-correctness 1.0`, or its version where that is one alone) lets in labels alone that were
    given under it. `where`: of each facet that is named, one of the values. `paired` adds the outcome of each trace in
    files of their own. `against` are benchmarks whose problems stay out. Of several files `split` and `outcome` say
    which one is sent. Of steps that stand beside each other at most `most_per_step` rows are made, drawn by their
    texts. `release` names the export.

    What broke off goes on where `after` is the last trace or pair all of whose rows came (of JSON lines), and `skip`
    how many bytes came since; with the same `as_of` exactly the missing bytes are sent.
    """

    format: Name
    labels: LabelChoice
    mapping: Name | None = None
    as_of: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    stale: bool = False
    doubted: bool = False
    without_assisted: bool = False
    shape: PairShape = Field(default_factory=PairShape)
    packing: Packing = Packing.LINES
    guideline: Name | None = None
    where: Annotated[tuple[FacetValue, ...], Field(max_length=100)] = ()
    splits: SplitOrder | None = None
    paired: bool = False
    against: Annotated[tuple[Benchmark, ...], Field(max_length=10)] = ()
    max_length: Annotated[int, Field(ge=1, le=10_000_000)] = 1024
    split: Name | None = None
    outcome: bool = False
    compared: Compared = Compared.RESPONSES
    redundant: bool = False
    most_per_step: Annotated[int, Field(ge=1, le=1_000_000)] = MOST_PER_STEP
    release: ReleaseName | None = None
    after: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    skip: Annotated[int, Field(ge=0, lt=2**53)] = 0


class ExportedLabel(Model):
    """A label as it goes out. `source` is a pseudonym (`annotator-...`), `settled`, or an imported source's name.

    `value` is a label of the first level, `kind` the more exact one below it. Both are read by the schema of
    `schema_version`: a later guideline version that renamed the label, else None for the one it was given under.
    `step_size` is None where the step fits. `stale`: a newer version asks for the label anew. `doubted`: it is in
    doubt, or settled by labels that are. `basis` is why a settled label counts, `purpose` what a person's was given
    for; of an adjudicator's it is the decision. `drafts` were visible when it was given, and `evidence_seen` are the
    steps whose verdicts had become so since the answer before; both in the native format alone.
    """

    source: str
    value: str
    kind: str | None = None
    rationale: str | None = None
    unsure: bool = False
    citations: tuple[Citation, ...] = ()
    step_size: StepSize | None = None
    guideline: str | None = None
    schema_version: str | None = None
    stale: bool = False
    given_at: int | None = None
    elapsed_ms: int | None = None
    visible_until: int | None = None
    basis: Basis | None = None
    purpose: Purpose | None = None
    doubted: bool = False
    drafts: tuple[VisibleDraft, ...] = ()
    evidence_seen: tuple[int, ...] = ()


class ExportedStep(Model):
    """A step with its labels: one where the labels are settled, one a person where each goes out."""

    text: str
    labels: tuple[ExportedLabel, ...] = ()


class LabelledAlternative(Model):
    """An alternative that branches at `position` (from 1), with the one label of this path's labeller per step.

    `trace_id` is None outside a project.
    """

    trace_id: str | None = None
    position: int
    kind: Literal["rewording", "missing"]
    origin: str
    steps: tuple[ExportedStep, ...]
    generator: str | None = None
    evidence: tuple[KeptVerdict, ...] = ()
    drafted: DraftedFrom | None = None


class LabelledPath(Model):
    """A trace as one labeller (or the settled labels) sees it: a labelled prefix of its steps.

    `steps` are the labelled ones, in order: each with exactly one label, or in the native format with one a person or
    source. `rest` are the texts after the first step without one. `labeller` is a pseudonym, None for settled labels.
    `branch` is the number of leading steps that belong to the parent of an alternative (0 for a trace of its own).
    `ending` is how labelling ended (`finished`, `bad_problem`, `give_up`), None while open or for settled labels.
    `labels` are what each person and source said of the trace as a whole; only the native format with each one's
    labels has them.
    """

    trace_id: str
    external_id: str | None
    problem: Problem
    steps: tuple[ExportedStep, ...]
    rest: tuple[str, ...] = ()
    final_answer: str | None = None
    origin: str
    generator: str | None = None
    strategy: str | None = None
    canonical: bool = False
    labeller: str | None = None
    ending: str | None = None
    labels: tuple[ExportedLabel, ...] = ()
    alternative: bool = False
    branch: int = 0
    alternatives: tuple[LabelledAlternative, ...] = ()
    evidence: tuple[KeptVerdict, ...] = ()
    """The newest verdicts on steps and final answer, in the native format alone."""
    derived_from: DerivedFrom | None = None
    """What an altered trace was made of, in the native format alone."""
    drafted: DraftedFrom | None = None
    """The draft that a trace was, in the native format alone."""
    answer_right: bool | None = None
    """Whether the final answer is right, by an adjudicator or else by a check; None where neither says."""
    answer_disputed: bool = False
    """Whether nobody says so because those who do contradict each other."""
    settled: tuple[ExportedStep, ...] | None = None
    """The leading settled steps of a canonical path where `steps` have everybody's labels; else None."""
    open_case: bool = False
    """Whether a case about the trace as a whole waits for a decision; one about a step leaves the step unsettled."""


class LeftOut(Exception):
    """A format has no row for a path; `why` is the reason under which a manifest counts it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Target(Model):
    """The mapping of an export: guideline version -> label -> value, and which labels of a version are errors.

    Labels are those of the first level. Each is mapped by the version whose schema it is read by, since two versions
    may give one label different values.
    """

    name: str | None
    values: dict[str, dict[str, Value]] = Field(default_factory=dict)
    errors: dict[str, frozenset[str]] = Field(default_factory=dict)

    def value(self, label: ExportedLabel) -> Value:
        """The target value of a label. Raises KeyError for one of a version that the mapping does not know."""
        return self.values[label.schema_version or label.guideline or ""][label.value]

    def is_error(self, label: ExportedLabel) -> bool:
        return label.value in self.errors.get(label.schema_version or label.guideline or "", frozenset())


class Manifest(Model):
    """What is in an export, beside the file. Counts are numbers of rows, traces, steps or labels as their names say."""

    format: str
    packing: Packing = Packing.LINES
    cotlab_version: str
    project: str
    project_id: str
    labels: LabelChoice
    mapping: str | None
    stale: bool = False
    """Whether stale labels were let in."""
    doubted: bool = False
    """Whether labels in doubt were let in."""
    without_assisted: bool = False
    """Whether labels were left out that were given with a draft of a model in sight."""
    mapping_values: dict[str, dict[str, Value]]
    guidelines: dict[str, int]
    """Guideline version -> number of exported labels given under it."""
    rows: int
    steps: int
    traces_read: int
    traces_kept: int
    traces_dropped: dict[str, int]
    steps_dropped: dict[str, int]
    labels_dropped: dict[str, int] = Field(default_factory=dict)
    """Reason -> labels that rows with everybody's labels are without."""
    label_distribution: dict[str, int]
    kind_distribution: dict[str, int] = Field(default_factory=dict)
    stale_labels: int = 0
    """Exported labels that a newer guideline version asks for anew."""
    doubted_labels: int = 0
    """Exported labels that are in doubt."""
    value_distribution: dict[str, int]
    settled_by: dict[str, int]
    shape: PairShape | None = None
    """How pairs are written; without `margin` where it was asked for and some pair has none."""
    compared: Compared | None = None
    redundant: bool = False
    most_per_step: int | None = None
    """Chosen with rejected steps that were made of one place at most; None where no steps are compared."""
    comparisons: dict[str, int] = Field(default_factory=dict)
    """Where two steps stand beside each other (`alternative`, `sibling`) -> chosen and rejected steps from there.

    `left_out` are those beyond `most_per_step`.
    """
    opened_early: tuple[str, ...] = ()
    """Domains that a lead opened before the team agreed, each with the reason."""
    longest_row_characters: int
    guideline: str | None = None
    """The version whose labels alone were let in; None: all."""
    where: tuple[FacetValue, ...] = ()
    guideline_hashes: dict[str, str] = Field(default_factory=dict)
    """Guideline version -> sha256 of its text as it was published."""
    agreement: tuple[ManifestAgreement, ...] = ()
    bar: Bar | None = None
    votes: int = 0
    """People's labels on the steps that went out, those behind a settled label too."""
    assisted_votes: int = 0
    """Those of people who had seen answers or labels of others before."""
    draft_assisted_votes: int = 0
    """Those given with a draft of a model in sight, or with a reason that one began."""
    assisted_share: float = 0.0
    """`draft_assisted_votes` of `votes`, from 0 to 1."""
    origins: dict[str, int] = Field(default_factory=dict)
    domains: dict[str, int] = Field(default_factory=dict)
    """Origin, domain -> traces or pairs."""
    lengths: RowLengths | None = None
    splits: SplitOrder | None = None
    near_duplicates: NearDuplicates | None = None
    benchmarks: tuple[BenchmarkKeptOut, ...] = ()
    paired: bool = False
    outcome_dropped: dict[str, int] = Field(default_factory=dict)
    """Reason -> traces with rows that have no outcome beside them."""
    warnings: tuple[str, ...] = ()
    files: tuple[ExportedFile, ...] = ()
    release: str | None = None
    """The name under which the export is a release."""
    command: str = ""
    """What makes the same files again, by the same version of cotlab on the same database."""
    as_of: int
    audit_head: str
    made_at: int
    sha256: str
    """Of the only file; of several, over their lines `SHA256  PATH`, as `sha256sum` prints them."""
    bytes: int
