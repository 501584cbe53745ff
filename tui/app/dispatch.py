"""What every journey needs: questions that wait for the server, an outbox, and drafts on the disk."""

import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from textual.worker import Worker

from cotlab.client import ApiError, Client, new_key
from tui.app.connection import Line
from tui.app.courier import Courier, News
from tui.app.display import Display
from tui.app.notices import Subject, notice_of
from tui.app.storage.drafts import Draft, Place
from tui.app.storage.folder import Desk
from tui.app.storage.outbox import CASE_KINDS, Body, Entry, Kind
from tui.app.work.open_work import OpenWork

T = TypeVar("T")
DRAFT_AFTER = 0.3
"""Seconds that a typed letter waits for its disk."""
WAITED_FOR = ("commit", "finish", "end", "preference", *CASE_KINDS)
"""What is answered before anything else can be said of the same work."""
GONE = ("lease-taken", "project-closed", "not-found", "refused")
"""Refusals after which the work is no longer mine."""


class Dispatch:
    """One person at one server: what is open, what is on its way, and what is half written."""

    def __init__(self, app: Display, client: Client, desk: Desk) -> None:
        self.app, self.client, self.desk = app, client, desk
        self.line = Line(app.line_changed)
        self.courier = Courier(client, desk, self.line, self.hear)
        self.work: OpenWork | None = None
        self._dirty: set[Place] = set()
        self._workers: set[Worker[None]] = set()

    def hear(self, news: News) -> None:
        """An entry of the outbox was answered."""
        raise NotImplementedError

    def begin(self) -> None:
        """Send what an earlier terminal UI left, and keep sending."""
        self.run(self._begin, "courier")

    async def _begin(self) -> None:
        await self.courier.load()
        self.app.refresh_numbers()
        await self.courier.run()

    async def answer_to(self, ask: Callable[[], Awaitable[T]], about: Subject = "trace") -> T | None:
        """Ask until there is an answer; None where the server refuses, which is then on the screen."""
        try:
            return await self.line.patiently(ask)
        except ApiError as error:
            if error.slug in GONE:
                self.work = None
            kept = self.desk.drafts.folder if self.work else None
            self.app.show_notice(notice_of(error, kept, about))
            return None

    def fetch(self, ask: Callable[[], Awaitable[T]], take: Callable[[T], None]) -> None:
        """Ask without holding up the keys, and hand over what comes; a refusal is on the screen instead."""

        async def fetching() -> None:
            answer = await self.answer_to(ask)
            if answer is not None:
                take(answer)

        self.run(fetching, "past")

    def run(self, work: Callable[[], Coroutine[Any, Any, None]], group: str) -> None:
        self._workers = {worker for worker in self._workers if not worker.is_finished}
        self._workers.add(self.app.background(work, group))

    def post(self, kind: Kind, body: Body, place: Place | None = None) -> None:
        """Begin to send something about what is open."""
        work = self.work
        assert work is not None
        key = self.put(kind, body, place or work.place(), work.id, work.view.project)
        if kind in WAITED_FOR:
            work.sending = key

    def put(self, kind: Kind, body: Body, place: Place, assignment_id: str, project: str, project_id: str = "") -> str:
        """Begin to send something; returns its key."""
        entry = Entry(
            key=new_key(), kind=kind, assignment_id=assignment_id, project=project, project_id=project_id,
            made_at=time.time_ns() // 1000, body=body.model_dump(mode="json"),
        )  # fmt: skip
        kept = self.courier.keep(entry)
        self.run(partial(self._send, entry, kept, place), f"post-{entry.key}")
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

    def forget(self, work: OpenWork) -> None:
        """What was open has ended, and no draft of it is needed."""
        self.forget_drafts(work.id)
        self.work = None

    def forget_drafts(self, assignment_id: str) -> None:
        for place in self.desk.drafts.forget(assignment_id):
            self._write(place)

    def close(self) -> None:
        """Stop asking, and put on the disk what is not yet there."""
        for worker in self._workers:
            worker.cancel()
        self.flush_drafts()
        self.desk.close()

    def _write(self, place: Place) -> None:
        self.desk.later(partial(self.desk.drafts.write, place))

    def resume_draft(self, work: OpenWork) -> None:
        draft = self.desk.drafts.find(work.place())
        if draft is not None:
            work.resume(draft)
