"""Answers and steps judged apart in a project that I lead: the table of all traces and of slices, and the traces."""

from textual.content import Content
from textual.geometry import Size

from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.labels.two_level import AnswerCell
from cotlab.domain.reports.quality import By, TwoLevel, TwoLevelSlice
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.project_list import ProjectListScreen
from tui.quality.answer_rows import TABLE, Columns, around_lines, name_of, of_cell, part_lines
from tui.quality.answer_traces import CellTracesScreen
from tui.widgets.listing import MARK
from tui.widgets.text import counted

SLICES = tuple(By)
NONE = "No trace is judged yet: all its steps are to be settled, and somebody says whether its answer is right."


class QualityScreen(ProjectListScreen[TwoLevelSlice]):
    """Rows: all traces, then the slices of one kind; the table of the marked one below, with a marked cell."""

    PLACE = "quality"
    HEADING = "quality"

    def __init__(self, entry: QueueEntry, schema: Schema) -> None:
        super().__init__(entry)
        self._schema = schema
        self.by = SLICES[0]
        self.found: TwoLevel | None = None
        self._down, self._right = 0, 1

    async def load(self) -> None:
        by, client = self.by, self.journey.client
        self.found = await self.answer(lambda: client.two_level(self._entry.project_id, by))
        self.say("")
        self.draw()

    def resized(self, size: Size) -> None:
        self.draw()

    def draw(self) -> None:
        if self.found is not None:
            rows = (self.found.whole, *self.found.slices)
            columns = Columns.of(rows, self.size.width - len(MARK))
            count = f"{counted(len(self.found.slices), 'slice')} by {self.by} · right answers with a bad step · by name"
            self.list_rows(rows, [columns.line(row) for row in rows], count)

    @property
    def cell(self) -> AnswerCell:
        """The marked cell of the table."""
        return TABLE[self._down][self._right]

    def lines(self, row: TwoLevelSlice | None, width: int) -> list[Content]:
        if row is None:
            return []
        if not sum(one.traces.count for one in row.cells):
            return [*Content(NONE).wrap(width), Content(), *around_lines(row, width)]
        return part_lines(row, self.cell, width)

    def action_right(self) -> None:
        """On through the four cells, row by row."""
        self._to(1)

    def action_left(self) -> None:
        self._to(-1)

    def _to(self, by: int) -> None:
        self._down, self._right = divmod((self._down * 2 + self._right + by) % 4, 2)
        self.show_marked()

    def action_slices(self) -> None:
        self.by = SLICES[(SLICES.index(self.by) + 1) % len(SLICES)]
        self.ask(self.load, self.ASKING)

    def open_row(self, row: TwoLevelSlice | None) -> None:
        if row is None or not of_cell(row, self.cell).count:
            self.say("there is no trace behind this")
            return
        slice_ = None if row.name is None else (self.by, row.name)
        self.app.push_screen(CellTracesScreen(self._entry, self._schema, self.cell, slice_, name_of(row)))
