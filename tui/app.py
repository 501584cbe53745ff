"""The application: who is signed in, which screen is on top, and the numbers in its header."""

import asyncio
import os
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.screen import Screen
from textual.worker import Worker

from cotlab.client import ApiError, Client, Credentials, ServerGone, save_credentials
from cotlab.domain.guidelines import LabelDefinition
from cotlab.domain.views import Queue, QueueEntry, SessionView
from tui.actions import bindings_of
from tui.commands import Commands
from tui.desk import Desk, person_of, remember_person
from tui.journey import Journey, start_of_day
from tui.notices import Notice, already_open, clock, notice_of, version_sentence
from tui.screens.base import CotlabScreen
from tui.screens.finish import FinishScreen
from tui.screens.guideline import GuidelineScreen
from tui.screens.help import HelpScreen
from tui.screens.notice import NoticeScreen
from tui.screens.past import PastScreen
from tui.screens.queue import QueueScreen
from tui.screens.sign_in import SignInScreen
from tui.screens.step import StepScreen
from tui.screens.too_small import HEIGHT, WIDTH, TooSmallScreen
from tui.screens.trace import TraceScreen
from tui.settings import THEMES, Settings
from tui.themes import ALL

Labels = tuple[LabelDefinition, ...]
Connect = Callable[[Credentials], Client]
ABOVE_QUEUE = 2
"""Where in the stack a screen above the queue stands: at the bottom is the one that every application has."""
UNSENT = "kept here; the next step comes with the answer (ctrl+p: try now, where is it)"
AWAY = "the server cannot be reached; nothing is lost (ctrl+p: try now)"
AGAIN = 2.0
"""Seconds between two tries to find out who somebody is."""


