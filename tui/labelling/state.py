"""The way through a trace: its steps one after the other, back to the last one, and to its end."""

from functools import partial

from cotlab.domain.answers import LabelBody
from cotlab.domain.work.views import AssignmentView, BreakDue, Committed, GuidelineView, NextPair, Withdrawn
from tui.app.notices import break_notice, withdrawn_notice
from tui.app.session import State
from tui.app.storage.outbox import Answer, Entry
from tui.app.work.open_work import OpenWork
from tui.labelling.trace import Work


class Labelling(State):
    """What is open is a trace."""

    work = Work

    def take_up(self, view: AssignmentView, guideline: GuidelineView) -> bool:
        if isinstance(view.next, NextPair):
            return False
        self._session.work = work = Work(view, guideline)
        self._session.show()
        self._session.begun(work)
        return True

    def show(self, work: OpenWork) -> None:
        """A break, or that the trace was taken back, comes in the place of a step."""
        assert isinstance(work, Work)
        if work.step is None and isinstance(work.next, BreakDue):
            self._session.app.show_notice(break_notice(work.next.until))
        elif work.step is None and isinstance(work.next, Withdrawn):
            self._session.work = None
            self._session.app.show_notice(withdrawn_notice(work.next.reason))
        else:
            super().show(work)

    def commit(self) -> None:
        """Commit what is chosen. Raises CannotCommit with what is missing."""
        self._session.post("commit", self._open().body())

    def finish(self) -> None:
        """End the trace that is on the screen. Raises CannotCommit with what is missing."""
        self._session.post("finish", self._open().finish_body())

    def take_back(self) -> str | None:
        """Bring my label before the step on the screen back; returns why not, if so."""
        work = self._open()
        if work.sending is not None:
            return "the last label is not sent yet; it can be taken back once the server has it"
        position = work.before()
        if position is None:
            return "there is no label of yours before this step"
        self._session.run(partial(self._take_back, work, position), "claim")
        return None

    async def _take_back(self, work: Work, position: int) -> None:
        session = self._session
        step = await session.answer_to(lambda: session.client.step(work.id, position))
        if step is not None and session.work is work and work.sending is None:
            work.take_back(step)
            session.show()

    def look_ahead(self) -> None:
        """Leave a step taken back as it was."""
        self._open().look_ahead()
        self._session.show()

    def answered(self, entry: Entry, answer: Answer) -> None:
        """On to the next step, or from the last one to the next trace."""
        work, session = self._open(), self._session
        if isinstance(answer, Committed):
            work.answered(LabelBody.model_validate(entry.body), answer)
            session.app.remind(answer.session)
            session.show()
        else:
            session.forget(work)
            session.app.say("the trace is finished; the next one is on its way")
            session.claim(work.view.project_id)

    def _open(self) -> Work:
        assert isinstance(self._session.work, Work)
        return self._session.work
