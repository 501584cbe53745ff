"""After the last step: the trace's own answer, and whether every needed step is there."""

from textual.content import Content

from cotlab.domain.guidelines import LabelDefinition
from tui.screens.trace import TraceScreen
from tui.text import shown
from tui.widgets.labels import LabelKeys
from tui.widgets.reason import Reason
from tui.work import CannotCommit, Work

COMPLETE = (
    LabelDefinition(name="yes", key="1", glyph="✓", meaning="every step that is needed is there"),
    LabelDefinition(name="no", key="2", glyph="✗", meaning="a step that is needed is missing", error=True),
    LabelDefinition(name="unsure", key="3", glyph="?", meaning="it cannot be decided here"),
)
SENDING = "the end is on its way; the next trace comes after the answer"


class FinishScreen(TraceScreen):
    """The end of a trace. Its question is asked where all steps were shown."""

    PLACE = "finish"

    def in_question(self, work: Work) -> tuple[str, Content]:
        due = work.finish_due()
        if due is None:
            return "", Content()
        if not due.all_shown:
            return "  ■", Content("All that is asked of this trace is labelled. Enter finishes it.")
        answer = Content("This trace gives no final answer.")
        if due.final_answer is not None:
            answer = Content.assemble(("Its final answer: ", "dim"), shown(due.final_answer, self.cotlab.raw))
        return "  ■", Content.assemble(answer, "\n\nIs every needed step there?")

    def show_choice(self) -> None:
        work = self.work
        due = work.finish_due() if work else None
        if work is None or due is None:
            return
        self.query_one(LabelKeys).show(COMPLETE if due.all_shown else (), work.choice.label, False)
        self.query_one(Reason).show(work.choice.rationale, False)

    def choose(self, key: str) -> None:
        work = self.work
        due = work.finish_due() if work else None
        answer = next((answer.name for answer in COMPLETE if answer.key == key), None)
        if work is None or due is None or work.sending is not None:
            self.say(SENDING)
        elif not due.all_shown:
            self.say("nothing is asked here: enter finishes the trace")
        elif answer is None:
            self.say(f"this question has no answer {key}")
        else:
            work.choice.choose(answer)
            self.say("")
            self.show_choice()
            self.journey.keep_draft(work.draft())
            if not self.cotlab.confirm:
                self.action_commit()

    def action_unsure(self) -> None:
        self.choose("3")

    def action_commit(self) -> None:
        work = self.work
        due = work.finish_due() if work else None
        if work is None or due is None or work.sending is not None:
            self.say(SENDING)
        elif due.all_shown and work.choice.label is None:
            self.say("nothing is chosen yet: press 1, 2 or 3")
        else:
            self._finish(work.choice.label if due.all_shown else None)

    def _finish(self, complete: str | None) -> None:
        try:
            self.journey.finish(complete)
        except CannotCommit as wrong:
            self.say(str(wrong))
        else:
            self.say("sending")
