"""How people compare the responses of pairs in a project that I lead."""

from textual.content import Content
from textual.geometry import Size

from cotlab.domain.reports.pairs import Comparing, RankedBy, RankedGenerator, RankingReport
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.project_list import ProjectListScreen
from tui.people.comparison_rows import Columns, alarmed, comparing_lines, ranked_count, ranked_line, ranked_lines
from tui.widgets.listing import MARK
from tui.widgets.text import counted

NONE = "Nobody has compared a pair here yet."


class ComparingScreen(ProjectListScreen[Comparing]):
    """Everybody first, then a row a person: how often the left one was chosen; all of the marked one below."""

    PLACE = "comparing"
    HEADING = "comparing"
    AGAIN = "; esc, then H asks again"
    _found: tuple[Comparing, ...] = ()

    async def load(self) -> None:
        found = await self.answer(lambda: self.journey.client.comparing(self._entry.project_id))
        self.say("")
        self._found = (found.everybody, *found.people) if found.people else ()
        self._draw()

    def resized(self, size: Size) -> None:
        self._draw()

    def _draw(self) -> None:
        rows = list(self._found)
        columns = Columns.of(rows, self.size.width - len(MARK))
        people = counted(max(len(rows) - 1, 0), "person").replace("persons", "people")
        alarms = sum(map(alarmed, rows))
        more = f" · {counted(alarms, 'alarm')}" if alarms else ""
        self.list_rows(rows, [columns.line(row) for row in rows], f"{people} · left chosen{more}")

    def lines(self, row: Comparing | None, width: int) -> list[Content]:
        return Content(NONE).wrap(width) if row is None else comparing_lines(row, width)

    def action_ranking(self) -> None:
        self.app.push_screen(RankingScreen(self._entry))


class RankingScreen(ProjectListScreen[RankedGenerator]):
    """The strongest first; what the marked one's place comes from below."""

    PLACE = "ranking"
    HEADING = "generators"
    AGAIN = "; esc, then tab asks again"

    def __init__(self, entry: QueueEntry) -> None:
        super().__init__(entry)
        self.by = RankedBy.CHOICES
        self._report: RankingReport | None = None

    async def load(self) -> None:
        query = {"by": self.by.value}
        self._report = await self.answer(lambda: self.journey.client.ranking(self._entry.project_id, query))
        self.say("")
        rows = self._report.ranking.generators
        self.list_rows(rows, [ranked_line(row) for row in rows], ranked_count(self._report))

    def lines(self, row: RankedGenerator | None, width: int) -> list[Content]:
        return [] if self._report is None else ranked_lines(row, self._report, width)

    def action_ranked_by(self) -> None:
        self.by = RankedBy.SETTLED if self.by is RankedBy.CHOICES else RankedBy.CHOICES
        self.ask(self.load, self.ASKING)
