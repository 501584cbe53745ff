"""What the server tells an annotator. What must not be seen has no field here."""

from typing import Annotated, Literal

from pydantic import Field

from cotlab.domain.answers import Citation, StepSize
from cotlab.domain.checks import ShownEvidence
from cotlab.domain.guidelines.differences import Difference
from cotlab.domain.guidelines.rules import Rule, Term
from cotlab.domain.guidelines.schema import Affects, Change, Schema, Strategy
from cotlab.domain.model import Model
from cotlab.domain.people import Role
from cotlab.domain.projects.draft_policy import Reveal
from cotlab.domain.shown_drafts import ShownDraft
from cotlab.domain.text import Name
from cotlab.domain.traces.pairs import ChoiceFeedback, PairView
from cotlab.domain.traces.records import ProblemView


class MyLabel(Model):
    """My own label on a step, as it stands. Citations and step size come where a step is labelled anew.

    `stale` is a label that a newer guideline version asks to be given anew.
    """

    id: str
    label: str
    rationale: str | None
    unsure: bool
    received_at: int
    citations: tuple[Citation, ...] = ()
    step_size: StepSize = StepSize.FITS
    stale: bool = False


class Feedback(Model):
    """The verified label of a step in calibration, with its justification, and whether mine is the same."""

    position: int
    label: str
    justification: str
    right: bool


class StepView(Model):
    """A step that I may see, with my label on it, if there is one.

    `feedback` comes where I look at a step again that I labelled in the first part of calibration.
    """

    position: int
    text: str
    mine: MyLabel | None = None
    prefix: bool = False
    """Whether the step stands only as context: an alternative path branches off after it."""
    feedback: Feedback | None = None
    evidence: ShownEvidence | None = None
    """What the check found; on steps that I have committed alone."""
    drafts: tuple[ShownDraft, ...] = ()
    """What models drafted of it and I have seen; on steps that I have committed alone."""


class NextStep(Model):
    kind: Literal["step"] = "step"
    step: StepView


class NextPair(Model):
    """A pair to compare; one commit says all of it, and ends the assignment."""

    kind: Literal["pair"] = "pair"
    pair: PairView


class FinishDue(Model):
    """All that will be shown was labelled. The answer comes only where all steps were shown.

    `asks` are the questions that are still open: `complete` must be answered, `strategy` may be. `strategy` is the one
    that the trace came with, where the guideline names it.
    """

    kind: Literal["finish"] = "finish"
    all_shown: bool
    final_answer: str | None
    asks: tuple[Literal["complete", "strategy"], ...] = ()
    strategies: tuple[Strategy, ...] = ()
    strategy: str | None = None


class BreakDue(Model):
    """Nothing new is shown before `until` (microseconds UTC)."""

    kind: Literal["break"] = "break"
    until: int


class Withdrawn(Model):
    """The work is no longer wanted; what was committed is kept."""

    kind: Literal["withdrawn"] = "withdrawn"
    reason: str


Next = Annotated[NextStep | NextPair | FinishDue | BreakDue | Withdrawn, Field(discriminator="kind")]


class SessionView(Model):
    """Continuous work: since when, and when a break is proposed and due (microseconds UTC)."""

    started_at: int
    remind_at: int
    break_at: int


class Committed(Model):
    """The answer to a commit: my label's id, a receipt (the event's hash), and what comes next.

    In the first part of calibration it comes with the verified label. `evidence` is what the check found in the step,
    where it was checked by now and the policy shows it; `drafts` what models drafted of it, where the policy always
    shows that.
    """

    label_id: str
    receipt: str
    session: SessionView
    next: Next
    feedback: Feedback | None = None
    evidence: ShownEvidence | None = None
    drafts: tuple[ShownDraft, ...] = ()


class Preferred(Model):
    """The answer to a commit of a pair: my answer's id and a receipt (the event's hash). What comes next is claimed.

    In the first part of calibration it comes with what is verified of the pair. `drafts` are opinions of models, where
    the policy always shows them.
    """

    label_id: str
    receipt: str
    session: SessionView
    feedback: tuple[ChoiceFeedback, ...] = ()
    drafts: tuple[ShownDraft, ...] = ()


