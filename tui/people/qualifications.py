"""People by domains in a project that I lead: who is calibrated, alarms, and the gates of the team."""

from textual.content import Content
from textual.geometry import Size

from cotlab.domain.calibration.qualification import Board, TeamGate
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.filter import FilterScreen
from tui.app.screens.project_list import ProjectListScreen
from tui.people.accuracy import AccuracyScreen
from tui.people.alarms import AlarmsScreen
from tui.people.batches import BatchesScreen
from tui.people.comparison import ComparingScreen
from tui.people.gate import GateScreen
from tui.people.qualification_rows import ORDERS, Columns, Row, in_order, searched
from tui.people.queue_depth import DepthScreen
from tui.people.rechecks import RechecksScreen
from tui.widgets.listing import MARK
from tui.widgets.qualification import alarmed, standing_lines, team_lines
from tui.widgets.text import counted

NONE = "Nobody labels in this project yet, or it has no problems."


class BoardScreen(ProjectListScreen[Row], FilterScreen[Row]):
    """The gates of teams first, then a row for each person and domain; the marked one in full below."""

    PLACE = "board"
    HEADING = "people"
    ORDERS = ORDERS
    SEARCHED = "person, domain, state or drift"

    def __init__(self, entry: QueueEntry, schema: Schema) -> None:
        super().__init__(entry)
        self._schema = schema
        self.board: Board | None = None
        self._bar: float | None = None

    async def load(self) -> None:
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
        shown = [row for row in rows if self.matches(searched(row))]
        columns = Columns.of(shown, self.size.width - len(MARK))
        people, alarms = len({one.person for one in board.standings}), sum(map(alarmed, board.standings))
        more = [f"{people} people", counted(alarms, "alarm") if alarms else "no alarm"]
        if self._entry.pace_alarms:
            more.append(f"{self._entry.pace_alarms} of pace (T)")
        if self._entry.position_alarms:
            more.append(f"{self._entry.position_alarms} of position (T)")
        count = self.count(len(shown), len(rows), " · ".join(more))
        self.list_rows(shown, [columns.line(row) for row in shown], count)

    def lines(self, row: Row | None, width: int) -> list[Content]:
        if row is None:
            none = "" if self.board is None else NONE if not self.board.standings else "Nothing here holds these words."
            return Content(none).wrap(width)
        if isinstance(row, TeamGate):
            return team_lines(row, self._bar, self._schema, width)
        return standing_lines(row, self._schema, width)

    def open_row(self, row: Row | None) -> None:
        if row is None:
            self.say("there is nobody here")
        else:
            self.app.push_screen(GateScreen(self._entry, self._schema, row, self._bar, self.take))

    def action_gold(self) -> None:
        self.cotlab.enter("gold", self._entry, self._schema)

    def action_batches(self) -> None:
        self.app.push_screen(BatchesScreen(self._entry))

    def action_depth(self) -> None:
        self.app.push_screen(DepthScreen(self._entry))

    def action_drafting(self) -> None:
        self.cotlab.enter("drafting", self._entry, self._schema)

    def action_paths(self) -> None:
        self.cotlab.enter("paths", self._entry, self._schema)

    def action_refuted(self) -> None:
        self.cotlab.enter("refuted", self._entry, self._schema)

    def action_quality(self) -> None:
        self.cotlab.enter("quality", self._entry, self._schema)

    def action_rechecks(self) -> None:
        self.app.push_screen(RechecksScreen(self._entry))

    def action_accuracy(self) -> None:
        self.app.push_screen(AccuracyScreen(self._entry, self._schema))

    def action_comparing(self) -> None:
        self.app.push_screen(ComparingScreen(self._entry))

    def action_alarms(self) -> None:
        self.app.push_screen(AlarmsScreen(self._entry))
