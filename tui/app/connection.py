"""The line to the server: up, or down with the time of the next try."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from cotlab.client import ApiError, ServerGone

T = TypeVar("T")
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds before the second, third, ... try; the last one holds."""
BUSY = (429, 500)
"""Answers after which the same request may succeed later."""


class Line:
    """Shared by all that talk to the server, so that the screen can say one thing about it."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self.retry_at: float | None = None
        self.reason = ""
        self._failures = 0
        self._wake = asyncio.Event()
        self._changed = changed

    @property
    def down(self) -> bool:
        return self.retry_at is not None

    def seconds(self) -> int:
        """Whole seconds until the next try, at least 1."""
        return 1 if self.retry_at is None else max(1, round(self.retry_at - time.monotonic()))

    async def pause(self, gone: ServerGone) -> None:
        """Wait for the next try: longer after each failure, shorter where somebody says `try_now`."""
        seconds = PAUSES[min(self._failures, len(PAUSES) - 1)]
        if gone.retry_after is not None:
            seconds = min(max(seconds, gone.retry_after), PAUSES[-1])
        self._failures += 1
        self.retry_at, self.reason = time.monotonic() + seconds, str(gone)
        self._wake.clear()
        self._changed()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    def works(self) -> None:
        """The server answered."""
        if self.down or self._failures:
            self.retry_at, self.reason, self._failures = None, "", 0
            self._wake.set()
            self._changed()

    def try_now(self) -> None:
        self._wake.set()

    async def patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask until the server answers. Raises ApiError where it refuses."""
        while True:
            try:
                answer = await ask()
            except ServerGone as gone:
                await self.pause(gone)
            except ApiError as error:
                if error.status not in BUSY:
                    self.works()
                    raise
                await self.pause(ServerGone(error.sentence))
            else:
                self.works()
                return answer
