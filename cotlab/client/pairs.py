"""Pairs made of traces, for leads."""

from cotlab.client.connection import Connection
from cotlab.domain.coverage.pair_making import MakePairsBody, PairsMade


class PairCalls(Connection):
    """Pairs made of traces, for leads."""

    async def make_pairs(self, project_id: str, body: MakePairsBody) -> PairsMade:
        """Make pairs of the traces of each problem, or learn with `dry_run` which would be made."""
        return await self._asked_long(f"/v1/projects/{project_id}/pairs", body, PairsMade)
