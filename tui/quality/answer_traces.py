"""The traces of one cell of answers against steps, and from there to the case."""

from textual.content import Content

from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.labels.two_level import AnswerCell
from cotlab.domain.reports.quality import By, CellTrace
from cotlab.domain.work.views import QueueEntry
from tui.app.destinations import CaseInFull
from tui.app.screens.project_list import ProjectListScreen
from tui.quality.answer_rows import title_of, trace_lines, trace_row
from tui.widgets.listing import Rows

PAGE = 50
NEAR_END = 5


class CellTracesScreen(ProjectListScreen[CellTrace]):
    """Rows above, a page after the other; the marked trace below."""

    PLACE = "cell_traces"
    HEADING = "traces"

    def __init__(
        self, entry: QueueEntry, schema: Schema, cell: AnswerCell, slice_: tuple[By, str] | None, name: str
    ) -> None:
        super().__init__(entry)
        self._schema, self._cell, self._slice, self._name = schema, cell, slice_, name
        self.traces: list[CellTrace] = []
        self._after: str | None = ""

    async def load(self) -> None:
        """The next page."""
        client, project, after = self.journey.client, self._entry.project_id, self._after or ""
        page = await self.answer(lambda: client.cell_traces(project, self._cell, after, PAGE, self._slice))
        self.traces += page.traces
        self._after = page.next_after
        self.say("")
        self.draw()

    def draw(self) -> None:
        raw, more = self.cotlab.raw, ", more on the server" if self._after else ""
        count = f"{len(self.traces)}{more} · {title_of(self._cell)} · {self._name} · by id"
        self.list_rows(self.traces, [trace_row(one, raw) for one in self.traces], count)

    def lines(self, row: CellTrace | None, width: int) -> list[Content]:
        if row is None:
            return [] if self._after == "" else Content("There is no such trace.").wrap(width)
        return trace_lines(row, self.cotlab.raw, width)

    def show_marked(self) -> None:
        super().show_marked()
        if self._after and self.query_one(Rows).marked >= len(self.rows) - NEAR_END and not self.asking:
            self.ask(self.load, "more of them …")

    def open_row(self, row: CellTrace | None) -> None:
        if row is None or row.case_id is None:
            self.say("there is no case on this trace" if row is not None else "there is no trace here")
        else:
            self.cotlab.open(CaseInFull(self._entry, self._schema, row.case_id))
