"""Matrices, cases and aligned rows on one line, or on lines of their own where nothing else stands beside them."""

from collections.abc import Sequence

from tui.mathematics.items import Item, Kind, Unsure
from tui.mathematics.layout import line

Cells = Sequence[Sequence[Item]]


def matrix(sides: Sequence[str], rows: Sequence[Cells]) -> Item:
    """`(1, 2; 3, 4)`: a comma between cells, a semicolon between rows, its brackets around."""
    left, right = sides
    texts = [[line(cell) for cell in row] for row in rows]
    if (
        not left
        or not right
        or len({len(row) for row in texts}) != 1
        or not all(_is_plain(cell) for row in texts for cell in row)
    ):
        raise Unsure
    return Item(left + "; ".join(", ".join(row) for row in texts) + right, Kind.LETTER)


def _is_plain(cell: str) -> bool:
    return bool(cell) and not set(cell) & set(",;\n")


def cases(rows: Sequence[Cells]) -> Item:
    """`{ x, x ≥ 0; -x, x < 0 }`: a value and its condition, a semicolon between rows."""
    texts = []
    for row in rows:
        value, condition = (line(row[0]), line(row[1]).strip()) if len(row) == 2 else (line(row[0]), "")
        if len(row) > 2 or not value or ";" in value + condition:
            raise Unsure
        value = value.rstrip(",")
        texts.append(f"{value}, {condition}" if condition else value)
    return Item("{ " + "; ".join(text.rstrip(",") for text in texts) + " }", Kind.LETTER)


def aligned(rows: Sequence[Cells], mark: str) -> Item:
    """Rows one after the other with `mark` between them; the alignment itself is not shown."""
    blank = Item(" ", Kind.BLANK)
    texts = [line([item for cell in row for item in (*cell, blank)]) for row in rows]
    if any(mark.strip() and mark.strip() in text for text in texts):
        raise Unsure
    return Item(mark.join(text for text in texts if text), Kind.TEXT)
