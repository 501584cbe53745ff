"""What of a project a command is about, as `--where NAME=VALUE` says it."""

from collections.abc import Sequence
from typing import Any

from cotlab.domain.errors import BadInput

DIFFICULTIES = ("1", "2", "3", "4", "5")


def slice_of(where: Sequence[str], names: Sequence[str]) -> dict[str, Any]:
    """Name -> value, of these names; `tag` makes a tuple `tags`. Raises BadInput."""
    found: dict[str, Any] = {}
    for one in where:
        name, equals, value = one.partition("=")
        if name not in names or not equals or not value:
            raise BadInput(f"--where {one}: it is written NAME=VALUE, of {', '.join(names)}.")
        if name == "tag":
            found["tags"] = (*found.get("tags", ()), value)
        elif name in found:
            raise BadInput(f"--where {one}: {name} is named twice; only tags can be.")
        elif name == "difficulty" and value not in DIFFICULTIES:
            raise BadInput(f"--where {one}: a difficulty is a number from 1 to 5.")
        else:
            found[name] = int(value) if name == "difficulty" else value
    return found
