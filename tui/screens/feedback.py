"""The feedback on a step of calibration in full."""

from textual.app import ComposeResult

from cotlab.domain.guidelines import Schema
from cotlab.domain.views import StepView
from tui.screens.reading import ReadingScreen
from tui.widgets.feedback import feedback_lines
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane
from tui.widgets.rules import COLUMN


class FeedbackScreen(ReadingScreen):
    """The step, what I said, and what is verified, with its justification."""

    PLACE = "reading"

    def __init__(self, step: StepView, schema: Schema) -> None:
        super().__init__()
        self._step, self._schema = step, schema

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Pane()
        yield StatusLine()
        yield KeyLine()

    def title_text(self) -> str:
        return f"feedback on step {self._step.position}"

    def show(self) -> None:
        raw = self.cotlab.raw
        self.query_one(Pane).show(lambda width: feedback_lines(self._step, self._schema, raw, min(width, COLUMN)))
