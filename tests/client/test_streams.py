"""An export's rows, whatever the pieces are in which its bytes come."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from cotlab.client import ExportStream


@pytest.mark.parametrize(
    "pieces", [[b"a\nbc\n"], [b"a", b"\nb", b"c\n"], [b"a\nb", b"", b"c"]], ids=["whole", "cut", "no-end"]
)
async def test_a_row_is_one_line(pieces: Sequence[bytes]) -> None:
    class Pieces(ExportStream):
        def __init__(self) -> None: ...

        async def bytes(self) -> AsyncIterator[Any]:
            for piece in pieces:
                yield piece

    assert [row async for row in Pieces().lines()] == [b"a", b"bc"]
