"""Cases, for adjudicators and leads, and what labellers learn of them."""

from collections.abc import Mapping
from typing import Any

from cotlab.client.connection import Connection
from cotlab.domain.cases import (
    CaseFile,
    CaseList,
    CaseReport,
    CaseView,
    ChoiceBody,
    Chosen,
    ClaimCaseBody,
    ClaimedCase,
    Decided,
    DecidedCase,
    DecidedEntry,
    DecisionBody,
    PassBody,
    ProjectCase,
)
from cotlab.domain.work.views import (
    Receipt,
)


class CaseCalls(Connection):
    """Cases, for adjudicators and leads, and what labellers learn of them."""

    async def cases(self, project_id: str, query: Mapping[str, Any] | None = None) -> CaseList:
        """The cases that I can adjudicate, or did (state, reason, domain, cursor)."""
        return await self._get(f"/v1/projects/{project_id}/cases", CaseList, query)

    async def claim_case(self, project_id: str, body: ClaimCaseBody, key: str) -> ClaimedCase:
        return await self._post(f"/v1/projects/{project_id}/cases/claim", body, ClaimedCase, key)

    async def case(self, assignment_id: str) -> CaseView:
        """The case that I have in my hands."""
        return await self._get(f"/v1/assignments/{assignment_id}/case", CaseView)

    async def choose(self, assignment_id: str, body: ChoiceBody, key: str) -> Chosen:
        """My own choice on a case; the labels of others come with the answer."""
        return await self._post(f"/v1/assignments/{assignment_id}/choice", body, Chosen, key)

    async def decide(self, assignment_id: str, body: DecisionBody, key: str) -> Decided:
        return await self._post(f"/v1/assignments/{assignment_id}/decision", body, Decided, key)

    async def pass_on(self, assignment_id: str, body: PassBody, key: str) -> Receipt:
        """Hand on the case that I have."""
        return await self._post(f"/v1/assignments/{assignment_id}/pass", body, Receipt, key)

    async def assign_case(self, project_id: str, case_id: str, body: PassBody) -> Receipt:
        """Hand on a case as its project's lead."""
        return await self._post(f"/v1/projects/{project_id}/cases/{case_id}/pass", body, Receipt)

    async def all_cases(self, project_id: str, query: Mapping[str, Any] | None = None) -> list[ProjectCase]:
        """The cases of a project that I lead, the oldest first (state, reason, domain, most)."""
        found = await self._request("GET", f"/v1/projects/{project_id}/cases/all", params=dict(query or {}))
        return [ProjectCase.model_validate(one) for one in found.json()]

    async def case_file(self, project_id: str, case_id: str) -> CaseFile:
        return await self._get(f"/v1/projects/{project_id}/cases/{case_id}", CaseFile)

    async def case_report(self, project_id: str) -> CaseReport:
        return await self._get(f"/v1/projects/{project_id}/cases/report", CaseReport)

    async def my_cases(self, project_id: str) -> list[DecidedEntry]:
        """Decided cases on steps that I labelled, the newest first."""
        found = await self._json("GET", f"/v1/projects/{project_id}/my-cases")
        return [DecidedEntry.model_validate(one) for one in found]

    async def my_case(self, project_id: str, case_id: str) -> DecidedCase:
        """Read a decision on a step of mine, which is recorded."""
        return await self._post(f"/v1/projects/{project_id}/my-cases/{case_id}", None, DecidedCase)
