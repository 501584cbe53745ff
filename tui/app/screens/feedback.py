"""What I was told after my commit of a step or a pair, in full: what a check found, in calibration what is verified."""

from collections.abc import Sequence

from textual.content import Content

from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.traces.pairs import ChoiceFeedback
from cotlab.domain.work.views import StepView
from tui.app.screens.page import PageScreen
from tui.widgets.feedback import INDENT, Said, choices_lines, feedback_lines, in_short
from tui.widgets.findings import finding_lines, step_text
from tui.widgets.labels import mine
from tui.widgets.rules import COLUMN
from tui.widgets.text import hanging, one_line

NEVER = "The check computes what is written. Sums that hold do not make a step right."


class ToldScreen(PageScreen):
    """The step, what I said, and what came after."""

    PLACE = "reading"

    def __init__(self, step: StepView, schema: Schema) -> None:
        super().__init__()
        self._step, self._schema = step, schema

    def title_text(self) -> str:
        what = "feedback on" if self._step.feedback else "what the check found in"
        return f"{what} step {self._step.position}"

    def lines(self, width: int) -> list[Content]:
        return told_lines(self._step, self._schema, self.cotlab.raw, min(width, COLUMN))


class ToldPairScreen(PageScreen):
    """What I chose on each question that is verified, and why it is right or wrong."""

    PLACE = "reading"

    def __init__(self, told: Sequence[ChoiceFeedback], said: Said) -> None:
        super().__init__()
        self._told, self._said = told, said

    def title_text(self) -> str:
        return f"feedback on a pair · {in_short(self._told)}"

    def lines(self, width: int) -> list[Content]:
        return choices_lines(self._told, self._said, self.cotlab.raw, min(width, COLUMN))


def told_lines(step: StepView, schema: Schema, raw: bool, width: int) -> list[Content]:
    """A step with my label and my reason, and under it what was told."""
    lines = hanging(Content.styled(f"{step.position:>3}  ", "bold"), step_text(step, raw), width)
    if step.mine is not None:
        why = Content.styled(f"  why: {one_line(step.mine.rationale, True)}", "dim") if step.mine.rationale else ""
        lines += [Content(), *hanging(INDENT, Content.assemble("you said  ", mine(step.mine, schema), why), width)]
    if step.feedback is not None:
        lines += [Content(), *feedback_lines(step, schema, raw, width)]
    if step.evidence is not None:
        found = finding_lines(step, raw, width - len(INDENT))
        lines += [Content(), *(Content.assemble(INDENT, line) for line in found)]
        lines += [Content(), *hanging(INDENT, Content.styled(NEVER, "dim"), width)]
    return lines
