"""How people compare the responses of pairs in a project that I lead."""

from textual.content import Content
from textual.geometry import Size

from cotlab.domain.reports.pairs import Comparing
from tui.compared import Columns, alarmed, comparing_lines
from tui.screens.asked import AskedScreen
from tui.screens.ranking import RankingScreen
from tui.text import counted
from tui.widgets.listing import MARK

NONE = "Nobody has compared a pair here yet."


class ComparingScreen(AskedScreen[Comparing]):
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
