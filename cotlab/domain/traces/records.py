"""Problems, traces and steps, as they come in and go out: the native record."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cotlab.domain.answers import Basis, Citation, Purpose, StepSize
from cotlab.domain.checks import KeptVerdict
from cotlab.domain.model import Model
from cotlab.domain.provenance import DraftedFrom
from cotlab.domain.shown_drafts import VisibleDraft
from cotlab.domain.text import FilledText, Name, Text, digest

Microseconds = Annotated[int, Field(ge=0, lt=2**53)]

TASKS = ("steps", "pairs")
"""What an item is to be done with: the steps of a trace are labelled, the responses of a pair compared."""


class Origin(StrEnum):
    """Who or what wrote a trace."""

    HUMAN = "human"
    MODEL = "model"
    SEMI_SYNTHETIC = "semi-synthetic"
    UNKNOWN = "unknown"


class Passage(Model):
    """A named text that belongs to a problem (a statute, a note) and can be opened and cited."""

    name: Name
    text: FilledText


class Problem(Model):
    """A prompt with what is known of it; `reference_answer` is never shown to an annotator."""

    text: FilledText
    domain: Name = "general"
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    source: Name | None = None
    collected_at: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    tags: tuple[Name, ...] = ()
    difficulty: Annotated[int, Field(ge=1, le=5)] | None = None
    reference_answer: Text | None = None
    passages: tuple[Passage, ...] = ()

    @model_validator(mode="after")
    def _passages_differ(self) -> "Problem":
        names = [passage.name for passage in self.passages]
        if len(names) != len(set(names)):
            raise ValueError("two passages have the same name")
        return self

    def digest(self) -> str:
        """SHA-256 over what makes two problems the same one."""
        passages = [part for passage in self.passages for part in (passage.name, passage.text)]
        return digest([self.text, self.domain, self.language, self.reference_answer, *passages])


class SourceLabel(Model):
    """A label that came with a file: kept under its source's name, unmapped, never one of ours."""

    source: Name
    value: Name
    kind: Name | None = None
    rationale: Text | None = None
    unsure: bool = False
    citations: tuple[Citation, ...] = ()
    step_size: StepSize | None = None
    guideline: Name | None = None
    schema_version: Name | None = None
    stale: bool = False
    given_at: Microseconds | None = None
    elapsed_ms: Microseconds | None = None
    visible_until: Annotated[int, Field(ge=1)] | None = None
    basis: Basis | None = None
    purpose: Purpose | None = None
    doubted: bool = False
    drafts: tuple[VisibleDraft, ...] = ()
    evidence_seen: tuple[int, ...] = ()


class Step(Model):
    text: FilledText
    labels: tuple[SourceLabel, ...] = ()


class Alternative(Model):
    """Another wording of the step at `position`, or steps that are missing before it."""

    position: Annotated[int, Field(ge=1)]
    kind: Literal["rewording", "missing"] = "rewording"
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=20)]
    origin: Origin = Origin.UNKNOWN
    generator: Name | None = None
    evidence: tuple[KeptVerdict, ...] = ()
    drafted: DraftedFrom | None = None


class Change(Model):
    """What was changed in a step: it stands from `start` to `stop` (code points, `stop` exclusive), `was` before."""

    start: Annotated[int, Field(ge=0)]
    stop: Annotated[int, Field(ge=0)]
    was: Text


class DerivedFrom(Model):
    """What a semi-synthetic trace was made of: the step at `position` of the trace with that digest, altered in a way
    (its name and version). The steps before are the parent's, and none come after.
    """

    trace: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    position: Annotated[int, Field(ge=1)]
    way: Name
    changes: Annotated[tuple[Change, ...], Field(max_length=1_000)] = ()


class Trace(Model):
    """One line of the native format: a reasoning path with its problem."""

    id: Name | None = None
    problem: Problem
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=10_000)]
    final_answer: Text | None = None
    origin: Origin = Origin.UNKNOWN
    generator: Name | None = None
    strategy: Name | None = None
    canonical: bool = False
    labels: tuple[SourceLabel, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    evidence: tuple[KeptVerdict, ...] = ()
    derived_from: DerivedFrom | None = None
    drafted: DraftedFrom | None = None

    @model_validator(mode="after")
    def _positions_are_here(self) -> "Trace":
        for alternative in self.alternatives:
            if alternative.position > len(self.steps):
                raise ValueError(f"an alternative branches at step {alternative.position} of {len(self.steps)}")
        if self.derived_from is not None and self.derived_from.position > len(self.steps):
            raise ValueError(f"derived_from names step {self.derived_from.position} of {len(self.steps)}")
        return self

    def digest(self, problem: str | None = None) -> str:
        """SHA-256 over problem, steps and final answer: the same content, the same digest.

        `problem` is the problem's digest, where it is known already.
        """
        return digest([problem or self.problem.digest(), self.final_answer, *(step.text for step in self.steps)])


class ProblemView(Model):
    text: str
    domain: str
    language: str
    passages: tuple[Passage, ...]
