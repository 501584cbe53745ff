"""What all screens share: header, status line and footer, the numbers, and an answer to every key."""

from typing import ClassVar, cast

from textual import events
from textual.css.query import NoMatches
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from cotlab.domain.actions import Place
from tui.app.actions import bindings_of, footer_of, names_of
from tui.app.host import Host
from tui.app.session import Session
from tui.widgets.lines import Header, KeyLine, StatusLine

LOW = 20
"""Rows below which what is optional goes."""


class CotlabScreen(Screen[None], inherit_bindings=False):
    """A screen at a `PLACE` of the registry, which makes its keys and its footer."""

    AUTO_FOCUS = ""
    PLACE: ClassVar[Place] = "everywhere"
    _names: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls) -> None:
        cls.BINDINGS = list(bindings_of(cls.PLACE)) if cls.PLACE != "everywhere" else []
        cls._names = names_of(cls.PLACE)
        super().__init_subclass__(inherit_bindings=False)

    @property
    def cotlab(self) -> Host:
        """The application, as far as a screen needs it."""
        return cast("Host", self.app)

    @property
    def journey(self) -> Session:
        assert self.cotlab.journey is not None
        return self.cotlab.journey

    def on_mount(self) -> None:
        self.refresh_keys()
        self.refresh_numbers()
        self.opened()

    def on_screen_resume(self) -> None:
        self.refresh_numbers()

    def opened(self) -> None:
        """What a screen does once it is there. (Textual calls `on_mount` of every class, so there is but one.)"""

    def resized(self, size: Size) -> None:
        """What a screen does in a new size."""

    def choose(self, key: str) -> bool:
        """Choose what is on a key that no action has; whether there is anything."""
        return False

    def title_text(self) -> str:
        """What stands on the left of the header."""
        return "cotlab"

    def refresh_numbers(self) -> None:
        for header in self.query(Header):
            header.show(self.title_text(), *self.cotlab.numbers())

    def refresh_keys(self, place: Place | None = None) -> None:
        """Show in the footer what works here, or at another place on this screen."""
        for line in self.query(KeyLine):
            line.show(footer_of(place or self.PLACE))

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
        self.resized(event.size)

    def on_key(self, event: events.Key) -> None:
        """Act on a key here and now, in the order of typing, or say why it does nothing.

        Over a slow line several keys come at once: those that were sent here before a field or another screen had
        taken over are handed on to it. (Bindings alone would act one round of messages later.)
        """
        if self.app.screen is not self:
            self._hand_on(event, self.app.screen)
        elif isinstance(self.focused, (Input, TextArea)):
            if event.is_printable or event.key in getattr(self.focused, "KEYS", ()):
                self._hand_on(event, self.focused)
        else:
            self._act(event)

    def _hand_on(self, event: events.Key, target: Widget) -> None:
        event.stop()
        event.prevent_default()
        target.post_message(events.Key(event.key, event.character))

    def _act(self, event: events.Key) -> None:
        name = self._names.get(event.character or "") or self._names.get(event.key)
        handler = getattr(self, f"action_{name}", None)
        if name is not None and handler is not None:
            event.stop()
            handler()
        elif name is None and event.is_printable and event.character is not None:
            if self.choose(event.character):
                event.stop()
            else:
                self.say(self.key_without_meaning(event.character))
