"""The application: who is signed in, where a notice leads, and the keys that work everywhere."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.theme import BUILTIN_THEMES, Theme

from cotlab.client import ApiError, Client, Credentials, ServerGone, save_credentials
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.work.views import Queue
from tui.app.actions import bindings_of
from tui.app.notices import Notice, already_open, notice_of, version_sentence
from tui.app.palette import Commands
from tui.app.screens.base import CotlabScreen
from tui.app.screens.help import HelpScreen
from tui.app.screens.notice import TooSmallScreen
from tui.app.screens.queue import QueueScreen
from tui.app.screens.sign_in import SignInScreen
from tui.app.session import Session, start_of_day
from tui.app.settings import THEMES, Settings
from tui.app.shell import Shell
from tui.app.storage.folder import Desk, person_of, remember_person
from tui.app.work.screen import WorkScreen

TERMINAL = replace(BUILTIN_THEMES["ansi-dark"], name="terminal", secondary="ansi_cyan", accent="ansi_cyan")
"""Takes the terminal's own colours, and so follows its light or dark."""
DARK = Theme(
    name="dark", dark=True,
    primary="#7aa2c8", secondary="#6fb3b8", accent="#8ab4d8", success="#8fbf7f", warning="#d9b26a",
    error="#e0837a", foreground="#d6d6d0", background="#16181a", surface="#16181a", panel="#202326",
)  # fmt: skip
LIGHT = Theme(
    name="light", dark=False,
    primary="#2f5d8a", secondary="#1f6f76", accent="#2f5d8a", success="#2f6b2a", warning="#7d5500",
    error="#a3271c", foreground="#24241f", background="#fbfaf6", surface="#fbfaf6", panel="#efeee8",
)  # fmt: skip
CONTRAST = Theme(
    name="contrast", dark=True,
    primary="#ffffff", secondary="#00ffff", accent="#ffff00", success="#00ff00", warning="#ffff00",
    error="#ff9090", foreground="#ffffff", background="#000000", surface="#000000", panel="#000000",
)  # fmt: skip
ALL_THEMES = (TERMINAL, DARK, LIGHT, CONTRAST)


Connect = Callable[[Credentials], Client]
AGAIN = 2.0
"""Seconds between two tries to find out who somebody is."""


