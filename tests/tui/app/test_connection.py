"""How long the terminal UI waits for a server that is away."""

import asyncio
from collections.abc import Awaitable

import pytest

from cotlab.client import ServerGone
from tui.app.connection import Line


async def test_pauses_double_up_to_half_a_minute_and_start_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def no_wait(waiting: Awaitable[object], seconds: float) -> None:
        waiting.close()  # type: ignore[attr-defined]
        waited.append(seconds)
        raise TimeoutError

    monkeypatch.setattr(asyncio, "wait_for", no_wait)
    line = Line()
    for _ in range(8):
        await line.pause(ServerGone("away"))
    line.works()
    assert not line.down
    await line.pause(ServerGone("away"))
    await line.pause(ServerGone("busy", retry_after=20))
    assert waited == [1, 2, 4, 8, 16, 30, 30, 30, 1, 20]


async def test_try_now_ends_a_pause() -> None:
    line = Line()
    for _ in range(4):
        line._failures += 1
    paused = asyncio.create_task(line.pause(ServerGone("away")))
    await asyncio.sleep(0)
    assert line.down and line.seconds() == 16
    line.try_now()
    await asyncio.wait_for(paused, 1)
