"""The guideline that the open trace is labelled by, as it was written."""

from textual.content import Content

from cotlab.domain.work.views import GuidelineView
from tui.screens.reading import ReadingScreen
from tui.text import visible


class GuidelineScreen(ReadingScreen):
    """The whole text."""

    PLACE = "reading"

    def __init__(self, guideline: GuidelineView) -> None:
        super().__init__()
        self.guideline = guideline

    def title_text(self) -> str:
        return f"{self.guideline.guideline} {self.guideline.version} · the whole text"

    def text(self) -> Content:
        return Content(visible(self.guideline.text))
