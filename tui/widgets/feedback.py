"""The verified label of the step before, in calibration: beside mine, with its justification under it."""

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from cotlab.domain.guidelines import Schema
from cotlab.domain.views import Feedback, StepView
from tui.checked import finding_line
from tui.text import cut, hanging, one_line, shown
from tui.widgets.labels import badge, mine, widest

INDENT = "     "


def verdict(feedback: Feedback, schema: Schema) -> Content:
    """Whether my label is the verified one, by sign and word, and which that is."""
    sign = ("= right", "bold $success") if feedback.right else ("≠ wrong", "bold $warning")
    return Content.assemble(sign, (", verified: ", "dim"), badge(feedback.label, schema))


def feedback_lines(step: StepView, schema: Schema, raw: bool, width: int) -> list[Content]:
    """The verified label of a step with its justification."""
    if step.feedback is None:
        return []
    lines = hanging(INDENT, verdict(step.feedback, schema), width)
    return lines + hanging(INDENT, shown(step.feedback.justification, raw), width)


class FeedbackBlock(Widget):
    """The folded step with both labels on one line, and at most `limit` lines of the justification."""

    step: StepView | None = None
    schema = Schema()
    raw = False
    limit = 3

    def show(self, step: StepView | None, schema: Schema, raw: bool) -> None:
        """Show the feedback of a step; None where there is none."""
        self.step, self.schema, self.raw = step, schema, raw
        self.display = step is not None
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Content]:
        step = self.step
        if step is None or step.feedback is None or step.mine is None:
            return []
        said = mine(step.mine, self.schema, widest(self.schema))
        text = (one_line(step.text, self.raw), "dim")
        number = (f"{step.position:>3}  ", "dim")
        head = Content.assemble(number, said, "  ", verdict(step.feedback, self.schema), "  ", text)
        lines = hanging(INDENT, shown(step.feedback.justification, self.raw), width)
        if len(lines) > self.limit:
            hint = Content.styled(f"{INDENT}…  e  all of it", "dim")
            lines = [*lines[: self.limit - 1], hint]
        found = finding_line(step.evidence)
        return [cut(head, width), *([cut(Content.assemble(INDENT, found), width)] if found else []), *lines]
