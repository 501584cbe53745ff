"""A list with one row marked, and the text of that row below it."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tui.widgets.lines import Block
from tui.widgets.text import cut

MARK, FAINT = "▸ ", "· "


class Rows(Widget):
    """One line a row; the marked one is always among those shown."""

    rows: tuple[Content, ...] = ()
    marked = 0
    active = True
    """Whether the keys go here, where a screen has several lists."""
    _first = 0

    def show(self, rows: Sequence[Content], marked: int = 0) -> None:
        self.rows = tuple(rows)
        self.marked = max(0, min(marked, len(self.rows) - 1))
        self.refresh(layout=True)

    def move(self, by: int) -> bool:
        """Mark another row, as far as there are rows; whether the mark moved."""
        before, self.marked = self.marked, max(0, min(self.marked + by, len(self.rows) - 1))
        self.refresh()
        return self.marked != before

    @property
    def page(self) -> int:
        return max(1, self.size.height - 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, len(self.rows))

    def render(self) -> Content:
        height, width = self.size.height, self.size.width
        first = min(max(self._first, self.marked - height + 1), self.marked, max(0, len(self.rows) - height))
        self._first = first
        lines = [self._line(at, width) for at in range(first, min(first + height, len(self.rows)))]
        return Content("\n").join(lines)

    def _line(self, at: int, width: int) -> Content:
        if at != self.marked:
            return cut(Content.assemble("  ", self.rows[at]), width)
        if not self.active:
            return cut(Content.assemble((FAINT, "dim"), self.rows[at]), width)
        return cut(Content.assemble((MARK, "bold"), self.rows[at].stylize("bold")), width)


class Page(Block):
    """A text that is laid out for the width there is: `draw` gives its lines."""

    _draw: Callable[[int], list[Content]] | None = None
    _drawn: tuple[int, list[Content]] = (0, [])

    def show(self, draw: Callable[[int], list[Content]]) -> None:
        self._draw, self._drawn = draw, (0, [])
        self.refresh(layout=True)

    def _lines(self, width: int) -> list[Content]:
        if self._draw is not None and self._drawn[0] != width:
            self._drawn = (width, self._draw(width))
        return self._drawn[1]


class Pane(VerticalScroll, can_focus=False):
    """A page that scrolls; a new text begins at its top."""

    def compose(self) -> ComposeResult:
        yield Page()

    def show(self, draw: Callable[[int], list[Content]], keep: bool = False) -> None:
        """`keep` stays where it was scrolled to: the same words, drawn otherwise."""
        self.query_one(Page).show(draw)
        if not keep:
            self.scroll_to(y=0, animate=False)
