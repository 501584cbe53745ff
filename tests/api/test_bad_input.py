"""Whatever is sent: a 4xx with a slug, never a 500; in the process, and over a socket as the bytes come."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from cotlab.api.app import create_app
from tests.api.conftest import Site
from tests.services.guidelines.guideline_texts import small
from tests.world import World, guideline_text

DEEP = b"[" * 10_000 + b"]" * 10_000
LABEL = '{"position":1,"label":"correct","rationale":%s}'
JSON = "application/json"

BODIES: list[tuple[str, bytes, str | None, int]] = [
    ("nested 10,000 deep", DEEP, JSON, 400),
    ("objects 10,000 deep", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, JSON, 400),
    ("nested 65 deep", b'{"position":' + b"[" * 65 + b"]" * 65 + b"}", JSON, 400),
    ("nested, never closed", b"[" * 100_000, JSON, 400),
    ("not UTF-8", b'{"position":1,"label":"\xff\xfe"}', JSON, 400),
    ("UTF-16", '{"position":1,"label":"correct"}'.encode("utf-16"), JSON, 400),
    ("an integer beyond 64 bit", b'{"position":99999999999999999999,"label":"correct"}', JSON, 400),
    ("an integer of 2^53", b'{"position":9007199254740992,"label":"correct"}', JSON, 400),
    ("an integer of 10,000 digits", b'{"position":' + b"9" * 10_000 + b',"label":"correct"}', JSON, 400),
    ("NaN", b'{"position":NaN,"label":"correct"}', JSON, 400),
    ("-Infinity", b'{"position":-Infinity,"label":"correct"}', JSON, 400),
    ("1e999", b'{"position":1e999,"label":"correct"}', JSON, 400),
    ("a key twice", b'{"position":1,"position":2,"label":"correct"}', JSON, 400),
    ("cut off", b'{"position":1,"lab', JSON, 400),
    ("a second value", b'{"position":1,"label":"correct"} {}', JSON, 400),
    ("a NUL escape", (LABEL % r'"\u0000"').encode(), JSON, 400),
    ("a NUL in a key", rb'{"position":1,"label":"correct","a\u0000":1}', JSON, 400),
    ("a raw NUL", b'{"position":1,"label":"corr\x00ect"}', JSON, 400),
    ("a lone surrogate", (LABEL % r'"\ud800"').encode(), JSON, 400),
    ("a surrogate as a key", rb'{"position":1,"label":"correct","\udfff":1}', JSON, 400),
    ("an empty body", b"", JSON, 400),
    ("blanks", b" \n", JSON, 400),
    ("null", b"null", JSON, 422),
    ("a list", b"[]", JSON, 422),
    ("a text", b'"correct"', JSON, 422),
    ("an unknown field", b'{"position":1,"label":"correct","extra":1}', JSON, 422),
    ("a missing field", b'{"position":1}', JSON, 422),
    ("a number as text", b'{"position":"1","label":"correct"}', JSON, 422),
    ("a whole float", b'{"position":1.0,"label":"correct"}', JSON, 422),
    ("true as a number", b'{"position":true,"label":"correct"}', JSON, 422),
    ("position 0", b'{"position":0,"label":"correct"}', JSON, 422),
    ("an over-long name", json.dumps({"position": 1, "label": "x" * 201}).encode(), JSON, 422),
    ("an over-long text", (LABEL % f'"{"x" * 200_001}"').encode(), JSON, 422),
    ("too many citations", json.dumps({"position": 1, "label": "correct",
                                       "citations": [{"kind": "rule", "name": "r"}] * 21}).encode(), JSON, 422),
    ("a span backwards", json.dumps({"position": 1, "label": "correct", "citations": [
        {"kind": "passage", "name": "r", "start": 4, "stop": 2}]}).encode(), JSON, 422),
    ("more than a megabyte", b" " * 1_000_001 + b"{}", JSON, 413),
    ("no content type", b'{"position":1,"label":"correct"}', None, 415),
    ("text/plain", b'{"position":1,"label":"correct"}', "text/plain", 415),
    ("a form", b"position=1&label=correct", "application/x-www-form-urlencoded", 415),
    ("multipart", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1--x--',
     "multipart/form-data; boundary=x", 415),
    ("multipart without a boundary", b"--x", "multipart/form-data", 415),
    ("multipart cut off", b"--x\r\nContent-Disposition", "multipart/form-data; boundary=x", 415),
    ("msgpack", b"\x82\xa8position\x01", "application/x-msgpack", 415),
    ("a broken content type", b"{}", ";;;===", 415),
]  # fmt: skip


def check(status: int, headers: dict[str, str], content: bytes, expected: int) -> None:
    assert status == expected, content[:300]
    assert headers["content-type"] == "application/problem+json"
    body = json.loads(content)
    assert body["status"] == expected and body["slug"] and body["detail"] and len(content) < 4_000


async def labels_route(site: Site) -> str:
    claimed = await site.done("ann", "POST", "/v1/projects/{project}/claim")
    return f"/v1/assignments/{claimed['assignment']['id']}/labels"


async def test_every_bad_body_is_refused_and_changes_nothing(site: Site) -> None:
    path, events = await labels_route(site), len(site.world.kinds())
    for what, content, media_type, expected in BODIES:
        headers = {} if media_type is None else {"Content-Type": media_type}
        response = await site.call("ann", "POST", path, content=content, headers=headers)
        assert response.status_code == expected, (what, response.status_code, response.text[:300])
        check(response.status_code, dict(response.headers), response.content, expected)
    assert len(site.world.kinds()) == events
    await site.done("ann", "POST", path, {"position": 1, "label": "correct"})


async def test_an_error_names_the_field_and_repeats_no_content(site: Site) -> None:
    path = await labels_route(site)
    secret = "s3cr3t-content"
    for body, field in (
        ({"position": secret, "label": "correct"}, "position"),
        ({"position": 1, "label": "correct", "rationale": [secret]}, "rationale"),
        ({"position": 1, "label": "correct", "citations": [{"kind": secret, "name": "x"}]}, "citations.0.kind"),
    ):
        response = await site.call("ann", "POST", path, body)
        assert response.status_code == 422 and secret not in response.text
        assert field in [each["field"] for each in response.json()["fields"]]


REQUESTS = [
    ("GET", "/v1/queue", 400), ("GET", "/v1/queue?day_starts_at=x", 400), ("GET", "/v1/queue?day_starts_at=-1", 400),
    ("GET", "/v1/queue?day_starts_at=99999999999999999999", 400),
    ("GET", "/v1/queue?day_starts_at=%00", 422), ("GET", "/v1/queue?day_starts_at=%FF", 400),
    ("GET", "/v1/projects/{project}/my-labels?cursor=%00", 422),
    ("GET", "/v1/projects/{project}/my-labels?cursor=1-%00", 422),
    ("GET", "/v1/projects/{project}/my-labels?cursor=1-%ED%A0%80", 422),
    ("GET", "/v1/projects/{project}/my-labels?cursor=" + "1" * 101, 400),
    ("GET", "/v1/projects/{project}%00/my-labels", 404), ("GET", "/v1/projects/%FF/my-labels", 404),
    ("GET", "/v1/projects/%2e%2e/my-labels", 404), ("GET", "/v1/projects/" + "0" * 65 + "/my-labels", 404),
    ("GET", "/v1/assignments/{{x}}", 404), ("GET", "/v1/assignments/%7Bx%7D", 404), ("GET", "/v1/assignments/1_0", 404),
    ("GET", "/v1/assignments/' OR 1=1", 404), ("GET", "/v1/assignments/A", 404), ("GET", "/v1/nothing", 404),
    ("GET", "/", 404), ("GET", "/v1", 404), ("GET", "/v1/openapi/x", 404), ("DELETE", "/v1/queue", 405),
    ("PATCH", "/v1/projects", 405), ("HEAD", "/v1/queue", 405), ("OPTIONS", "/v1/queue", 403),
    ("TRACE", "/v1/queue", 405),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "expected"), REQUESTS)
async def test_wrong_paths_queries_and_methods(site: Site, method: str, path: str, expected: int) -> None:
    response = await site.call("ann", method, path)
    assert response.status_code == expected, response.text
    if method != "HEAD":
        assert response.headers["content-type"] == "application/problem+json" and response.json()["slug"]


@pytest.mark.parametrize(
    "path", ["evidence?domain", "quality/traces?cell=right_no_bad_step&after", "coverage/paths?domain",
             "coverage/tasks?cursor", "reports/accuracy?person", "agreement?%00", "agreement/steps?domain"],
)  # fmt: skip
async def test_a_nul_in_a_query_is_named(site: Site, path: str) -> None:
    response = await site.call("lea", "GET", f"/v1/projects/{{project}}/{path}=a%00b")
    assert response.status_code == 422, response.text
    assert response.json()["detail"].endswith("the text holds a NUL character, which no database keeps")


FIRST = small("1.0", "initial")
GUIDELINES = {
    "a date as a field": (f"---\n2020-01-01: x\n{FIRST[4:]}", "guideline.md line 2: a field is named by text"),
    "a long version": (small("9" * 4_400, "initial"), "guideline.md line 3: version: the text does not match"),
    "a heading": (f"{FIRST}\n### What is no rule\n", "a heading among the rules is an id"),
    "a label misspelt": (small("1.0", affects={"labels": ["incompete"]}), "affects.labels.0: incompete is no label"),
}


@pytest.mark.parametrize("what", GUIDELINES)
@pytest.mark.parametrize("path", ["/v1/guidelines", "/v1/guidelines/impact"])
async def test_a_bad_guideline_is_one_sentence_and_read_for_a_lead_alone(site: Site, path: str, what: str) -> None:
    text, sentence = GUIDELINES[what]
    body = {"text": text, "projects": ["pilot"]}
    response = await site.call("lea", "POST", path, body)
    assert (response.status_code, response.json()["slug"]) == (422, "bad-input") and sentence in response.text
    assert (await site.call("ann", "POST", path, body)).status_code == 403
    if path.endswith("impact"):
        assert (await site.call("ann", "POST", path, {"text": text})).status_code == 403
    assert (await site.call("ann", "GET", "/v1/guidelines")).status_code == 200


async def test_a_project_that_is_named_twice_is_one(site: Site) -> None:
    body = {"text": guideline_text("1.1", "clarification"), "projects": ["pilot", "Pilot", "pilot"]}
    assert [one["project"] for one in await site.done("lea", "POST", "/v1/guidelines/impact", body)] == ["pilot"]
    published = await site.done("lea", "POST", "/v1/guidelines", body)
    assert published["projects"] == ["pilot"] and published["stale"] == {"pilot": 0}


@pytest.mark.parametrize("position", ["0", "x", "-1", "1_0", "%D9%A1", "9999999", "1.0", "%7B1%7D"])
async def test_a_step_that_is_no_number(site: Site, position: str) -> None:
    path = (await labels_route(site)).removesuffix("labels") + f"steps/{position}"
    response = await site.call("ann", "GET", path)
    assert response.status_code in (404, 409) and response.json()["slug"] in ("not-found", "out-of-order")


@pytest.mark.parametrize("key", ["", " ", "a b", "é".encode("latin-1"), "x" * 65, "a\x7f"])
async def test_a_key_that_is_none(site: Site, key: Any) -> None:
    body = {"position": 1, "label": "correct"}
    response = await site.call("ann", "POST", await labels_route(site), body, headers={"Idempotency-Key": key})
    assert (response.status_code, response.json()["slug"]) == (422, "bad-input")


IMPORTS = [
    (b"", "application/x-ndjson", "", 422), (b"\n\n", "application/x-ndjson", "", 422),
    (b"{}", JSON, "", 415), (b"{}", "multipart/form-data; boundary=x", "", 415),
    (b"{}", "application/x-ndjson", "?format=none", 422), (b"{}", "application/x-ndjson", "?format=%00", 422),
    (b"{}", "application/x-ndjson", "?on_error=none", 400), (b"{}", "application/x-ndjson", "?on_error=stop", 422),
    (b"{}", "application/x-ndjson", "?first_line=0", 400), (b"{}", "application/x-ndjson", "?first_line=x", 400),
    (b"{}", "application/x-ndjson", "", 422), (b"[1]", "application/x-ndjson", "?format=native", 200),
    (DEEP, "application/x-ndjson", "?format=native", 200), (b"\xff", "application/x-ndjson", "?format=native", 200),
    (b'{"steps":["\\ud800"]}', "application/x-ndjson", "?format=native", 200),
    (b'{"a":NaN}\r\x00\n{"a":1e999}', "application/x-ndjson", "?format=native", 200),
]  # fmt: skip


@pytest.mark.parametrize(("content", "media_type", "query", "expected"), IMPORTS)
async def test_bad_imports(site: Site, content: bytes, media_type: str, query: str, expected: int) -> None:
    path = f"/v1/projects/{{project}}/import{query}"
    response = await site.call("lea", "POST", path, content=content, headers={"Content-Type": media_type})
    assert response.status_code == expected, response.text[:300]
    if expected == 200:
        report = response.json()
        assert report["traces"] == 0 and report["broken_lines"] == report["lines"] >= 1


@pytest.fixture
def port(world: World) -> Iterator[int]:
    """A real server over a real socket."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(world.store), http="httptools", log_config=None, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join(10)
    listening.close()


