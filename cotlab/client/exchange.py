"""Traces in and datasets out."""

import builtins
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

import httpx

from cotlab.client.connection import NDJSON, Connection, ServerGone, problem_of
from cotlab.domain.exports import ExportOrder, Manifest
from cotlab.domain.projects import ImportReport


class ExchangeCalls(Connection):
    """Traces in and datasets out."""

    async def import_lines(
        self, project_id: str, lines: AsyncIterator[bytes], format_name: str | None = None, first_line: int = 1
    ) -> ImportReport:
        """Send JSON lines as a stream. `first_line` is the number of the first one in its file."""
        query = {"first_line": str(first_line)} | ({"format": format_name} if format_name else {})
        response = await self._request(
            "POST",
            f"/v1/projects/{project_id}/import",
            params=query,
            content=lines,
            headers={"Content-Type": NDJSON},
            timeout=None,
        )
        return ImportReport.model_validate_json(response.content)

    @asynccontextmanager
    async def export(self, project_id: str, order: ExportOrder) -> AsyncIterator["ExportStream"]:
        """Stream an export. Its manifest can be read once the last byte has come."""
        request = self._http.build_request(
            "POST", f"/v1/projects/{project_id}/exports", json=order.model_dump(mode="json"), timeout=None
        )
        try:
            response = await self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise ServerGone(f"{self.server} cannot be reached: {type(error).__name__}") from error
        try:
            if response.is_error:
                await response.aread()
                raise problem_of(response)
            yield ExportStream(self, project_id, response)
        finally:
            await response.aclose()

    @asynccontextmanager
    async def export_files(self, project_id: str, order: ExportOrder) -> AsyncIterator["ExportFiles"]:
        """Stream all files of an export, one after the other, as of one sequence."""
        yield ExportFiles(self, project_id, order)

    async def manifest(self, project_id: str, export_id: str) -> Manifest:
        return await self._get(f"/v1/projects/{project_id}/exports/{export_id}/manifest", Manifest)


class ExportStream:
    """The bytes of an export as they come, then its manifest."""

    def __init__(self, client: ExchangeCalls, project_id: str, response: httpx.Response) -> None:
        self._client, self._project_id, self._response = client, project_id, response

    async def bytes(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.aiter_bytes():
                yield chunk
        except httpx.HTTPError as error:
            raise ServerGone(f"the export broke off: {type(error).__name__}") from error

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

    def __init__(self, client: ExchangeCalls, project_id: str, order: ExportOrder) -> None:
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
