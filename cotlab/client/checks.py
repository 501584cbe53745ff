"""What checks found, for a project's lead."""

from collections.abc import Mapping
from typing import Any

from cotlab.client.connection import Connection
from cotlab.domain.reports.checks import EvidenceKinds, EvidenceProgress, EvidenceRevisions, RefutedSteps


class CheckCalls(Connection):
    """What checks found, for a project's lead."""

    async def refuted_steps(self, project_id: str, query: Mapping[str, Any] | None = None) -> RefutedSteps:
        """A page of the steps in which a claim was refuted (domain, offset, limit)."""
        return await self._measured(f"/v1/projects/{project_id}/evidence", RefutedSteps, query)

    async def evidence_kinds(self, project_id: str) -> EvidenceKinds:
        """Claims by kind and domain, and how often refutations agree with what was decided."""
        return await self._measured(f"/v1/projects/{project_id}/evidence/kinds", EvidenceKinds)

    async def evidence_progress(self, project_id: str) -> EvidenceProgress:
        return await self._measured(f"/v1/projects/{project_id}/evidence/progress", EvidenceProgress)

    async def evidence_revisions(self, project_id: str) -> EvidenceRevisions:
        """Revision rates and agreement where evidence was shown, and where not."""
        return await self._measured(f"/v1/projects/{project_id}/evidence/revisions", EvidenceRevisions)
