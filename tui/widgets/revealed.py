"""What models drafted of the step or pair that I committed last, between what stands and what is asked."""

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from cotlab.domain.guidelines.schema import Schema
from tui.revealed import Panel, panel_lines


class DraftsBlock(Widget):
    """Opinions and a wording in at most `limit` lines; nothing where the panel is shut, or holds nothing."""

    panel: Panel | None = None
    of = ""
    schema = Schema()
    raw = False
    limit = 3

    def show(self, panel: Panel | None, of: str, schema: Schema, raw: bool) -> None:
        """`of` is what was drafted of, in a few characters that stand before the lines."""
        self.panel, self.of, self.schema, self.raw = panel, of, schema, raw
        self.display = panel is not None and panel.open and bool(panel.drafts)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Content]:
        if self.panel is None:
            return []
        return panel_lines(self.panel, self.of, self.schema, self.raw, width, self.limit)