class AssignmentView(Model):
    """The trace that I am labelling, or the pair that I compare, as far as I may see it."""

    id: str
    project_id: str
    project: str
    guideline: str
    guideline_version: str
    purpose: Literal["production", "redo", "pilot", "calibration", "recheck"] = "production"
    expires_at: int
    problem: ProblemView
    done: tuple[StepView, ...]
    next: Next
    session: SessionView
    evidence_shown: bool = False
    """Whether I see what checks find in the steps that I have committed."""
    drafts_shown: Reveal = Reveal.NEVER
    """Whether I see what models drafted of a step that I have committed, where there is any that I may see."""
    rationales: bool = False
    """Whether I may ask for a draft of my reason, once I have committed a label."""


class Claimed(Model):
    """The answer to a claim: an assignment, or why there is none.

    `new_guideline`: the version `guideline_version_id` is to be acknowledged first. `not_open`: production waits for
    the end of a pilot, and nothing of the pilot is left for me. `paused`: what is left waits for the lead.
    `not_qualified`: what is left is of domains that are not open to me.
    """

    assignment: AssignmentView | None = None
    receipt: str | None = None
    nothing: Literal["nothing_open", "break", "new_guideline", "not_open", "paused", "not_qualified"] | None = None
    until: int | None = None
    guideline_version_id: str | None = None


class Receipt(Model):
    """The hash of the event that recorded the request."""

    receipt: str


class GuidelineView(Model):
    """A version: schema for the keys, rules to find and cite, short text for the panel, full text to read."""

    id: str
    guideline: str
    version: str
    labels: Schema = Field(alias="schema", serialization_alias="schema")
    quick_reference: str
    rules: tuple[Rule, ...] = ()
    glossary: tuple[Term, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    text: str


class GuidelineChanges(Model):
    """A version that I have not acknowledged: what changed since the one that I had, for how many labels of mine.

    `by` is the name of whoever put it in force, `since` when (microseconds UTC); `coming_back` counts my stale labels,
    and `affects` is what the versions since then ask for anew.
    """

    guideline_version_id: str
    guideline: str
    version: str
    change: Change
    since: int
    by: str
    difference: Difference
    affects: Affects = Field(default_factory=Affects)
    coming_back: int


class AcknowledgeBody(Model):
    """I have read this version, or what changed in it."""

    guideline_version_id: Name


class QueueEntry(Model):
    """A project of mine: whether one of my traces is open there, and whether more is waiting."""

    project_id: str
    project: str
    closed: bool
    roles: tuple[Role, ...]
    open: bool
    waiting: bool
    done_today: int
    ready: bool
    """Whether a guideline version is in force."""
    coming_back: int = 0
    """My labels that a newer guideline version asks for anew."""
    production_open: bool = True
    """False while a pilot comes first."""
    answered: int = 0
    """My questions that the lead has answered, and answers that were sent to all."""
    cases: int = 0
    """Cases that I can adjudicate now, counted up to about 1,000."""
    case_open: bool = False
    """Whether I have a case in my hands."""
    writing: bool = False
    """Whether a path is there for me to write, or half written."""
    decided: int = 0
    """Decided cases on steps and pairs of mine that I have not read."""
    due: int | None = None
    """When the first of the batches that I was given is due (microseconds UTC)."""
    below_bar: tuple[str, ...] = ()
    """Domains whose agreement fell below the bar; told to the lead alone."""
    alarms: int = 0
    """Drift alarms on which no lead has acted; told to the lead alone."""
    pace_alarms: int = 0
    """Pace alarms that no lead has decided about; told to the lead alone."""
    position_alarms: int = 0
    """Alarms of position bias that no lead has decided about; told to the lead alone."""


class Queue(Model):
    person: str
    session: SessionView | None
    break_until: int | None
    labels_today: int
    projects: tuple[QueueEntry, ...]


class PastLabel(Model):
    """One of my labels of the past, with the step it was given on; of a pair my overall choice.

    `responses` are the beginnings of those on my left and on my right; `label` then compares the left one with the
    right.
    """

    id: str
    problem: str
    position: int
    step: str | None
    responses: tuple[str, str] | None = None
    label: str
    rationale: str | None
    unsure: bool
    received_at: int
    replaced: bool
    guideline_version: str


class PastLabels(Model):
    labels: tuple[PastLabel, ...]
    next_cursor: str | None


class ServerInfo(Model):
    """Who answers here; a terminal UI of another version says so."""

    name: Literal["cotlab"] = "cotlab"
    version: str


class Health(Model):
    """The server answers."""

    status: Literal["ok"] = "ok"
