"""Where a page of rows in the order of time and id goes on."""

import re

from cotlab.domain.errors import BadInput

CURSOR = re.compile(r"(\d{1,18})-([0-9a-f]{32})", re.ASCII)


def next_place(at: int, row_id: str) -> str:
    """The cursor of a page whose last row has this time and id."""
    return f"{at}-{row_id}"


def place(text: str | None) -> tuple[int, str] | None:
    """Time (microseconds UTC) and id of the last row of the page before. Raises BadInput."""
    if text is None:
        return None
    match = CURSOR.fullmatch(text)
    if match is None:
        raise BadInput("cursor: this is no cursor that a page gave")
    return int(match[1]), match[2]
