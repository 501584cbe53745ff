"""How far people agree, for leads."""

from collections.abc import Mapping
from typing import Any

from cotlab.client.connection import Connection
from cotlab.domain.agreement.coefficients import (
    AgreementChange,
    AgreementReport,
    Diagnosis,
    DisputedSteps,
    GoOnBody,
    TakenAgreement,
)
from cotlab.domain.work.views import (
    Receipt,
)


class AgreementCalls(Connection):
    """How far people agree, for leads."""

    async def agreement(self, project_id: str, query: Mapping[str, Any]) -> AgreementReport:
        """How far people agree in a project; `query` as the route takes it (by, version, coefficient, kinds, ...)."""
        return await self._measured(f"/v1/projects/{project_id}/agreement", AgreementReport, query)

    async def diagnosis(self, project_id: str, query: Mapping[str, Any]) -> Diagnosis:
        """Where disagreement sits in a project, the largest part first (by, version)."""
        return await self._measured(f"/v1/projects/{project_id}/agreement/diagnosis", Diagnosis, query)

    async def agreement_change(self, project_id: str, query: Mapping[str, Any]) -> AgreementChange:
        """How much agreement rose from one guideline version to another (before, after, coefficient, ...)."""
        return await self._measured(f"/v1/projects/{project_id}/agreement/change", AgreementChange, query)

    async def disputed_steps(self, project_id: str, query: Mapping[str, Any]) -> DisputedSteps:
        """The steps behind a cell of disagreement (labels, where, rule, version, offset)."""
        return await self._measured(f"/v1/projects/{project_id}/agreement/steps", DisputedSteps, query)

    async def taken_agreement(self, project_id: str) -> list[TakenAgreement]:
        """Agreement as the server took it, the newest first."""
        found = await self._json("GET", f"/v1/projects/{project_id}/agreement/taken")
        return [TakenAgreement.model_validate(one) for one in found]

    async def go_on(self, project_id: str, body: GoOnBody) -> Receipt:
        """Decide that a domain below the bar goes on."""
        return await self._post(f"/v1/projects/{project_id}/agreement/go-on", body, Receipt)
