"""Projects, their policies, members and cohorts; whole projects out of a server and into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from cotlab.client.connection import Connection, ServerGone, problem_of
from cotlab.domain.agreement.coefficients import (
    CohortBody,
    CohortMember,
)
from cotlab.domain.people import Member
from cotlab.domain.projects.archives import ArchiveOrder, MovedIn
from cotlab.domain.projects.policy import Policy, WorkPolicy
from cotlab.domain.projects.projects import ClosingBody, MemberBody, NewProject, Project
from cotlab.domain.work.views import (
    Receipt,
)

TAR = "application/x-tar"


class ProjectCalls(Connection):
    """Projects, their policies, members and cohorts; whole projects out of a server and into it."""

    async def cohorts(self, project_id: str) -> list[CohortMember]:
        found = await self._json("GET", f"/v1/projects/{project_id}/cohorts")
        return [CohortMember.model_validate(one) for one in found]

    async def set_cohort(self, project_id: str, body: CohortBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/cohorts", body, Receipt)

    @asynccontextmanager
    async def project_archive(self, project_id: str, order: ArchiveOrder) -> AsyncIterator["ArchiveStream"]:
        """Stream a project as one archive; see docs/archive.md."""
        request = self._http.build_request(
            "POST", f"/v1/projects/{project_id}/archive", json=order.model_dump(mode="json"), timeout=None
        )
        try:
            response = await self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise ServerGone(f"{self.server} cannot be reached: {type(error).__name__}") from error
        try:
            if response.is_error:
                await response.aread()
                raise problem_of(response)
            yield ArchiveStream(response)
        finally:
            await response.aclose()

    async def take_project_in(self, archive: AsyncIterator[bytes]) -> MovedIn:
        """Send an archive; the project is taken in whole, or not at all."""
        response = await self._request(
            "POST", "/v1/archives", content=archive, headers={"Content-Type": TAR}, timeout=None
        )
        return MovedIn.model_validate_json(response.content)

    async def projects(self) -> list[Project]:
        return [Project.model_validate(row) for row in await self._json("GET", "/v1/projects")]

    async def add_project(self, body: NewProject) -> Project:
        return await self._post("/v1/projects", body, Project)

    async def close_project(self, project_id: str, body: ClosingBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/close", body, Receipt)

    async def policy(self, project_id: str) -> Policy:
        return await self._get(f"/v1/projects/{project_id}/policy", Policy)

    async def work_policy(self, project_id: str) -> WorkPolicy:
        """What of it who labels may know."""
        return await self._get(f"/v1/projects/{project_id}/policy/work", WorkPolicy)

    async def set_policy(self, project_id: str, policy: Policy) -> Receipt:
        return await self._send("PUT", f"/v1/projects/{project_id}/policy", policy, Receipt)

    async def members(self, project_id: str) -> list[Member]:
        return [Member.model_validate(row) for row in await self._json("GET", f"/v1/projects/{project_id}/members")]

    async def add_member(self, project_id: str, body: MemberBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/members", body, Receipt)

    async def remove_member(self, project_id: str, body: MemberBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/members/remove", body, Receipt)


class ArchiveStream:
    """The bytes of an archive as they come; `size` is how many there will be."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.size = int(response.headers["Content-Length"])

    async def bytes(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.aiter_bytes():
                yield chunk
        except httpx.HTTPError as error:
            raise ServerGone(f"the archive broke off: {type(error).__name__}") from error
