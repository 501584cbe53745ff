"""One person at one server: what is open, what is asked of the server, and what its answers change."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from pydantic import ValidationError

from cotlab.client import ApiError, Client, new_key
from cotlab.domain.answers import AlternativeBody, EndingBody
from cotlab.domain.cases import CaseView, Decided
from cotlab.domain.guidelines.questions import QuestionBody
from cotlab.domain.work.views import (
    AssignmentView,
    Claimed,
    Committed,
    GuidelineChanges,
    GuidelineView,
    Preferred,
    Queue,
    QueueEntry,
    Receipt,
)
from tui.app.courier import Answered, News
from tui.app.destinations import NewVersion
from tui.app.dispatch import GONE, Dispatch
from tui.app.display import Display
from tui.app.notices import Subject, break_notice, not_open, not_qualified, nothing_open, notice_of, paused
from tui.app.storage.drafts import Place
from tui.app.storage.folder import Desk
from tui.app.storage.outbox import CASE_KINDS, Answer, Entry, Kind
from tui.app.work.open_work import OpenWork

DRAFTED = ("commit", "preference", "choice", "decision")
"""What is half written again once the server has refused it."""
SENT = {
    "alternative": "the alternative is sent",
    "question": "the question is sent; the answer comes to your questions (n in the queue)",
}
"""What is said of an entry that changes nothing on the screen."""


S = TypeVar("S", bound="State")


class State:
    """What a session keeps and does for one journey. Screens call it; it tells the display what to show."""

    work: ClassVar[type[OpenWork] | None] = None
    """What it has open."""
    kinds: ClassVar[tuple[Kind, ...]] = ()
    """Entries of the outbox that are its own, whatever is open."""

    def __init__(self, session: "Session") -> None:
        self._session = session

    async def load(self, queue: Queue) -> None:
        """The queue has come."""

    def notes(self, entry: QueueEntry) -> Sequence[tuple[str, str]]:
        """What the queue says of a project besides, a line each with its style."""
        return ()

    def take_up(self, view: AssignmentView, guideline: GuidelineView) -> bool:
        """Open what was handed out; whether it is of this journey."""
        return False

    def begun(self, work: OpenWork) -> None:
        """Something is on the screen that was handed out just now."""

    def show(self, work: OpenWork) -> None:
        """Put on the screen where the open work stands."""
        self._session.resume_draft(work)
        self._session.app.show_work()

    def reload(self, work: OpenWork) -> None:
        """Ask where the open work stands, and go on there."""
        self._session.claim(work.view.project_id)

    def leave(self, work: OpenWork) -> None:
        """Where esc leads from what was open."""
        self._session.app.go_to_queue()

    def show_list(self) -> None:
        """The list that the last work was opened from."""
        self._session.app.go_to_queue()

    def answered(self, entry: Entry, answer: Answer) -> None:
        """The server has taken an entry about the open work, or one of the `kinds`."""

    def turned_down(self, entry: Entry) -> None:
        """The server has refused such an entry."""
        work = self._session.work
        if work is not None and entry.kind in DRAFTED:
            self._session.keep_draft(work.draft())


class Session(Dispatch):
    """The state behind the screens. `states` are those of the journeys, by their names."""

    def __init__(
        self, app: Display, client: Client, desk: Desk, queue: Queue | None, states: Mapping[str, type[State]]
    ) -> None:  # fmt: skip
        super().__init__(app, client, desk)
        self.queue = queue
        self.today = queue.labels_today if queue else 0
        self.times = queue.session if queue else None
        self.states = {name: state(self) for name, state in states.items()}
        self._guidelines: dict[tuple[str, str], GuidelineView] = {}
        self._go_on: Callable[[], Coroutine[Any, Any, None]] | None = None

    def state(self, kind: type[S]) -> S:
        """The state of a journey."""
        return next(state for state in self.states.values() if isinstance(state, kind))

    def state_of(self, work: OpenWork) -> State:
        """The state of the journey that something open is of."""
        return next(state for state in self.states.values() if state.work and isinstance(work, state.work))

    def load_queue(self) -> None:
        self.run(self._load_queue, "queue")

    async def _load_queue(self) -> None:
        queue = await self.answer_to(lambda: self.client.queue(start_of_day()))
        if queue is not None:
            self.queue, self.today, self.times = queue, queue.labels_today, queue.session
            self.app.show_queue()
            for state in self.states.values():
                await state.load(queue)

    def claim(self, project_id: str) -> None:
        """Go on with my open trace of a project, or get a new one."""
        self.run(partial(self._claim, project_id), "claim")

    async def _claim(self, project_id: str) -> None:
        await self.courier.idle()
        key = new_key()
        claimed = await self.answer_to(lambda: self.client.claim(project_id, key))
        if claimed is None:
            return
        if claimed.receipt is not None:
            assignment_id = claimed.assignment.id if claimed.assignment else ""
            self.courier.keep_receipt("claim", assignment_id, key, claimed.receipt)
        if claimed.assignment is not None:
            await self._take_up(claimed.assignment)
        elif claimed.nothing == "new_guideline" and claimed.guideline_version_id is not None:
            await self.meet_guideline(project_id, claimed.guideline_version_id, partial(self._claim, project_id))
        else:
            self._nothing(project_id, claimed)

    def _nothing(self, project_id: str, claimed: Claimed) -> None:
        self.work = None
        project = self.project(project_id)
        if claimed.nothing == "break" and claimed.until is not None:
            self.app.show_notice(break_notice(claimed.until))
        else:
            notices = {"not_open": not_open, "paused": paused, "not_qualified": not_qualified}
            self.app.show_notice(notices.get(claimed.nothing or "", nothing_open)(project))

    def project(self, project_id: str) -> str:
        """The name of a project of the queue."""
        names = {entry.project_id: entry.project for entry in self.queue.projects} if self.queue else {}
        return names.get(project_id, "This project")

    async def meet_guideline(
        self, project_id: str, version_id: str, go_on: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        """Show what changed, and what the version reads like, before anything is handed out; then `go_on`."""
        self.work, self._go_on = None, go_on
        changes = await self.answer_to(lambda: self.client.guideline_changes(project_id, version_id))
        if changes is None:
            return
        guideline = await self.answer_to(lambda: self.client.guideline_version(version_id))
        if guideline is not None:
            self.app.open(NewVersion(project_id, changes, guideline))

    def acknowledge(self, project_id: str, changes: GuidelineChanges) -> None:
        """Say that I have read a version, and go on."""
        self.run(partial(self._acknowledge, project_id, changes.guideline_version_id), "claim")

    async def _acknowledge(self, project_id: str, version_id: str) -> None:
        receipt = await self.answer_to(lambda: self.client.acknowledge(project_id, version_id))
        if receipt is not None:
            self.courier.keep_receipt("acknowledge", "", "", receipt.receipt)
            await (self._go_on or partial(self._claim, project_id))()

    def reload(self) -> None:
        """Ask where the open trace stands, and go on there."""
        if self.work is None:
            self.app.go_to_queue()
        else:
            self.state_of(self.work).reload(self.work)

    def leave(self) -> None:
        """Leave what is open; what is half written stays as a draft."""
        self.flush_drafts()
        work, self.work = self.work, None
        if work is None:
            self.app.go_to_queue()
        else:
            self.state_of(work).leave(work)

    async def _take_up(self, view: AssignmentView) -> None:
        guideline = await self.guideline_of(view)
        if guideline is None:
            return
        self.times = view.session
        next(state for state in self.states.values() if state.take_up(view, guideline))

    def begun(self, work: OpenWork) -> None:
        """Tell all journeys what is on the screen."""
        for state in self.states.values():
            state.begun(work)

    async def guideline_of(self, view: AssignmentView | CaseView) -> GuidelineView | None:
        """The version that an assignment was claimed under, asked for once."""
        version = (view.guideline, view.guideline_version)
        if version not in self._guidelines:
            guideline = await self.answer_to(lambda: self.client.assignment_guideline(view.id))
            if guideline is None:
                return None
            self._guidelines[version] = guideline
        return self._guidelines[version]

    def show(self) -> None:
        """Put on the screen where the open trace stands."""
        work = self.work
        if work is None:
            self.app.go_to_queue()
        else:
            self.state_of(work).show(work)

    def end(self, ending: str, reason: str, place: Place) -> str | None:
        """End the trace early; returns what is wrong with the reason, if anything."""
        try:
            self.post("end", EndingBody.model_validate({"ending": ending, "reason": reason}), place)
        except ValidationError:
            return "a reason is needed: say in a few words why"
        return None

    def write_alternative(self, kind: str, steps: list[str], place: Place, draft: str | None = None) -> str | None:
        """Send an alternative for the step at `place`; returns what is wrong with it, if anything.

        `draft` is the id of what a model drafted that it was made of.
        """
        said = {"position": place.position, "kind": kind, "steps": steps, "draft": draft}
        try:
            body = AlternativeBody.model_validate(said)
        except ValidationError:
            return "nothing is written yet" if len(steps) <= 20 else "20 steps at most"
        self.post("alternative", body, place)
        return None

    def ask(self, text: str, place: Place, project: str, about_guideline: bool) -> str | None:
        """Ask the lead about what is at `place`; returns what is wrong with the text, if anything."""
        try:
            body = QuestionBody(text=text, position=place.position or None)
        except ValidationError:
            return "nothing is written yet" if not text else "the question is too long, or cannot be stored"
        if about_guideline:
            self.put("question", body, place, "", project, place.assignment_id)
        else:
            self.post("question", body, place)
        return None

    def hear(self, news: News) -> None:
        """An entry of the outbox was answered."""
        if isinstance(news, Answered):
            self._taken(news.entry, news.answer)
        else:
            self._turned_down(news.entry, news.error, news.kept)
        self.app.refresh_numbers()

    def _taken(self, entry: Entry, answer: Answer) -> None:
        if not isinstance(answer, Receipt):
            self.times = answer.session
        if isinstance(answer, (Committed, Preferred, Decided)):
            self.today += 1
        work = self.work
        if entry.kind in SENT:
            self.app.say(SENT[entry.kind])
        elif (owner := self._owner(entry)) is not None:
            owner.answered(entry, answer)
        elif work is None or work.id != entry.assignment_id:
            self.load_queue()
        else:
            self.state_of(work).answered(entry, answer)

    def _owner(self, entry: Entry) -> State | None:
        """The state that an entry is of, whatever is open."""
        return next((state for state in self.states.values() if entry.kind in state.kinds), None)

    def _turned_down(self, entry: Entry, error: ApiError, kept: Path) -> None:
        work, owner = self.work, self._owner(entry)
        if owner is not None:
            owner.turned_down(entry)
        elif work is not None and work.id == entry.assignment_id:
            if work.sending == entry.key:
                work.sending = None
            self.state_of(work).turned_down(entry)
            if error.slug in GONE:
                self.work = None
        about: Subject = "pair" if entry.kind == "preference" else "case" if entry.kind in CASE_KINDS else "trace"
        self.app.show_notice(notice_of(error, kept, about))


def start_of_day() -> int:
    """When today began here (microseconds UTC)."""
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return round(midnight.timestamp() * 1e6)
