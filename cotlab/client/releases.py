"""Releases and lineage, for those who read answers."""

from cotlab.client.connection import Connection
from cotlab.domain.datasets.lineage import Lineage
from cotlab.domain.datasets.releases import Release, ReleaseDiff, ReleaseFile


class ReleaseCalls(Connection):
    """Releases and lineage, for those who read answers."""

    async def releases(self, project_id: str) -> list[Release]:
        """In the order in which they were made."""
        return [Release.model_validate(row) for row in await self._json("GET", f"/v1/projects/{project_id}/releases")]

    async def release(self, project_id: str, release_id: str) -> ReleaseFile:
        """A release with the manifest of its export."""
        return await self._get(f"/v1/projects/{project_id}/releases/{release_id}", ReleaseFile)

    async def release_diff(self, project_id: str, before: str, after: str, most: int = 1_000) -> ReleaseDiff:
        """What became of the rows from the release of one name to another; at most so many are listed."""
        query = {"before": before, "after": after, "most": str(most)}
        return await self._measured(f"/v1/projects/{project_id}/release-diff", ReleaseDiff, query)

    async def lineage(self, project_id: str, name: str, *, thorough: bool = False) -> Lineage:
        """The history of a row, a trace, a pair or a step by its id."""
        query = {"id": name, "thorough": str(thorough).lower()}
        return await self._measured(f"/v1/projects/{project_id}/lineage", Lineage, query)
