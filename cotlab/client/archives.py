"""Whole projects out of a server and into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from cotlab.client.connection import Connection, ServerGone, problem_of
from cotlab.domain.projects.archives import ArchiveOrder, MovedIn

TAR = "application/x-tar"


class ArchiveCalls(Connection):
    """Whole projects out of a server and into it."""

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
