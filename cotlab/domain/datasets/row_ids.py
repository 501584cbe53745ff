"""The name of an exported row: of a trace or pair and whose labels it has, whatever format, split or export it is in.

    <id of the trace or pair>.<labels>[.<number>]

`labels` is `settled`, `adjudicated`, `each` (all labels in one row), or the pseudonym of the one person whose labels it
has; `outcome` is a row of what the final answer was judged to be. Where steps of a problem's traces are compared the id
is the problem's, and `labels` is `steps-` with the start of a SHA-256 of what is compared. `number` is the response (1
or 2, in canonical order) where each response of a pair is a row. A step is named by the trace's id with `:` and its
position, from 1.
"""

import re
from typing import NamedTuple

ROW_ID = "row_id"
"""The column of the name in every format."""
EVERY_OUTCOME = "outcome"
STEPS = "steps"
_NAME = re.compile(
    r"(?P<item>[0-9a-f]{32})(?:\.(?P<labels>[a-z][a-z0-9-]{0,60})(?:\.(?P<number>[1-9]\d{0,5}))?|:(?P<position>[1-9]\d{0,5}))?"
)


class RowId(NamedTuple):
    """What a name is of: an item, and perhaps the labels of one of its rows, or one of its steps."""

    item_id: str
    labels: str | None = None
    number: int | None = None
    position: int | None = None

    def __str__(self) -> str:
        if self.position is not None:
            return f"{self.item_id}:{self.position}"
        parts = (self.item_id, self.labels, None if self.number is None else str(self.number))
        return ".".join(part for part in parts if part is not None)


def parsed(text: str) -> RowId | None:
    """What a text names; None where it is no name of a row, an item or a step."""
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    number, position = found["number"], found["position"]
    return RowId(
        found["item"], found["labels"], None if number is None else int(number),
        None if position is None else int(position),
    )  # fmt: skip
