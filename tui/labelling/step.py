"""Labelling a step: read, choose, commit."""

from textual.content import Content

from cotlab.domain.work.views import StepView
from tui.app.screens.editor import BAD_PROBLEM, GIVE_UP, MISSING, REWORDING
from tui.app.work.labels import LabellingScreen
from tui.app.work.screen import purpose_words
from tui.labelling.reason_draft import ReasonDraftScreen
from tui.labelling.state import Labelling
from tui.labelling.trace import Work
from tui.widgets.feedback import verdict
from tui.widgets.findings import finding_line, step_text
from tui.widgets.labels import SIZES, mine
from tui.widgets.reading import HINT, Folded
from tui.widgets.text import one_line

BACK = "taken back: choose anew and commit, or esc to leave it as it was"
STALE = "the guideline has changed: label this step anew"


class StepScreen(ReasonDraftScreen, LabellingScreen):
    """One step, alone."""

    PLACE = "step"
    SENDING = "the label is on its way; the next step comes with the answer"
    _shown: tuple[str, int, bool] | None = None

    def unusual(self) -> str:
        return purpose_words(self.work)

    def in_question(self) -> tuple[str, Content]:
        work = self.work
        step = work.step if work else None
        if work is None or step is None:
            return "", Content()
        found = finding_line(step.evidence)
        told = Content.assemble("\n\n", found, (HINT, "dim")) if found else Content()
        return f"{step.position:>3}", Content.assemble(step_text(step, self.cotlab.raw), told, self._before(work, step))

    def _before(self, work: Work, step: StepView) -> Content:
        """What I said before the guideline changed, below the step."""
        said = step.mine
        if said is None or not said.stale:
            return Content()
        why = f"   why: {one_line(said.rationale, True)}" if said.rationale else ""
        label = mine(said, work.schema)
        return Content.assemble("\n\n", ("before the guideline changed you said  ", "dim"), label, (why, "dim"))

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
            said = work.step.mine
            stale = STALE if said and said.stale else self._verdict(work) or self._found(work)
            self.show_kinds(False, BACK if work.back and said else stale)

    def _verdict(self, work: Work) -> str:
        """The feedback in short, where there is no room for it above the step."""
        feedback = work.corrected.feedback if work.corrected else None
        if feedback is None or not (self.has_class("low") and self.has_class("crowded")):
            return ""
        return f"{verdict(feedback, work.schema).plain}  (e: why)"

    def _found(self, work: Work) -> str:
        """What the check found in the step before, where there is no room for it above the step."""
        step = work.told()
        found = finding_line(step.evidence) if step and step is not work.back else None
        roomy = self.query_one(Folded).limit and not (self.has_class("low") and self.has_class("crowded"))
        return "" if found is None or roomy or work.corrected else f"{found.plain}{HINT}"

    def commit(self) -> None:
        self.journey.state(Labelling).commit()

    def action_step_size(self) -> None:
        work = self.free()
        if work is not None:
            work.choice.resize()
            size = SIZES[work.choice.step_size]
            self.chosen(f"{size}: flagged beside the label" if size else "the step is as large as it should be")

    def action_alternative(self) -> None:
        self.write((REWORDING, MISSING))

    def action_bad_problem(self) -> None:
        self.write((BAD_PROBLEM,))

    def action_give_up(self) -> None:
        self.write((GIVE_UP,))

    def leave(self) -> None:
        work = self.work
        if work is not None and work.back is not None and work.sending is None:
            self.journey.state(Labelling).look_ahead()
            self.say("the label stays as it was")
        else:
            super().leave()