class CotlabApp(App[str]):
    """`connect` makes the client of a server; the result of a run is a sentence for the shell."""

    CSS_PATH = "cotlab.tcss"
    COMMANDS: ClassVar = {Commands}
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("everywhere")]
    TITLE = "cotlab"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(self, settings: Settings, connect: Connect | None = None) -> None:
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.settings = settings
        self._connect = connect or partial(_connect, allow_plain_http=settings.allow_plain_http)
        self.journey: Journey | None = None
        self.raw = False
        self.confirm = settings.confirm
        self._small = False
        self._reminded: int | None = None
        for theme in ALL:
            self.register_theme(theme)
        self.theme = settings.theme

    def on_mount(self) -> None:
        self.push_screen(QueueScreen())
        self.set_interval(1.0, self.refresh_numbers)
        if self.settings.credentials is None:
            self.push_screen(SignInScreen(""))
        else:
            self._begin(self.settings.credentials)
        self._mind_the_size()

    def _begin(self, credentials: Credentials) -> None:
        self.background(partial(self._start, credentials), "start")

    def background(self, work: Callable[[], Coroutine[Any, Any, None]], group: str) -> Worker[None]:
        """Do something without holding up the keys; what the same group was doing ends."""
        return self.run_worker(work, group=group, exclusive=True)

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
        self.credentials = credentials
        self.journey = Journey(self, client, desk, queue)
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
            self.say(getattr(error, "sentence", str(error)), alarm=True)
            return
        save_credentials(self.settings.credentials_file, credentials)
        self._sit_down(client, credentials, queue.person, queue)
        self.background(partial(self._compare_versions, client), "version")

    # What is on the screen.

    @property
    def top(self) -> Screen[object]:
        """The screen that somebody works on, below the notice of a small terminal."""
        return next(screen for screen in reversed(self.screen_stack) if not isinstance(screen, TooSmallScreen))

    def go(self, screen: CotlabScreen) -> None:
        """Show a screen on top of the queue, in the place of all others."""
        while len(self.screen_stack) > ABOVE_QUEUE + 1:
            self.pop_screen()
        if len(self.screen_stack) > ABOVE_QUEUE:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)
        self._mind_the_size()

    def go_to_queue(self) -> None:
        while len(self.screen_stack) > ABOVE_QUEUE:
            self.pop_screen()
        self._mind_the_size()

    def show_queue(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, QueueScreen) and screen.is_mounted:
                screen.show_queue()

    def show_work(self) -> None:
        """Draw the open trace: on the screen that is there, or on the one that it needs."""
        work = self.journey.work if self.journey else None
        if work is None:
            return
        wanted = StepScreen if work.step is not None else FinishScreen
        base = self.screen_stack[ABOVE_QUEUE] if len(self.screen_stack) > ABOVE_QUEUE else None
        if isinstance(base, wanted):
            if base.is_mounted:
                base.show_work()
        elif base is None or self.top is base:
            self.go(wanted())

    def leave_work(self) -> None:
        """To the queue; what is half written stays as a draft."""
        if self.journey is not None:
            self.journey.flush_drafts()
            self.journey.work = None
        self.go_to_queue()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice; one that is there already, of the same title, stays unless this one says where the text is."""
        top = self.top
        if not isinstance(top, NoticeScreen) or top.notice.title != notice.title or notice.kept is not None:
            self.go(NoticeScreen(notice))

    def follow(self, notice: Notice) -> None:
        """Go where a notice leads."""
        match notice.then:
            case "sign_in":
                self.action_sign_in()
            case "retry" if self.settings.credentials is not None:
                self.go_to_queue()
                credentials = getattr(self, "credentials", self.settings.credentials)
                self._begin(credentials)
            case "resume" if self.journey is not None:
                self.journey.reload()
            case _:
                self.go_to_queue()

    def show_guideline(self) -> None:
        if self.journey is not None and self.journey.work is not None:
            self.push_screen(GuidelineScreen(self.journey.work.guideline))

    def show_past(self, entry: QueueEntry) -> None:
        self.background(partial(self._show_past, entry), "past")

    async def _show_past(self, entry: QueueEntry) -> None:
        assert self.journey is not None
        journey, labels = self.journey, Labels()
        try:
            labels = (await journey.line.patiently(lambda: journey.client.guideline(entry.project_id))).labels.labels
        except ApiError as error:
            if error.slug != "no-guideline":
                self.show_notice(notice_of(error))
                return
        self.push_screen(PastScreen(entry, labels))

    def ask_past(self, screen: PastScreen, project_id: str, cursor: str | None) -> None:
        self.background(partial(self._ask_past, screen, project_id, cursor), "past")

    async def _ask_past(self, screen: PastScreen, project_id: str, cursor: str | None) -> None:
        assert self.journey is not None
        journey = self.journey
        try:
            screen.take(await journey.line.patiently(lambda: journey.client.my_labels(project_id, cursor)))
        except ApiError as error:
            self.show_notice(notice_of(error))

    # What is said.

    def say(self, text: str, alarm: bool = False) -> None:
        if isinstance(self.top, CotlabScreen):
            self.top.say(text, alarm)

    def refresh_numbers(self) -> None:
        """On the top screen alone: painting one below would paint all of this one again."""
        screen = self.screen_stack[-1] if self.screen_stack else None
        if isinstance(screen, CotlabScreen) and screen.is_mounted:
            screen.refresh_numbers()

    def line_changed(self) -> None:
        """The server went, or came back."""
        self.refresh_numbers()
        journey = self.journey
        if journey is not None and journey.line.down:
            self.say(UNSENT if journey.courier.waiting else AWAY)

    def numbers(self) -> tuple[str, bool]:
        """Done today, minutes of this session, and what is unsent; whether that needs attention."""
        journey = self.journey
        if journey is None:
            return "", False
        parts = [f"{journey.today} today"]
        unsent, line = len(journey.courier.waiting), journey.line
        if line.down:
            what = f"{unsent} unsent" if unsent else "no connection"
            return " · ".join([*parts, f"{what}, trying again in {line.seconds()} s"]), True
        if journey.session is not None:
            parts.append(f"{max(0, round((time.time() - journey.session.started_at / 1e6) / 60))} min")
        parts.append(f"{unsent} being sent" if unsent else "all sent")
        return " · ".join(parts), False

    def remind(self, session: SessionView) -> None:
        """Propose a break once a session."""
        if time.time() * 1e6 >= session.remind_at and self._reminded != session.started_at:
            self._reminded = session.started_at
            self.call_after_refresh(self.say, f"time for a short break; one is due at {clock(session.break_at)}")

    # Keys of everywhere.

    def action_help(self) -> None:
        screen = self.screen
        if isinstance(screen, CotlabScreen) and not isinstance(screen, (HelpScreen, TooSmallScreen)):
            self.push_screen(HelpScreen(screen.PLACE, self._labels(screen)))

    def _labels(self, screen: CotlabScreen) -> Labels:
        work = self.journey.work if self.journey else None
        return work.guideline.labels.labels if work is not None and isinstance(screen, TraceScreen) else ()

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
            self.say(f"unsent labels, drafts and receipts are in {self.journey.desk.folder}")

    def action_theme(self) -> None:
        at = THEMES.index(self.theme) if self.theme in THEMES else 0
        self.theme = THEMES[(at + 1) % len(THEMES)]
        self.say(f"theme: {self.theme}")

    def action_confirm(self) -> None:
        self.confirm = not self.confirm
        self.say("a label commits with enter" if self.confirm else "a label key commits at once")

    def action_sign_in(self) -> None:
        known = self.settings.credentials
        self.push_screen(SignInScreen(known.server if known else ""))

    async def action_quit(self) -> None:
        unsent = len(self.journey.courier.waiting) if self.journey else 0
        where: Path | str = self.journey.desk.folder if self.journey else ""
        self.exit(f"{unsent} unsent, kept in {where}; sent when cotlab-tui starts again" if unsent else None)

    def on_unmount(self) -> None:
        if self.journey is not None:
            self.journey.close()

    def on_resize(self, event: events.Resize) -> None:
        self._small = event.size.width < WIDTH or event.size.height < HEIGHT
        self._mind_the_size()

    def _mind_the_size(self) -> None:
        shown = isinstance(self.screen, TooSmallScreen)
        if self._small and not shown and len(self.screen_stack) >= ABOVE_QUEUE:
            self.push_screen(TooSmallScreen())
        elif shown and not self._small:
            self.pop_screen()


def _connect(credentials: Credentials, allow_plain_http: bool) -> Client:
    return Client(credentials.server, credentials.token, allow_plain_http=allow_plain_http)
