"""A text to read: scrolled with the same keys as everything else."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from cotlab.domain.actions import Place
from tui.screens.base import CotlabScreen
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine


class ReadingScreen(CotlabScreen):
    """One text; esc leads back."""

    PLACE: ClassVar[Place] = "reading"

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        with VerticalScroll(classes="page", can_focus=False):
            yield Static(id="text")
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.show()

    def text(self) -> Content:
        raise NotImplementedError

    def show(self) -> None:
        self.query_one("#text", Static).update(self.text())

    def action_scroll_down(self) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=1, animate=False)

    def action_scroll_up(self) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=-1, animate=False)

    def action_page_down(self) -> None:
        self.query_one(VerticalScroll).scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        self.query_one(VerticalScroll).scroll_page_up(animate=False)
