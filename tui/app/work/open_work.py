"""What somebody has open, and what is chosen of it: no screen, network or disk."""

import time
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from cotlab.domain.answers import Citation, StepSize
from cotlab.domain.cases import CaseView
from cotlab.domain.guidelines.schema import LabelDefinition, Schema
from cotlab.domain.traces.pairs import Choice as Comparison
from cotlab.domain.traces.pairs import Flag, PairView
from cotlab.domain.work.views import AssignmentView, GuidelineView, MyLabel, StepView
from tui.app.storage.drafts import Draft, Place

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
