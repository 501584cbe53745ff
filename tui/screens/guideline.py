"""The guideline that the open trace is labelled by: in short, and in full on the same key."""

from typing import ClassVar

from textual.content import Content

from cotlab.domain.actions import Place
from cotlab.domain.views import GuidelineView
from tui.screens.reading import ReadingScreen
from tui.text import visible
from tui.widgets.labels import badge


class GuidelineScreen(ReadingScreen):
    """Labels with their meaning, then the text."""

    PLACE: ClassVar[Place] = "guideline"

    def __init__(self, guideline: GuidelineView) -> None:
        super().__init__()
        self.guideline = guideline
        self.full = False

    def title_text(self) -> str:
        return f"{self.guideline.guideline} {self.guideline.version} · {'in full' if self.full else 'in short'}"

    def text(self) -> Content:
        guideline = self.guideline
        if self.full:
            return Content(visible(guideline.text))
        labels = guideline.labels.labels
        width = max(len(label.name) for label in labels)
        lines = [Content.assemble(label.key, "  ", badge(label.name, labels, width), "   ", label.meaning)
                 for label in labels]  # fmt: skip
        return Content("\n").join([*lines, Content(), Content(visible(guideline.quick_reference or guideline.text))])

    def action_in_full(self) -> None:
        self.full = not self.full
        self.show()
        self.refresh_numbers()
        self.query_one(".page").scroll_to(y=0, animate=False)
