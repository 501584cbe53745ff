"""A record of a file, checked against a model; what does not fit becomes one clear sentence."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

Record = Mapping[str, Any]
M = TypeVar("M", bound=BaseModel)
HALF_A_PAIR = "the text holds half of a surrogate pair, which is no character"
MOST_DIGITS = 18
TOO_DEEP = "lists and objects are nested too deep"


class RecordError(ValueError):
    """A record does not fit its format: `field` is the dotted path in the record, list places counted from 0."""

    def __init__(self, field: str | None, why: str) -> None:
        super().__init__(f"{field}: {why}" if field else why)
        self.field, self.why = field, why


def whole_number(text: str) -> int | None:
    """The number that a text of digits is; None for another text, and for more digits than a number has in a file."""
    return int(text) if text.strip().isdecimal() and len(text) <= MOST_DIGITS else None


class Foreign(BaseModel):
    """The part of another project's record that is read; fields beside it are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def validated(model: type[M], record: Record) -> M:
    """The record as `model`, without any conversion of types; RecordError names the first field that does not fit."""
    try:
        return model.model_validate_json(json.dumps(record), strict=True)
    except ValidationError as error:
        raise first_error(error) from error
    except RecursionError as error:
        raise RecordError(None, TOO_DEEP) from error


def first_error(error: ValidationError) -> RecordError:
    details = error.errors(include_url=False, include_input=False)
    others = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
    return RecordError(dotted(details[0]["loc"]), sentence(details[0]) + others)


def dotted(location: Sequence[str | int]) -> str | None:
    return ".".join(map(str, location)) or None


def sentence(details: ErrorDetails) -> str:
    """What pydantic found, in words that need no knowledge of pydantic and without the value itself."""
    match details["type"]:
        case "json_invalid":
            return TOO_DEEP if "recursion" in details["msg"] else HALF_A_PAIR
        case "missing":
            return "the field is missing"
        case "extra_forbidden":
            return "there is no field of this name"
        case "string_pattern_mismatch":
            return f"the text does not match {details['ctx']['pattern']}"
        case "string_too_long":
            return f"the text is longer than {details['ctx']['max_length']} characters"
        case "string_too_short" | "too_short":
            return "it is empty"
    return details["msg"].removeprefix("Value error, ").replace("Input should be", "the value should be")
