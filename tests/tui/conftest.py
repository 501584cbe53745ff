"""The terminal UI against the server in memory."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path

import pytest
import uvicorn
from textual.content import Content
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Static

from cotlab.client import Client, Credentials
from tests.tui.fakes.server import FakeServer
from tui.app.screens.base import CotlabScreen
from tui.app.settings import Settings
from tui.cases.adjudication import CaseScreen
from tui.cases.case import Case
from tui.cases.state import Adjudication
from tui.journeys import CotlabApp
from tui.labelling.finish import FinishScreen
from tui.labelling.step import StepScreen
from tui.labelling.trace import Work
from tui.pairs.comparison import PairScreen
from tui.pairs.pair import PairWork
from tui.pairs.state import Comparing
from tui.widgets.lines import StatusLine

ADDRESS = "http://127.0.0.1:1"


class Desktop:
    """A running terminal UI, and what a test asks of it."""

    def __init__(self, app: CotlabApp, pilot: Pilot[str]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        """Press keys, each when the one before has been worked on."""
        await self.pilot.press(*keys)

    async def hold(self, key: str, times: int) -> None:
        """Press a key so often that what it does is worked on only then, as one that is held down."""
        await self._at_once([key] * times)

    async def type(self, text: str) -> None:
        """Write as somebody fast does: letters come in one go."""
        for plain, letters in groupby(text, key=lambda letter: letter.isalnum() or letter == " "):
            keys = ["space" if letter == " " else letter for letter in letters]
            await (self._at_once(keys) if plain else self.pilot.press(*keys))

    async def _at_once(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.app.post_message(Key(key, " " if key == "space" else key if len(key) == 1 else None))
        for _ in range(2):  # the screen passes them on in the first
            await self.pilot.pause()

    async def until(self, condition: Callable[[], bool], seconds: float = 30.0) -> None:
        """Wait until something is so; fail where it does not come."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"it never came; on the screen: {self.text()}"
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    @property
    def screen(self) -> CotlabScreen:
        assert isinstance(self.app.screen, CotlabScreen)
        return self.app.screen

    @property
    def work(self) -> Work:
        assert self.app.journey is not None and isinstance(self.app.journey.work, Work)
        return self.app.journey.work

    @property
    def case(self) -> Case:
        case = self.app.journey.state(Adjudication).open if self.app.journey else None
        assert case is not None
        return case

    @property
    def pair(self) -> PairWork:
        pair = self.app.journey.state(Comparing).open if self.app.journey else None
        assert pair is not None
        return pair

    def at_pair(self, name: str, correcting: bool = False) -> bool:
        """Whether a pair is on the screen, and not on its way."""
        pair = self.app.journey.state(Comparing).open if self.app.journey else None
        shown = isinstance(self.app.screen, PairScreen) and pair is not None and pair.sending is None
        return shown and pair is not None and (pair.id, pair.correcting) == (name, correcting)

    async def open_pair(self, name: str = "p1") -> None:
        """From the queue to the pair that is handed out."""
        await self.until(lambda: self.app.journey is not None and self.app.journey.queue is not None)
        await self.press("enter")
        await self.until(lambda: self.at_pair(name))

    async def compare(self, *keys: str, then: str) -> None:
        """Say something, commit, and wait for the next pair."""
        await self.press(*keys, "enter")
        await self.until(lambda: self.at_pair(then))

    def at_case(self, name: str, deciding: bool = False) -> bool:
        """Whether a case is on the screen, before my choice or after it."""
        case = self.app.journey.state(Adjudication).open if self.app.journey else None
        shown = isinstance(self.app.screen, CaseScreen) and case is not None and case.sending is None
        return shown and case is not None and (case.view.case_id, case.deciding) == (name, deciding)

    async def open_case(self, name: str = "c1", *keys: str) -> None:
        """From the queue through the list into a case; with the `keys` of a choice, to what others said."""
        await self.until(lambda: self.app.journey is not None and self.app.journey.queue is not None)
        await self.press("C")
        await self.until(lambda: self.shows("CasesScreen") and "asking" not in self.status)
        await self.press("C")
        await self.until(lambda: self.at_case(name))
        if keys:
            await self.press(*keys, "enter")
            await self.until(lambda: self.at_case(name, deciding=True))

    @property
    def status(self) -> str:
        return self.screen.query_one(StatusLine).text

    @property
    def numbers(self) -> str:
        return self.app.numbers()[0]

    def text(self) -> str:
        """All that the screen shows, as plain lines."""
        screen = self.app.screen
        width, height = self.app.size
        lines = screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in lines[:height]) or f"{width}"

    def words(self) -> str:
        """The same without regard to where lines break."""
        return " ".join(self.text().split())

    def at_step(self, position: int) -> bool:
        journey = self.app.journey
        on_screen = isinstance(self.app.screen, StepScreen) and journey is not None and journey.work is not None
        return on_screen and self.work.step is not None and self.work.step.position == position

    def at_finish(self) -> bool:
        return isinstance(self.app.screen, FinishScreen)

    def shows(self, name: str) -> bool:
        return type(self.app.screen).__name__ == name

    async def open_first(self, position: int = 1) -> None:
        """From the queue into the first project."""
        await self.until(lambda: self.app.journey is not None and self.app.journey.queue is not None)
        await self.press("enter")
        await self.until(lambda: self.at_step(position))

    async def label(self, *keys: str, then: int | None = None) -> None:
        """Choose, commit, and wait for the next step (or for the finish, where `then` is None)."""
        await self.press(*keys, "enter")
        await self.until(lambda: self.at_finish() if then is None else self.at_step(then))


Open = Callable[..., "asyncio.Future[Desktop]"]


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "config" / "credentials.json", tmp_path / "state",
                    Credentials(server=ADDRESS, token="cot_good"))  # fmt: skip


@pytest.fixture
def address(server: FakeServer) -> Iterator[str]:
    """The server in memory behind a real socket."""
    running = uvicorn.Server(uvicorn.Config(server, port=0, lifespan="off", log_level="error"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join(10)


@asynccontextmanager
async def running(server: FakeServer, settings: Settings, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Desktop]:
    """The terminal UI on a screen of `size`, talking to `server`."""
    app = CotlabApp(settings, lambda known: Client(known.server, known.token, transport=server.transport()))
    async with app.run_test(size=size) as pilot:
        yield Desktop(app, pilot)


def plain(static: Static) -> str:
    content = static.content
    assert isinstance(content, Content)
    return content.plain
