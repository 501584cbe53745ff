"""The stack of screens, and what all of them say: the queue at the bottom, the work above it, dialogs on top."""

import os
import time
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any, ClassVar

from textual import events
from textual.app import App
from textual.screen import Screen
from textual.worker import Worker

from cotlab.client import ApiError, Credentials
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.people import Role
from cotlab.domain.work.views import QueueEntry, SessionView
from tui.app.host import OfProject
from tui.app.notices import Notice, notice_of
from tui.app.registry import Journey
from tui.app.screens.base import CotlabScreen
from tui.app.screens.notice import HEIGHT, WIDTH, NoticeScreen, TooSmallScreen
from tui.app.screens.queue import QueueScreen
from tui.app.session import Session
from tui.app.settings import Settings
from tui.widgets.times import clock

ABOVE_QUEUE = 2
"""Where in the stack a screen above the queue stands: at the bottom is the one that every application has."""
TERMINAL_GONE = 129
"""The exit code of a program whose terminal hung up: there is nobody to tell, and nowhere to draw."""
UNSENT = "kept here; {} comes with the answer (ctrl+p: try now)"
AWAY = "the server cannot be reached; nothing is lost (ctrl+p: try now)"


class Shell(App[str]):
    """Shows what a session comes to. `journeys` are all that there are; the shell knows no one of them."""

    journeys: ClassVar[tuple[Journey, ...]] = ()

    def __init__(self, settings: Settings) -> None:
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.settings = settings
        self.journey: Session | None = None
        self._entrances = {one.name: one for journey in self.journeys for one in journey.entrances}
        self.raw = False
        self.confirm = settings.confirm
        self._small = False
        self._reminded: int | None = None

    def background(self, work: Callable[[], Coroutine[Any, Any, None]], group: str) -> Worker[None]:
        """Do something without holding up the keys; what the same group was doing ends."""
        return self.run_worker(work, group=group, exclusive=True)

    @property
    def top(self) -> Screen[object]:
        """The screen that somebody works on, below the notice of a small terminal."""
        return next(screen for screen in reversed(self.screen_stack) if not isinstance(screen, TooSmallScreen))

    def go(self, screen: Screen[None]) -> None:
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
        wanted = next(screen for journey in self.journeys if (screen := journey.screen_of(work)) is not None)
        base = self.screen_stack[ABOVE_QUEUE] if len(self.screen_stack) > ABOVE_QUEUE else None
        if type(base) is wanted:
            if base.is_mounted:
                base.show_work()
        elif base is None or self.top is base:
            self.go(wanted())

    def leave_work(self) -> None:
        """To where what is open was taken from; what is half written stays as a draft."""
        if self.journey is None:
            self.go_to_queue()
        else:
            self.journey.leave()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice; one that is there already, of the same title, stays unless this one says where the text is."""
        top = self.top
        if not isinstance(top, NoticeScreen) or top.notice.title != notice.title or notice.kept is not None:
            self.go(NoticeScreen(notice))

    def open(self, destination: object) -> None:
        """Go where a journey leads that is another one's."""
        openings = (one for journey in self.journeys for one in journey.openings)
        next(one for one in openings if isinstance(destination, one.destination)).open(self, destination)

    def enter(self, name: str, entry: QueueEntry | None, schema: Schema | None = None) -> None:
        """Enter a journey from the queue, or say why not. `schema` are the project's labels, where they are known."""
        command = next((one for journey in self.journeys for one in journey.commands if one.name == name), None)
        if command is not None:
            command.run(self)
            return
        entrance = self._entrances[name]
        why = "there is no project yet" if entry is None else entrance.why_not(entry)
        if entry is None or why:
            self.say(why)
        else:
            entrance.enter(self, entry, schema)

    def offers(self, name: str, roles: Iterable[Role]) -> bool:
        """Whether an entrance of that name is for one of these roles; what is no entrance is for all."""
        entrance = self._entrances.get(name)
        return entrance is None or bool(entrance.roles & set(roles))

    def show_of_project(self, make: OfProject, entry: QueueEntry, schema: Schema | None) -> None:
        """Show a screen of a project and its labels, which are asked for where they are not known."""
        if schema is not None:
            self.push_screen(make(entry, schema))
        else:
            self.background(partial(self._show_of_project, make, entry), "past")

    async def _show_of_project(self, make: OfProject, entry: QueueEntry) -> None:
        schema = await self.labels_of(entry)
        if schema is not None:
            self.push_screen(make(entry, schema))

    async def labels_of(self, entry: QueueEntry) -> Schema | None:
        """The labels of a project, none where no guideline is in force; None where the server refuses."""
        assert self.journey is not None
        journey = self.journey
        try:
            return (await journey.line.patiently(lambda: journey.client.guideline(entry.project_id))).labels
        except ApiError as error:
            if error.slug == "no-guideline":
                return Schema()
            self.show_notice(notice_of(error))
            return None

    def say(self, text: str, alarm: bool = False) -> None:
        if isinstance(self.top, CotlabScreen):
            self.top.say(text, alarm)

    def refresh_numbers(self) -> None:
        """On the top screen alone: painting one below would paint all of this one again."""
        screen = self.screen_stack[-1] if self.screen_stack else None
        if isinstance(screen, CotlabScreen) and screen.is_mounted:
            screen.refresh_numbers()

    def mind_the_terminal(self) -> None:
        """End where the terminal went away without a word, as some do when a connection breaks."""
        if not self.is_headless and not os.isatty(0):
            if self.journey is not None:
                self.journey.close()
            os._exit(TERMINAL_GONE)

    def follow(self, notice: Notice) -> None:
        """Go where a notice leads."""
        raise NotImplementedError

    def try_credentials(self, credentials: Credentials) -> None:
        """Sign in, and say where that fails."""
        raise NotImplementedError

    def line_changed(self) -> None:
        """The server went, or came back."""
        self.refresh_numbers()
        journey = self.journey
        if journey is not None and journey.line.down:
            awaited = journey.work.awaited if journey.work else "the rest"
            self.say(UNSENT.format(awaited) if journey.courier.waiting else AWAY)

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
        if journey.times is not None:
            parts.append(f"{max(0, round((time.time() - journey.times.started_at / 1e6) / 60))} min")
        parts.append(f"{unsent} being sent" if unsent else "all sent")
        return " · ".join(parts), False

    def remind(self, session: SessionView) -> None:
        """Propose a break once a session."""
        if time.time() * 1e6 >= session.remind_at and self._reminded != session.started_at:
            self._reminded = session.started_at
            self.call_after_refresh(self.say, f"time for a short break; one is due at {clock(session.break_at)}")

    def on_resize(self, event: events.Resize) -> None:
        self._small = event.size.width < WIDTH or event.size.height < HEIGHT
        self._mind_the_size()

    def _mind_the_size(self) -> None:
        shown = isinstance(self.screen, TooSmallScreen)
        if self._small and not shown and len(self.screen_stack) >= ABOVE_QUEUE:
            self.push_screen(TooSmallScreen())
        elif shown and not self._small:
            self.pop_screen()
