"""The stack of screens, and what all of them say: the queue at the bottom, the work above it, dialogs on top."""

import os
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from textual import events
from textual.app import App
from textual.screen import Screen
from textual.worker import Worker

from cotlab.client import ApiError
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.work.views import GuidelineChanges, GuidelineView, QueueEntry, SessionView
from tui.case import Case
from tui.journey import Journey
from tui.notices import Notice, clock, notice_of
from tui.pair import PairWork
from tui.paper import Paper
from tui.screens.agreement import AgreementScreen
from tui.screens.base import CotlabScreen
from tui.screens.board import BoardScreen
from tui.screens.case import CaseScreen
from tui.screens.cases import CasesScreen
from tui.screens.decided import DecidedScreen
from tui.screens.depth import DepthScreen
from tui.screens.drafting import DraftingScreen
from tui.screens.finish import FinishScreen
from tui.screens.new_guideline import NewGuidelineScreen
from tui.screens.notice import NoticeScreen
from tui.screens.pair import PairScreen
from tui.screens.pair_case import PairCaseScreen
from tui.screens.past import PastScreen
from tui.screens.paths import PathsScreen
from tui.screens.quality import QualityScreen
from tui.screens.questions import QuestionsScreen
from tui.screens.queue import QueueScreen
from tui.screens.refuted import RefutedScreen
from tui.screens.standing import StandingScreen
from tui.screens.step import StepScreen
from tui.screens.too_small import HEIGHT, WIDTH, TooSmallScreen
from tui.screens.work import WorkScreen
from tui.screens.writing import WritingScreen
from tui.settings import Settings
from tui.work import OpenWork

ABOVE_QUEUE = 2
"""Where in the stack a screen above the queue stands: at the bottom is the one that every application has."""
TERMINAL_GONE = 129
"""The exit code of a program whose terminal hung up: there is nobody to tell, and nowhere to draw."""
UNSENT = "kept here; {} comes with the answer (ctrl+p: try now)"
AWAY = "the server cannot be reached; nothing is lost (ctrl+p: try now)"


class Shell(App[str]):
    """Shows what a journey comes to, and knows nothing of the server."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.settings = settings
        self.journey: Journey | None = None
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
        wanted = _screen_of(work)
        base = self.screen_stack[ABOVE_QUEUE] if len(self.screen_stack) > ABOVE_QUEUE else None
        if type(base) is wanted:
            if base.is_mounted:
                base.show_work()
        elif base is None or self.top is base:
            self.go(wanted())

    def leave_work(self) -> None:
        """To the queue, or from a case to the list; what is half written stays as a draft."""
        journey = self.journey
        if journey is None:
            self.go_to_queue()
            return
        journey.flush_drafts()
        case, journey.work = journey.cases.open, None
        if case is not None:
            journey.cases.show_list(case.view.project_id)
        else:
            self.go_to_queue()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice; one that is there already, of the same title, stays unless this one says where the text is."""
        top = self.top
        if not isinstance(top, NoticeScreen) or top.notice.title != notice.title or notice.kept is not None:
            self.go(NoticeScreen(notice))

    def show_guideline_changes(self, project_id: str, changes: GuidelineChanges, guideline: GuidelineView) -> None:
        self.go(NewGuidelineScreen(project_id, changes, guideline))

    def show_questions(self, entry: QueueEntry) -> None:
        self.background(partial(self._show_questions, entry), "past")

    async def _show_questions(self, entry: QueueEntry) -> None:
        assert self.journey is not None
        journey = self.journey
        try:
            questions = await journey.line.patiently(lambda: journey.client.my_questions(entry.project_id))
        except ApiError as error:
            self.show_notice(notice_of(error))
        else:
            self.push_screen(QuestionsScreen(entry.project, questions))

    def show_cases(self, project_id: str, said: str = "") -> None:
        """The list of cases; `said` stands in its status line."""
        if self.journey is not None:
            self.go(CasesScreen(project_id, self.journey.project(project_id), said))

    def show_writing(self, paper: Paper) -> None:
        self.go(WritingScreen(paper))

    def show_decided(self, entry: QueueEntry) -> None:
        self.background(partial(self._show_decided, entry), "past")

    async def _show_decided(self, entry: QueueEntry) -> None:
        assert self.journey is not None
        journey = self.journey
        schema = await self._schema_of(entry)
        cases = await journey.answer_to(lambda: journey.client.my_cases(entry.project_id)) if schema else None
        if schema is not None and cases is not None:
            self.push_screen(DecidedScreen(entry.project_id, entry.project, schema, cases))

    def show_agreement(self, entry: QueueEntry) -> None:
        self.push_screen(AgreementScreen(entry))

    def show_my_calibration(self, entry: QueueEntry) -> None:
        self.background(partial(self._show_of_project, entry, StandingScreen), "past")

    def show_paths(self, entry: QueueEntry) -> None:
        self.push_screen(PathsScreen(entry))

    def show_drafting(self, entry: QueueEntry) -> None:
        self.push_screen(DraftingScreen(entry))

    def show_board(self, entry: QueueEntry) -> None:
        self.background(partial(self._show_of_project, entry, BoardScreen), "past")

    def show_depth(self, entry: QueueEntry) -> None:
        self.push_screen(DepthScreen(entry))

    def show_refuted(self, entry: QueueEntry) -> None:
        self.background(partial(self._show_of_project, entry, RefutedScreen), "past")

    def show_quality(self, entry: QueueEntry) -> None:
        self.background(partial(self._show_of_project, entry, QualityScreen), "past")

    async def _show_of_project(
        self, entry: QueueEntry, screen: type[StandingScreen | BoardScreen | RefutedScreen | QualityScreen]
    ) -> None:
        schema = await self._schema_of(entry)
        if schema is not None:
            self.push_screen(screen(entry, schema))

    def show_past(self, entry: QueueEntry) -> None:
        self.background(partial(self._show_past, entry), "past")

    async def _show_past(self, entry: QueueEntry) -> None:
        schema = await self._schema_of(entry)
        if schema is not None:
            self.push_screen(PastScreen(entry, schema))

    async def _schema_of(self, entry: QueueEntry) -> Schema | None:
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

    def ask_past(self, screen: PastScreen, project_id: str, cursor: str | None) -> None:
        self.background(partial(self._ask_past, screen, project_id, cursor), "past")

    async def _ask_past(self, screen: PastScreen, project_id: str, cursor: str | None) -> None:
        assert self.journey is not None
        journey = self.journey
        try:
            screen.take(await journey.line.patiently(lambda: journey.client.my_labels(project_id, cursor)))
        except ApiError as error:
            self.show_notice(notice_of(error))

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
        if journey.session is not None:
            parts.append(f"{max(0, round((time.time() - journey.session.started_at / 1e6) / 60))} min")
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


def _screen_of(work: OpenWork) -> type[WorkScreen]:
    if isinstance(work, PairWork):
        return PairScreen
    if isinstance(work, Case):
        return CaseScreen if work.pair is None else PairCaseScreen
    return StepScreen if work.step is not None else FinishScreen
