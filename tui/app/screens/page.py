"""Texts to read: scrolled with the same keys as everything else."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from cotlab.domain.actions import Place
from tui.app.screens.base import CotlabScreen
from tui.widgets.differences import Pair, lines_of
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane


class ScrollingScreen(CotlabScreen):
    """Has a text that scrolls, in a Pane where nothing else is composed."""

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Pane()
        yield StatusLine()
        yield KeyLine()

    def action_scroll_down(self) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=1, animate=False)

    def action_scroll_up(self) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=-1, animate=False)

    def action_page_down(self) -> None:
        self.query_one(VerticalScroll).scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        self.query_one(VerticalScroll).scroll_page_up(animate=False)


class PageScreen(ScrollingScreen):
    """One text that is laid out for the width there is; esc leads back."""

    PLACE: ClassVar[Place] = "reading"

    def opened(self) -> None:
        self.query_one(Pane).show(self.lines)

    def lines(self, width: int) -> list[Content]:
        """The text, in lines of at most `width` cells."""
        raise NotImplementedError


class ReadingScreen(ScrollingScreen):
    """One text that wraps by itself; esc leads back."""

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


class CompareScreen(PageScreen):
    """An old and a new text, in pairs of their parts."""

    PLACE = "reading"

    def __init__(self, name: str, pairs: list[Pair]) -> None:
        super().__init__()
        self._name, self._pairs = name, pairs

    def title_text(self) -> str:
        return f"{self._name} · before and now"

    def lines(self, width: int) -> list[Content]:
        return lines_of(self._pairs, width)
