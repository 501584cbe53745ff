"""Having a model draft the reason for a label of mine that is committed, into the field in which I then edit it."""

import asyncio
import time

from textual.timer import Timer
from textual.worker import Worker

from cotlab.client import ApiError
from cotlab.domain.shown_drafts import RationaleAsked
from tui.labelling.feedback import AfterCommitScreen
from tui.labelling.trace import Work

AGAIN = 0.5
"""Seconds between two looks at how far a draft is."""
TICK = 0.1
SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
NOTHING = "there is no draft of a reason here"
"""Said whatever the cause, so that nobody learns that they are of those who see none."""
NOT_YET = "a reason is drafted once its label is committed: commit it, then u brings it back"
OTHER = "a reason is drafted for the label that is committed, which is {}"
HINT = "ctrl+d has a model draft the reason, for you to edit"
STOPPED = "no longer waited for; ctrl+d asks for it again"
THERE = "drafted by a model: edit it; a reason that is made of it is marked so"


class ReasonDraftScreen(AfterCommitScreen):
    """The field's key asks, and shows that it waits; escape ends the wait, and nothing that is typed is lost."""

    _asking: Worker[None] | None = None
    _ticking: Timer | None = None

    @property
    def waits(self) -> bool:
        return self._asking is not None and not self._asking.is_finished

    def action_rationale(self) -> None:
        super().action_rationale()
        work = self.work
        if work is not None and not why_not(work):
            self.say(HINT)

    def draft_reason(self) -> None:
        work = self.free()
        if not isinstance(work, Work):
            return
        missing = why_not(work)
        if missing or self.waits:
            self.say(missing or STOPPED.partition(";")[0])
            return
        self._asking = self.run_worker(self._ask(work), group="reason", exclusive=True)
        started = time.monotonic()
        self._ticking = self.set_interval(TICK, lambda: self._tick(started))
        self._tick(started)

    def _tick(self, started: float) -> None:
        if not self.waits:
            self._stop()
            return
        seconds = time.monotonic() - started
        sign = SPINNER[int(seconds / TICK) % len(SPINNER)]
        self.say(f"{sign} a reason is being drafted, {seconds:.0f} s; esc ends the wait")

    def _stop(self) -> None:
        if self._ticking is not None:
            self._ticking.stop()
            self._ticking = None

    async def _ask(self, work: Work) -> None:
        place, position = work.place(), work.place().position
        try:
            asked = await self._look(work, position, anew=True)
            while asked.state in ("waiting", "drafting"):
                await asyncio.sleep(AGAIN)
                asked = await self._look(work, position)
        except ApiError as error:
            self._end(error.sentence, alarm=True)
            return
        if asked.draft is None:
            self._end(asked.sentence or NOTHING)
        elif self.work is work and work.place() == place and work.sending is None:
            self.take_text(work)
            choice = work.choice
            choice.rationale = "\n".join(part for part in (choice.rationale.strip(), asked.draft.text) if part)
            choice.rationale_draft = asked.draft.id
            self._end("")
            self.chosen(THERE)

    async def _look(self, work: Work, position: int, anew: bool = False) -> RationaleAsked:
        return await self.journey.line.patiently(lambda: self.journey.client.ask_rationale(work.id, position, anew))

    def _end(self, said: str, alarm: bool = False) -> None:
        self._stop()
        self.say(said, alarm)

    def give_up_waiting(self) -> bool:
        """Wait no longer for a draft; whether one was waited for."""
        waited = self.waits
        if waited and self._asking is not None:
            self._asking.cancel()
            self._asking = None
            self._end(STOPPED)
        return waited

    def leave_reason(self) -> None:
        if not self.give_up_waiting():
            super().leave_reason()

    def action_commit(self) -> None:
        self.give_up_waiting()
        super().action_commit()


def why_not(work: Work) -> str:
    """Why no reason is drafted for what is on the screen; empty where one is."""
    mine = work.step.mine if work.step is not None else None
    if not work.view.rationales:
        return NOTHING
    if mine is None or mine.stale:
        return NOT_YET
    return "" if work.choice.label == mine.label else OTHER.format(mine.label)
