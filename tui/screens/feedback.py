"""The feedback on a step of calibration in full."""

from textual.content import Content

from cotlab.domain.guidelines import Schema
from cotlab.domain.views import StepView
from tui.screens.reading import PageScreen
from tui.widgets.feedback import feedback_lines
from tui.widgets.rules import COLUMN


class FeedbackScreen(PageScreen):
    """The step, what I said, and what is verified, with its justification."""

    PLACE = "reading"

    def __init__(self, step: StepView, schema: Schema) -> None:
        super().__init__()
        self._step, self._schema = step, schema

    def title_text(self) -> str:
        return f"feedback on step {self._step.position}"

    def lines(self, width: int) -> list[Content]:
        return feedback_lines(self._step, self._schema, self.cotlab.raw, min(width, COLUMN))
