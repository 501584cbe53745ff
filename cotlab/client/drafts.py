"""Models that draft, for leads."""

from collections.abc import AsyncIterator

import httpx

from cotlab.client.connection import PATH, ApiError, Connection, ServerGone, problem_of
from cotlab.domain.drafts.altering import AlterBody, AlterReport
from cotlab.domain.drafts.opinions import OpinionProgress, OpinionsAsked, OpinionsBody
from cotlab.domain.drafts.requests import (
    AcceptBody,
    CancelBody,
    Decided,
    DeclineBody,
    DraftBody,
    DraftReport,
    DraftStatus,
    DraftTotals,
    ModelEntry,
)
from cotlab.domain.errors import NotFound

SILENCE = 60.0
"""Seconds without a sign of life after which the server is taken for gone."""


class DraftCalls(Connection):
    """Models that draft, for leads."""

    async def alter(self, project_id: str, body: AlterBody) -> AlterReport:
        """Make altered traces of correct steps, or learn with `dry_run` which would be made."""
        return await self._asked_long(f"/v1/projects/{project_id}/altered", body, AlterReport)

    async def models(self, project_id: str) -> list[ModelEntry]:
        found = await self._json("GET", f"/v1/projects/{project_id}/models")
        return [ModelEntry.model_validate(row) for row in found]

    async def start_drafts(self, project_id: str, body: DraftBody, key: str | None = None) -> DraftStatus:
        return await self._post(f"/v1/projects/{project_id}/drafting", body, DraftStatus, key)

    async def draft_requests(
        self, project_id: str, before: str | None = None, open_ones: bool = False
    ) -> list[DraftStatus]:  # fmt: skip
        """Some hundred, the newest first; `before` is the id of the last one of those that came. With `open_ones` those
        that have not ended alone: those that a worker has, then the others in the order in which workers take them.
        """
        query = "?open=true" if open_ones else "" if before is None else f"?before={before}"
        found = await self._json("GET", f"/v1/projects/{project_id}/drafting{query}")
        return [DraftStatus.model_validate(row) for row in found]

    async def draft_totals(self, project_id: str) -> list[DraftTotals]:
        """All requests and drafts, counted by model and kind."""
        found = await self._json("GET", f"/v1/projects/{project_id}/drafting/totals")
        return [DraftTotals.model_validate(row) for row in found]

    async def drafts(self, project_id: str, request_id: str) -> DraftReport:
        return await self._get(f"/v1/projects/{project_id}/drafting/{request_id}", DraftReport)

    async def draft_status(self, project_id: str, request_id: str) -> DraftStatus:
        """How far a request of mine is, or any where I lead."""
        return await self._get(f"/v1/projects/{project_id}/drafting/{request_id}/status", DraftStatus)

    async def cancel_drafts(
        self, project_id: str, request_id: str, body: CancelBody, key: str | None = None
    ) -> DraftStatus:
        return await self._post(f"/v1/projects/{project_id}/drafting/{request_id}/cancel", body, DraftStatus, key)

    async def accept_drafts(
        self, project_id: str, request_id: str, body: AcceptBody, key: str | None = None
    ) -> Decided:
        """Let drafts into the pool, as traces that people label."""
        return await self._post(f"/v1/projects/{project_id}/drafting/{request_id}/accept", body, Decided, key)

    async def decline_drafts(
        self, project_id: str, request_id: str, body: DeclineBody, key: str | None = None
    ) -> Decided:
        return await self._post(f"/v1/projects/{project_id}/drafting/{request_id}/decline", body, Decided, key)

    async def ask_opinions(self, project_id: str, body: OpinionsBody, key: str | None = None) -> OpinionsAsked:
        """Ask for opinions of what has none yet; call again while there are more."""
        return await self._post(f"/v1/projects/{project_id}/opinions", body, OpinionsAsked, key)

    async def opinions(self, project_id: str) -> list[OpinionProgress]:
        """How far they are, by kind and model."""
        found = await self._json("GET", f"/v1/projects/{project_id}/opinions")
        return [OpinionProgress.model_validate(row) for row in found]

    async def draft_progress(self, project_id: str, request_id: str) -> AsyncIterator[DraftStatus]:
        """How far a request is: now and at each change, the last once it has ended."""
        path = f"/v1/projects/{project_id}/drafting/{request_id}/events"
        if not PATH.fullmatch(path):
            raise ApiError(NotFound.status, NotFound.slug, NotFound().sentence, {})
        timeout = httpx.Timeout(10.0, read=SILENCE)
        try:
            async with self._http.stream("GET", path, timeout=timeout) as response:
                if response.is_error:
                    await response.aread()
                    raise problem_of(response)
                async for line in response.aiter_lines():
                    if line.startswith("data: "):
                        yield DraftStatus.model_validate_json(line.removeprefix("data: "))
        except httpx.HTTPError as error:
            raise ServerGone(f"{self.server} cannot be reached: {type(error).__name__}") from error
