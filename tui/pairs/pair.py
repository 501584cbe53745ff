"""The pair that somebody compares: what is said of it so far, on each criterion and overall."""

from collections.abc import Collection, Sequence

from pydantic import ValidationError

from cotlab.domain.answers import Citation
from cotlab.domain.traces.pairs import (
    BOTH_BAD,
    CANNOT_JUDGE,
    OVERALL,
    THE_PAIR,
    ChoiceFeedback,
    CriterionView,
    Flag,
    MyPreference,
    PairView,
    PreferenceBody,
    needs_reason,
)
from cotlab.domain.work.views import AssignmentView, GuidelineView, StepView
from tui.app.storage.drafts import Draft, Place
from tui.app.work import open_work as work
from tui.app.work.open_work import UNFIT, CannotCommit, OpenWork
from tui.widgets.drafts import panel_of
from tui.widgets.scale import stepped

FLAGS: tuple[Flag | None, ...] = (None, "left", "right", "both")


class PairWork(OpenWork):
    """One pair on its sides. `correcting` is the one that was judged last, brought back with what was said of it.

    `cited` is what was cited then. `at` is what the keys move along the scale: a criterion's name, or OVERALL.

    `told` is what is verified of the pair, which in calibration comes with the answer: it is then `judged`, and stays
    on the screen to be read. `panel` is what models think of it, as far as that was shown.
    """

    view: AssignmentView

    def __init__(
        self, view: AssignmentView, guideline: GuidelineView, pair: PairView, correcting: bool = False,
        cited: tuple[Citation, ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(guideline)
        self.view, self._pair, self.correcting, self._cited = view, pair, correcting, cited
        self.choice = self._beginning()
        self.at = self.missing() or OVERALL
        self._overall: str | None = None
        self.told: tuple[ChoiceFeedback, ...] = pair.feedback
        self.judged = False
        self.panel = panel_of(pair.drafts)

    @property
    def pair(self) -> PairView:
        return self._pair

    @property
    def step(self) -> StepView | None:
        return None

    @property
    def earlier(self) -> Sequence[StepView]:
        return ()

    @property
    def awaited(self) -> str:
        return "the next pair"

    @property
    def cites(self) -> bool:
        return True

    @property
    def criterion(self) -> CriterionView | None:
        """The criterion that the keys move; None where it is the choice overall."""
        return next((one for one in self._pair.criteria if one.name == self.at), None)

    @property
    def before(self) -> MyPreference | None:
        """What I said before the guideline changed, where it asks for this pair anew."""
        return None if self.correcting else self._pair.mine

    @property
    def likely(self) -> Collection[str]:
        return self.criterion.rules if self.criterion is not None else ()

    def place(self) -> Place:
        what = "correction" if self.correcting else "preference"
        return Place(assignment_id=self.id, position=THE_PAIR, what=what)

    def _beginning(self) -> work.Choice:
        """Nothing, or what I said of the pair that I correct."""
        mine = self._pair.mine
        if mine is None or not self.correcting:
            return work.Choice()
        return work.Choice(
            mine.overall, mine.unsure, mine.rationale or "", self._cited, criteria=dict(mine.criteria),
            safety=mine.safety,
        )  # fmt: skip

    def draft(self) -> Draft:
        choice = self.choice
        if self.judged or choice.said() == self._beginning().said():
            return Draft(place=self.place())
        return Draft(
            place=self.place(), text=choice.rationale, label=choice.label, unsure=choice.unsure,
            citations=choice.citations, criteria=choice.criteria, safety=choice.safety,
        )  # fmt: skip

    def resume(self, draft: Draft) -> None:
        super().resume(draft)
        names = {one.name for one in self._pair.criteria}
        said = draft.criteria.items()
        self.choice.criteria = {name: one for name, one in said if name in names and one in self._pair.choices}
        self.choice.safety = draft.safety

    def knows(self, label: str | None) -> bool:
        return label in (*self._pair.choices, BOTH_BAD, CANNOT_JUDGE)

    def value(self, name: str) -> str | None:
        """What is said on a criterion, or overall."""
        return self.choice.label if name == OVERALL else self.choice.criteria.get(name)

    def said(self) -> dict[str, str]:
        """Question -> what is said of it."""
        asked = (OVERALL, *(one.name for one in self._pair.criteria))
        return {name: value for name in asked if (value := self.value(name)) is not None}

    def answered(self, told: tuple[ChoiceFeedback, ...]) -> None:
        """The server has what is said; `told` is what is verified."""
        self.told, self.judged, self.sending = told, True, None

    def missing(self) -> str | None:
        """The first thing that is still to be said: criteria in their order, then overall."""
        if self.choice.label in (BOTH_BAD, CANNOT_JUDGE):
            return None
        asked = (*(one.name for one in self._pair.criteria), OVERALL)
        return next((name for name in asked if self.value(name) is None), None)

    def move(self, by: int) -> bool:
        """Move the choice in hand along the scale; whether it moved. With none yet it goes out from the middle."""
        choice = stepped(self._pair.choices, self.value(self.at), by)
        if choice is None:
            return False
        if self.at == OVERALL:
            self.choice.choose(choice)
        else:
            self.choice.compare(self.at, choice)
        return True

    def say_of_both(self, value: str) -> bool:
        """Say overall that both are bad, or that this cannot be judged; said again, what was said before stands.

        Returns whether it is said now.
        """
        self.at = OVERALL
        if self.choice.label == value:
            self.choice.label = self._overall
            return False
        if self.choice.label in self._pair.choices:
            self._overall = self.choice.label
        self.choice.choose(value)
        return True

    def flag(self) -> None:
        """The next of what can be said of safety."""
        self.choice.safety = FLAGS[(FLAGS.index(self.choice.safety) + 1) % len(FLAGS)]

    def why_rationale(self) -> str:
        choice, pair = self.choice, self._pair
        return needs_reason(pair.justify, choice.label or "", choice.criteria, pair.choices) or ""

    def body(self) -> PreferenceBody:
        """All that is said. Raises CannotCommit with what is missing."""
        choice, mine = self.choice, self._pair.mine
        missing = self.missing()
        if missing is not None:
            raise CannotCommit(f"which response is better{'' if missing == OVERALL else f' on {missing}'}?  h l")
        if self.wants_rationale():
            raise CannotCommit(f"{self.why_rationale()}: type it, then enter", rationale=True)
        try:
            return PreferenceBody.model_validate({
                "overall": choice.label, "criteria": choice.criteria, "safety": choice.safety,
                "rationale": choice.rationale.strip() or None, "unsure": choice.unsure, "citations": choice.citations,
                "replaces": mine.id if mine else None, "chosen_at": choice.chosen_at, "elapsed_ms": choice.elapsed_ms,
            })  # fmt: skip
        except ValidationError as error:
            raise CannotCommit(UNFIT) from error
