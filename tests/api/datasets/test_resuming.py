"""A download that breaks off goes on with exactly the bytes that are missing, and the manifest is of the whole."""

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar.exceptions import LitestarException

from cotlab.client import Client, ServerGone
from cotlab.client import datasets as client_exchange
from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, Packing
from cotlab.services.datasets import trace_items
from cotlab.services.datasets.export import Export
from tests.api.conftest import Site, site_over
from tests.services.datasets.splitting import labelled_project, splits
from tests.support import Clock

EXPORTS = "/v1/projects/{project}/exports"
ORDER: dict[str, Any] = {"format": "native", "labels": "settled"}


@pytest.fixture
def paged(store: Any, monkeypatch: pytest.MonkeyPatch) -> Site:
    """An export that comes in many pages."""
    monkeypatch.setattr(trace_items, "TRACES_A_READ", 5)
    return site_over(labelled_project(store, Clock()))


async def sent(site: Site, **order: Any) -> httpx.Response:
    response = await site.call("exp", "POST", EXPORTS, ORDER | order)
    assert response.status_code == 200, response.text
    return response


async def manifest(site: Site, response: httpx.Response) -> dict[str, Any]:
    found = await site.done("exp", "GET", f"{EXPORTS}/{response.headers['Cotlab-Export']}/manifest")
    return {name: value for name, value in found.items() if name not in ("made_at", "command")}


async def test_after_any_trace_the_missing_bytes_come_and_the_manifest_is_of_all(paged: Site) -> None:
    whole = await sent(paged)
    at, told = int(whole.headers["Cotlab-As-Of"]), await manifest(paged, whole)
    lines = whole.content.splitlines(keepends=True)
    assert len(lines) == 24
    for number in (0, 3, 4, 5, 22, 23):
        after = json.loads(lines[number])["row_id"].partition(".")[0]
        rest = await sent(paged, as_of=at, after=after)
        assert rest.content == b"".join(lines[number + 1 :]), number
        assert await manifest(paged, rest) == told
    assert told["sha256"] == hashlib.sha256(whole.content).hexdigest()
    part = await sent(paged, as_of=at, after=json.loads(lines[6])["row_id"].partition(".")[0], skip=10)
    assert part.content == b"".join(lines[7:])[10:]


@pytest.mark.parametrize("packing", ["jsonl", "jsonl.gz"])
async def test_after_any_byte_too_however_it_is_packed(paged: Site, packing: str) -> None:
    whole = await sent(paged, packing=packing)
    at, told = int(whole.headers["Cotlab-As-Of"]), await manifest(paged, whole)
    for skip in (1, len(whole.content) // 2, len(whole.content) - 1, len(whole.content)):
        rest = await sent(paged, packing=packing, as_of=at, skip=skip)
        assert rest.content == whole.content[skip:], skip
        assert await manifest(paged, rest) == told


async def test_what_came_later_is_in_no_rest(paged: Site) -> None:
    whole = await sent(paged)
    at, middle = int(whole.headers["Cotlab-As-Of"]), len(whole.content) // 2
    paged.world.set_policy(overlap=2)
    assert (await sent(paged, as_of=at, skip=middle)).content == whole.content[middle:]


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ({"after": "0" * 32}, "as_of: what goes on is read at the sequence of what came; name it"),
        ({"skip": 5}, "as_of: "),
        ({"after": "0" * 32, "as_of": 1, "packing": "jsonl.gz"}, "after: only JSON lines go on after a trace"),
        ({"after": "x", "as_of": 1}, "after: "),
        ({"skip": -1, "as_of": 1}, "skip: "),
    ],
)
async def test_where_to_go_on_is_said(paged: Site, order: dict[str, Any], says: str) -> None:
    reply = await paged.call("exp", "POST", EXPORTS, ORDER | order)
    assert reply.status_code == 422 and says in reply.json()["detail"]


class Breaking(httpx.AsyncBaseTransport):
    """A way to the server on which each download breaks off after so many bytes, as often as `times` says."""

    def __init__(self, app: Any, bytes_a_time: int, times: int) -> None:
        self._inner = httpx.ASGITransport(app)
        self.bytes, self.times, self.asked = bytes_a_time, times, list[dict[str, Any]]()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if request.method != "POST":
            return response
        self.asked.append(json.loads(await request.aread()))
        if len(self.asked) > self.times:
            return response
        content = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, stream=_Torn(content[: self.bytes]))


class _Torn(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._content:
            yield self._content
        raise httpx.RemoteProtocolError("the server closed the connection")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_exchange, "PAUSE", 0)


def client_over(site: Site, way: httpx.AsyncBaseTransport) -> Client:
    return Client("http://server", site.world.tokens["exp"], transport=way, allow_plain_http=True)


@pytest.mark.parametrize("packing", [Packing.LINES, Packing.GZIP])
async def test_the_client_goes_on_by_itself(paged: Site, packing: Packing) -> None:
    whole = (await sent(paged, packing=packing.value)).content
    order = ExportOrder(format="native", labels=LabelChoice.SETTLED, packing=packing)
    way = Breaking(paged.app, 300, 3)
    async with client_over(paged, way) as client, client.export(paged.world.project, order) as stream:
        paged.world.set_policy(overlap=1, open_cases_on=())
        came = b"".join([piece async for piece in stream.bytes()])
        told = await stream.manifest()
    assert hashlib.sha256(came).hexdigest() == told.sha256 and len(came) == told.bytes
    assert [one["skip"] for one in way.asked] == [0, 300, 600, 900]
    assert [one["as_of"] for one in way.asked[1:]] == [told.as_of] * (len(way.asked) - 1)
    assert packing is not Packing.LINES or len(came) == len(whole)


async def test_all_files_of_an_export_go_on(paged: Site) -> None:
    order = ExportOrder(format="native", labels=LabelChoice.SETTLED, splits=splits())
    way, came = Breaking(paged.app, 2_000, 3), dict[str, bytes]()
    async with client_over(paged, way) as client, client.export_files(paged.world.project, order) as stream:
        async for path, piece in stream.pieces():
            came[path] = came.get(path, b"") + piece
        told = await stream.manifest()
    assert {path: hashlib.sha256(one).hexdigest() for path, one in came.items()} == {
        one.path: one.sha256 for one in told.files
    }


async def test_a_server_that_gives_nothing_more_is_gone(paged: Site) -> None:
    order = ExportOrder(format="native", labels=LabelChoice.SETTLED)
    way = Breaking(paged.app, 0, 1_000)
    async with client_over(paged, way) as client, client.export(paged.world.project, order) as stream:
        with pytest.raises(ServerGone, match="the export broke off: RemoteProtocolError"):
            async for _ in stream.bytes():
                pass
    assert len(way.asked) == 1 + client_exchange.TRIES


async def test_what_is_taken_and_not_ended_stands_in_the_trail(paged: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> None:
        raise ConnectionError("the client went away after the last byte")

    monkeypatch.setattr(Export, "manifest", closed)
    with pytest.raises(LitestarException, match="after response started"):
        await sent(paged)
    assert paged.world.kinds()[-1] == "export.begun" and "export.made" not in paged.world.kinds()
    begun = json.loads(
        paged.world.rows(
            "SELECT body FROM events WHERE chain = :c ORDER BY sequence DESC LIMIT 1", c=paged.world.project
        )[0]["body"]
    )
    assert begun["actor"] == paged.world.people["exp"]
    assert begun["data"]["as_of"] == len(paged.world.kinds()) - 1 and begun["data"]["format"] == "native"
