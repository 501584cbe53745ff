"""Which labels met which, as a shaded grid; enter leads to the steps behind a cell."""

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from cotlab.domain.agreement.coefficients import Agreement
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.request import RequestScreen
from tui.quality.disagreements import DisputedScreen
from tui.widgets.agreement import COINCIDENCES, QUESTION, detail, name_of
from tui.widgets.grid import LEGEND, Grid
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane
from tui.widgets.text import one_line


class ConfusionScreen(RequestScreen):
    """The tables behind one row: one of all coincidences, or one for each two people. `about` is asked beside it."""

    PLACE = "confusion"

    def __init__(
        self, entry: QueueEntry, schema: Schema, result: Agreement, label: str | None, about: Mapping[str, str]
    ) -> None:
        super().__init__()
        self._about = about
        self._entry, self._schema, self._result, self._at = entry, schema, result, 0
        labels = result.tables[0].labels
        start = labels.index(label) if label in labels else 0
        self.grid = Grid(result.tables[0], schema, start, start)

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(id="what")
        yield Pane()
        yield Static(id="detail")
        yield Static(Content.styled(LEGEND, "dim"), classes="optional")
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self._show()

    def resized(self, size: Size) -> None:
        self._show()

    def title_text(self) -> str:
        return f"who meets whom · {one_line(self._entry.project, True)} · {self._of}"

    @property
    def _of(self) -> str:
        """The two people of the table, or else the row that it is of."""
        title = self.grid.table.title
        return name_of(self._result) if title == COINCIDENCES else one_line(title, True)

    def _show(self) -> None:
        table, tables = self.grid.table, len(self._result.tables)
        what = detail(self._result, self._about.get("task", "steps"))
        if table.title != COINCIDENCES:
            of = f"{self._at + 1} of {tables}, tab: the next · " if tables > 1 else ""
            what = f"{of}rows are the first one's labels · {what}"
        self.query_one("#what", Static).update(Content.styled(what, "dim"))
        self.query_one("#detail", Static).update(Content.styled(self.grid.sentence(), "bold"))
        grid = self.grid
        self.query_one(Pane).show(grid.lines)
        self.query_one(Pane).scroll_to(y=max(0, grid.row + 2 - self.query_one(Pane).size.height), animate=False)

    def _move(self, down: int, right: int) -> None:
        count = len(self.grid.table.labels)
        row, column = (max(0, min(count - 1, at)) for at in (self.grid.row + down, self.grid.column + right))
        self.grid = Grid(self.grid.table, self._schema, row, column)
        self.say("")
        self._show()

    def action_scroll_down(self) -> None:
        self._move(1, 0)

    def action_scroll_up(self) -> None:
        self._move(-1, 0)

    def action_right(self) -> None:
        self._move(0, 1)

    def action_left(self) -> None:
        self._move(0, -1)

    def action_other_table(self) -> None:
        tables = self._result.tables
        self._at = (self._at + 1) % len(tables)
        self.grid = Grid(tables[self._at], self._schema, self.grid.row, self.grid.column)
        self.say("" if len(tables) > 1 else "there is no other table behind this row")
        self._show()

    def action_steps(self) -> None:
        self.app.push_screen(DisputedScreen(self._entry, self._schema, self._query(*self.grid.marked)))

    def _query(self, one: str, other: str) -> dict[str, Any]:
        table = self.grid.table
        where = [f"{column}={value}" for column, value in self._result.slice.items() if column != QUESTION]
        if table.title != COINCIDENCES:
            where = [one for one in where if not one.startswith("pair=")] + [f"pair={table.title}"]
        return {**self._about, "labels": f"{one},{other}", "where": where}
