"""What one person keeps on this machine for one server: outbox, drafts and receipts, under one lock."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from cotlab.client import Credentials
from tui.app.storage.drafts import Drafts
from tui.app.storage.durable import make_folder, write_whole
from tui.app.storage.lock import FolderLock
from tui.app.storage.outbox import Outbox
from tui.app.storage.receipts import Receipts

T = TypeVar("T")


class Desk:
    """The files of one person on one server. One thread does all writing, in order."""

    def __init__(self, state: Path, server: str, person: str) -> None:
        self.server, self.person = server, person
        self.folder = make_folder(state / _digest(server, person))
        self.outbox = Outbox(self.folder)
        self.drafts = Drafts(self.folder / "drafts")
        self.receipts = Receipts(self.folder)
        self._lock = FolderLock(self.folder)
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk")

    def open(self) -> bool:
        """Whether these files are ours now; False where another terminal UI has them."""
        return self._lock.acquire()

    async def do(self, write: Callable[[], T]) -> T:
        """Run one write on the disk without holding up the keys."""
        return await asyncio.wrap_future(self.later(write))

    def later(self, write: Callable[[], T]) -> Future[T]:
        """Queue a write at once; `close` waits for it."""
        return self._disk.submit(write)

    def close(self) -> None:
        """Finish all writes and give the files free."""
        self._disk.shutdown(wait=True)
        self._lock.release()


def person_of(state: Path, credentials: Credentials) -> str | None:
    """Who these credentials were last time; None where they are new here."""
    try:
        known = json.loads((state / "people.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    person = known.get(_digest(credentials.server, credentials.token)) if isinstance(known, dict) else None
    return person if isinstance(person, str) else None


def remember_person(state: Path, credentials: Credentials, person: str) -> None:
    """Note who these credentials are, so that unsent labels are found while the server is away."""
    if person_of(state, credentials) == person:
        return
    path = make_folder(state) / "people.json"
    try:
        known = dict(json.loads(path.read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        known = {}
    known[_digest(credentials.server, credentials.token)] = person
    write_whole(path, json.dumps(known).encode())


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
