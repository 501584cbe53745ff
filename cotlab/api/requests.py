"""How every request body is read, so that nothing malformed gets further than here."""

import hashlib
import json
import math
import re
from typing import Any, TypeVar

from litestar import Request
from litestar.plugins.pydantic import PydanticInitPlugin
from pydantic import BaseModel, ValidationError

from cotlab.api.context import person_of
from cotlab.domain.errors import BadInput, BadRequestBody, UnsupportedMediaType
from cotlab.services.audit.idempotency import Request as OnceRequest

M = TypeVar("M", bound=BaseModel)
MAX_DEPTH = 64
MAX_INTEGER = 2**53 - 1
KEY = re.compile(r"[!-~]{1,64}", re.ASCII)


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON has no double keys, no NaN, no deep nesting and no integer beyond 2^53 - 1."""

    async def json(self) -> Any:
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise UnsupportedMediaType("The body is read as application/json; set that content type.")
        return parse_json(await self.body())


def parse_json(body: bytes) -> Any:
    """JSON that every part of cotlab can keep. Raises BadRequestBody with the place of the first fault."""
    try:
        value = json.loads(body.decode(), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequestBody(f"The body is not JSON that can be read: {_said(error)}.") from error
    _walk(value, "body", 0)
    return value


def _said(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()} at character {error.pos}"
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _walk(value: Any, place: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise BadRequestBody(f"The body is nested deeper than {MAX_DEPTH} levels.")
    kind = type(value)
    if kind is str:
        _check_text(value, place)
    elif kind is int:
        if abs(value) > MAX_INTEGER:
            raise BadRequestBody(f"{place}: the integer is beyond 2^53 - 1.")
    elif kind is float:
        if not math.isfinite(value):
            raise BadRequestBody(f"{place}: the number is not finite.")
    elif kind is list:
        for number, item in enumerate(value):
            _walk(item, f"{place}.{number}", depth + 1)
    elif kind is dict:
        for key, item in value.items():
            _check_text(key, place)
            _walk(item, f"{place}.{key[:40]}", depth + 1)


def _check_text(text: str, place: str) -> None:
    if "\x00" in text:
        raise BadRequestBody(f"{place}: the text holds a NUL character, which no database keeps.")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise BadRequestBody(f"{place}: the text holds half of a surrogate pair, which is no character.")


def strictly(model: type[M], value: Any) -> M:
    """`value` as a model, without any conversion. Raises BadInput that names the fields, without their content."""
    try:
        return model.model_validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        found = [
            {"field": ".".join(map(str, item["loc"])) or "body", "why": item["msg"].removeprefix("Value error, ")}
            for item in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        first = found[0]
        raise BadInput(f"{first['field']}: {first['why']}", fields=found[:20]) from error


class StrictPydantic(PydanticInitPlugin):
    """Bodies become models by `strictly` alone."""

    @classmethod
    def decoders(cls, validate_strict: bool = True) -> list[Any]:
        return [(_is_model, strictly)]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def once_request(request: StrictRequest, body: BaseModel | None) -> OnceRequest:
    """What identifies this request if it is sent again. Raises BadInput for a key that is none."""
    key = request.headers.get("idempotency-key")
    if key is not None and not KEY.fullmatch(key):
        raise BadInput("Idempotency-Key: a key is 1 to 64 printable ASCII characters without blanks")
    content = body.model_dump_json() if body is not None else ""
    digest = hashlib.sha256(f"{request.method} {request.scope['path']} {content}".encode()).hexdigest()
    return OnceRequest(person_of(request).id, key, digest)
