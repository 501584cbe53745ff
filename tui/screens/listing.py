"""What screens share that show a list above and the marked row in full below."""

from tui.screens.base import CotlabScreen
from tui.widgets.listing import Pane, Rows


class ListingScreen(CotlabScreen):
    """Has a Rows and a Pane; subclasses draw the marked row."""

    def show_marked(self) -> None:
        """Draw the marked row in full."""
        raise NotImplementedError

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
