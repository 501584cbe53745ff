"""What there is to read: the problem, the steps that stand, and the step in question."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.traces.records import ProblemView
from cotlab.domain.work.views import StepView
from tui.widgets.feedback import verdict
from tui.widgets.findings import finding, finding_line, step_text
from tui.widgets.labels import mine, widest
from tui.widgets.lines import Block
from tui.widgets.reason import cited
from tui.widgets.text import cut, on_one_line, one_line, shown

NUMBER = 5
"""Cells that a step's number takes before its text."""
GAP = 2
HINT = "  (e)"
"""Where all that was found is read."""


class ProblemHead(Block):
    """The first lines of the problem, and that there is more where they are not all."""

    text = Content()
    more = False
    limit = 4

    def show(self, text: Content, passages: int) -> None:
        if not text.is_same(self.text) or self.more != (passages > 0):
            self.text, self.more = text, passages > 0
            self.refresh(layout=True)

    def folded(self) -> bool:
        return len(self.text.wrap(max(1, self.size.width))) > self.limit

    def _lines(self, width: int) -> list[Content]:
        lines = self.text.wrap(max(1, width))
        if len(lines) <= self.limit and not self.more:
            return lines
        hint = "p  the whole problem" + (" and its passages" if self.more else "")
        if len(lines) > self.limit:
            lines = lines[: self.limit - 1]
            hint = f"…  {hint}"
        return [*lines, Content.styled(hint, "dim")]


class Folded(Widget):
    """The last steps above, one line each: number, my label, the beginning of the text, and what a check found.

    What it found in the newest has a line of its own below, with the reason.
    """

    steps: tuple[StepView, ...] = ()
    schema = Schema()
    raw = False
    limit = 2

    def show(self, steps: Sequence[StepView], schema: Schema, raw: bool) -> None:
        before = self._height()
        self.steps, self.schema, self.raw = tuple(steps), schema, raw
        self.refresh(layout=self._height() != before)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._height()

    def _height(self) -> int:
        return min(self.limit, len(self.steps)) + (self._found() is not None)

    def _found(self) -> Content | None:
        """What a check found in the newest step."""
        return finding_line(self.steps[-1].evidence) if self.steps and self.limit else None

    def render(self) -> Content:
        *steps, newest = self.steps[-self.limit :] if self.limit and self.steps else [None]
        lines = [self._line(step, finding(step.evidence)) for step in steps if step is not None]
        found = self._found()
        if newest is not None:
            lines.append(self._line(newest, None))
        if found is not None:
            hint = Content.styled(HINT, "dim")
            room = self.size.width - NUMBER - hint.cell_length
            lines.append(Content.assemble(" " * NUMBER, cut(found, room), hint))
        return Content("\n").join(lines)

    def _line(self, step: StepView, found: Content | None) -> Content:
        """A step on one line, with what was found in it at the right."""
        width = widest(self.schema)
        said = mine(step.mine, self.schema, width) if step.mine else Content(" " * (width + 2))
        text = on_one_line(step_text(step, self.raw), self.size.width).stylize_before("dim")
        room = self.size.width - (found.cell_length + GAP if found else 0)
        line = cut(Content.assemble((f"{step.position:>3}  ", "dim"), said, "  ", text), room)
        return Content.assemble(line, " " * (room + GAP - line.cell_length), found) if found else line


class StepText(Horizontal):
    """A step with its number."""

    def compose(self) -> ComposeResult:
        yield Static(classes="number")
        yield Static(classes="text")

    def show(self, number: str, text: Content) -> None:
        field = self.query_one(".text", Static)
        same_height = bool(field.size.width) and len(text.wrap(field.size.width)) == field.size.height
        field.update(text, layout=not same_height)
        self.query_one(".number", Static).update(Content.styled(number, "bold"), layout=False)


class Reader(VerticalScroll, can_focus=False):
    """The step in question; unfolded, the whole problem and all steps above it too, in one scroll."""

    anchor_fraction: tuple[str, float] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="unfolded"):
            yield Static(id="whole-problem")
            yield Static(id="earlier")
        yield StepText(id="current")

    @property
    def unfolded(self) -> bool:
        return self.has_class("unfolded")

    def fold(self) -> None:
        self.anchor_fraction = None
        if self.unfolded or self.scroll_y:
            self.remove_class("unfolded")
            self.scroll_to(y=0, animate=False)

    def move(self, scroll: Callable[[], None]) -> None:
        """Scroll, and remember where that led."""
        scroll()
        self.call_after_refresh(self.remember_place)

    def on_mouse_scroll_down(self) -> None:
        self.call_after_refresh(self.remember_place)

    def on_mouse_scroll_up(self) -> None:
        self.call_after_refresh(self.remember_place)

    def unfold(self, to_problem: bool) -> None:
        """Open all above the step: at the problem, or where the step is, one line up."""
        self.add_class("unfolded")

        def move() -> None:
            top = self.query_one("#current").virtual_region.y
            self.move(lambda: self.scroll_to(y=0 if to_problem else max(0, top - 1), animate=False))

        self.call_after_refresh(move)

    def remember_place(self) -> None:
        """Note which text is at the top, and how far it is scrolled, so that a new width can show the same."""
        for widget in self.query("#whole-problem, #earlier, #current"):
            region = widget.virtual_region
            if widget.display and region.height and region.y <= self.scroll_y < region.bottom:
                self.anchor_fraction = (str(widget.id), (self.scroll_y - region.y) / region.height)
                return
        self.anchor_fraction = None

    def return_to_place(self) -> None:
        if self.anchor_fraction is None:
            return
        name, fraction = self.anchor_fraction
        region = self.query_one(f"#{name}").virtual_region
        self.scroll_to(y=round(region.y + fraction * region.height), animate=False)


def whole_problem(problem: ProblemView, raw: bool) -> Content:
    parts = [shown(problem.text, raw)]
    for passage in problem.passages:
        parts.append(Content.styled(f"\n{one_line(passage.name, True)}", "bold underline"))
        parts.append(shown(passage.text, raw))
    return Content("\n").join(parts)


def earlier_steps(steps: Sequence[StepView], schema: Schema, raw: bool) -> Content:
    """All steps above in full, each with my label, my reason and what I cited."""
    parts = []
    for step in steps:
        said = mine(step.mine, schema) if step.mine else Content.styled("context", "dim")
        parts.append(Content.assemble("\n", (f"{step.position:>3}  ", "bold"), said))
        parts.append(step_text(step, raw))
        found = finding_line(step.evidence)
        if found is not None:
            parts.append(Content.assemble("  ", found))
        if step.mine and step.mine.rationale:
            parts.append(Content.styled(f"  why: {one_line(step.mine.rationale, True)}", "italic dim"))
        if step.mine and step.mine.citations:
            parts.append(Content.styled(f"  {cited(step.mine.citations)}", "dim"))
        if step.feedback:
            parts.append(Content.assemble("  ", verdict(step.feedback, schema)))
            parts.append(Content.assemble("  ", shown(step.feedback.justification, True)))
    return Content("\n").join(parts)
