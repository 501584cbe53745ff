"""What comes after a commit, on a key: what a check found in the step, and in calibration the verified label."""

from functools import partial

from cotlab.domain.work.views import StepView
from tui.app.screens.feedback import ToldScreen
from tui.app.work.drafts import ShownDrafts
from tui.labelling.state import Labelling
from tui.labelling.trace import Work
from tui.labelling.wordings import WordingsScreen, recall, settled_at

NOTHING_YET = "what a check finds in a step is told once you have committed it, and not before"
OFF = "this project does not show what checks find"
UNSENT = "the label is not sent yet; what the check found comes after it"
UNCHECKED = "step {} is not checked yet"


class AfterCommitScreen(WordingsScreen):
    """A trace that I label, a step at a time or at its end."""

    @property
    def work(self) -> Work | None:
        work = super().work
        return work if isinstance(work, Work) else None

    def committed(self) -> ShownDrafts | None:
        work = self.work
        there = work.panel() if work else None
        if work is None or there is None:
            return None
        position, panel = there
        recall(panel, self.journey.desk.drafts.find(settled_at(work.id, position)))
        return ShownDrafts(work.id, position, f"step {position}", work.view.drafts_shown, panel)

    def action_take_back(self) -> None:
        self.say(self.journey.state(Labelling).take_back() or "")

    def action_evidence(self) -> None:
        """Of what is known already; else the server is asked, and what it says stays off the lines above the step."""
        work = self.work
        step = work.told() if work else None
        if work is None or step is None:
            self.say(NOTHING_YET)
        elif step.feedback is not None or step.evidence is not None:
            self._tell(work, step)
        elif not work.view.evidence_shown:
            self.say(OFF)
        elif work.sending is not None:
            self.say(UNSENT)
        else:
            self.say("asking the server")
            ask = partial(self.journey.client.step, work.id, step.position)
            self.journey.fetch(ask, partial(self._take, work, step))

    def _take(self, work: Work, step: StepView, now: StepView) -> None:
        if self.app.screen is not self or self.work is not work:
            return
        if now.evidence is None:
            self.say(UNCHECKED.format(step.position))
        else:
            self._tell(work, step.model_copy(update={"evidence": now.evidence}))

    def _tell(self, work: Work, step: StepView) -> None:
        """In full; a step without a claim in the status line."""
        found = step.evidence
        if step.feedback is None and found is not None and not found.claims:
            self.say(f"step {step.position}: {found.reason}")
        else:
            self.say("")
            self.app.push_screen(ToldScreen(step, work.schema))
