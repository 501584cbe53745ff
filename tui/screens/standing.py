"""My calibration in one project: where I stand in each domain, why, and how my labels met gold."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from cotlab.domain.guidelines import Schema
from cotlab.domain.standing import Standing
from cotlab.domain.views import QueueEntry
from tui.screens.asking import AskingScreen
from tui.screens.listing import ListingScreen
from tui.standing import STATE, STATES, may_calibrate, newest, standing_lines, value_of
from tui.text import one_line
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane, Rows
from tui.widgets.rules import COLUMN

NONE = "This project has no problems yet, and so no domains to calibrate in."


class StandingScreen(AskingScreen, ListingScreen):
    """Domains above, the marked one in full below."""

    PLACE = "standing"
    AGAIN = "; esc, then M asks again"

    def __init__(self, entry: QueueEntry, schema: Schema) -> None:
        super().__init__()
        self._entry, self._schema = entry, schema
        self.standings: list[Standing] | None = None

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(id="count")
        yield Rows()
        yield Rule()
        yield Pane()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.ask(self._ask_all, "asking the server …")

    def title_text(self) -> str:
        return f"my calibration · {one_line(self._entry.project, True)}"

    async def _ask_all(self) -> None:
        self.standings = await self.answer(lambda: self.journey.client.my_standings(self._entry.project_id))
        self.say("")
        wide = max((len(one_line(one.domain, True)) for one in self.standings), default=0)
        self.query_one(Rows).show([_row(one, wide) for one in self.standings])
        count = f"{len(self.standings)} · by domain"
        self.query_one("#count", Static).update(Content.styled(count, "dim"))
        self.show_marked()

    @property
    def marked(self) -> Standing | None:
        at = self.query_one(Rows).marked
        return self.standings[at] if self.standings and at < len(self.standings) else None

    def show_marked(self) -> None:
        one = self.marked
        self.query_one(Pane).show(lambda width: self._lines(one, min(width, COLUMN)))

    def _lines(self, one: Standing | None, width: int) -> list[Content]:
        if one is None:
            return Content("" if self.standings is None else NONE).wrap(width)
        return standing_lines(one, self._schema, width)

    def action_calibrate(self) -> None:
        if any(map(may_calibrate, self.standings or ())):
            self.say("asking the server for a trace")
            self.journey.claim(self._entry.project_id)
        else:
            self.say("there is nothing for you to calibrate here")


def _row(one: Standing, width: int) -> Content:
    said, style = STATES[one.state]
    judged, (value, ends) = newest(one), value_of(one)
    name = judged.result.agreement.coefficient if judged is not None and judged.result is not None else ""
    found = f"{name} {value}" if value else ""
    return Content.assemble(
        f"{one_line(one.domain, True):<{width}}  ", (f"{said:<{STATE}}", style), f"  {found}", (f"  {ends}", "dim")
    )
