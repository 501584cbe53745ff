"""What the server tells an annotator. What must not be seen has no field here."""

from typing import Annotated, Literal

from pydantic import Field

from cotlab.domain.guidelines import Schema
from cotlab.domain.model import Model
from cotlab.domain.people import Role
from cotlab.domain.traces import Passage


class ProblemView(Model):
    text: str
    domain: str
    language: str
    passages: tuple[Passage, ...]


class MyLabel(Model):
    """My own label on a step, as it stands."""

    id: str
    label: str
    rationale: str | None
    unsure: bool
    received_at: int


class StepView(Model):
    """A step that I may see, with my label on it, if there is one."""

    position: int
    text: str
    mine: MyLabel | None = None
    prefix: bool = False
    """Whether the step stands only as context: an alternative path branches off after it."""


class NextStep(Model):
    kind: Literal["step"] = "step"
    step: StepView


class FinishDue(Model):
    """All that will be shown was labelled. The answer comes only where all steps were shown."""

    kind: Literal["finish"] = "finish"
    all_shown: bool
    final_answer: str | None


class BreakDue(Model):
    """Nothing new is shown before `until` (microseconds UTC)."""

    kind: Literal["break"] = "break"
    until: int


class Withdrawn(Model):
    """The work is no longer wanted; what was committed is kept."""

    kind: Literal["withdrawn"] = "withdrawn"
    reason: str


Next = Annotated[NextStep | FinishDue | BreakDue | Withdrawn, Field(discriminator="kind")]


class SessionView(Model):
    """Continuous work: since when, and when a break is proposed and due (microseconds UTC)."""

    started_at: int
    remind_at: int
    break_at: int


class Committed(Model):
    """The answer to a commit: my label's id, a receipt (the event's hash), and what comes next."""

    label_id: str
    receipt: str
    session: SessionView
    next: Next


class AssignmentView(Model):
    """The trace that I am labelling, as far as I may see it."""

    id: str
    project_id: str
    project: str
    guideline: str
    guideline_version: str
    expires_at: int
    problem: ProblemView
    done: tuple[StepView, ...]
    next: Next
    session: SessionView


class Claimed(Model):
    """The answer to a claim: an assignment, or why there is none (`nothing_open`, `break`)."""

    assignment: AssignmentView | None = None
    receipt: str | None = None
    nothing: Literal["nothing_open", "break"] | None = None
    until: int | None = None


class Receipt(Model):
    """The hash of the event that recorded the request."""

    receipt: str


class GuidelineView(Model):
    """The version in force: schema for the keys, short text for the panel, full text to read."""

    guideline: str
    version: str
    labels: Schema = Field(alias="schema", serialization_alias="schema")
    quick_reference: str
    text: str


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


class Queue(Model):
    person: str
    session: SessionView | None
    break_until: int | None
    labels_today: int
    projects: tuple[QueueEntry, ...]


class PastLabel(Model):
    """One of my labels of the past, with the step it was given on."""

    id: str
    problem: str
    position: int
    step: str
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