def exchange(port: int, *pieces: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send bytes as they are; status, headers and body of what comes back before the connection ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server has answered already and reads no more
        answer = b""
        try:
            while more := connection.recv(65_536):
                answer += more
        except ConnectionResetError:
            pass
    head, _, content = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(status.split()[1]), headers, content


def request(world: World, path: str, content: bytes, media_type: str | None, who: str = "ann") -> bytes:
    typed = f"Content-Type: {media_type}\r\n" if media_type else ""
    return (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {world.tokens[who]}\r\n"
        f"{typed}Content-Length: {len(content)}\r\n\r\n"
    ).encode() + content


def test_the_same_over_a_socket(world: World, port: int) -> None:
    path = f"/v1/assignments/{world.expert('ann').take().id}/labels"
    for what, content, media_type, expected in BODIES:
        status, headers, body = exchange(port, request(world, path, content, media_type))
        assert status == expected, what
        check(status, headers, body, expected)


def test_a_body_of_50_megabytes_is_refused_wherever_it_goes(world: World, port: int) -> None:
    path = f"/v1/assignments/{world.expert('ann').take().id}/labels"
    head = request(world, path, b"", JSON).replace(b"Content-Length: 0", b"Content-Length: 50000000")
    pieces = [b" " * 1_000_000] * 50
    check(*exchange(port, head, *pieces), 413)
    chunked = head.replace(b"Content-Length: 50000000", b"Transfer-Encoding: chunked")
    chunks = [b"f4240\r\n" + piece + b"\r\n" for piece in pieces]
    check(*exchange(port, chunked, *chunks, b"0\r\n\r\n"), 413)


RAW = [
    (b"\x00\x01\x02\r\n\r\n", 400), (b"GET\r\n\r\n", 400), (b"GET / HTTP/9.9\r\n\r\n", 400),
    (b"GET /v1/server HTTP/1.1\r\nHost: x\r\nConnection: close\r\nBad Header: 1\r\n\r\n", 400),
    (b"GET /v1/\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
    (b"GET /v1/%ff%fe?%00=%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
    (b"GET /v1/queue HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer \xff\xfe\r\n\r\n", 401),
    (b"POST /v1/projects HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: -1\r\n\r\n", 400),
    (b"POST /v1/projects HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "expected"), RAW)
def test_what_is_hardly_http(port: int, sent: bytes, expected: int) -> None:
    status, _, _ = exchange(port, sent)
    assert status == expected or (status in (400, 401, 404) and expected == 400)
    assert exchange(port, b"GET /v1/server HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")[0] == 200
