"""The way from one pair to the next, and back to the last one to correct what was said of it."""

from functools import partial
from typing import TYPE_CHECKING

from cotlab.domain.traces.pairs import OVERALL, PairView
from cotlab.domain.work.views import AssignmentView, GuidelineView, Preferred
from tui.pair import PairWork
from tui.work import OpenWork

if TYPE_CHECKING:
    from tui.journey import Journey

SENT = "sent; the next pair is on its way"


class Preferring:
    """Screens call it; it asks through the journey, and tells the app what to show."""

    def __init__(self, journey: "Journey") -> None:
        self._journey = journey
        self._last: PairWork | None = None
        self._ahead: OpenWork | None = None

    @property
    def open(self) -> PairWork | None:
        """The pair that is open."""
        return self._journey.work if isinstance(self._journey.work, PairWork) else None

    @property
    def last(self) -> PairWork | None:
        """The pair that was judged last."""
        return self._last

    def take_up(self, view: AssignmentView, guideline: GuidelineView, pair: PairView) -> None:
        """Show a pair, at what is first to be said of it."""
        work = PairWork(view, guideline, pair)
        self._journey.resume_draft(work)
        work.at = work.missing() or OVERALL
        self._journey.work = work
        self._journey.show()
        self._journey.calibration.begun(work)

    def commit(self) -> None:
        """Send all that is said of the open pair. Raises CannotCommit with what is missing."""
        self._journey.post("preference", self._pair().body())

    def answered(self, answer: Preferred) -> None:
        """The server has what was said of the open pair."""
        pair, journey = self._pair(), self._journey
        self._last = pair
        pair.panel.take(answer.drafts)
        journey.forget_drafts(pair.id)
        journey.app.remind(answer.session)
        if answer.feedback:
            pair.answered(answer.feedback)
            journey.show()
        else:
            self.go_on()

    def go_on(self) -> None:
        """To the pair after the open one: one that is open already, or the next that the server hands out."""
        pair, ahead = self._pair(), self._ahead
        self._journey.work = None
        self._journey.app.say(SENT)
        if pair.correcting and ahead is not None and not _judged(ahead):
            self._go_ahead()
        else:
            self._ahead = None
            self._journey.claim(pair.view.project_id)

    def take_back(self) -> str:
        """Bring the pair that was judged last back, to correct it; returns what there is to say."""
        pair = self.open
        if pair is not None and pair.sending is not None:
            return "this pair is not sent yet; it can be taken back once the server has it"
        if pair is not None and pair.correcting and not pair.judged:
            return "this is the last one; what you said of earlier pairs stays"
        if self._last is None:
            return "you have judged no pair since this terminal UI was started"
        self._journey.run(partial(self._take_back, pair, self._last), "claim")
        return "asking the server for the pair that you judged last"

    async def _take_back(self, pair: PairWork | None, last: PairWork) -> None:
        journey = self._journey
        await journey.courier.idle()
        seen = await journey.answer_to(lambda: journey.client.my_pair(last.id), about="pair")
        if seen is not None and journey.work is pair:
            self._ahead = pair
            cited = last.choice.citations
            journey.work = again = PairWork(last.view, last.guideline, seen, correcting=True, cited=cited)
            again.panel.take(last.panel.drafts)
            journey.show()

    def look_ahead(self) -> bool:
        """Leave the pair that was taken back as it was; whether one was."""
        pair = self._pair()
        if not pair.correcting or pair.judged or self._ahead is None or pair.sending is not None:
            return False
        self._go_ahead()
        return True

    def _go_ahead(self) -> None:
        self._journey.work, self._ahead = self._ahead, None
        self._journey.show()

    def _pair(self) -> PairWork:
        pair = self.open
        assert pair is not None
        return pair


def _judged(work: OpenWork) -> bool:
    return isinstance(work, PairWork) and work.judged
