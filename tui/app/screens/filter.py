"""What lists share that are filtered as somebody types, and sorted on a key."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Input

from tui.app.screens.listing import ListingScreen, R
from tui.widgets.filter import FilterField


class FilterScreen(ListingScreen[R]):
    """Has a FilterField above its rows, which opens on a key; subclasses draw the rows that match."""

    SEARCHED: ClassVar[str]
    """What is looked through for what is typed."""
    ORDERS: ClassVar[tuple[str, ...]]
    order = 0

    def draw(self) -> None:
        """Draw the rows that match, in their order."""
        raise NotImplementedError

    def compose_above(self) -> ComposeResult:
        field = FilterField(self._press, self.SEARCHED)
        field.display = False
        yield field

    def matches(self, searched: str) -> bool:
        """Whether a row's text holds every word that is typed."""
        return all(word in searched.casefold() for word in self.query_one(FilterField).value.casefold().split())

    def count(self, shown: int, total: int, more: str) -> str:
        """How many rows there are, what they match, and their order."""
        typed = self.query_one(FilterField).value.strip()
        filtered = f"{shown} of {total} match “{typed}”" if typed else f"{total}"
        return " · ".join((filtered, self.ORDERS[self.order], more))

    def action_filter(self) -> None:
        self.query_one(FilterField).display = True
        self.set_focus(self.query_one(FilterField))

    def on_input_changed(self, event: Input.Changed) -> None:
        self.draw()

    def _press(self, key: str) -> None:
        """A key of the filter that moves in the list, or leaves the field."""
        if key == "enter":
            self._leave_filter()
        elif key in self._names:
            getattr(self, f"action_{self._names[key]}")()

    def _leave_filter(self) -> None:
        self.query_one(FilterField).display = bool(self.query_one(FilterField).value)
        self.set_focus(None)

    def action_sort(self) -> None:
        self.order = (self.order + 1) % len(self.ORDERS)
        self.draw()

    def go_back(self) -> None:
        if isinstance(self.focused, Input):
            self._leave_filter()
        else:
            self.app.pop_screen()
