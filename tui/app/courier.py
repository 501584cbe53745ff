"""Brings entries of the outbox to the server, in order, until each is answered."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cotlab.client import ApiError, Client
from tui.app.connection import Line
from tui.app.storage.folder import Desk
from tui.app.storage.outbox import Answer, Entry
from tui.app.storage.receipts import KeptReceipt

BLOCKING = ("not-signed-in", "other-version")
"""Refusals of the person or the program, and not of the entry: it stays in the outbox."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An entry was taken."""

    entry: Entry
    answer: Answer


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """An entry was refused; `kept` is the file in which it still is."""

    entry: Entry
    error: ApiError
    kept: Path


News = Answered | TurnedDown


class Courier:
    """One at a time; `tell` hears of each answer, in the event loop."""

    def __init__(self, client: Client, desk: Desk, line: Line, tell: Callable[[News], None]) -> None:
        self._client, self._desk, self._line, self._tell = client, desk, line, tell
        self.waiting: list[Entry] = []
        self._more = asyncio.Event()
        self._idle = asyncio.Event()

    async def idle(self) -> None:
        """Wait until nothing is unsent."""
        await self._idle.wait()

    async def load(self) -> None:
        """Take up what an earlier terminal UI left."""
        self.waiting = await self._desk.do(self._desk.outbox.waiting)
        self._more.set()

    def keep(self, entry: Entry) -> Future[Path]:
        """Begin to write an entry to the disk: from here on, leaving does not lose it."""
        return self._desk.later(partial(self._desk.outbox.add, entry))

    async def post(self, entry: Entry, kept: Future[Path]) -> None:
        """Have an entry sent, once it is on the disk."""
        await asyncio.wrap_future(kept)
        self.waiting.append(entry)
        self._idle.clear()
        self._more.set()

    async def run(self) -> None:
        """Send what waits, for ever; ends where the person or the program is refused."""
        while True:
            while self.waiting:
                entry = self.waiting[0]
                try:
                    answer = await self._line.patiently(partial(entry.send, self._client))
                except ApiError as error:
                    await self._refused(entry, error)
                    if error.slug in BLOCKING:
                        return
                else:
                    await self._answered(entry, answer)
            self._idle.set()
            self._more.clear()
            await self._more.wait()

    async def _answered(self, entry: Entry, answer: Answer) -> None:
        self.waiting.pop(0)
        self._tell(Answered(entry, answer))
        self.keep_receipt(entry.kind, entry.assignment_id, entry.key, answer.receipt)
        await self._desk.do(partial(self._desk.outbox.remove, entry))

    async def _refused(self, entry: Entry, error: ApiError) -> None:
        kept = self._desk.outbox.folder
        if error.slug not in BLOCKING:
            kept = await self._desk.do(partial(self._desk.outbox.set_aside, entry))
            self.waiting.pop(0)
        self._tell(TurnedDown(entry, error, kept))

    def keep_receipt(self, kind: str, assignment_id: str, key: str, receipt: str) -> None:
        line = KeptReceipt(at=time.time_ns() // 1000, kind=kind, assignment_id=assignment_id, key=key, receipt=receipt)
        self._desk.later(partial(self._desk.receipts.keep, line))
