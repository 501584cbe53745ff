"""What others said of a case, under the step: as many lines as there is room for, the others a page on."""

from collections.abc import Callable

from textual.content import Content
from textual.widget import Widget


class Evidence(Widget):
    """Pages of lines that `draw` lays out for a width; the last line says which page this is where there are more."""

    page = 0
    _draw: Callable[[int], list[Content]] | None = None
    _drawn: tuple[int, list[Content]] = (0, [])

    def show(self, draw: Callable[[int], list[Content]]) -> None:
        self._draw, self._drawn = draw, (0, [])
        self.refresh()

    def turn(self, by: int) -> bool:
        """To another page; whether there is one."""
        pages = len(self._pages())
        before, self.page = self.page, max(0, min(self.page + by, pages - 1))
        self.refresh()
        return self.page != before

    def _lines(self) -> list[Content]:
        width = self.size.width
        if self._draw is not None and self._drawn[0] != width:
            self._drawn = (width, self._draw(width))
        return self._drawn[1]

    def _pages(self) -> list[list[Content]]:
        """All lines on one page where they fit; else as many as leave room for the line that counts pages."""
        lines, height = self._lines(), self.size.height
        fit = height if len(lines) <= height else max(1, height - 1)
        return [lines[at : at + fit] for at in range(0, max(1, len(lines)), max(1, fit))]

    def render(self) -> Content:
        pages = self._pages()
        self.page = min(self.page, len(pages) - 1)
        lines = pages[self.page]
        if len(pages) > 1:
            lines = [*lines, *[Content()] * (self.size.height - 1 - len(lines))]
            lines.append(Content.styled(f"page {self.page + 1} of {len(pages)}   h l  turns it", "dim"))
        return Content("\n").join(lines)
