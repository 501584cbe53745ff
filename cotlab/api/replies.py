"""How every answer is written: JSON from a model, or problem+json from an error."""

import json
import traceback
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from pydantic import BaseModel, Field

from cotlab import __version__
from cotlab.domain.errors import BodyTooLarge, CotlabError, NotFound, NotSignedIn, TooManyAttempts, Unavailable

VERSION_HEADER = {"Cotlab-Version": __version__}
RETRY_AFTER = "2"
log = structlog.get_logger("cotlab.api")


class ProblemBody(BaseModel):
    """What every error answers (RFC 9457): `slug` is stable, `detail` is a sentence for people."""

    type: str
    title: str
    status: int
    slug: str
    detail: str
    fields: list[dict[str, str]] | None = Field(None, description="each field that does not fit, and why")


def answers(model: Any) -> dict[int, ResponseSpec]:
    """What a route can answer, for the OpenAPI document: the model, or one of the errors."""
    error = ResponseSpec(
        ProblemBody, media_type="application/problem+json", generate_examples=False, description="error"
    )
    return {
        200: ResponseSpec(model, generate_examples=False, description="done"),
        **dict.fromkeys((400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 503), error),
    }


def reply(body: BaseModel | str) -> Response[Any]:
    """A model, or JSON that was written already, as it is."""
    text = body if isinstance(body, str) else body.model_dump_json(by_alias=True)
    return Response(text.encode(), media_type="application/json", headers=VERSION_HEADER)


def listed(rows: list[Any]) -> Response[Any]:
    return reply("[" + ",".join(row.model_dump_json() for row in rows) + "]")


def problem(error: CotlabError) -> Response[Any]:
    """An error as problem+json."""
    body = {
        "type": f"urn:cotlab:error:{error.slug}", "title": error.slug.replace("-", " "), "status": error.status,
        "slug": error.slug, "detail": error.sentence, **error.details,
    }  # fmt: skip
    headers = dict(VERSION_HEADER)
    if isinstance(error, Unavailable | TooManyAttempts):
        headers["Retry-After"] = RETRY_AFTER
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    content = json.dumps(body, ensure_ascii=False).encode()
    return Response(content, status_code=error.status, media_type="application/problem+json", headers=headers)


def known_error(_: Request[Any, Any, Any], error: CotlabError) -> Response[Any]:
    """Answer an error of ours."""
    return problem(error)


def http_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """An error that Litestar raised, without its words where they repeat what was sent."""
    match error.status_code:
        case 404:
            return problem(NotFound("There is no such route."))
        case 413:
            return problem(BodyTooLarge())
    sentences = {
        400: "The request cannot be read: a parameter is missing or of the wrong kind.",
        405: "This route has no such method.",
    }
    return problem(_Other(error.status_code, sentences.get(error.status_code, "The request was refused.")))


def plain_not_found(response: Response[Any]) -> Response[Any]:
    """The answer as it is, but for Litestar's own page that says not found."""
    return problem(NotFound("There is no such route.")) if response.status_code == 404 else response


def unknown_error(_: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A fault of ours: the log has it, the answer says only that there was one."""
    # As text: a traceback that is rendered with its variables would show the token of the request.
    log.error("unexpected", error=type(error).__name__, traceback="".join(traceback.format_exception(error)))
    return problem(CotlabError("Something went wrong in the server; its log says what."))


class _Other(CotlabError):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status  # type: ignore[misc]
        self.slug = {405: "method-not-allowed"}.get(status, "bad-request")  # type: ignore[misc]
