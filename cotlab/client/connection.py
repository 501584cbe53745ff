"""The connection to a server: requests with a token, and what its refusals become."""

import re
import uuid
from collections.abc import Mapping
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from cotlab import __version__
from cotlab.domain.errors import BadInput, NotFound

M = TypeVar("M", bound=BaseModel)
LOOPBACK = ("localhost", "127.0.0.1", "::1")
NDJSON = "application/x-ndjson"
Query = Mapping[str, Any] | None
"""The query of a request, where it has one."""
PATH = re.compile(r"(?:/[\w-]+)+", re.ASCII)
"""What every path is made of; an id with another character is none."""


class ApiError(Exception):
    """The server answered with a problem: its status, slug, sentence and details."""

    def __init__(self, status: int, slug: str, sentence: str, details: Mapping[str, Any]) -> None:
        self.status, self.slug, self.sentence, self.details = status, slug, sentence, details
        super().__init__(sentence)


class ServerGone(Exception):
    """The server cannot be reached, or cannot answer just now; `retry_after` is in seconds."""

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(sentence)


def new_key() -> str:
    """An idempotency key: the same request sent again with it is answered and not done twice."""
    return uuid.uuid4().hex


def checked_server(url: str, allow_plain_http: bool = False) -> str:
    """Return `url` without a closing slash; raise BadInput where a token would travel in clear."""
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named:
        raise BadInput(f"{url}: a server is named as https://host or http://127.0.0.1:port")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not allow_plain_http:
        raise BadInput(f"{url}: plain http would send your token in clear; use https, or allow it explicitly")
    return url.rstrip("/")


def problem_of(response: httpx.Response) -> ApiError | ServerGone:
    """The exception for a response that is no success."""
    try:
        body = response.json()
        slug, sentence = str(body["slug"]), str(body["detail"])
    except (ValueError, KeyError, TypeError):
        body, slug, sentence = {}, "unknown", f"the server answered {response.status_code} without a reason"
    if response.status_code in (502, 503, 504):
        wait = response.headers.get("Retry-After", "")
        return ServerGone(sentence, float(wait) if wait.isdigit() else None)
    return ApiError(response.status_code, slug, sentence, body)


class Connection:
    """One server, one token. Methods raise ApiError where it refuses and ServerGone where it is not there."""

    def __init__(
        self,
        server: str,
        token: str | None = None,
        *,
        allow_plain_http: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = 10.0,
    ) -> None:
        self.server = checked_server(server, allow_plain_http)
        headers = {"Cotlab-Version": __version__, "Accept": "application/json"}
        if token is not None:
            if not token.isascii() or not token.isprintable():
                raise BadInput("The token holds characters that no token has; copy it anew.")
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.AsyncClient(base_url=self.server, headers=headers, transport=transport, timeout=timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def _get(self, path: str, model: type[M], query: Mapping[str, Any] | None = None) -> M:
        response = await self._request("GET", path, params=query)
        return _read(model, response)

    async def _measured(self, path: str, model: type[M], query: Mapping[str, Any] | None = None) -> M:
        """The same for what takes the server a while over a million labels."""
        return _read(model, await self._request("GET", path, params=query, timeout=None))

    async def _asked_long(self, path: str, body: BaseModel, model: type[M]) -> M:
        """The same for a question that has a body."""
        headers, content = {"Content-Type": "application/json"}, body.model_dump_json().encode()
        return _read(model, await self._request("POST", path, headers=headers, content=content, timeout=None))

    async def _json(self, method: str, path: str, body: BaseModel | None = None) -> Any:
        if body is None:
            return (await self._request(method, path)).json()
        headers = {"Content-Type": "application/json"}
        return (await self._request(method, path, headers=headers, content=body.model_dump_json().encode())).json()

    async def _post(self, path: str, body: BaseModel | None, model: type[M], key: str | None = None) -> M:
        return await self._send("POST", path, body, model, key)

    async def _send(self, method: str, path: str, body: BaseModel | None, model: type[M], key: str | None = None) -> M:
        headers = {} if key is None else {"Idempotency-Key": key}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = body.model_dump_json().encode()
        return _read(model, await self._request(method, path, headers=headers, content=content))

    async def _request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        if not PATH.fullmatch(path.partition("?")[0]):
            raise ApiError(NotFound.status, NotFound.slug, NotFound().sentence, {})
        try:
            response = await self._http.request(method, path, **arguments)
        except httpx.HTTPError as error:
            raise ServerGone(f"{self.server} cannot be reached: {type(error).__name__}") from error
        if response.is_error:
            raise problem_of(response)
        return response


def _read(model: type[M], response: httpx.Response) -> M:
    try:
        return model.model_validate_json(response.content)
    except ValidationError as error:
        version = response.headers.get("Cotlab-Version", "unknown")
        raise ApiError(
            response.status_code, "other-version",
            f"the server (cotlab {version}) answered what cotlab {__version__} does not know", {},
        ) from error  # fmt: skip
