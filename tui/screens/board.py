"""People by domains in a project that I lead: who is calibrated, alarms, and the gates of the team."""

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from cotlab.domain.guidelines import Schema
from cotlab.domain.standing import Board, TeamGate
from cotlab.domain.views import QueueEntry
from tui.board import ORDERS, Columns, Row, in_order, searched
from tui.screens.asking import AskingScreen
from tui.screens.filtered import FilteredScreen
from tui.screens.gate import GateScreen
from tui.screens.gold import GoldScreen
from tui.screens.rechecks import RechecksScreen
from tui.standing import alarmed, standing_lines, team_lines
from tui.text import counted, one_line
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import MARK, Pane, Rows
from tui.widgets.rules import COLUMN

NONE = "Nobody labels in this project yet, or it has no problems."


class BoardScreen(AskingScreen, FilteredScreen):
    """The gates of teams first, then a row for each person and domain; the marked one in full below."""

    PLACE = "board"
    ORDERS = ORDERS

    def __init__(self, entry: QueueEntry, schema: Schema) -> None:
        super().__init__()
        self._entry, self._schema = entry, schema
        self.board: Board | None = None
        self._bar: float | None = None
        self.rows: list[Row] = []

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(id="count")
        yield self.field("person, domain, state or drift")
        yield Rows()
        yield Rule()
        yield Pane()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.ask(self._ask_all, "asking the server …")

    def title_text(self) -> str:
        return f"people · {one_line(self._entry.project, True)}"

    async def _ask_all(self) -> None:
        client, project = self.journey.client, self._entry.project_id
        self._bar = (await self.answer(lambda: client.policy(project))).team_bar
        board = await self.answer(lambda: client.board(project))
        self.say("")
        self.take(board)

    def take(self, board: Board) -> None:
        """Show the board as it is now."""
        self.board = board
        self.draw()

    def resized(self, size: Size) -> None:
        self.draw()

    def draw(self) -> None:
        board = self.board
        if board is None:
            return
        teams = [team for team in board.teams if team.agreement is not None]
        standings = in_order(list(board.standings), ORDERS[self.order])
        rows: tuple[Row, ...] = (*teams, *standings)
        self.rows = [row for row in rows if self.matches(searched(row))]
        columns = Columns.of(self.rows, self.size.width - len(MARK))
        listed = self.query_one(Rows)
        listed.show([columns.line(row) for row in self.rows], listed.marked)
        people, alarms = len({one.person for one in board.standings}), sum(map(alarmed, board.standings))
        more = [f"{people} people", counted(alarms, "alarm") if alarms else "no alarm"]
        self.show_count(len(self.rows), len(rows), " · ".join(more))
        self.show_marked()

    @property
    def marked(self) -> Row | None:
        at = self.query_one(Rows).marked
        return self.rows[at] if at < len(self.rows) else None

    def show_marked(self) -> None:
        row = self.marked
        self.query_one(Pane).show(lambda width: self._lines(row, min(width, COLUMN)))

    def _lines(self, row: Row | None, width: int) -> list[Content]:
        if row is None:
            none = "" if self.board is None else NONE if not self.board.standings else "Nothing here holds these words."
            return Content(none).wrap(width)
        if isinstance(row, TeamGate):
            return team_lines(row, self._bar, self._schema, width)
        return standing_lines(row, self._schema, width)

    def action_open(self) -> None:
        row = self.marked
        if self.again():
            return
        if row is None:
            self.say("there is nobody here")
        else:
            self.app.push_screen(GateScreen(self._entry, self._schema, row, self._bar, self.take))

    def action_gold(self) -> None:
        self.app.push_screen(GoldScreen(self._entry, self._schema))

    def action_rechecks(self) -> None:
        self.app.push_screen(RechecksScreen(self._entry))
