"""A trace that somebody labels, as far as it was shown: no screen, network or disk."""

import time

from pydantic import ValidationError

from cotlab.domain.answers import FinishBody, LabelBody
from cotlab.domain.traces.pairs import PairView
from cotlab.domain.work.views import AssignmentView, Committed, FinishDue, GuidelineView, MyLabel, NextStep, StepView
from tui.app.storage.drafts import Draft, Place
from tui.app.work.open_work import UNFIT, CannotCommit, Choice, OpenWork, choice_of
from tui.widgets.drafts import Panel, panel_of


class Work(OpenWork):
    """A trace: what was shown of it, and the step on the screen, which is the newest or one taken back."""

    view: AssignmentView

    def __init__(self, view: AssignmentView, guideline: GuidelineView) -> None:
        super().__init__(guideline)
        self.back: StepView | None = None
        self._panels: dict[int, Panel] = {}
        self._made_of: dict[int, str | None] = {}
        """The drafts that my reasons were made of, by position."""
        self.renew(view)

    def renew(self, view: AssignmentView) -> None:
        """Take the server's word for where this trace stands."""
        self.view, self.next, self.session = view, view.next, view.session
        self.done = {step.position: step for step in view.done}
        self.look_ahead()

    @property
    def step(self) -> StepView | None:
        """The step on the screen: one taken back, or the newest."""
        return self.back or (self.next.step if isinstance(self.next, NextStep) else None)

    @property
    def earlier(self) -> list[StepView]:
        step = self.step
        return [self.done[at] for at in sorted(self.done) if step is None or at < step.position]

    @property
    def pair(self) -> PairView | None:
        """The pair in question; None where a trace or a step of one is."""
        return None

    @property
    def corrected(self) -> StepView | None:
        """The one taken back, or else the one above, if it has feedback."""
        step = self.back or next(reversed(self.earlier), None)
        return step if step is not None and step.feedback is not None else None

    def place(self) -> Place:
        step = self.step
        what = "label" if step else "finish"
        return Place(assignment_id=self.id, position=step.position if step else 0, what=what)

    def resume(self, draft: Draft) -> None:
        super().resume(draft)
        if draft.strategy is not None:
            self.choice.strategy = draft.strategy or None

    def knows(self, label: str | None) -> bool:
        return self.step is None or super().knows(label)

    def draft(self) -> Draft:
        choice = self.choice
        if self.back is not None and choice.said() == choice_of(self.back.mine).said():
            return Draft(place=self.place())
        strategy = None if choice.strategy == self._proposed() else choice.strategy or ""
        return Draft(
            place=self.place(), text=choice.rationale, label=choice.label, unsure=choice.unsure,
            citations=choice.citations, step_size=choice.step_size, strategy=strategy,
            rationale_draft=choice.rationale_draft,
        )  # fmt: skip

    def body(self) -> LabelBody:
        """The commit of what is chosen. Raises CannotCommit with what is missing."""
        choice, reason = self.choice, self.choice.rationale.strip() or None
        if self.step is None:
            raise CannotCommit("there is no step to commit")
        if choice.label is None:
            raise CannotCommit("nothing is chosen yet: press the key of a label")
        if self.wants_rationale():
            raise CannotCommit(f"{choice.label} asks for a reason: type it, then enter", rationale=True)
        try:
            return LabelBody(
                position=self.step.position, label=choice.label, rationale=reason,
                rationale_draft=choice.rationale_draft if reason else None, unsure=choice.unsure,
                citations=choice.citations, step_size=choice.step_size,
                replaces=self.step.mine.id if self.step.mine else None,
                chosen_at=choice.chosen_at, elapsed_ms=choice.elapsed_ms,
            )  # fmt: skip
        except ValidationError as error:
            raise CannotCommit(UNFIT) from error

    def finish_body(self) -> FinishBody:
        """The answers to what is asked at the end. Raises CannotCommit with what is missing."""
        due, choice = self.finish_due(), self.choice
        asks = due.asks if due else ()
        if "complete" in asks and choice.label is None:
            raise CannotCommit("nothing is chosen yet: press 1, 2 or 3")
        try:
            return FinishBody.model_validate({
                "complete": choice.label if "complete" in asks else None,
                "strategy": choice.strategy if "strategy" in asks else None,
                "rationale": choice.rationale.strip() or None,
            })  # fmt: skip
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
        self.choice = choice_of(step.mine)
        self.choice.rationale_draft = self._made_of.get(step.position)

    def told(self) -> StepView | None:
        """The step of mine of which something can be told: the one taken back, or the newest that I committed."""
        return self.back or next((step for step in reversed(self.earlier) if step.mine and not step.prefix), None)

    def panel(self) -> tuple[int, Panel] | None:
        """The position of the step of which something can be told, and what was drafted of it; None without one."""
        step = self.told()
        if step is None or step.mine is None or step.mine.stale:
            return None
        return step.position, self._panels.setdefault(step.position, panel_of(step.drafts))

    def look_ahead(self) -> None:
        """Back to what is newest, with nothing chosen but the strategy that the trace came with."""
        self.back = None
        self.choice = Choice(strategy=self._proposed())

    def _proposed(self) -> str | None:
        due = self.finish_due()
        return due.strategy if due and "strategy" in due.asks else None

    def answered(self, body: LabelBody, answer: Committed) -> None:
        """The server has taken `body`: it joins what stands above, and what comes next is on the screen."""
        step = self._shown(body.position)
        if step is not None:
            mine = MyLabel(
                id=answer.label_id, label=body.label, rationale=body.rationale, unsure=body.unsure,
                received_at=time.time_ns() // 1000, citations=body.citations, step_size=body.step_size,
            )  # fmt: skip
            told = {"feedback": answer.feedback, "evidence": answer.evidence, "drafts": answer.drafts}
            self.done[body.position] = step.model_copy(update={"mine": mine, **told})
        self._made_of[body.position] = body.rationale_draft
        if body.position in self._panels:
            self._panels[body.position].take(answer.drafts)
        self.next, self.session, self.sending = answer.next, answer.session, None
        self.look_ahead()

    def finish_due(self) -> FinishDue | None:
        return self.next if isinstance(self.next, FinishDue) and self.back is None else None

    def _shown(self, position: int) -> StepView | None:
        if self.step is not None and self.step.position == position:
            return self.step
        return self.done.get(position)
