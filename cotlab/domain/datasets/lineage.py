"""The history of an exported row, a trace, a pair or a step: what happened to it, in order."""

from pydantic import Field

from cotlab.domain.answers import Citation
from cotlab.domain.checks import KeptVerdict
from cotlab.domain.datasets.exports import LabelChoice
from cotlab.domain.model import Model
from cotlab.domain.provenance import DraftedFrom
from cotlab.domain.shown_drafts import VisibleDraft


class Qualified(Model):
    """Where somebody stood when work was handed to them. `field` is the domain with the tags that are calibrated."""

    field: str
    state: str
    sentence: str


class Guidance(Model):
    """The guideline version that somebody worked under: the SHA-256 of its text, and rules of it by their ids."""

    version: str
    sha256: str
    rules: dict[str, str] = Field(default_factory=dict)


class Exported(Model):
    """An export with rows of what was asked for.

    Not `certain`: what such an export leaves out depends on all that goes out, as with balance or benchmarks, and was
    not worked out again. `split` is None where there are none, and where it was not worked out.
    """

    export_id: str
    format: str
    labels: LabelChoice
    mapping: str | None
    as_of: int
    rows: tuple[str, ...]
    split: str | None = None
    certain: bool = True


class LineageEvent(Model):
    """One event of the project's chain, and what it meant here. `by` is a pseudonym, or the name of a source."""

    sequence: int
    hash: str
    at: int
    kind: str
    what: str
    item: str | None = None
    """The trace that it is of, where what was asked for lies in several."""
    by: str | None = None
    position: int | None = None
    question: str | None = None
    value: str | None = None
    rationale: str | None = None
    purpose: str | None = None
    unsure: bool = False
    informed: bool = False
    visible_until: int | None = None
    replaces: int | None = None
    """The sequence of the answer that this one stands for now."""
    citations: tuple[Citation, ...] = ()
    guidance: Guidance | None = None
    qualified: Qualified | None = None
    evidence: tuple[KeptVerdict, ...] = ()
    drafts: tuple[VisibleDraft, ...] = ()
    """Verdicts that were there to see; of a check those that it found."""
    exported: Exported | None = None
    release: str | None = None
    drafted: DraftedFrom | None = None
    """The draft that the trace was."""


class Lineage(Model):
    """`id` is what was asked for; `events` are in the order of the chain, up to `as_of` with its hash.

    `item_id` is of a trace or pair, or of the problem whose traces' steps are compared.
    """

    id: str
    item_id: str
    external_id: str | None
    task: str
    domain: str
    project: str
    as_of: int
    audit_head: str
    events: tuple[LineageEvent, ...]
