"""The leases of a worker that drafts: kept in a thread, which also learns what is no longer the worker's."""

import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from cotlab.domain.errors import Unavailable
from cotlab.services.checks.executors import Signal

LOOK = 0.25
"""Seconds between two looks at whether requests are still wanted."""
Asking = Callable[[Collection[str]], set[str]]
"""Which of some requests are still the worker's."""


@dataclass(slots=True)
class Lease:
    """A request that a worker has. `signal` is set once it has ended or is another's, or is not to be worked on."""

    request_id: str
    signal: Signal
    lost: threading.Event = field(default_factory=threading.Event)

    def lose(self) -> None:
        self.lost.set()
        self.hush()

    def hush(self) -> None:
        """End what is under way for it."""
        with suppress(Exception):  # the signal of a cluster that is gone reaches nobody
            self.signal.set()


class Tending:
    """Renews leases every so many seconds, and looks whether they are kept. Its thread starts with the first one."""

    def __init__(self, held: Asking, renew: Asking, every: float) -> None:
        self._held, self._renew, self._every = held, renew, every
        self._leases: dict[str, Lease] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cotlab-leases", daemon=True)

    def add(self, lease: Lease) -> None:
        self._leases[lease.request_id] = lease
        if self._thread.ident is None:
            self._thread.start()

    def discard(self, request_id: str) -> None:
        self._leases.pop(request_id, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        renewed = time.monotonic()
        while not self._over.wait(min(LOOK, self._every)):
            due = time.monotonic() - renewed >= self._every
            with suppress(Unavailable):
                self._look(self._held)
                if due:
                    self._look(self._renew)
                renewed = time.monotonic() if due else renewed

    def _look(self, asking: Asking) -> None:
        leases = self._leases.copy()  # before it is asked: what comes in meanwhile would seem lost
        if leases:
            kept = asking(leases)
            for request_id in leases.keys() - kept:
                self.discard(request_id)
                leases[request_id].lose()
