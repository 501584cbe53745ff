"""Generators ranked by what people chose between their responses, in a project that I lead."""

from textual.content import Content

from cotlab.domain.reports.pairs import RankedBy, RankedGenerator, RankingReport
from cotlab.domain.work.views import QueueEntry
from tui.compared import ranked_count, ranked_line, ranked_lines
from tui.screens.asked import AskedScreen


class RankingScreen(AskedScreen[RankedGenerator]):
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
