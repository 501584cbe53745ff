"""What there is to read while something is open: folded to a few lines, or all of it."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from tui.app.screens.base import CotlabScreen
from tui.app.work.open_work import OpenWork
from tui.widgets.drafts import DraftsBlock
from tui.widgets.feedback import FeedbackBlock
from tui.widgets.lines import Rule
from tui.widgets.reading import Folded, ProblemHead, Reader, StepText, earlier_steps, whole_problem
from tui.widgets.text import shown


class WorkReadingScreen(CotlabScreen):
    """A step under its problem and the steps above: scrolls, and unfolds what is above; the other keys work meanwhile.

    What stands here speaks of a trace; a screen that reads something else says each of it anew.
    """

    @property
    def work(self) -> OpenWork | None:
        return self.cotlab.journey.work if self.cotlab.journey else None

    def in_question(self) -> tuple[str, Content]:
        """The number and the text that are asked about."""
        raise NotImplementedError

    def reading(self) -> ComposeResult:
        """The widgets of what is read."""
        with Vertical(id="above"):
            yield ProblemHead()
            yield Folded()
            yield FeedbackBlock()
            yield DraftsBlock()
            yield Rule()
        yield Reader()

    def show_reading(self, work: OpenWork) -> None:
        """Draw what is read."""
        raw = self.cotlab.raw
        self.query_one(ProblemHead).show(shown(work.view.problem.text, raw), len(work.view.problem.passages))
        self.show_earlier(work)
        if self.unfolded:
            self.fill_unfolded(work)
        number, text = self.in_question()
        self.query_one("#current", StepText).show(number, text)

    def show_earlier(self, work: OpenWork) -> None:
        """The last steps above on a line each; the one that feedback belongs to is shown with that."""
        corrected, raw = work.corrected, self.cotlab.raw
        earlier = [step for step in work.earlier if step is not corrected]
        self.query_one(Folded).show(earlier, work.schema, raw)
        self.query_one(Folded).set_class(not work.earlier, "bare")
        self.query_one(FeedbackBlock).show(corrected, work.schema, raw)

    def resize_reading(self, size: Size) -> None:
        """Give what is read the lines that are its due, and keep what was being read in sight."""
        rows = size.height
        self.query_one(ProblemHead).limit = max(2, rows // 6)
        self.query_one(Folded).limit = max(0, min(12, (rows - 18) // 3))
        self.query_one(FeedbackBlock).limit = max(1, min(12, (rows - 13) // 3))
        self.query_one("#above").refresh(layout=True)
        self.call_after_refresh(self.query_one(Reader).return_to_place)

    @property
    def unfolded(self) -> bool:
        return self.query_one(Reader).unfolded

    def fill_unfolded(self, work: OpenWork) -> None:
        raw = self.cotlab.raw
        self.query_one("#whole-problem", Static).update(whole_problem(work.view.problem, raw))
        self.query_one("#earlier", Static).update(earlier_steps(work.earlier, work.schema, raw))

    def fold(self) -> None:
        if self.unfolded:
            self.query_one("#above").display = True
        self.query_one(Reader).fold()

    def unfold(self, to_problem: bool) -> None:
        if self.work is not None:
            self.fill_unfolded(self.work)
        self.query_one(Reader).unfold(to_problem)
        self.query_one("#above").display = False

    def action_problem(self) -> None:
        if self.unfolded:
            self.fold()
        else:
            self.unfold(to_problem=True)
            self.say("p or esc folds it again; the label keys work meanwhile")

    def action_scroll_down(self) -> None:
        reader = self.query_one(Reader)
        reader.move(lambda: reader.scroll_relative(y=1, animate=False))

    def action_scroll_up(self) -> None:
        reader = self.query_one(Reader)
        if reader.scroll_y <= 0 and not reader.unfolded:
            self.unfold(to_problem=False)
        else:
            reader.move(lambda: reader.scroll_relative(y=-1, animate=False))

    def action_page_down(self) -> None:
        reader = self.query_one(Reader)
        reader.move(lambda: reader.scroll_page_down(animate=False))

    def action_page_up(self) -> None:
        reader = self.query_one(Reader)
        if reader.scroll_y <= 0 and not reader.unfolded:
            self.unfold(to_problem=False)
        else:
            reader.move(lambda: reader.scroll_page_up(animate=False))
