"""Labelling a step: read, choose, commit."""

from textual.content import Content

from tui.screens.editor import BAD_PROBLEM, GIVE_UP, MISSING, REWORDING, EditorScreen
from tui.screens.trace import TraceScreen
from tui.text import shown
from tui.widgets.labels import LabelKeys
from tui.widgets.reason import Reason
from tui.work import CannotCommit, Work

SENDING = "the label is on its way; the next step comes with the answer"


class StepScreen(TraceScreen):
    """One step, alone."""

    PLACE = "step"
    _shown: tuple[str, int, bool] | None = None

    def in_question(self, work: Work) -> tuple[str, Content]:
        step = work.step
        return (f"{step.position:>3}", shown(step.text, self.cotlab.raw)) if step else ("", Content())

    def show_work(self) -> None:
        super().show_work()
        work = self.work
        if work is None or work.step is None:
            return
        now = (work.id, work.step.position, work.back is not None)
        if now != self._shown:
            self._shown = now
            self.leave_text()
            self.fold()
            back = work.back is not None and work.back.mine is not None
            self.say("taken back: choose anew and commit, or esc to leave it as it was" if back else "")

    def show_choice(self) -> None:
        work = self.work
        if work is None:
            return
        choice, definition = work.choice, work.definition()
        self.query_one(LabelKeys).show(work.guideline.labels.labels, choice.label, choice.unsure)
        required = definition is not None and definition.rationale_required
        self.query_one(Reason).show(choice.rationale, required)

    def choose(self, key: str) -> None:
        """A label's key chooses it, whatever is scrolled or open above."""
        work = self.work
        if work is None or work.sending is not None:
            self.say(SENDING)
            return
        label = work.label_on(key)
        if label is None:
            self.say(f"this schema has no label {key}")
            return
        work.choice.choose(label.name)
        self.say("")
        self.show_choice()
        self.journey.keep_draft(work.draft())
        if work.wants_rationale():
            self.action_rationale()
        elif not self.cotlab.confirm:
            self.action_commit()

    def action_commit(self) -> None:
        work = self.work
        if work is None or work.sending is not None:
            self.say(SENDING)
            return
        try:
            self.journey.commit()
        except CannotCommit as missing:
            self.say(str(missing))
            if work.wants_rationale():
                self.action_rationale()
        else:
            self.say("sending")

    def action_unsure(self) -> None:
        work = self.work
        if work is None or work.sending is not None:
            self.say(SENDING)
            return
        work.choice.unsure = not work.choice.unsure
        self.journey.keep_draft(work.draft())
        self.show_choice()
        self.say("? flagged as unsure" if work.choice.unsure else "no longer flagged as unsure")

    def action_rationale(self) -> None:
        if self.work is not None and self.work.sending is not None:
            self.say(SENDING)
        else:
            super().action_rationale()

    def action_alternative(self) -> None:
        self._write((REWORDING, MISSING))

    def action_bad_problem(self) -> None:
        self._write((BAD_PROBLEM,))

    def action_give_up(self) -> None:
        self._write((GIVE_UP,))

    def _write(self, kinds: tuple[str, ...]) -> None:
        work = self.work
        if work is None or work.step is None or work.sending is not None:
            self.say(SENDING)
        else:
            self.app.push_screen(EditorScreen(work, kinds))

    def key_without_meaning(self, key: str) -> str:
        keys = ", ".join(label.key for label in self.work.guideline.labels.labels) if self.work else ""
        return f"nothing is on {key} here; labels are on {keys}, and ? shows all keys"
