"""Handing a case on: to a named expert, or to a panel whose majority decides, with the reason."""

from collections.abc import Callable

from pydantic import ValidationError
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from cotlab.domain.cases import PassBody
from tui.app.screens.base import CotlabScreen
from tui.app.screens.editor import Editor
from tui.app.storage.drafts import Draft, Place
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine

SEATS = (None, 3, 5, 7)
"""One expert, or a panel of so many."""
HINT = "Say why, for whoever decides it. Everybody decides without seeing what the others said."


class PassOnScreen(CotlabScreen):
    """`send` gets what was written, and returns what is wrong with it, if anything; drafts are kept at `place`."""

    PLACE = "pass_on"

    def __init__(self, title: str, place: Place, send: Callable[[PassBody], str | None]) -> None:
        super().__init__()
        self._title, self._place, self._send = title, place, send
        self.seats: int | None = None

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(id="task")
        with Horizontal(classes="row"):
            yield Static("to", id="to")
            yield Input(select_on_focus=False)
        yield Rule()
        yield Editor()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        names, reason = (self.journey.desk.drafts.find(place) for place in (self._names_at, self._place))
        self.query_one(Input).value = names.text if names else ""
        editor = self.query_one(Editor)
        editor.text = reason.text if reason else ""
        editor.move_cursor(editor.document.end)
        self.set_focus(self.query_one(Input))
        self._show_seats()

    def title_text(self) -> str:
        return self._title

    @property
    def _names_at(self) -> Place:
        return self._place.model_copy(update={"what": "experts"})

    def _show_seats(self) -> None:
        panel = self.seats
        whom = f"to a panel of {panel}, whose majority decides" if panel else "to one expert"
        hint = Content.styled(HINT, "dim")
        self.query_one("#task", Static).update(Content.assemble((f"pass on {whom}", "bold"), "\n", hint))
        several = f"{panel} names or more, with commas; empty: whoever decides cases here"
        self.query_one(Input).placeholder = several if panel else "the name of the expert"

    def action_seats(self) -> None:
        self.seats = SEATS[(SEATS.index(self.seats) + 1) % len(SEATS)]
        self._show_seats()

    def action_next_field(self) -> None:
        fields = (self.query_one(Input), self.query_one(Editor))
        self.set_focus(fields[0] if self.focused is fields[1] else fields[1])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.action_next_field()

    def on_input_changed(self, event: Input.Changed) -> None:
        self.journey.keep_draft(Draft(place=self._names_at, text=event.value))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        self.journey.keep_draft(Draft(place=self._place, text=self.query_one(Editor).text))

    def action_send(self) -> None:
        body = pass_body(self.query_one(Editor).text.strip(), self.query_one(Input).value, self.seats)
        wrong = body if isinstance(body, str) else self._send(body)
        if wrong:
            self.say(wrong)
        else:
            self.journey.keep_draft(Draft(place=self._names_at))
            self.app.pop_screen()
            self.cotlab.say("sending")


def pass_body(reason: str, names: str, panel: int | None) -> PassBody | str:
    """To whom a case goes, from names that commas part; or what is wrong, as a sentence."""
    experts = tuple(name for part in names.split(",") if (name := part.strip()))
    try:
        return PassBody(reason=reason, experts=experts, panel=panel)
    except ValidationError as error:
        where, *_ = error.errors()
        if where["loc"] == ("reason",):
            return "say in a few words why" if not reason.strip() else "the reason is too long, or cannot be stored"
        return str(where["msg"]).removeprefix("Value error, ")
