"""The one line under the labels in which somebody says why, with what is cited; it grows with what is typed."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static, TextArea

from cotlab.domain.answers import Citation
from tui.widgets.text import one_line


def cited(citations: Sequence[Citation]) -> str:
    """The rules and passages that are cited, by id and name; empty where there are none."""
    return f"cites {', '.join(one_line(one.name, True) for one in citations)}" if citations else ""


class ReasonField(TextArea):
    """Enter hands over, escape leaves, ctrl+j is a new line, ctrl+d asks for a draft."""

    KEYS = ("enter",)

    class HandedOver(Message):
        """Somebody pressed enter."""

    class Left(Message):
        """Somebody went back to the keys."""

    class DraftWanted(Message):
        """Somebody wants a draft to edit."""

    def __init__(self, placeholder: str = "") -> None:
        super().__init__(compact=True, soft_wrap=True, highlight_cursor_line=False, placeholder=Content(placeholder))
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            self._take(event, self.HandedOver())
        elif event.key == "escape":
            self._take(event, self.Left())
        elif event.key == "ctrl+d":
            self._take(event, self.DraftWanted())
        elif event.key in ("ctrl+j", "shift+enter"):
            event.stop()
            event.prevent_default()
            self.insert("\n")
        elif event.key in ("tab", "shift+tab"):
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)

    def _take(self, event: events.Key, message: Message) -> None:
        event.stop()
        event.prevent_default()
        self.post_message(message)


class Reason(Horizontal):
    """The field with its key in front."""

    class Changed(Message):
        """Somebody typed."""

    cited = ""

    def compose(self) -> ComposeResult:
        yield Static("  r  ", classes="number")
        yield ReasonField()
        yield Static(id="cited", markup=False)

    @property
    def field(self) -> ReasonField:
        return self.query_one(ReasonField)

    def show(self, text: str, required: str = "", citations: Sequence[Citation] = ()) -> None:
        """Put `text` into the field where it says something else, and what is cited beside it.

        `required` says why a reason is needed; empty where none is.
        """
        if (beside := cited(citations)) != self.cited:
            self.cited = beside
            self.query_one("#cited", Static).update(Content(beside))
        placeholder = Content(f"why? {required}" if required else "")
        if self.field.placeholder != placeholder:
            self.field.placeholder = placeholder
        if self.field.text != text:
            with self.field.prevent(TextArea.Changed):
                self.field.text = text
            self.field.move_cursor(self.field.document.end)

    def start(self) -> None:
        """Put the cursor into the field at once: the next key may be here already."""
        self.screen.set_focus(self.field)
        self.field.move_cursor(self.field.document.end)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())
