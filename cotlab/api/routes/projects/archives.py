"""Whole projects out of a server and into it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from typing import Any, BinaryIO

from litestar import Response, post
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from cotlab.api.access import ADMIN, LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import VERSION_HEADER, answers, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.errors import UnsupportedMediaType
from cotlab.domain.projects.archives import ArchiveOrder, MovedIn
from cotlab.exchange.archive import MEDIA_TYPE, Archive, Built
from cotlab.services.projects import archive_out
from cotlab.services.projects.archive_in import take_in
from cotlab.storage.engine.database import SERVER

LARGEST_ARCHIVE = 64_000_000_000
"""Bytes that are taken in at most; they are kept in the folder of temporary files."""


@post("/projects/{project_id:str}/archive", access=LEAD, status_code=200, responses=answers(bytes))
async def write_out(request: StrictRequest, project_id: FromPath[str], data: JSONBody[ArchiveOrder]) -> Stream:
    """Stream the project whole. It is written in one snapshot before the first byte is sent."""
    by, store = person_of(request).id, server_of(request).store
    spool = _spool()

    def build() -> Built:
        built = archive_out.write_out(store, project_id, spool, not data.pseudonyms)
        store.write(SERVER, lambda db: archive_out.record(db, by, built))
        return built

    try:
        built = await asyncio.to_thread(build)
    except BaseException:
        spool.close()
        raise
    headers = {**VERSION_HEADER, "Content-Length": str(built.size)}
    return Stream(_pieces(built), media_type=MEDIA_TYPE, headers=headers)


async def _pieces(built: Built) -> AsyncIterator[bytes]:
    with built.spool:
        pieces = built.chunks()
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            yield piece


@post(
    "/archives", access=ADMIN, status_code=200, responses=answers(MovedIn), request_max_body_size=LARGEST_ARCHIVE
)  # fmt: skip
async def take_project_in(request: StrictRequest) -> Response[Any]:
    """Take in a project that another server wrote out (`application/x-tar`): all of it, or nothing."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise UnsupportedMediaType(f"The body is read as {MEDIA_TYPE}; set that content type.")
    by, store = person_of(request).id, server_of(request).store
    with _spool() as spool:
        async for piece in request.stream():
            await asyncio.to_thread(spool.write, piece)
        return reply(await asyncio.to_thread(lambda: take_in(store, by, Archive(spool, "the archive"))))


def _spool() -> BinaryIO:
    """A file without a name, which is gone when it is closed."""
    return tempfile.TemporaryFile()


ROUTES = (write_out, take_project_in)
