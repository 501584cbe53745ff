"""Paths: what a lead sees and asks for, and what a writer claims, sends and gives back."""

from cotlab.client.connection import Connection
from cotlab.domain.coverage.spread import CoverageBody, CoverageReport
from cotlab.domain.coverage.writing import (
    AskBody,
    Asked,
    ClaimedWriting,
    PathBody,
    PathMatrix,
    ReturnBody,
    WithdrawTasksBody,
    WritingTasks,
    WritingView,
)
from cotlab.domain.work.views import Receipt


class CoverageCalls(Connection):
    """Paths: what a lead sees and asks for, and what a writer claims, sends and gives back."""

    async def coverage(self, project_id: str, body: CoverageBody) -> CoverageReport:
        """How problems and paths are spread, against what is wanted."""
        return await self._asked_long(f"/v1/projects/{project_id}/coverage", body, CoverageReport)

    async def path_matrix(self, project_id: str, domain: str | None = None, cursor: str | None = None) -> PathMatrix:
        """A page of problems by strategies: which have a valid path, and where one is asked for."""
        query = {"domain": domain, "cursor": cursor}
        return await self._measured(
            f"/v1/projects/{project_id}/coverage/paths", PathMatrix,
            {name: value for name, value in query.items() if value is not None},
        )  # fmt: skip

    async def ask_paths(self, project_id: str, body: AskBody) -> Asked:
        """Ask for paths; `fill` looks at every problem, which takes a while over many."""
        return await self._asked_long(f"/v1/projects/{project_id}/coverage/tasks", body, Asked)

    async def writing_tasks(self, project_id: str, cursor: str | None = None) -> WritingTasks:
        """A page of the paths that were asked for, the newest first."""
        query = {} if cursor is None else {"cursor": cursor}
        return await self._get(f"/v1/projects/{project_id}/coverage/tasks", WritingTasks, query)

    async def withdraw_paths(self, project_id: str, body: WithdrawTasksBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/coverage/tasks/withdraw", body, Receipt)

    async def claim_writing(self, project_id: str) -> ClaimedWriting:
        """The path that I am writing, else a new one."""
        return await self._post(f"/v1/projects/{project_id}/writing/claim", None, ClaimedWriting)

    async def writing(self, assignment_id: str) -> WritingView:
        return await self._get(f"/v1/assignments/{assignment_id}/writing", WritingView)

    async def write_path(self, assignment_id: str, body: PathBody, key: str) -> Receipt:
        """Send a path whole; sent again under its key it is taken once."""
        return await self._post(f"/v1/assignments/{assignment_id}/path", body, Receipt, key)

    async def return_path(self, assignment_id: str, body: ReturnBody, key: str) -> Receipt:
        return await self._post(f"/v1/assignments/{assignment_id}/return", body, Receipt, key)
