"""Releases: exports under a name, and what became of the rows between two of them."""

from enum import StrEnum

from pydantic import Field

from cotlab.domain.datasets.exports import LabelChoice, Manifest
from cotlab.domain.model import Model


class Release(Model):
    """An export under a name. `as_of` is the sequence that it read, `sequence` and `hash` those of its own event."""

    id: str
    name: str
    export_id: str
    format: str
    labels: LabelChoice
    mapping: str | None
    rows: int
    as_of: int
    audit_head: str
    sha256: str
    made_at: int
    sequence: int
    hash: str


class ReleaseFile(Model):
    """A release with the manifest of its export."""

    release: Release
    manifest: Manifest


class RowChange(StrEnum):
    """What became of a row."""

    ADDED = "added"
    DROPPED = "dropped"
    RELABELLED = "relabelled"
    CHANGED = "changed"
    """Of the same labels, and something else is another: an outcome, a reason, what a check found."""


class Because(StrEnum):
    """Why a row is not what it was; of several the first that fits, in the order of docs/exports.md."""

    IMPORTED = "imported"
    SELECTION = "selection"
    DOUBT = "doubt"
    GUIDELINE_VERSION = "guideline_version"
    CASE_DECIDED = "case_decided"
    NEW_LABEL = "new_label"
    QUESTION = "question"
    CHECK = "check"
    POLICY = "policy"
    ORDER = "order"
    OTHER = "other"


class ChangedStep(Model):
    """The label of a step in both releases, from position 1; None where the row ends before it."""

    position: int
    before: str | None
    after: str | None


class ChangedRow(Model):
    """A row that is in one of both releases alone, or says something else. Steps are told of rows with one label
    a step.
    """

    row_id: str
    change: RowChange
    because: Because
    steps: tuple[ChangedStep, ...] = ()


class ReleaseDiff(Model):
    """From release `before` to `after`: reason -> rows. `moved` are rows that lie in another split, whatever they hold.

    `rows` are the first that changed, in the order of their ids; `more` says that there are others.
    """

    before: Release
    after: Release
    unchanged: int = 0
    moved: int = 0
    added: dict[str, int] = Field(default_factory=dict)
    dropped: dict[str, int] = Field(default_factory=dict)
    relabelled: dict[str, int] = Field(default_factory=dict)
    changed: dict[str, int] = Field(default_factory=dict)
    rows: tuple[ChangedRow, ...] = ()
    more: bool = False
