"""The case that an adjudicator has open: first as annotators saw it, then with what they said."""

import time
from collections.abc import Sequence

from pydantic import ValidationError

from cotlab.domain.cases import CaseEvidence, CaseView, ChoiceBody, Chosen, DecisionBody
from cotlab.domain.guidelines.schema import LabelDefinition, Schema
from cotlab.domain.traces.pairs import PairView
from cotlab.domain.work.views import GuidelineView, MyLabel, StepView
from tui.app.storage.drafts import Draft, Place
from tui.app.work.open_work import UNFIT, CannotCommit, Choice, OpenWork

USABILITY = Schema(labels=(
    LabelDefinition(name="usable", key="1", glyph="✓", meaning="the problem can be used as it is"),
    LabelDefinition(name="bad-problem", key="2", glyph="✗", meaning="it cannot: unclear, contradictory or unanswerable",
                    error=True),
    LabelDefinition(name="answer-right", parent="usable", key="1", meaning="and the trace's final answer is right"),
    LabelDefinition(name="answer-wrong", parent="usable", key="2", meaning="and the trace's final answer is wrong"),
))  # fmt: skip
"""What is chosen of a whole trace, as a schema: its names are the values with a hyphen for each underscore."""


class Case(OpenWork):
    """`deciding` is True once the labels of others are there, and `choice` is then the decision to be made."""

    view: CaseView

    def __init__(self, view: CaseView, guideline: GuidelineView) -> None:
        super().__init__(guideline)
        self.renew(view)

    def renew(self, view: CaseView) -> None:
        """Take the server's word for where this case stands."""
        self.view, self.sending = view, None
        self.choice = self._beginning()

    @property
    def awaited(self) -> str:
        return "the next case" if self.deciding else "what others said"

    @property
    def evidence(self) -> CaseEvidence | None:
        return self.view.evidence

    @property
    def deciding(self) -> bool:
        return self.view.evidence is not None

    @property
    def of_trace(self) -> bool:
        """Whether it is asked if the problem can be used, and not which label a step has."""
        return self.view.asks == "outcome"

    @property
    def schema(self) -> Schema:
        return USABILITY if self.of_trace else self.guideline.labels

    @property
    def step(self) -> StepView | None:
        """The step; with what a check found in it once I have chosen."""
        step, evidence = self.view.step, self.view.evidence
        if step is None or evidence is None:
            return step
        return step.model_copy(update={"evidence": evidence.checked, "mine": self.view.choice})

    @property
    def pair(self) -> PairView | None:
        return self.view.pair

    @property
    def earlier(self) -> Sequence[StepView]:
        return self.view.before

    @property
    def cites(self) -> bool:
        return True

    def place(self) -> Place:
        what = "decision" if self.deciding else "choice"
        return Place(assignment_id=self.id, position=self.step.position if self.step else 0, what=what)

    def _beginning(self) -> Choice:
        """Nothing; then what I chose, to be decided with a reason for everybody, or the decision that I correct."""
        decision, mine = self.view.decision, self.view.choice
        if not self.deciding:
            return Choice()
        if decision is not None:
            label, cited = named(decision.label), decision.citations
            return Choice(label, rationale=decision.rationale, citations=cited, gap=decision.gap or "")
        return Choice(named(mine.label), citations=mine.citations) if mine is not None else Choice()

    def wants_rationale(self) -> bool:
        if self.deciding:
            return not self.choice.rationale.strip()
        return super().wants_rationale()

    def draft(self) -> Draft:
        choice = self.choice
        if choice.said() == self._beginning().said():
            return Draft(place=self.place())
        return Draft(
            place=self.place(), text=choice.rationale, label=choice.label, unsure=choice.unsure,
            citations=choice.citations, gap=choice.gap,
        )  # fmt: skip

    def choice_body(self) -> ChoiceBody:
        """My choice. Raises CannotCommit with what is missing."""
        choice = self.choice
        label = self._label()
        if self.wants_rationale():
            raise CannotCommit(f"{label} asks for a reason: type it, then enter", rationale=True)
        try:
            return ChoiceBody(
                label=label, rationale=choice.rationale.strip() or None, unsure=choice.unsure,
                citations=choice.citations, chosen_at=choice.chosen_at, elapsed_ms=choice.elapsed_ms,
            )  # fmt: skip
        except ValidationError as error:
            raise CannotCommit(UNFIT) from error

    def decision_body(self) -> DecisionBody:
        """My decision. Raises CannotCommit with what is missing: a rule or that there is none, and the reason."""
        choice = self.choice
        label = self._label()
        if not (self.of_trace or choice.gap or any(one.kind == "rule" for one in choice.citations)):
            raise CannotCommit("by which rule?  g cites it; v says that the guideline does not decide this")
        if self.wants_rationale():
            raise CannotCommit("a decision says why, for all who labelled this: type it, then enter", rationale=True)
        try:
            return DecisionBody(
                label=label, rationale=choice.rationale.strip(), citations=choice.citations, gap=choice.gap or None,
                chosen_at=choice.chosen_at, elapsed_ms=choice.elapsed_ms,
            )  # fmt: skip
        except ValidationError as error:
            raise CannotCommit(UNFIT) from error

    def _label(self) -> str:
        """What is chosen, as the server names it."""
        label = self.choice.label
        if label is None:
            raise CannotCommit("nothing is chosen yet: press the key of a label")
        return label.replace("-", "_") if self.of_trace else label

    def chosen(self, body: ChoiceBody, answer: Chosen) -> None:
        """The server has taken my choice: what others said is here."""
        mine = MyLabel(
            id=answer.label_id, label=body.label, rationale=body.rationale, unsure=body.unsure,
            received_at=time.time_ns() // 1000, citations=body.citations,
        )  # fmt: skip
        self.renew(self.view.model_copy(update={"choice": mine, "evidence": answer.evidence}))


def named(value: str) -> str:
    """A label, or what is decided of a whole trace, as the schemas here name it."""
    return value.replace("_", "-")
