"""What somebody has open, and of that the trace that they label, as far as it was shown: no screen, network or disk."""

import time
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from cotlab.domain.answers import Citation, FinishBody, LabelBody, StepSize
from cotlab.domain.cases import CaseView
from cotlab.domain.guidelines.schema import LabelDefinition, Schema
from cotlab.domain.traces.pairs import Choice as Comparison
from cotlab.domain.traces.pairs import Flag, PairView
from cotlab.domain.work.views import AssignmentView, Committed, FinishDue, GuidelineView, MyLabel, NextStep, StepView
from tui.drafts import Draft, Place
from tui.revealed import Panel, panel_of

DAY_MS = 86_400_000
UNFIT = "the reason is too long, or holds a character that cannot be stored"
MOST_CITED = 20
SIZES = tuple(StepSize)


class CannotCommit(Exception):
    """What is missing, as a sentence for the status line; `rationale` where it is the reason."""

    def __init__(self, sentence: str, rationale: bool = False) -> None:
        self.rationale = rationale
        super().__init__(sentence)


@dataclass
class Choice:
    """What was chosen for what is on the screen, and not committed. `shown_at` is monotonic, in seconds.

    `label` is the most exact one that was chosen: a label of the first level, or a kind of it; of a pair what is said
    overall, beside the `criteria` and which responses are unsafe (`safety`). `rationale_draft` is the id of what a
    model drafted that the reason was made of.
    """

    label: str | None = None
    unsure: bool = False
    rationale: str = ""
    citations: tuple[Citation, ...] = ()
    step_size: StepSize = StepSize.FITS
    strategy: str | None = None
    gap: str = ""
    criteria: dict[str, Comparison] = field(default_factory=dict)
    safety: Flag | None = None
    rationale_draft: str | None = None
    shown_at: float = field(default_factory=time.monotonic)
    chosen_at: int | None = None
    elapsed_ms: int | None = None

    def choose(self, label: str) -> None:
        self.label = label
        self.stamp()

    def compare(self, criterion: str, choice: Comparison) -> None:
        """Compare the responses of a pair on a criterion."""
        self.criteria = {**self.criteria, criterion: choice}
        self.stamp()

    def stamp(self) -> None:
        """Note when this was chosen, and how long after it was shown."""
        self.chosen_at = time.time_ns() // 1000
        self.elapsed_ms = min(round((time.monotonic() - self.shown_at) * 1000), DAY_MS)

    def resize(self) -> None:
        """The next of the three things that can be said of a step's size."""
        self.step_size = SIZES[(SIZES.index(self.step_size) + 1) % len(SIZES)]

    def cite(self, citation: Citation) -> bool:
        """Cite a rule or a passage, or take it off where it is cited; whether it is cited now."""
        if citation in self.citations:
            self.citations = tuple(other for other in self.citations if other != citation)
            return False
        if len(self.citations) == MOST_CITED:
            raise CannotCommit(f"{MOST_CITED} citations are enough; enter on a cited one takes it off")
        self.citations = (*self.citations, citation)
        return True

    def said(self) -> tuple[object, ...]:
        """What would be committed, without the times."""
        beside = tuple(sorted(self.criteria.items())), self.safety
        return self.label, self.unsure, self.rationale, self.citations, self.step_size, self.gap, *beside


def choice_of(mine: MyLabel | None) -> Choice:
    """My label as a choice, to be changed."""
    if mine is None:
        return Choice()
    return Choice(mine.label, mine.unsure, mine.rationale or "", mine.citations, mine.step_size)


class OpenWork(ABC):
    """One assignment of whatever kind: what is read, the step in question, and the choice on it.

    `sending` is the key of what is on its way, after which nothing can be said before the answer.
    """

    view: AssignmentView | CaseView

    def __init__(self, guideline: GuidelineView) -> None:
        self.guideline = guideline
        self.choice = Choice()
        self.sending: str | None = None

    @property
    def id(self) -> str:
        return self.view.id

    @property
    def schema(self) -> Schema:
        return self.guideline.labels

    @property
    @abstractmethod
    def step(self) -> StepView | None:
        """The step in question; None where the trace as a whole is."""

    @property
    @abstractmethod
    def earlier(self) -> Sequence[StepView]:
        """The steps that stand above it, in their order."""

    @abstractmethod
    def place(self) -> Place:
        """Where a half-written reason belongs."""

    @abstractmethod
    def draft(self) -> Draft:
        """What has to be kept; an empty one where nothing was changed."""

    @property
    def pair(self) -> PairView | None:
        """The pair in question; None where a trace or a step of one is."""
        return None

    @property
    def corrected(self) -> StepView | None:
        """The step whose feedback belongs on the screen."""
        return None

    @property
    def awaited(self) -> str:
        """What comes with the answer to what is being sent."""
        return "the next step"

    @property
    def cites(self) -> bool:
        """Whether what is asked takes citations."""
        return self.step is not None

    @property
    def likely(self) -> Collection[str]:
        """The ids of the rules that are the first to look for."""
        return ()

    @property
    def parent(self) -> str | None:
        """The chosen label of the first level, whether or not a kind of it is chosen."""
        return self.schema.parent(self.choice.label) if self.choice.label else None

    def label_on(self, key: str) -> LabelDefinition | None:
        return next((label for label in self.schema.top if label.key == key), None)

    def kinds(self) -> tuple[LabelDefinition, ...]:
        """The kinds of the chosen label."""
        return self.schema.kinds(self.parent) if self.parent else ()

    def why_rationale(self) -> str:
        """Why a reason is needed; empty where none is."""
        label = self.choice.label
        return "this label asks for a reason" if label is not None and self.schema.needs_rationale(label) else ""

    def wants_rationale(self) -> bool:
        return bool(self.why_rationale()) and not self.choice.rationale.strip()

    def resume(self, draft: Draft) -> None:
        """Go on with what was chosen and typed before; how long it took is then unknown."""
        choice = self.choice
        choice.label = draft.label if self.knows(draft.label) else choice.label
        choice.unsure, choice.rationale = draft.unsure, draft.text
        choice.citations, choice.step_size, choice.gap = draft.citations, draft.step_size, draft.gap
        choice.rationale_draft = draft.rationale_draft

    def knows(self, label: str | None) -> bool:
        return label is not None and self.schema.label(label) is not None


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
