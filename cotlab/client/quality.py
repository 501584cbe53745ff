"""The quality of a project's dataset."""

from cotlab.client.connection import Connection
from cotlab.domain.labels.two_level import AnswerCell
from cotlab.domain.reports.quality import By, CellTraces, TwoLevel


class QualityCalls(Connection):
    """What a lead asks of a dataset's quality."""

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
