"""What is verified of a step or a pair, in calibration: beside what I said, with its justification under it."""

from collections.abc import Mapping, Sequence

from textual.content import Content

from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.traces.pairs import ChoiceFeedback
from cotlab.domain.work.views import Feedback, StepView
from tui.widgets.findings import finding_line
from tui.widgets.labels import badge, mine, widest
from tui.widgets.lines import Block
from tui.widgets.scale import words
from tui.widgets.text import cut, hanging, one_line, shown

INDENT = "     "
MORE = "…  e  all of it"
Said = Mapping[str, str]
"""Question of a pair -> my choice."""


def verdict(feedback: Feedback, schema: Schema) -> Content:
    """Whether my label is the verified one, by sign and word, and which that is."""
    return _verdict(feedback.right, badge(feedback.label, schema))


def _verdict(right: bool, verified: Content) -> Content:
    sign = ("= right", "bold $success") if right else ("≠ wrong", "bold $warning")
    return Content.assemble(sign, (", verified: ", "dim"), verified)


def feedback_lines(step: StepView, schema: Schema, raw: bool, width: int) -> list[Content]:
    """The verified label of a step with its justification."""
    if step.feedback is None:
        return []
    lines = hanging(INDENT, verdict(step.feedback, schema), width)
    return lines + hanging(INDENT, shown(step.feedback.justification, raw), width)


class FeedbackBlock(Block):
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
            lines = [*lines[: self.limit - 1], Content.styled(f"{INDENT}{MORE}", "dim")]
        found = finding_line(step.evidence)
        return [cut(head, width), *([cut(Content.assemble(INDENT, found), width)] if found else []), *lines]


def choice_verdict(feedback: ChoiceFeedback) -> Content:
    """The same of a choice: a side alone where no strength is verified."""
    return _verdict(feedback.right, Content(words(feedback.choice)))


def in_short(told: Sequence[ChoiceFeedback]) -> str:
    """How many of the choices are the verified ones."""
    return f"{sum(one.right for one in told)} of {len(told)} verified choices right"


def choices_lines(told: Sequence[ChoiceFeedback], said: Said, raw: bool, width: int) -> list[Content]:
    """What is verified of a pair, each choice beside mine with its justification under it."""
    return [line for one in told for line in _choice_lines(one, said, raw, width)]


def _choice_lines(one: ChoiceFeedback, said: Said, raw: bool, width: int) -> list[Content]:
    return [*hanging("  ", _head(one, said), width), *hanging(INDENT, shown(one.justification, raw), width)]


def _head(one: ChoiceFeedback, said: Said) -> Content:
    value = said.get(one.question)
    mine = f"  you: {words(value)}  " if value is not None else "  "
    return Content.assemble((one_line(one.question, True), "bold"), mine, choice_verdict(one))


class ChoicesBlock(Block):
    """What is verified of a pair in at most `limit` lines: in full, or with the hint how to read it all."""

    told: tuple[ChoiceFeedback, ...] = ()
    raw = False
    limit = 3

    def __init__(self) -> None:
        super().__init__()
        self.said: Said = {}

    def show(self, told: tuple[ChoiceFeedback, ...], said: Said, raw: bool) -> None:
        """Show what was told of a pair; nothing where nothing was. `said` is question -> my choice."""
        self.told, self.said, self.raw = told, said, raw
        self.display = bool(told)
        self.refresh(layout=True)

    def _lines(self, width: int) -> list[Content]:
        lines = choices_lines(self.told, self.said, self.raw, width)
        return lines if len(lines) <= self.limit else self._cut(width)

    def _cut(self, width: int) -> list[Content]:
        """Each choice on a line, and the justifications for which there is room beside these and the hint."""
        lines: list[Content] = []
        for to_come, one in zip(range(len(self.told) - 1, -1, -1), self.told, strict=True):
            whole = _choice_lines(one, self.said, self.raw, width)
            fits = len(lines) + len(whole) + to_come < self.limit
            lines += whole if fits else [cut(Content.assemble("  ", _head(one, self.said)), width)]
        hint = Content.styled(f"  {in_short(self.told)}   {MORE}", "dim")
        return [*lines[: self.limit - 1], hint]
