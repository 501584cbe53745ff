"""How often people are right in a project that I lead, and how that changes as their sessions go on."""

from textual.content import Content
from textual.geometry import Size

from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.reports.people import Accuracy, AccuracyReport, Against, SessionsReport
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.project_list import ProjectListScreen
from tui.people.accuracy_rows import PERSON, WHAT, Columns, accuracy_lines, hint, work_lines
from tui.widgets.listing import MARK
from tui.widgets.text import counted


class AccuracyScreen(ProjectListScreen[Accuracy]):
    """Everybody first, then a row a person; the marked one below with their labels, sessions and accuracy by both."""

    PLACE = "accuracy"
    HEADING = "accuracy and sessions"
    AGAIN = "; esc, then S asks again"

    def __init__(self, entry: QueueEntry, schema: Schema) -> None:
        super().__init__(entry)
        self._schema, self.against = schema, Against.GOLD
        self.report: AccuracyReport | None = None
        self._sessions: SessionsReport | None = None

    async def load(self) -> None:
        client, project = self.journey.client, self._entry.project_id
        query = {"against": self.against.value, "by": PERSON}
        self.report = await self.answer(lambda: client.accuracy(project, query))
        self._draw()
        if self._sessions is None:
            self.say("asking for sessions …")
            self._sessions = await self.answer(lambda: client.sessions(project))
        self.say("")
        self.show_marked()

    def resized(self, size: Size) -> None:
        self._draw()

    def _draw(self) -> None:
        if self.report is None:
            return
        rows = list(self.report.results)
        columns = Columns.of(rows, self.size.width - len(MARK))
        people = counted(len(rows) - 1, "person").replace("persons", "people")
        self.list_rows(rows, [columns.line(row) for row in rows], f"{people} · against {WHAT[self.report.against]}")

    def lines(self, row: Accuracy | None, width: int) -> list[Content]:
        if row is None or self.report is None:
            return []
        lines = [*accuracy_lines(row, self._schema, width), *hint(self.report.against, width)]
        if self._sessions is not None:
            lines += work_lines(self._sessions, row.slice.get(PERSON), width)
        return lines

    def action_against(self) -> None:
        self.against = Against.SETTLED if self.against is Against.GOLD else Against.GOLD
        self.ask(self.load, self.ASKING)
