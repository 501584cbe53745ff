"""Signing in: which server, and the token that the lead gave."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from cotlab.client import Credentials, checked_server
from cotlab.domain.errors import BadInput
from tui.app.screens.base import CotlabScreen
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.text import visible

HELLO = "Sign in with the token that the lead gave you. It is kept on this machine, readable for you alone."


class SignInScreen(CotlabScreen):
    """Two fields; enter goes on."""

    PLACE = "sign_in"

    def __init__(self, server: str, reason: str = "") -> None:
        super().__init__()
        self._server, self._reason = server, reason

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        with Vertical(classes="page"):
            yield Static(Content(HELLO + "\n"))
            with Horizontal(classes="row"):
                yield Static("server")
                yield Input(self._server, placeholder="https://cotlab.example.org", id="server", select_on_focus=False)
            with Horizontal(classes="row"):
                yield Static("token")
                yield Input(password=True, id="token")
            yield Static(id="reason")
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.query_one("#token" if self._server else "#server", Input).focus()
        self.say(self._reason)

    def title_text(self) -> str:
        return "sign in"

    def on_input_submitted(self, event: Input.Submitted) -> None:
        server, token = self.query_one("#server", Input).value.strip(), self.query_one("#token", Input).value.strip()
        if not server or not token:
            self.query_one("#token" if server else "#server", Input).focus()
            return
        try:
            server = checked_server(server, self.cotlab.settings.allow_plain_http)
        except BadInput as error:
            self.say(error.sentence, alarm=True)
            return
        self.say("asking the server")
        self.cotlab.try_credentials(Credentials(server=server, token=token))

    def say(self, text: str, alarm: bool = False) -> None:
        """Sentences of a server may be long: they stand below the fields, where they wrap."""
        style = "bold $warning" if alarm else "dim"
        self.query_one("#reason", Static).update(Content.styled(f"\n{visible(text)}", style))

    def action_next_field(self) -> None:
        self.focus_next()

    def action_go_on(self) -> None:
        """The fields take enter themselves."""

    def go_back(self) -> None:
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()
        else:
            self.say("sign in to go on, or leave with ctrl+q")
