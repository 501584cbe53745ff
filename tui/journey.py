"""One person's way from the queue through traces and back: what is asked of the server, and what its answers change."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from cotlab.client import ApiError, Client, new_key
from cotlab.domain.answers import AlternativeBody, EndingBody, LabelBody
from cotlab.domain.cases import CaseView, Decided, PassBody
from cotlab.domain.guidelines.questions import QuestionBody
from cotlab.domain.work.views import (
    AssignmentView,
    BreakDue,
    Claimed,
    Committed,
    GuidelineChanges,
    GuidelineView,
    NextPair,
    Preferred,
    Queue,
    Receipt,
    Withdrawn,
)
from tui.adjudication import Adjudication
from tui.calibrating import Calibrating
from tui.courier import Answered, News
from tui.desk import Desk
from tui.drafts import Place
from tui.notices import (
    Subject,
    break_notice,
    not_open,
    not_qualified,
    nothing_open,
    notice_of,
    paused,
    withdrawn_notice,
)
from tui.outbox import CASE_KINDS, WRITING_KINDS, Answer, Entry
from tui.preferring import Preferring
from tui.talk import GONE, Talk
from tui.work import Work
from tui.writing import Writing

if TYPE_CHECKING:
    from tui.shell import Shell

SENT = {
    "alternative": "the alternative is sent",
    "question": "the question is sent; the answer comes to your questions (n in the queue)",
}
"""What is said of an entry that changes nothing on the screen."""


class Journey(Talk):
    """The state behind the screens. Screens call it; it tells the app what to show."""

    def __init__(self, app: "Shell", client: Client, desk: Desk, queue: Queue | None) -> None:
        super().__init__(app, client, desk)
        self.queue = queue
        self.today = queue.labels_today if queue else 0
        self.session = queue.session if queue else None
        self.cases = Adjudication(self)
        self.pairs = Preferring(self)
        self.calibration = Calibrating(self)
        self.writing = Writing(self)
        self._guidelines: dict[tuple[str, str], GuidelineView] = {}
        self._go_on: Callable[[], Coroutine[Any, Any, None]] | None = None

    def load_queue(self) -> None:
        self.run(self._load_queue, "queue")

    async def _load_queue(self) -> None:
        queue = await self.answer_to(lambda: self.client.queue(start_of_day()))
        if queue is not None:
            self.queue, self.today, self.session = queue, queue.labels_today, queue.session
            self.app.show_queue()
            await self.calibration.load(queue)

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
            self.app.show_guideline_changes(project_id, changes, guideline)

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
        elif self.cases.open is not None:
            self.cases.claim(self.work.view.project_id)
        else:
            self.claim(self.work.view.project_id)

    async def _take_up(self, view: AssignmentView) -> None:
        guideline = await self.guideline_of(view)
        if guideline is None:
            return
        self.session = view.session
        if isinstance(view.next, NextPair):
            self.pairs.take_up(view, guideline, view.next.pair)
        else:
            self.work = work = Work(view, guideline)
            self.show()
            self.calibration.begun(work)

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
        elif isinstance(work, Work) and work.step is None and isinstance(work.next, BreakDue):
            self.app.show_notice(break_notice(work.next.until))
        elif isinstance(work, Work) and work.step is None and isinstance(work.next, Withdrawn):
            self.work = None
            self.app.show_notice(withdrawn_notice(work.next.reason))
        else:
            self.resume_draft(work)
            self.app.show_work()

    def commit(self) -> None:
        """Commit what is chosen. Raises CannotCommit with what is missing."""
        work = self._work()
        self.post("commit", work.body())

    def finish(self) -> None:
        """End the trace that is on the screen. Raises CannotCommit with what is missing."""
        self.post("finish", self._work().finish_body())

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

    def take_back(self) -> str | None:
        """Bring my label before the step on the screen back; returns why not, if so."""
        work = self._work()
        if work.sending is not None:
            return "the last label is not sent yet; it can be taken back once the server has it"
        position = work.before()
        if position is None:
            return "there is no label of yours before this step"
        self.run(partial(self._take_back, work, position), "claim")
        return None

    async def _take_back(self, work: Work, position: int) -> None:
        step = await self.answer_to(lambda: self.client.step(work.id, position))
        if step is not None and self.work is work and work.sending is None:
            work.take_back(step)
            self.show()

    def look_ahead(self) -> None:
        """Leave a step taken back as it was."""
        work = self._work()
        work.look_ahead()
        self.show()

    def hear(self, news: News) -> None:
        """An entry of the outbox was answered."""
        if isinstance(news, Answered):
            self._taken(news.entry, news.answer)
        else:
            self._turned_down(news.entry, news.error, news.kept)
        self.app.refresh_numbers()

    def _taken(self, entry: Entry, answer: Answer) -> None:
        if not isinstance(answer, Receipt):
            self.session = answer.session
        if isinstance(answer, (Committed, Preferred, Decided)):
            self.today += 1
        work = self.work
        if entry.kind in SENT:
            self.app.say(SENT[entry.kind])
        elif entry.kind in WRITING_KINDS:
            self.writing.answered(entry)
        elif work is None or work.id != entry.assignment_id:
            self.load_queue()
        elif isinstance(answer, Preferred):
            self.pairs.answered(answer)
        elif not isinstance(work, Work):
            self.cases.answered(entry, answer)
        elif isinstance(answer, Committed):
            work.answered(LabelBody.model_validate(entry.body), answer)
            self.app.remind(answer.session)
            self.show()
        else:
            self._ended(work)

    def _ended(self, work: Work) -> None:
        self.forget(work)
        self.app.say("the trace is finished; the next one is on its way")
        self.claim(work.view.project_id)

    def _turned_down(self, entry: Entry, error: ApiError, kept: Path) -> None:
        work = self.work
        if entry.kind in WRITING_KINDS:
            self.writing.turned_down(entry)
        elif work is not None and work.id == entry.assignment_id:
            if work.sending == entry.key:
                work.sending = None
            if entry.kind in ("commit", "preference", "choice", "decision"):
                self.keep_draft(work.draft())
            elif entry.kind == "pass":
                self.cases.not_passed_on(PassBody.model_validate(entry.body))
            if error.slug in GONE:
                self.work = None
        about: Subject = "pair" if entry.kind == "preference" else "case" if entry.kind in CASE_KINDS else "trace"
        self.app.show_notice(notice_of(error, kept, about))

    def _work(self) -> Work:
        assert isinstance(self.work, Work)
        return self.work


def start_of_day() -> int:
    """When today began here (microseconds UTC)."""
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return round(midnight.timestamp() * 1e6)
