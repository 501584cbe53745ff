"""The trace that somebody is labelling, as far as it was shown: no screen, no network, no disk."""

import time
from dataclasses import dataclass, field

from pydantic import ValidationError

from cotlab.domain.answers import LabelBody
from cotlab.domain.guidelines import LabelDefinition
from cotlab.domain.views import AssignmentView, Committed, FinishDue, GuidelineView, MyLabel, NextStep, StepView
from tui.drafts import Draft, Place

DAY_MS = 86_400_000
UNFIT = "the reason is too long, or holds a character that cannot be stored"


class CannotCommit(Exception):
    """What is missing, as a sentence for the status line."""


@dataclass
class Choice:
    """What was chosen for the step on the screen, and not committed. `shown_at` is monotonic, in seconds."""

    label: str | None = None
    unsure: bool = False
    rationale: str = ""
    shown_at: float = field(default_factory=time.monotonic)
    chosen_at: int | None = None
    elapsed_ms: int | None = None

    def choose(self, label: str) -> None:
        self.label = label
        self.chosen_at = time.time_ns() // 1000
        self.elapsed_ms = min(round((time.monotonic() - self.shown_at) * 1000), DAY_MS)


class Work:
    """One assignment: what was shown, the step on the screen and the choice on it."""

    def __init__(self, view: AssignmentView, guideline: GuidelineView) -> None:
        self.guideline = guideline
        self.choice = Choice()
        self.back: StepView | None = None
        self.sending: str | None = None
        self.renew(view)

    def renew(self, view: AssignmentView) -> None:
        """Take the server's word for where this trace stands."""
        self.view, self.next, self.session = view, view.next, view.session
        self.done = {step.position: step for step in view.done}
        self.look_ahead()

    @property
    def id(self) -> str:
        return self.view.id

    @property
    def step(self) -> StepView | None:
        """The step on the screen: one taken back, or the newest."""
        return self.back or (self.next.step if isinstance(self.next, NextStep) else None)

    @property
    def earlier(self) -> list[StepView]:
        """The steps that stand above the one on the screen, in their order."""
        step = self.step
        return [self.done[at] for at in sorted(self.done) if step is None or at < step.position]

    def place(self) -> Place:
        """Where a half-written reason belongs."""
        step = self.step
        what = "label" if step else "finish"
        return Place(assignment_id=self.id, position=step.position if step else 0, what=what)

    def definition(self) -> LabelDefinition | None:
        """The chosen label."""
        return self.guideline.labels.label(self.choice.label) if self.choice.label else None

    def label_on(self, key: str) -> LabelDefinition | None:
        return next((label for label in self.guideline.labels.labels if label.key == key), None)

    def wants_rationale(self) -> bool:
        definition = self.definition()
        return definition is not None and definition.rationale_required and not self.choice.rationale.strip()

    def resume(self, draft: Draft) -> None:
        """Go on with what was chosen and typed before; how long it took is then unknown."""
        known = self.step is None or (draft.label is not None and self.guideline.labels.label(draft.label) is not None)
        self.choice.label = draft.label if known else self.choice.label
        self.choice.unsure, self.choice.rationale = draft.unsure, draft.text

    def draft(self) -> Draft:
        choice = self.choice
        mine = self.back.mine if self.back else None
        if mine and (mine.label, mine.rationale or "", mine.unsure) == (choice.label, choice.rationale, choice.unsure):
            return Draft(place=self.place())
        return Draft(place=self.place(), text=choice.rationale, label=choice.label, unsure=choice.unsure)

    def body(self) -> LabelBody:
        """The commit of what is chosen. Raises CannotCommit with what is missing."""
        if self.step is None:
            raise CannotCommit("there is no step to commit")
        if self.choice.label is None:
            raise CannotCommit("nothing is chosen yet: press the key of a label")
        if self.wants_rationale():
            raise CannotCommit(f"{self.choice.label} asks for a reason: type it, then enter")
        try:
            return LabelBody(
                position=self.step.position, label=self.choice.label, rationale=self.choice.rationale.strip() or None,
                unsure=self.choice.unsure, replaces=self.step.mine.id if self.step.mine else None,
                chosen_at=self.choice.chosen_at, elapsed_ms=self.choice.elapsed_ms,
            )  # fmt: skip
        except ValidationError as error:
            raise CannotCommit(UNFIT) from error

    def before(self) -> int | None:
        """The position of my label before the step on the screen; None where there is none."""
        mine = [step.position for step in self.earlier if step.mine is not None]
        return mine[-1] if mine else None

    def take_back(self, step: StepView) -> None:
        """Put a step of mine on the screen again, with what I said about it."""
        self.done[step.position] = step
        self.back = step
        mine = step.mine
        self.choice = Choice(mine.label, mine.unsure, mine.rationale or "") if mine else Choice()

    def look_ahead(self) -> None:
        """Back to the newest step, with nothing chosen."""
        self.back = None
        self.choice = Choice()

    def answered(self, body: LabelBody, answer: Committed) -> None:
        """The server has taken `body`: it joins what stands above, and what comes next is on the screen."""
        step = self._shown(body.position)
        if step is not None:
            mine = MyLabel(
                id=answer.label_id, label=body.label, rationale=body.rationale, unsure=body.unsure,
                received_at=time.time_ns() // 1000,
            )  # fmt: skip
            self.done[body.position] = step.model_copy(update={"mine": mine})
        self.next, self.session, self.sending = answer.next, answer.session, None
        self.look_ahead()

    def finish_due(self) -> FinishDue | None:
        return self.next if isinstance(self.next, FinishDue) and self.back is None else None

    def _shown(self, position: int) -> StepView | None:
        if self.step is not None and self.step.position == position:
            return self.step
        return self.done.get(position)
