"""One person's way from the queue through traces and back: what is asked of the server, and what its answers change."""

import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError
from textual.worker import Worker

from cotlab.client import ApiError, Client, new_key
from cotlab.domain.answers import AlternativeBody, EndingBody, LabelBody
from cotlab.domain.questions import QuestionBody
from cotlab.domain.views import (
    AssignmentView,
    BreakDue,
    Claimed,
    Committed,
    GuidelineChanges,
    GuidelineView,
    Queue,
    Withdrawn,
)
from tui.courier import Answered, Courier, News
from tui.desk import Desk
from tui.drafts import Draft, Place
from tui.line import Line
from tui.notices import break_notice, not_open, nothing_open, notice_of, withdrawn_notice
from tui.outbox import Body, Entry, Kind
from tui.work import Work

if TYPE_CHECKING:
    from tui.shell import Shell

T = TypeVar("T")
DRAFT_AFTER = 0.3
"""Seconds that a typed letter waits for its disk."""
SENT = {
    "alternative": "the alternative is sent",
    "question": "the question is sent; the answer comes to your questions (n in the queue)",
}
"""What is said of an entry that changes nothing on the screen."""


class Journey:
    """The state behind the screens. Screens call it; it tells the app what to show."""

    def __init__(self, app: "Shell", client: Client, desk: Desk, queue: Queue | None) -> None:
        self.app, self.client, self.desk, self.queue = app, client, desk, queue
        self.line = Line(app.line_changed)
        self.courier = Courier(client, desk, self.line, self.hear)
        self.work: Work | None = None
        self.today = queue.labels_today if queue else 0
        self.session = queue.session if queue else None
        self._guidelines: dict[tuple[str, str], GuidelineView] = {}
        self._dirty: set[Place] = set()
        self._workers: set[Worker[None]] = set()

    def begin(self) -> None:
        """Send what an earlier terminal UI left, and keep sending."""
        self._run(self._begin, "courier")

    async def _begin(self) -> None:
        await self.courier.load()
        self.app.refresh_numbers()
        await self.courier.run()

    def load_queue(self) -> None:
        self._run(self._load_queue, "queue")

    async def _load_queue(self) -> None:
        queue = await self._ask(lambda: self.client.queue(start_of_day()))
        if queue is not None:
            self.queue, self.today, self.session = queue, queue.labels_today, queue.session
            self.app.show_queue()

    def claim(self, project_id: str) -> None:
        """Go on with my open trace of a project, or get a new one."""
        self._run(partial(self._claim, project_id), "claim")

    async def _claim(self, project_id: str) -> None:
        await self.courier.idle()
        key = new_key()
        claimed = await self._ask(lambda: self.client.claim(project_id, key))
        if claimed is None:
            return
        if claimed.receipt is not None:
            assignment_id = claimed.assignment.id if claimed.assignment else ""
            self.courier.keep_receipt("claim", assignment_id, key, claimed.receipt)
        if claimed.assignment is not None:
            await self._take_up(claimed.assignment)
        elif claimed.nothing == "new_guideline" and claimed.guideline_version_id is not None:
            await self._meet_guideline(project_id, claimed.guideline_version_id)
        else:
            self._nothing(project_id, claimed)

    def _nothing(self, project_id: str, claimed: Claimed) -> None:
        self.work = None
        project = self.project(project_id)
        if claimed.nothing == "break" and claimed.until is not None:
            self.app.show_notice(break_notice(claimed.until))
        else:
            self.app.show_notice(not_open(project) if claimed.nothing == "not_open" else nothing_open(project))

    def project(self, project_id: str) -> str:
        """The name of a project of the queue."""
        names = {entry.project_id: entry.project for entry in self.queue.projects} if self.queue else {}
        return names.get(project_id, "This project")

    async def _meet_guideline(self, project_id: str, version_id: str) -> None:
        """Show what changed, and what the version reads like, before anything is handed out."""
        self.work = None
        changes = await self._ask(lambda: self.client.guideline_changes(project_id, version_id))
        guideline = await self._ask(lambda: self.client.guideline_version(version_id)) if changes is not None else None
        if changes is not None and guideline is not None:
            self.app.show_guideline_changes(project_id, changes, guideline)

    def acknowledge(self, project_id: str, changes: GuidelineChanges) -> None:
        """Say that I have read a version, and go on."""
        self._run(partial(self._acknowledge, project_id, changes.guideline_version_id), "claim")

    async def _acknowledge(self, project_id: str, version_id: str) -> None:
        receipt = await self._ask(lambda: self.client.acknowledge(project_id, version_id))
        if receipt is not None:
            self.courier.keep_receipt("acknowledge", "", "", receipt.receipt)
            await self._claim(project_id)

    def reload(self) -> None:
        """Ask where the open trace stands, and go on there."""
        if self.work is None:
            self.app.go_to_queue()
        else:
            self.claim(self.work.view.project_id)

    async def _take_up(self, view: AssignmentView) -> None:
        version = (view.guideline, view.guideline_version)
        if version not in self._guidelines:
            guideline = await self._ask(lambda: self.client.assignment_guideline(view.id))
            if guideline is None:
                return
            self._guidelines[version] = guideline
        self.work = Work(view, self._guidelines[version])
        self.session = view.session
        self.show()

    def show(self) -> None:
        """Put on the screen where the open trace stands."""
        work = self.work
        if work is None:
            self.app.go_to_queue()
        elif work.step is None and isinstance(work.next, BreakDue):
            self.app.show_notice(break_notice(work.next.until))
        elif work.step is None and isinstance(work.next, Withdrawn):
            self.work = None
            self.app.show_notice(withdrawn_notice(work.next.reason))
        else:
            self._resume_draft(work)
            self.app.show_work()

    def commit(self) -> None:
        """Commit what is chosen. Raises CannotCommit with what is missing."""
        work = self._work()
        self._post("commit", work.body())

    def finish(self) -> None:
        """End the trace that is on the screen. Raises CannotCommit with what is missing."""
        self._post("finish", self._work().finish_body())

    def end(self, ending: str, reason: str, place: Place) -> str | None:
        """End the trace early; returns what is wrong with the reason, if anything."""
        try:
            self._post("end", EndingBody.model_validate({"ending": ending, "reason": reason}), place)
        except ValidationError:
            return "a reason is needed: say in a few words why"
        return None

    def write_alternative(self, kind: str, steps: list[str], place: Place) -> str | None:
        """Send an alternative for the step at `place`; returns what is wrong with it, if anything."""
        try:
            body = AlternativeBody.model_validate({"position": place.position, "kind": kind, "steps": steps})
        except ValidationError:
            return "nothing is written yet" if len(steps) <= 20 else "20 steps at most"
        self._post("alternative", body, place)
        return None

    def ask(self, text: str, place: Place, project: str, about_guideline: bool) -> str | None:
        """Ask the lead about what is at `place`; returns what is wrong with the text, if anything."""
        try:
            body = QuestionBody(text=text, position=place.position or None)
        except ValidationError:
            return "nothing is written yet" if not text else "the question is too long, or cannot be stored"
        if about_guideline:
            self._put("question", body, place, "", project, place.assignment_id)
        else:
            self._post("question", body, place)
        return None

    def _post(self, kind: Kind, body: Body, place: Place | None = None) -> None:
        work = self._work()
        key = self._put(kind, body, place or work.place(), work.id, work.view.project)
        if kind in ("commit", "finish", "end"):
            work.sending = key

    def _put(self, kind: Kind, body: Body, place: Place, assignment_id: str, project: str, project_id: str = "") -> str:
        """Begin to send something; returns its key."""
        entry = Entry(
            key=new_key(), kind=kind, assignment_id=assignment_id, project=project, project_id=project_id,
            made_at=time.time_ns() // 1000, body=body.model_dump(mode="json"),
        )  # fmt: skip
        kept = self.courier.keep(entry)
        self._run(partial(self._send, entry, kept, place), f"post-{entry.key}")
        return entry.key

    async def _send(self, entry: Entry, kept: Future[Path], place: Place) -> None:
        try:
            await self.courier.post(entry, kept)
        except OSError as error:
            self._not_kept(entry, error)
            return
        self.desk.drafts.note(Draft(place=place))
        self._write(place)
        self.app.refresh_numbers()

    def _not_kept(self, entry: Entry, error: OSError) -> None:
        """This machine's disk refused: nothing is committed, and all stays on the screen."""
        if self.work is not None and self.work.sending == entry.key:
            self.work.sending = None
        self.app.say(f"not committed: {error.strerror or error} ({self.desk.folder})", alarm=True)

    def take_back(self) -> str | None:
        """Bring my label before the step on the screen back; returns why not, if so."""
        work = self._work()
        if work.sending is not None:
            return "the last label is not sent yet; it can be taken back once the server has it"
        position = work.before()
        if position is None:
            return "there is no label of yours before this step"
        self._run(partial(self._take_back, work, position), "claim")
        return None

    async def _take_back(self, work: Work, position: int) -> None:
        step = await self._ask(lambda: self.client.step(work.id, position))
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

    def _taken(self, entry: Entry, answer: object) -> None:
        if isinstance(answer, Committed):
            self.today += 1
            self.session = answer.session
        work = self.work
        if entry.kind in SENT:
            self.app.say(SENT[entry.kind])
        elif work is None or work.id != entry.assignment_id:
            self.load_queue()
        elif isinstance(answer, Committed):
            work.answered(LabelBody.model_validate(entry.body), answer)
            self.app.remind(answer.session)
            self.show()
        else:
            self._ended(work)

    def _ended(self, work: Work) -> None:
        for place in self.desk.drafts.forget(work.id):
            self._write(place)
        self.work = None
        self.app.say("the trace is finished; the next one is on its way")
        self.claim(work.view.project_id)

    def _turned_down(self, entry: Entry, error: ApiError, kept: Path) -> None:
        work = self.work
        if work is not None and work.id == entry.assignment_id:
            if work.sending == entry.key:
                work.sending = None
            if entry.kind == "commit":
                self.keep_draft(work.draft())
            if error.slug in ("lease-taken", "project-closed", "not-found", "refused"):
                self.work = None
        self.app.show_notice(notice_of(error, kept))

    def keep_draft(self, draft: Draft) -> None:
        """Remember what is half written; it is on the disk within half a second."""
        self.desk.drafts.note(draft)
        if not self._dirty:
            self.app.set_timer(DRAFT_AFTER, self.flush_drafts)
        self._dirty.add(draft.place)

    def flush_drafts(self) -> None:
        for place in self._dirty:
            self._write(place)
        self._dirty.clear()

    def close(self) -> None:
        """Stop asking, and put on the disk what is not yet there."""
        for worker in self._workers:
            worker.cancel()
        self.flush_drafts()
        self.desk.close()

    def _write(self, place: Place) -> None:
        self.desk.later(partial(self.desk.drafts.write, place))

    def _resume_draft(self, work: Work) -> None:
        draft = self.desk.drafts.find(work.place())
        if draft is not None:
            work.resume(draft)

    def _work(self) -> Work:
        assert self.work is not None
        return self.work

    async def _ask(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        """Ask until there is an answer; None where the server refuses, which is then on the screen."""
        try:
            return await self.line.patiently(ask)
        except ApiError as error:
            if error.slug in ("lease-taken", "project-closed", "not-found", "refused"):
                self.work = None
            self.app.show_notice(notice_of(error, self.desk.drafts.folder if self.work else None))
            return None

    def _run(self, work: Callable[[], Coroutine[Any, Any, None]], group: str) -> None:
        self._workers = {worker for worker in self._workers if not worker.is_finished}
        self._workers.add(self.app.background(work, group))


def start_of_day() -> int:
    """When today began here (microseconds UTC)."""
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return round(midnight.timestamp() * 1e6)
