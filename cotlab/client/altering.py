"""Correct steps altered into errors, for leads."""

from cotlab.client.connection import Connection
from cotlab.domain.drafts.altering import AlterBody, AlterReport


class AlteringCalls(Connection):
    """Correct steps altered into errors, for leads."""

    async def alter(self, project_id: str, body: AlterBody) -> AlterReport:
        """Make altered traces of correct steps, or learn with `dry_run` which would be made."""
        return await self._asked_long(f"/v1/projects/{project_id}/altered", body, AlterReport)
