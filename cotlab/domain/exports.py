"""What an export is made of: labelled paths, the choices behind them, and the manifest beside the file."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from cotlab.domain.answers import Citation, Purpose, StepSize
from cotlab.domain.evidence import KeptVerdict
from cotlab.domain.guidelines import Value
from cotlab.domain.model import Model
from cotlab.domain.pair_exports import Compared, PairShape
from cotlab.domain.settled import Basis
from cotlab.domain.text import Name
from cotlab.domain.traces import DerivedFrom, Problem


class LabelChoice(StrEnum):
    """Whose labels go out: the settled one of each step, or each person's own."""

    SETTLED = "settled"
    EACH = "each"


class ExportOrder(Model):
    """What to export. `labels` has no default; `mapping` is needed where the format has a target value.

    `stale` lets labels in that a newer guideline version asks for anew, `doubted` those of people whose gold became
    worse, from their last good point on. `shape` is for formats of pairs. With `compared` `steps` the rows of these are
    made of labelled steps; with `redundant` a redundant step is rejected where a correct one stands beside it.
    """

    format: Name
    labels: LabelChoice
    mapping: Name | None = None
    as_of: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    stale: bool = False
    doubted: bool = False
    shape: PairShape = Field(default_factory=PairShape)
    compared: Compared = Compared.RESPONSES
    redundant: bool = False


class ExportedLabel(Model):
    """A label as it goes out. `source` is a pseudonym (`annotator-...`), `settled`, or an imported source's name.

    `value` is a label of the first level, `kind` the more exact one below it. Both are read by the schema of
    `schema_version`: a later guideline version that renamed the label, else None for the one it was given under.
    `step_size` is None where the step fits. `stale`: a newer version asks for the label anew. `doubted`: it is in
    doubt, or settled by labels that are. `basis` is why a settled label counts, `purpose` what a person's was given
    for; of an adjudicator's it is the decision.
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


class ExportedStep(Model):
    """A step with its labels: one where the labels are settled, one a person where each goes out."""

    text: str
    labels: tuple[ExportedLabel, ...] = ()


class LabelledAlternative(Model):
    """An alternative that branches at `position` (from 1), with the one label of this path's labeller per step."""

    position: int
    kind: Literal["rewording", "missing"]
    origin: str
    steps: tuple[ExportedStep, ...]
    evidence: tuple[KeptVerdict, ...] = ()


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
    cotlab_version: str
    project: str
    project_id: str
    labels: LabelChoice
    mapping: str | None
    stale: bool = False
    """Whether stale labels were let in."""
    doubted: bool = False
    """Whether labels in doubt were let in."""
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
    comparisons: dict[str, int] = Field(default_factory=dict)
    """Where two steps stand beside each other (`alternative`, `sibling`) -> chosen and rejected steps from there."""
    opened_early: tuple[str, ...] = ()
    """Domains that a lead opened before the team agreed, each with the reason."""
    longest_row_characters: int
    as_of: int
    audit_head: str
    made_at: int
    sha256: str
    bytes: int
