"""The way from one pair to the next, and back to the last one to correct what was said of it."""

from functools import partial

from cotlab.domain.traces.pairs import OVERALL
from cotlab.domain.work.views import AssignmentView, GuidelineView, NextPair, Preferred
from tui.app.session import Session, State
from tui.app.storage.outbox import Answer, Entry
from tui.app.work.open_work import OpenWork
from tui.pairs.pair import PairWork

SENT = "sent; the next pair is on its way"


class Comparing(State):
    """What is open is a pair."""

    work = PairWork

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._last: PairWork | None = None
        self._ahead: OpenWork | None = None

    @property
    def open(self) -> PairWork | None:
        """The pair that is open."""
        return self._session.work if isinstance(self._session.work, PairWork) else None

    @property
    def last(self) -> PairWork | None:
        """The pair that was judged last."""
        return self._last

    def take_up(self, view: AssignmentView, guideline: GuidelineView) -> bool:
        """Show a pair, at what is first to be said of it."""
        if not isinstance(view.next, NextPair):
            return False
        work = PairWork(view, guideline, view.next.pair)
        self._session.resume_draft(work)
        work.at = work.missing() or OVERALL
        self._session.work = work
        self._session.show()
        self._session.begun(work)
        return True

    def commit(self) -> None:
        """Send all that is said of the open pair. Raises CannotCommit with what is missing."""
        self._session.post("preference", self._pair().body())

    def answered(self, entry: Entry, answer: Answer) -> None:
        """The server has what was said of the open pair."""
        assert isinstance(answer, Preferred)
        pair, session = self._pair(), self._session
        self._last = pair
        pair.panel.take(answer.drafts)
        session.forget_drafts(pair.id)
        session.app.remind(answer.session)
        if answer.feedback:
            pair.answered(answer.feedback)
            session.show()
        else:
            self.go_on()

    def go_on(self) -> None:
        """To the pair after the open one: one that is open already, or the next that the server hands out."""
        pair, ahead = self._pair(), self._ahead
        self._session.work = None
        self._session.app.say(SENT)
        if pair.correcting and ahead is not None and not _judged(ahead):
            self._go_ahead()
        else:
            self._ahead = None
            self._session.claim(pair.view.project_id)

    def take_back(self) -> str:
        """Bring the pair that was judged last back, to correct it; returns what there is to say."""
        pair = self.open
        if pair is not None and pair.sending is not None:
            return "this pair is not sent yet; it can be taken back once the server has it"
        if pair is not None and pair.correcting and not pair.judged:
            return "this is the last one; what you said of earlier pairs stays"
        if self._last is None:
            return "you have judged no pair since this terminal UI was started"
        self._session.run(partial(self._take_back, pair, self._last), "claim")
        return "asking the server for the pair that you judged last"

    async def _take_back(self, pair: PairWork | None, last: PairWork) -> None:
        session = self._session
        await session.courier.idle()
        seen = await session.answer_to(lambda: session.client.my_pair(last.id), about="pair")
        if seen is not None and session.work is pair:
            self._ahead = pair
            cited = last.choice.citations
            session.work = again = PairWork(last.view, last.guideline, seen, correcting=True, cited=cited)
            again.panel.take(last.panel.drafts)
            session.show()

    def look_ahead(self) -> bool:
        """Leave the pair that was taken back as it was; whether one was."""
        pair = self._pair()
        if not pair.correcting or pair.judged or self._ahead is None or pair.sending is not None:
            return False
        self._go_ahead()
        return True

    def _go_ahead(self) -> None:
        self._session.work, self._ahead = self._ahead, None
        self._session.show()

    def _pair(self) -> PairWork:
        pair = self.open
        assert pair is not None
        return pair


def _judged(work: OpenWork) -> bool:
    return isinstance(work, PairWork) and work.judged
