"""Gold, for leads."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from cotlab.client.connection import NDJSON, Connection
from cotlab.domain.gold import CorrectBody, GoldList, GoldPool, GoldReport, GoldSuggestion, PromoteBody, RetireBody
from cotlab.domain.work.views import (
    Receipt,
)


class GoldCalls(Connection):
    """Gold, for leads."""

    async def import_gold(
        self, project_id: str, lines: AsyncIterator[bytes], query: Mapping[str, str] | None = None
    ) -> GoldReport:
        """Send traces with verified labels as JSON lines (format, source, map, first_line)."""
        response = await self._request(
            "POST", f"/v1/projects/{project_id}/gold/import", params=query, content=lines,
            headers={"Content-Type": NDJSON}, timeout=None,
        )  # fmt: skip
        return GoldReport.model_validate_json(response.content)

    async def gold(self, project_id: str, query: Mapping[str, Any] | None = None) -> GoldList:
        """The gold of a project (domain, cursor)."""
        return await self._get(f"/v1/projects/{project_id}/gold", GoldList, query)

    async def promote(self, project_id: str, body: PromoteBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/gold", body, Receipt)

    async def correct_gold(self, project_id: str, item_id: str, body: CorrectBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/gold/{item_id}/corrections", body, Receipt)

    async def retire_gold(self, project_id: str, item_id: str, body: RetireBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/gold/{item_id}/retire", body, Receipt)

    async def suggest_gold(self, project_id: str, query: Mapping[str, Any] | None = None) -> GoldSuggestion:
        """What could become gold, and what in gold may be wrong (domain, most)."""
        return await self._measured(f"/v1/projects/{project_id}/gold/suggestions", GoldSuggestion, query or {})

    async def gold_pool(self, project_id: str) -> list[GoldPool]:
        """How much gold each person has not seen yet, in each domain, against the work that waits there."""
        found = await self._json("GET", f"/v1/projects/{project_id}/gold/pool")
        return [GoldPool.model_validate(one) for one in found]
