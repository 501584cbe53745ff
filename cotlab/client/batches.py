"""Batches, for leads."""

from cotlab.client.connection import Connection
from cotlab.domain.queue.batches import Batch, BatchBody, BatchFile, WithdrawBody


class BatchCalls(Connection):
    """Batches, for leads."""

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