class Application(Shell):
    """`connect` makes the client of a server; the result of a run is a sentence for the shell."""

    CSS_PATH = Path(__file__).with_name("cotlab.tcss")
    COMMANDS: ClassVar = {Commands}
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("everywhere")]
    TITLE = "cotlab"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(self, settings: Settings, connect: Connect | None = None) -> None:
        super().__init__(settings)
        self._connect = connect or partial(_connect, allow_plain_http=settings.allow_plain_http)
        self._credentials = settings.credentials
        for theme in ALL_THEMES:
            self.register_theme(theme)
        self.theme = settings.theme

    def on_mount(self) -> None:
        self.push_screen(QueueScreen())
        self.set_interval(1.0, self.refresh_numbers)
        self.set_interval(1.0, self.mind_the_terminal)
        if self.settings.credentials is None:
            self.push_screen(SignInScreen(""))
        else:
            self._begin(self.settings.credentials)
        self._mind_the_size()

    def _begin(self, credentials: Credentials) -> None:
        self.background(partial(self._start, credentials), "start")

    async def _start(self, credentials: Credentials) -> None:
        """Go on as the person of these credentials, with the server or, where they were here before, without it."""
        client = self._connect(credentials)
        person = person_of(self.settings.state, credentials)
        queue: Queue | None = None
        while queue is None and person is None:
            try:
                queue = await client.queue(start_of_day())
                person = queue.person
            except ServerGone as gone:
                self.say(f"{gone}; trying again", alarm=True)
                await asyncio.sleep(AGAIN)
            except ApiError as error:
                self.show_notice(notice_of(error))
                return
        self._sit_down(client, credentials, person or "", queue)
        self.background(partial(self._compare_versions, client), "version")

    def _sit_down(self, client: Client, credentials: Credentials, person: str, queue: Queue | None) -> None:
        remember_person(self.settings.state, credentials, person)
        if self.journey is not None:
            self.journey.close()
            self.journey = None
        desk = Desk(self.settings.state, credentials.server, person)
        if not desk.open():
            self.show_notice(already_open(desk.folder))
            return
        self._credentials = credentials
        states = {journey.name: journey.state for journey in self.journeys if journey.state is not None}
        self.journey = Session(self, client, desk, queue, states)
        self.journey.begin()
        self.go_to_queue()
        self.journey.load_queue()

    async def _compare_versions(self, client: Client) -> None:
        try:
            info = await client.server_info()
        except (ServerGone, ApiError):
            return
        sentence = version_sentence(info.version)
        if sentence is not None:
            self.show_notice(Notice("The server is of another version", f"{sentence}.", "Press enter to go on anyway."))

    def try_credentials(self, credentials: Credentials) -> None:
        self.background(partial(self._try_credentials, credentials), "start")

    async def _try_credentials(self, credentials: Credentials) -> None:
        client = self._connect(credentials)
        try:
            queue = await client.queue(start_of_day())
        except (ApiError, ServerGone) as error:
            await client.close()
            self.say(str(error), alarm=True)
            return
        save_credentials(self.settings.credentials_file, credentials)
        self._sit_down(client, credentials, queue.person, queue)
        self.background(partial(self._compare_versions, client), "version")

    def follow(self, notice: Notice) -> None:
        """Go where a notice leads."""
        match notice.then:
            case "sign_in":
                self.action_sign_in()
            case "retry" if self._credentials is not None:
                self.go_to_queue()
                self._begin(self._credentials)
            case "cases" if self.journey is not None:
                self.journey.states[notice.then].show_list()
            case "resume" if self.journey is not None:
                self.journey.reload()
            case _:
                self.go_to_queue()

    def action_help(self) -> None:
        screen = self.screen
        if isinstance(screen, CotlabScreen) and not isinstance(screen, (HelpScreen, TooSmallScreen)):
            self.push_screen(HelpScreen(screen.PLACE, self._schema(screen)))

    def _schema(self, screen: CotlabScreen) -> Schema | None:
        work = self.journey.work if self.journey else None
        return work.schema if work is not None and isinstance(screen, WorkScreen) else None

    def action_commands(self) -> None:
        self.action_command_palette()

    async def action_back(self) -> None:
        if isinstance(self.screen, CotlabScreen):
            self.screen.go_back()

    def action_send_now(self) -> None:
        if self.journey is not None:
            self.journey.line.try_now()
            self.say("trying")

    def action_where(self) -> None:
        if self.journey is not None:
            text = f"unsent labels, drafts and receipts are in {self.journey.desk.folder}"
            self.notify(text, timeout=10, markup=False)

    def action_theme(self) -> None:
        at = THEMES.index(self.theme) if self.theme in THEMES else 0
        self.theme = THEMES[(at + 1) % len(THEMES)]
        self.say(f"theme: {self.theme}")

    def action_confirm(self) -> None:
        self.confirm = not self.confirm
        self.say("a label commits with enter" if self.confirm else "a label key commits at once")

    def action_sign_in(self) -> None:
        known = self._credentials
        if not isinstance(self.top, SignInScreen):
            self.push_screen(SignInScreen(known.server if known else ""))

    async def action_quit(self) -> None:
        unsent = len(self.journey.courier.waiting) if self.journey else 0
        where: Path | str = self.journey.desk.folder if self.journey else ""
        self.exit(f"{unsent} unsent, kept in {where}; sent when cotlab-tui starts again" if unsent else None)

    async def on_unmount(self) -> None:
        if self.journey is not None:
            self.journey.close()
            await self.journey.client.close()


def _connect(credentials: Credentials, allow_plain_http: bool) -> Client:
    return Client(credentials.server, credentials.token, allow_plain_http=allow_plain_http)
