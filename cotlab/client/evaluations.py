"""Models held against settled labels, for leads."""

from collections.abc import AsyncIterator

from cotlab.client.connection import NDJSON, Connection, Query
from cotlab.domain.evaluations.anchoring import AnchoringReport
from cotlab.domain.evaluations.draft_quality import DraftQualityReport
from cotlab.domain.evaluations.evaluations import (
    Evaluation,
    EvaluationEntry,
    EvaluationOrder,
    ReopenBody,
    ReopenedSlice,
    ReopenEstimate,
)


class EvaluationCalls(Connection):
    """Models held against settled labels, for leads."""

    async def evaluate(self, project_id: str, lines: AsyncIterator[bytes], order: EvaluationOrder) -> Evaluation:
        """Send predictions as JSON lines; the reply names each broken one."""
        query = order.model_dump(mode="json", exclude_none=True) | {"by": ",".join(order.by)}
        response = await self._request(
            "POST",
            f"/v1/projects/{project_id}/evaluations",
            params=query,
            content=lines,
            headers={"Content-Type": NDJSON},
            timeout=None,
        )
        return Evaluation.model_validate_json(response.content)

    async def evaluations(self, project_id: str) -> list[EvaluationEntry]:
        """The newest first."""
        found = await self._json("GET", f"/v1/projects/{project_id}/evaluations")
        return [EvaluationEntry.model_validate(row) for row in found]

    async def evaluation(self, project_id: str, evaluation_id: str) -> Evaluation:
        return await self._measured(f"/v1/projects/{project_id}/evaluations/{evaluation_id}", Evaluation)

    async def reopening(self, project_id: str, evaluation_id: str, body: ReopenBody) -> ReopenEstimate:
        """What it would take to have a slice labelled anew."""
        path = f"/v1/projects/{project_id}/evaluations/{evaluation_id}/estimate"
        return await self._asked_long(path, body, ReopenEstimate)

    async def reopen(self, project_id: str, evaluation_id: str, body: ReopenBody) -> ReopenedSlice:
        """Have people who have not worked on the traces of a slice label them anew."""
        path = f"/v1/projects/{project_id}/evaluations/{evaluation_id}/reopen"
        return await self._asked_long(path, body, ReopenedSlice)

    async def draft_quality(self, project_id: str, query: Query = None) -> DraftQualityReport:
        """How good the opinions of models are (as_of)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/drafts", DraftQualityReport, query)

    async def anchoring(self, project_id: str, query: Query = None) -> AnchoringReport:
        """Whether people take over the drafts that they see (task, as_of)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/anchoring", AnchoringReport, query)
