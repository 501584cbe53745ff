"""Exports, releases and lineage."""

import asyncio
import builtins
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

import httpx

from cotlab.client.connection import Connection, ServerGone, problem_of
from cotlab.domain.datasets.exports import ExportOrder, Manifest
from cotlab.domain.datasets.lineage import Lineage
from cotlab.domain.datasets.releases import Release, ReleaseDiff, ReleaseFile

TRIES, PAUSE = 5, 0.5
"""How often in a row a download that broke off is asked to go on, and the seconds before the first time."""


class DatasetCalls(Connection):
    """Exports, releases and lineage."""

    @asynccontextmanager
    async def export(self, project_id: str, order: ExportOrder) -> AsyncIterator["ExportStream"]:
        """Stream an export, going on by itself where the connection breaks.

        Its manifest can be read once the last byte has come.
        """
        stream = ExportStream(self, project_id, order, await self._export(project_id, order))
        try:
            yield stream
        finally:
            await stream.close()

    async def _export(self, project_id: str, order: ExportOrder) -> httpx.Response:
        """The response whose bytes are still to come."""
        path, body = f"/v1/projects/{project_id}/exports", order.model_dump(mode="json")
        request = self._http.build_request("POST", path, json=body, timeout=None)
        try:
            response = await self._http.send(request, stream=True)
            if response.is_error:
                await response.aread()
        except httpx.HTTPError as error:
            raise ServerGone(f"{self.server} cannot be reached: {type(error).__name__}") from error
        if response.is_error:
            raise problem_of(response)
        return response

    @asynccontextmanager
    async def export_files(self, project_id: str, order: ExportOrder) -> AsyncIterator["ExportFiles"]:
        """Stream all files of an export, one after the other, as of one sequence."""
        yield ExportFiles(self, project_id, order)

    async def manifest(self, project_id: str, export_id: str) -> Manifest:
        return await self._get(f"/v1/projects/{project_id}/exports/{export_id}/manifest", Manifest)

    async def releases(self, project_id: str) -> list[Release]:
        """In the order in which they were made."""
        return [Release.model_validate(row) for row in await self._json("GET", f"/v1/projects/{project_id}/releases")]

    async def release(self, project_id: str, release_id: str) -> ReleaseFile:
        """A release with the manifest of its export."""
        return await self._get(f"/v1/projects/{project_id}/releases/{release_id}", ReleaseFile)

    async def release_diff(self, project_id: str, before: str, after: str, most: int = 1_000) -> ReleaseDiff:
        """What became of the rows from the release of one name to another; at most so many are listed."""
        query = {"before": before, "after": after, "most": str(most)}
        return await self._measured(f"/v1/projects/{project_id}/release-diff", ReleaseDiff, query)

    async def lineage(self, project_id: str, name: str, *, thorough: bool = False) -> Lineage:
        """The history of a row, a trace, a pair or a step by its id."""
        query = {"id": name, "thorough": str(thorough).lower()}
        return await self._measured(f"/v1/projects/{project_id}/lineage", Lineage, query)


class ExportStream:
    """The bytes of an export as they come, then its manifest."""

    def __init__(self, client: DatasetCalls, project_id: str, order: ExportOrder, response: httpx.Response) -> None:
        self._client, self._project_id, self._order, self._response = client, project_id, order, response

    async def bytes(self) -> AsyncIterator[bytes]:
        """Where the connection breaks, what is missing is asked for at the same sequence.

        Raises ServerGone where it breaks a few times in a row before a byte has come.
        """
        came, tries = self._order.skip, 0
        while True:
            try:
                async for chunk in self._response.aiter_bytes():
                    came, tries = came + len(chunk), 0
                    yield chunk
                return
            except httpx.HTTPError as error:
                tries += 1
                await self._go_on(came, tries, error)

    async def _go_on(self, came: int, tries: int, error: httpx.HTTPError) -> None:
        while tries <= TRIES:
            await self._response.aclose()
            await asyncio.sleep(PAUSE * 2 ** (tries - 1))
            try:
                self._response = await self._client._export(self._project_id, self._rest(came))
            except ServerGone:
                tries += 1
            else:
                return
        raise ServerGone(f"the export broke off: {type(error).__name__}") from error

    def _rest(self, came: int) -> ExportOrder:
        """The order for what is missing."""
        as_of = int(self._response.headers["Cotlab-As-Of"])
        return self._order.model_copy(update={"as_of": as_of, "skip": came})

    async def close(self) -> None:
        await self._response.aclose()

    async def lines(self) -> AsyncIterator["builtins.bytes"]:
        """The rows, a line of JSON each, without its end; what comes is never held as a whole."""
        rest = b""
        async for piece in self.bytes():
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                yield line
        if rest:
            yield rest

    async def manifest(self) -> Manifest:
        return await self._client.manifest(self._project_id, self._response.headers["Cotlab-Export"])

    @property
    def path(self) -> str:
        """The file's path in the manifest; "" for the only file of an export."""
        path: str = self._response.headers["Cotlab-File"]
        return path


class ExportFiles:
    """The files of an export as they come, then their manifest, against which each was held."""

    def __init__(self, client: DatasetCalls, project_id: str, order: ExportOrder) -> None:
        self._client, self._project_id, self._order = client, project_id, order
        self._manifest: Manifest | None = None

    async def pieces(self) -> AsyncIterator[tuple[str, bytes]]:
        """A file's path in the manifest, and the next piece of it; an empty file is one empty piece.

        Raises ServerGone where a file is not what the server counted.
        """
        order = self._order
        for split in order.splits.names if order.splits is not None else (None,):
            for outcome in (False, True) if order.paired else (False,):
                wanted = order.model_copy(update={"split": split, "outcome": outcome})
                async with self._client.export(self._project_id, wanted) as stream:
                    sha = sha256()
                    yield stream.path, b""
                    async for piece in stream.bytes():
                        sha.update(piece)
                        yield stream.path, piece
                    manifest = await stream.manifest()
                (told,) = [file for file in manifest.files if file.path == stream.path]
                if told.sha256 != sha.hexdigest() or (self._manifest and manifest.sha256 != self._manifest.sha256):
                    raise ServerGone("what arrived is not what the server sent; export again")
                self._manifest = self._manifest or manifest
                order = order.model_copy(update={"as_of": manifest.as_of})

    async def manifest(self) -> Manifest:
        """Once all pieces have come."""
        if self._manifest is None:
            raise RuntimeError("the files were not read to their end")
        return self._manifest
