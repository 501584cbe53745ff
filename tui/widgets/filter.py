"""The field in which somebody types what a list is to hold; keys that move in the list are handed over at once."""

from collections.abc import Callable

from textual import events
from textual.widgets import Input


class FilterField(Input):
    """Letters filter; `press` is called with any of `KEYS`, in the order of typing."""

    KEYS = ("enter", "up", "down", "pageup", "pagedown", "ctrl+t")

    def __init__(self, press: Callable[[str], None], placeholder: str) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False)
        self.cursor_blink = False
        self._press = press

    async def _on_key(self, event: events.Key) -> None:
        if self.app.screen is not self.screen:
            event.stop()
            event.prevent_default()
            self.app.screen.post_message(events.Key(event.key, event.character))
        elif event.key in self.KEYS:
            event.stop()
            event.prevent_default()
            self._press(event.key)
        else:
            await super()._on_key(event)
