"""The queue and batches, for leads."""

from cotlab.client.connection import Connection
from cotlab.domain.queue.batches import Batch, BatchBody, BatchFile, WithdrawBody
from cotlab.domain.queue.depth import Explanation, QueueDepth


class QueueCalls(Connection):
    """The queue and batches, for leads."""

    async def make_batch(self, project_id: str, body: BatchBody) -> Batch:
        """Give traces to people by name."""
        return await self._post(f"/v1/projects/{project_id}/batches", body, Batch)

    async def batches(self, project_id: str) -> list[Batch]:
        """Open ones first, by their dates."""
        return [Batch.model_validate(row) for row in await self._json("GET", f"/v1/projects/{project_id}/batches")]

    async def batch(self, project_id: str, batch_id: str) -> BatchFile:
        return await self._get(f"/v1/projects/{project_id}/batches/{batch_id}", BatchFile)

    async def withdraw_batch(self, project_id: str, batch_id: str, body: WithdrawBody) -> Batch:
        """End a batch; what is left of it is for everybody."""
        return await self._post(f"/v1/projects/{project_id}/batches/{batch_id}/withdraw", body, Batch)

    async def queue_depth(self, project_id: str) -> QueueDepth:
        """How much of the queue is open, begun and done, and how far quotas are filled."""
        return await self._measured(f"/v1/projects/{project_id}/queue", QueueDepth)

    async def explain_trace(self, project_id: str, trace_id: str) -> Explanation:
        """Where a trace stands in the queue, and why it is or is not handed out."""
        return await self._get(f"/v1/projects/{project_id}/queue/{trace_id}", Explanation)
