"""What all screens share: header, status line and footer, the numbers, and an answer to every key."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.css.query import NoMatches
from textual.screen import Screen

from cotlab.domain.actions import Place
from tui.actions import bindings_of, footer_of
from tui.widgets.lines import Header, KeyLine, StatusLine

if TYPE_CHECKING:
    from tui.app import CotlabApp
    from tui.journey import Journey

LOW = 20
"""Rows below which what is optional goes."""


class CotlabScreen(Screen[None], inherit_bindings=False):
    """A screen at a `PLACE` of the registry, which makes its keys and its footer."""

    AUTO_FOCUS = ""
    PLACE: ClassVar[Place] = "everywhere"

    def __init_subclass__(cls) -> None:
        cls.BINDINGS = list(bindings_of(cls.PLACE)) if cls.PLACE != "everywhere" else []
        super().__init_subclass__(inherit_bindings=False)

    @property
    def cotlab(self) -> "CotlabApp":
        return cast("CotlabApp", self.app)

    @property
    def journey(self) -> "Journey":
        assert self.cotlab.journey is not None
        return self.cotlab.journey

    def on_mount(self) -> None:
        self.refresh_keys()
        self.refresh_numbers()

    def title_text(self) -> str:
        """What stands on the left of the header."""
        return "cotlab"

    def refresh_numbers(self) -> None:
        for header in self.query(Header):
            header.show(self.title_text(), *self.cotlab.numbers())

    def refresh_keys(self, *places: Place) -> None:
        for line in self.query(KeyLine):
            line.show(footer_of(*(places or (self.PLACE,) if self.PLACE != "everywhere" else ()), "everywhere"))

    def say(self, text: str, alarm: bool = False) -> None:
        """Set a sentence into the status line; an empty one clears it."""
        try:
            self.query_one(StatusLine).say(text, alarm)
        except NoMatches:
            self.app.notify(text, markup=False)

    def go_back(self) -> None:
        """Where esc leads."""
        self.app.pop_screen()

    def key_without_meaning(self, key: str) -> str:
        return f"nothing is on {key} here; ? shows the keys"

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height < LOW, "low")

    def on_key(self, event: events.Key) -> None:
        """Say why where a key does nothing."""
        if self.focused is None and event.is_printable and event.key not in self.active_bindings:
            self.say(self.key_without_meaning(event.character or event.key))
