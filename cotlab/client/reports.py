"""Reports on people's labels and on a dataset, for leads."""

from cotlab.client.connection import Connection, Query
from cotlab.domain.labels.two_level import AnswerCell
from cotlab.domain.reports.generators import GeneratorReport
from cotlab.domain.reports.pairs import ComparingReport, RankingReport
from cotlab.domain.reports.people import (
    AccuracyReport,
    GroupDrift,
    PaceReport,
    SessionsReport,
)
from cotlab.domain.reports.quality import By, CellTraces, TwoLevel
from cotlab.domain.reports.selection import SelectionReport


class ReportCalls(Connection):
    """Reports on people's labels and on a dataset, for leads."""

    async def two_level(self, project_id: str, by: By | None = None) -> TwoLevel:
        """Right and wrong answers against traces with and without a bad step."""
        query = {} if by is None else {"by": by.value}
        return await self._measured(f"/v1/projects/{project_id}/quality/two-level", TwoLevel, query)

    async def cell_traces(
        self, project_id: str, cell: AnswerCell, after: str = "", most: int = 50, slice_: tuple[By, str] | None = None
    ) -> CellTraces:
        """A page of the traces of a cell, of all or of one slice."""
        query: dict[str, object] = {"cell": cell.value, "after": after, "most": most}
        if slice_ is not None:
            query |= {"by": slice_[0].value, "slice": slice_[1]}
        return await self._measured(f"/v1/projects/{project_id}/quality/traces", CellTraces, query)

    async def accuracy(self, project_id: str, query: Query = None) -> AccuracyReport:
        """How often labels are right (against, by, person)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/accuracy", AccuracyReport, query)

    async def sessions(self, project_id: str, query: Query = None) -> SessionsReport:
        """Sessions, and accuracy on gold by how far into one (person)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/sessions", SessionsReport, query)

    async def pace(self, project_id: str, query: Query = None) -> PaceReport:
        """How long labels take by the words of a step (person)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/pace", PaceReport, query)

    async def group_drift(self, project_id: str, query: Query = None) -> GroupDrift:
        """Accuracy of all people on gold by time (domain, steps, days, first)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/drift", GroupDrift, query)

    async def selection(self, project_id: str) -> SelectionReport:
        """How traces were handed out, and shares of labels that hold for all traces of the queue."""
        return await self._measured(f"/v1/projects/{project_id}/reports/selection", SelectionReport, None)

    async def comparing(self, project_id: str, query: Query = None) -> ComparingReport:
        """How people compare pairs (person, domain, as_of)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/comparing", ComparingReport, query)

    async def ranking(self, project_id: str, query: Query = None) -> RankingReport:
        """Generators ranked by what was chosen (by, domain, as_of)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/ranking", RankingReport, query)

    async def generators(self, project_id: str, query: Query = None) -> GeneratorReport:
        """What each generator writes beside what people write (as_of)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/generators", GeneratorReport, query)
