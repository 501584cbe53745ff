"""A table of labels that met, as a grid: a shade for the share of its row beside each number."""

from dataclasses import dataclass

from textual.content import Content

from cotlab.domain.agreement.coefficients import Contingency
from cotlab.domain.guidelines.schema import Schema
from tui.widgets.labels import short_badge
from tui.widgets.text import cut

SHADES = ((0.0, "·"), (0.1, "░"), (0.3, "▒"), (0.6, "▓"), (1.0, "█"))
"""Each up to its share of the row; nothing at all is a point."""
NARROWEST, WIDEST = 11, 16
LEGEND = "shade: share of the row   · none  ░ to 10 %  ▒ to 30 %  ▓ to 60 %  █ above"


def shade(count: float, total: float) -> str:
    """The sign for a count among `total`."""
    share = count / total if total else 0.0
    return next(sign for most, sign in SHADES if share <= most)


@dataclass(frozen=True, slots=True)
class Grid:
    """`row` and `column` are those of the marked cell."""

    table: Contingency
    schema: Schema
    row: int = 0
    column: int = 0

    def lines(self, width: int) -> list[Content]:
        """Names above and at the left, and as many columns around the marked one as fit."""
        names, cell, shown = self._layout(width)
        first = max(0, min(self.column - shown // 2, len(self.table.labels) - shown))
        return self._lines(range(first, first + shown), names, cell)

    def whole(self, width: int) -> list[Content]:
        """All columns: where they do not fit beside each other, in several grids one below the other."""
        names, cell, shown = self._layout(width)
        count = len(self.table.labels)
        grids = [self._lines(range(at, min(at + shown, count)), names, cell) for at in range(0, count, shown)]
        return [line for grid in grids for line in grid]

    def _layout(self, width: int) -> tuple[int, int, int]:
        """Cells for the names at the left and for a column, and how many columns fit."""
        labels = self.table.labels
        names = min(max(len(name) for name in labels) + 2, max(8, width // 3))
        cell = max(NARROWEST, min(WIDEST, (width - names - 2) // len(labels)))
        return names, cell, max(1, min(len(labels), (width - names - 2) // cell))

    def _lines(self, columns: range, names: int, cell: int) -> list[Content]:
        count = len(self.table.labels)
        above = [" " * names, "‹" if columns.start else " ", *(self._above(at, cell) for at in columns)]
        lines = [Content.assemble(*above, "›" if columns.stop < count else "")]
        return lines + [self._line(at, columns, names, cell) for at in range(count)]

    def _above(self, at: int, cell: int) -> Content:
        name = cut(short_badge(self.table.labels[at], self.schema), cell - 1)
        named = name.stylize("bold") if at == self.column else name
        return Content.assemble(" " * (cell - name.cell_length), named)

    def _line(self, at: int, columns: range, names: int, cell: int) -> Content:
        name = cut(short_badge(self.table.labels[at], self.schema), names)
        name = Content.assemble(name.stylize("bold") if at == self.row else name, " " * (names - name.cell_length), " ")
        return Content.assemble(name, *(self._cell(at, column, cell) for column in columns))

    def _cell(self, row: int, column: int, width: int) -> Content:
        count, total = self.table.counts[row][column], sum(self.table.counts[row])
        said = f"{shade(count, total) * 2} {_count(count)}"
        style = "$success" if row == column else "" if count else "dim"
        if (row, column) == (self.row, self.column):
            return Content.assemble(" " * max(0, width - len(said) - 2), (f"[{said}]", "bold reverse"))
        return Content.assemble(" " * max(0, width - len(said) - 1), (said, style), " ")

    @property
    def marked(self) -> tuple[str, str]:
        """The labels of the marked cell."""
        return self.table.labels[self.row], self.table.labels[self.column]

    def sentence(self) -> str:
        """The marked cell in words."""
        one, other = self.marked
        count, total = self.table.counts[self.row][self.column], sum(self.table.counts[self.row])
        share = f", {100 * count / total:.0f} % of the row" if total else ""
        times = f"{_count(count)} time{'' if count == 1 else 's'}"
        return f"{one} met {'itself' if one == other else other} {times}{share}"


def _count(count: float) -> str:
    return f"{count:,.1f}".removesuffix(".0")
