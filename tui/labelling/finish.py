"""After the last step: the trace's own answer, whether every needed step is there, and how it went about it."""

from textual.content import Content

from cotlab.domain.guidelines.schema import LabelDefinition, Schema
from cotlab.domain.work.views import FinishDue
from tui.app.work.open_work import CannotCommit
from tui.labelling.feedback import AfterCommitScreen
from tui.labelling.state import Labelling
from tui.labelling.trace import Work
from tui.widgets.labels import LEFT_OPEN, Answer, labels_of, strategies_of
from tui.widgets.reason import Reason
from tui.widgets.rules import prose
from tui.widgets.text import shown

COMPLETE = Schema(labels=(
    LabelDefinition(name="yes", key="1", glyph="✓", meaning="every step that is needed is there"),
    LabelDefinition(name="no", key="2", glyph="✗", meaning="a step that is needed is missing", error=True),
    LabelDefinition(name="unsure", key="3", glyph="?", meaning="it cannot be decided here"),
))  # fmt: skip


class FinishScreen(AfterCommitScreen):
    """The end of a trace: what is asked comes one after the other, and enter after the last ends it."""

    PLACE = "finish"
    SENDING = "the end is on its way; the next trace comes after the answer"
    at = 0
    """The number of the question that is on the screen, from 0."""

    @property
    def due(self) -> FinishDue | None:
        return self.work.finish_due() if self.work else None

    @property
    def question(self) -> str | None:
        """What is asked now: `complete`, `strategy`, or nothing."""
        asks = self.due.asks if self.due else ()
        return asks[min(self.at, len(asks) - 1)] if asks else None

    def in_question(self) -> tuple[str, Content]:
        work, due = self.work, self.due
        if work is None or due is None:
            return "", Content()
        if self.question == "strategy":
            return "  ■", self._strategy(work, due)
        parts = [_answer(due, self.cotlab.raw)] if due.all_shown else []
        asked = "Is every needed step there?" if self.question else "All that is asked of this trace is labelled."
        return "  ■", Content("\n\n").join([*parts, Content(asked)])

    def _strategy(self, work: Work, due: FinishDue) -> Content:
        """The question, and the rule of what is chosen in full."""
        chosen = next((one for one in due.strategies if one.name == work.choice.strategy), None)
        parts = [Content("How does this solution go about it?")]
        if chosen is not None and chosen.name == due.strategy:
            parts.append(Content.styled("The trace came with this one.", "dim"))
        if chosen is not None and chosen.rule:
            parts.append(prose(chosen.rule, work.schema))
        return Content("\n\n").join(parts)

    def show_choice(self) -> None:
        work, due = self.work, self.due
        if work is None or due is None:
            return
        chosen = work.choice.strategy or LEFT_OPEN if self.question == "strategy" else work.choice.label
        self.offer(self._answers(due), chosen)
        self.query_one(Reason).show(work.choice.rationale)

    def _answers(self, due: FinishDue) -> tuple[Answer, ...]:
        if self.question is None:
            return ()
        return labels_of(COMPLETE) if self.question == "complete" else strategies_of(due.strategies)

    def choose(self, key: str) -> bool:
        due = self.due
        if due is None or not key.isdigit():
            return False
        work = self.work if self.free() is not None else None
        answer = next((answer.name for answer in self._answers(due) if answer.key == key), None)
        if work is None:
            return True
        if self.question is None:
            self.say("nothing is asked here: enter finishes the trace")
        elif answer is None:
            self.say(f"this question has no answer {key}")
        else:
            self._chosen(work, answer)
        return True

    def _chosen(self, work: Work, answer: str) -> None:
        if self.question == "complete":
            work.choice.choose(answer)
            self.chosen()
        else:
            work.choice.strategy = answer or None
            self.chosen()
            self.show_work()
        if not self.cotlab.confirm:
            self.action_commit()

    def action_unsure(self) -> None:
        if self.question == "strategy":
            self.choose("0")
        else:
            self.choose("3")

    def action_commit(self) -> None:
        """On to the next question, or, after the last one, end the trace."""
        work, due = self.work, self.due
        if self.free() is None or work is None or due is None:
            return
        try:
            work.finish_body()
            if self.at + 1 < len(due.asks):
                self._ask(self.at + 1)
            else:
                self.journey.state(Labelling).finish()
                self.say("sending")
        except CannotCommit as missing:
            self.say(str(missing))

    def _ask(self, at: int) -> None:
        self.at = at
        self.say("")
        self.show_work()

    def go_back(self) -> None:
        reading = self.unfolded
        if self.at and not reading and self.work is not None and self.work.sending is None:
            self._ask(self.at - 1)
        else:
            super().go_back()


def _answer(due: FinishDue, raw: bool) -> Content:
    if due.final_answer is None:
        return Content("This trace gives no final answer.")
    return Content.assemble(("Its final answer: ", "dim"), shown(due.final_answer, raw))
