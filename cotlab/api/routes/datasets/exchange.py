"""What goes in and out: imports and exports, and who answers here."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream

from cotlab import __version__
from cotlab.api.access import ANYONE, EXPORTER, LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import VERSION_HEADER, answers, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.datasets.exports import ExportOrder, Manifest, Packing
from cotlab.domain.errors import UnsupportedMediaType
from cotlab.domain.projects.projects import ImportReport
from cotlab.domain.work.views import ServerInfo
from cotlab.exchange.readers.jsonl import byte_lines, read_traces
from cotlab.services.datasets import export as exporting
from cotlab.services.datasets.export import Export
from cotlab.services.projects.projects import open_project
from cotlab.services.traces.trace_import import import_lines
from cotlab.storage import now_microseconds
from cotlab.storage.engine.database import Store

NDJSON = "application/x-ndjson"
MAX_IMPORT = 64_000_000


@get("/server", access=ANYONE, responses=answers(ServerInfo))
async def server_info() -> Response[Any]:
    return reply(ServerInfo(version=__version__))


@post(
    "/projects/{project_id:str}/import", access=LEAD, status_code=200, responses=answers(ImportReport),
    request_max_body_size=MAX_IMPORT,
)  # fmt: skip
async def import_traces(
    request: StrictRequest,
    project_id: FromPath[str],
    format_name: Annotated[str | None, QueryParameter(name="format", max_length=40)] = None,
    first_line: Annotated[int, QueryParameter(name="first_line", ge=1, lt=2**53)] = 1,
    on_error: Annotated[Literal["skip", "stop"], QueryParameter(name="on_error")] = "skip",
) -> Response[Any]:
    """Import JSON lines (`application/x-ndjson`). Good lines are kept; the reply names each broken one.

    With `on_error=stop` nothing that stands after the first broken line is read.
    """
    by, store = person_of(request).id, server_of(request).store
    await store.read_async(lambda db: open_project(db, project_id))
    body = await ndjson(request)

    def run() -> ImportReport:
        lines = read_traces(byte_lines(BytesIO(body)), format_name)
        return import_lines(store, by, project_id, lines, stop=on_error == "stop").report(first_line)

    return reply(await asyncio.to_thread(run))


async def ndjson(request: StrictRequest) -> bytes:
    """The body of a request that holds JSON lines. Raises UnsupportedMediaType."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != NDJSON:
        raise UnsupportedMediaType(f"The body is read as {NDJSON}; set that content type.")
    return await request.body()


@post(
    "/projects/{project_id:str}/exports", access=EXPORTER, status_code=200, responses=answers(None),
    request_max_body_size=MAX_IMPORT,
)  # fmt: skip
async def export(request: StrictRequest, project_id: FromPath[str], data: JSONBody[ExportOrder]) -> Stream:
    """Stream one file of an export: the only one, or the one that `split` and `outcome` name.

    The event `export.begun` is written before the first byte, `export.made` behind the last one. The header
    Cotlab-Export names the export, Cotlab-File the file in its manifest, which is there once the last byte was read.
    The other files come by the same order with the manifest's `as_of`; so does the rest of one that broke off, by the
    sequence in Cotlab-As-Of and `after` or `skip`.
    """
    by, store = person_of(request).id, server_of(request).store
    prepared = await asyncio.to_thread(store.read, lambda db: exporting.prepared(db, project_id, data))
    export_id = uuid.uuid4().hex
    headers = {
        **VERSION_HEADER, "Cotlab-Export": export_id, "Cotlab-File": prepared.one_file().path,
        "Cotlab-As-Of": str(prepared.as_of),
    }  # fmt: skip
    await store.write_async(project_id, lambda db: exporting.begin(db, by, export_id, prepared))
    media_type = NDJSON if data.packing is Packing.LINES else "application/octet-stream"
    return Stream(_pieces(store, prepared, by, export_id), media_type=media_type, headers=headers)


async def _pieces(store: Store, export: Export, by: str, export_id: str) -> AsyncIterator[bytes]:
    pieces = export.chunks(store)
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece
    manifest = export.manifest(now_microseconds())
    await store.write_async(manifest.project_id, lambda db: exporting.record(db, by, export_id, manifest, export.order))


@get("/projects/{project_id:str}/exports/{export_id:str}/manifest", access=EXPORTER, responses=answers(Manifest))
async def manifest(request: StrictRequest, project_id: FromPath[str], export_id: FromPath[str]) -> Response[Any]:
    return reply(await server_of(request).store.read_async(lambda db: exporting.manifest(db, project_id, export_id)))


ROUTES = (server_info, import_traces, export, manifest)
