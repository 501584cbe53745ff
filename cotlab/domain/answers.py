"""Answers: what a person or a named source said about a step or a trace, once and for all."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cotlab.domain.model import Model
from cotlab.domain.text import FilledText, Name, Text

WHOLE_TRACE = 0
"""The position of a question about the whole trace; steps count from 1."""


class Question(StrEnum):
    """What an answer is about, beside the criteria of a guideline for pairs, each of which is a question by its name.

    `label` is what settles a unit: the label of a step, or the overall choice between the responses of a pair.
    `unsafe`: which responses of a pair are a safety problem.
    """

    LABEL = "label"
    COMPLETE = "complete"
    OUTCOME = "outcome"
    STEP_SIZE = "step_size"
    STRATEGY = "strategy"
    DECISION = "decision"
    UNSAFE = "unsafe"


class StepSize(StrEnum):
    """Whether a step is one move, as the guideline's granularity has it."""

    FITS = "fits"
    TOO_COARSE = "too_coarse"
    TOO_FINE = "too_fine"


class Purpose(StrEnum):
    """What an assignment is for.

    `redo`: labels that a guideline version made stale are given anew, or steps after an error that was overruled.
    `gold`: a trace with verified labels that looks like one of production; nobody but a lead learns the difference.
    `gold_redo`: what comes back of it, as of production.
    `calibration`: one of the set that a person labels to qualify. `recheck`: a trace of somebody whose labels are in
    doubt. `repeat`: a pair that comes back with the sides swapped, as if it were new.
    `adjudication`: a case; its `label` is the choice made before the labels of others were seen, `decision` the
    one after. `writing`: the item is a writing task, and what comes of it a trace.
    """

    PRODUCTION = "production"
    REDO = "redo"
    PILOT = "pilot"
    ADJUDICATION = "adjudication"
    GOLD = "gold"
    GOLD_REDO = "gold_redo"
    CALIBRATION = "calibration"
    RECHECK = "recheck"
    WRITING = "writing"
    REPEAT = "repeat"
    IMPORTED = "imported"


COUNTING = (Purpose.PRODUCTION, Purpose.REDO, Purpose.RECHECK)
"""The purposes whose labels settle steps."""
MEASURED_WITH = (Purpose.GOLD, Purpose.GOLD_REDO, Purpose.CALIBRATION, Purpose.PILOT, Purpose.REPEAT)
"""The purposes of answers that never go out."""
REDOS = (Purpose.REDO, Purpose.GOLD_REDO)
UNSEEN = (Purpose.GOLD, Purpose.GOLD_REDO)
"""The purposes of gold that is mixed into other work."""


class Ending(StrEnum):
    """How an assignment ended; `withdrawn` with the batch it was of, `returned` since the person left."""

    FINISHED = "finished"
    BAD_PROBLEM = "bad_problem"
    GIVE_UP = "give_up"
    TAKEN_OVER = "taken_over"
    DECIDED = "decided"
    PASSED_ON = "passed_on"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"


TAKEN_AWAY = (Ending.TAKEN_OVER, Ending.WITHDRAWN, Ending.RETURNED)
"""The endings that a person did not choose."""
HANDED_ON = (Ending.GIVE_UP, *TAKEN_AWAY)
"""The endings after which somebody else labels in a person's place, so that theirs have no vote."""


class Citation(Model):
    """A guideline rule by its id, or a passage by name with a span of code points (stop excluded)."""

    kind: Literal["rule", "passage"]
    name: Name
    start: Annotated[int, Field(ge=0)] | None = None
    stop: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _span(self) -> "Citation":
        if (self.start is None) != (self.stop is None) or (
            self.start is not None and self.stop is not None and self.stop <= self.start
        ):
            raise ValueError("a span has a start and a later stop")
        return self


class LabelBody(Model):
    """A commit: one step's label. `replaces` names my label that this one corrects, `rationale_draft` the draft that
    its rationale was made of.
    """

    position: Annotated[int, Field(ge=1)]
    label: Name
    rationale: Text | None = None
    unsure: bool = False
    citations: Annotated[tuple[Citation, ...], Field(max_length=20)] = ()
    step_size: StepSize = StepSize.FITS
    replaces: Name | None = None
    rationale_draft: Name | None = None
    chosen_at: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    elapsed_ms: Annotated[int, Field(ge=0, le=86_400_000)] | None = None


class AlternativeBody(Model):
    """Another wording of the step at `position`, or the steps that are missing before it; `draft` is what a model
    drafted of the step and I saw, where the wording is that one, or was made of it.
    """

    position: Annotated[int, Field(ge=1)]
    kind: Literal["rewording", "missing"]
    steps: Annotated[tuple[FilledText, ...], Field(min_length=1, max_length=20)]
    draft: Name | None = None

    @model_validator(mode="after")
    def _one_rewording(self) -> "AlternativeBody":
        if self.kind == "rewording" and len(self.steps) != 1:
            raise ValueError("a rewording is one step")
        if self.kind == "missing" and self.draft is not None:
            raise ValueError("what is drafted is a rewording")
        return self


class FinishBody(Model):
    """The end of a trace: answers to what was asked, as FinishDue says; `strategy` is one of the guideline's."""

    complete: Literal["yes", "no", "unsure"] | None = None
    strategy: Name | None = None
    rationale: Text | None = None


class EndingBody(Model):
    """An early end, with a reason."""

    ending: Literal["bad_problem", "give_up"]
    reason: FilledText


class Basis(StrEnum):
    """Why a label counts."""

    ADJUDICATED = "adjudicated"
    UNANIMOUS = "unanimous"
    MAJORITY = "majority"
    SINGLE = "single"


class Unsettled(StrEnum):
    """Why a step has no label that counts, the most basic reason first."""

    NOT_LABELLED = "not_labelled"
    WAITING = "waiting_for_people"
    STALE = "stale"
    BAD_PROBLEM = "bad_problem"
    DISAGREEMENT = "disagreement"
    UNSURE = "unsure"
    QUESTION = "question"
    REFUTED_CLAIM = "refuted_claim"
    VERIFIED_ERROR = "verified_error"
    DOUBTED = "doubted"
    UNDER_RECHECK = "under_recheck"
    TIE = "tie"


HOLD_A_PLACE = (Purpose.PRODUCTION, Purpose.REDO)


AGAINST_GOLD = (*UNSEEN, Purpose.CALIBRATION)
