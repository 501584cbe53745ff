"""A policy as lines of `name = value`: printed, and changed by such pairs; a part of a part is named `gate.steps`."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from cotlab.domain.errors import BadInput
from cotlab.domain.projects.gates import Gate, PaceTest
from cotlab.domain.projects.policy import Policy

NONE = "none"
PARTS: dict[str, BaseModel] = {"gate": Gate(), "pace_alarm": PaceTest()}
"""What a part that is none begins with once something of it is set."""


def fields(model: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any, str | None]]:
    """Name, value as JSON has it, and meaning of each field."""
    values = model.model_dump(mode="json")
    for name, field in type(model).model_fields.items():
        inner = getattr(model, name)
        if isinstance(inner, BaseModel):
            yield from fields(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", values[name], field.description


def listed(values: list[Any]) -> str:
    """A list as it can be set again."""
    plain = all(isinstance(value, str) for value in values)
    return ",".join(values) if plain else json.dumps([_named(value) for value in values], ensure_ascii=False)


def _named(value: Any) -> Any:
    return {name: one for name, one in value.items() if one is not None} if isinstance(value, dict) else value


def changed(policy: Policy, values: tuple[str, ...]) -> Policy:
    """The policy with `name=value` pairs applied. Raises BadInput for a name that is none."""
    document = policy.model_dump(mode="json")
    for pair in values:
        name, separator, value = pair.partition("=")
        if not separator or name not in _names(policy):
            raise BadInput(f"{pair}: write NAME=VALUE, with one of {', '.join(_names(policy))}")
        outer, _, inner = name.partition(".")
        if inner and document[outer] is None:
            document[outer] = PARTS[outer].model_dump(mode="json")
        place, last = (document[outer], inner) if inner else (document, outer)
        place[last] = _read(name, place[last], value)
    return Policy.model_validate(document)


def _names(policy: Policy) -> list[str]:
    """The names that can be set, those of parts that are none too."""
    found = [name for name, _, _ in fields(policy.model_copy(update=PARTS))]
    return [*found, *PARTS]


def _read(name: str, before: Any, value: str) -> Any:
    if name in PARTS and value != NONE:
        part = next(iter(type(PARTS[name]).model_fields))
        raise BadInput(f"{name}={value}: set a part of it, as {name}.{part}, or none")
    field = Policy.model_fields.get(name)
    if value == NONE and (name in PARTS or (field is not None and field.default is None)):
        return None
    if isinstance(before, list):
        return _entries(name, value) if value.startswith("[") else [part for part in value.split(",") if part]
    return value


def _entries(name: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        raise BadInput(f"{name}: {value} is no JSON: {error}") from None
