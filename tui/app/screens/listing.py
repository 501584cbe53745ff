"""What screens share that show a list above and the marked row in full below."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tui.app.screens.base import CotlabScreen
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane, Rows
from tui.widgets.rules import COLUMN

R = TypeVar("R")


class ListingScreen(CotlabScreen, Generic[R]):
    """Has a Rows and a Pane; subclasses list their `rows`, and say what there is to read of the marked one."""

    WHOLE_WIDTH: ClassVar[bool] = False
    """Whether the marked row's text is wider than a column that reads well."""
    rows: Sequence[R] = ()

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(id="count")
        yield from self.compose_above()
        yield Rows()
        yield Rule()
        yield Pane()
        yield StatusLine()
        yield KeyLine()

    def compose_above(self) -> ComposeResult:
        """What stands between the count and the rows."""
        yield from ()

    def list_rows(self, rows: Sequence[R], lines: Sequence[Content], count: str, marked: int | None = None) -> None:
        """Show rows by a line each, and what is counted above them; the mark stays unless another is given."""
        self.rows, listed = rows, self.query_one(Rows)
        listed.show(lines, listed.marked if marked is None else marked)
        self.query_one("#count", Static).update(Content.styled(count, "dim"))
        self.show_marked()

    @property
    def marked(self) -> R | None:
        at = self.query_one(Rows).marked
        return self.rows[at] if at < len(self.rows) else None

    def lines(self, row: R | None, width: int) -> list[Content]:
        """A row in full, or what is said where there is none, in lines of at most `width` cells."""
        raise NotImplementedError

    def show_marked(self) -> None:
        """Draw the marked row in full."""
        row = self.marked
        self.query_one(Pane).show(lambda width: self.lines(row, width if self.WHOLE_WIDTH else min(width, COLUMN)))

    def move(self, by: int) -> None:
        """Mark another row, and draw it where it is another one."""
        if self.query_one(Rows).move(by):
            self.show_marked()

    def action_scroll_down(self) -> None:
        self.move(1)

    def action_scroll_up(self) -> None:
        self.move(-1)

    def action_page_down(self) -> None:
        self.query_one(Pane).scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        self.query_one(Pane).scroll_page_up(animate=False)
