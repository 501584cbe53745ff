"""What happened, what to do, and where the text is."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.app.notices import Notice
from tui.app.screens.base import CotlabScreen
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine


class NoticeScreen(CotlabScreen):
    """One notice; enter leads on."""

    PLACE = "notice"

    def __init__(self, notice: Notice) -> None:
        super().__init__()
        self.notice = notice

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        with VerticalScroll(classes="page", can_focus=False):
            yield Static(self._text())
        yield StatusLine()
        yield KeyLine()

    def _text(self) -> Content:
        notice = self.notice
        parts = [Content.styled(f"! {notice.title}", "bold $warning"), Content(notice.happened), Content(notice.todo)]
        if notice.kept is not None:
            parts.append(Content.assemble(("What you wrote is kept in\n", "dim"), str(notice.kept)))
        return Content("\n\n").join(parts)

    def action_go_on(self) -> None:
        self.cotlab.follow(self.notice)

    def go_back(self) -> None:
        self.action_go_on()


WIDTH, HEIGHT = 60, 16


class TooSmallScreen(CotlabScreen):
    """Goes by itself once there is room."""

    def compose(self) -> ComposeResult:
        yield Static(Content(f"This terminal is too small.\nIt needs {WIDTH} x {HEIGHT}.\nNothing is lost."))

    def go_back(self) -> None:
        """There is nowhere to go but to make the terminal larger."""
