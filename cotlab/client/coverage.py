"""Paths: what a lead sees and asks for; pairs made of them."""

from cotlab.client.connection import Connection
from cotlab.domain.coverage.pair_making import MakePairsBody, PairsMade
from cotlab.domain.coverage.spread import CoverageBody, CoverageReport
from cotlab.domain.coverage.writing import (
    AskBody,
    Asked,
    PathMatrix,
    WithdrawTasksBody,
    WritingTasks,
)
from cotlab.domain.work.views import (
    Receipt,
)


class CoverageCalls(Connection):
    """Paths: what a lead sees and asks for; pairs made of them."""

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

    async def make_pairs(self, project_id: str, body: MakePairsBody) -> PairsMade:
        """Make pairs of the traces of each problem, or learn with `dry_run` which would be made."""
        return await self._asked_long(f"/v1/projects/{project_id}/pairs", body, PairsMade)
