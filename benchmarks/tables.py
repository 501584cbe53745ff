"""Markdown tables, aligned so that they read as text too."""

from collections.abc import Sequence

Cell = str | int | float


def table(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """A Markdown table; columns of numbers stand to the right."""
    texts = [list(head), *([shown(cell) for cell in row] for row in rows)]
    widths = [max(len(text) for text in column) for column in zip(*texts, strict=True)]
    right = [not isinstance(cell, str) for cell in rows[0]]
    line = ["-" * (width - 1) + (":" if to_right else "-") for width, to_right in zip(widths, right, strict=True)]
    return "\n".join(_row(cells, widths, right) for cells in (texts[0], line, *texts[1:]))


def shown(cell: Cell) -> str:
    """Three digits that mean something; whole numbers with separators."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) or cell >= 100:
        return f"{cell:,.0f}"
    return f"{cell:.1f}" if cell >= 10 else f"{cell:.2f}"


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    placed = zip(cells, widths, right, strict=True)
    return (
        "| "
        + " | ".join(cell.rjust(width) if to_right else cell.ljust(width) for cell, width, to_right in placed)
        + " |"
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
