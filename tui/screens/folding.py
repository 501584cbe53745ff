"""Reading the problem and the steps above while a step is open: folded to a few lines, or all of it."""

from textual.widgets import Static

from tui.screens.base import CotlabScreen
from tui.widgets.reading import Reader, earlier_steps, whole_problem
from tui.work import OpenWork


class FoldingScreen(CotlabScreen):
    """Scrolls what there is to read, and unfolds what is above it; the other keys work meanwhile."""

    @property
    def work(self) -> OpenWork | None:
        return self.cotlab.journey.work if self.cotlab.journey else None

    def fill_unfolded(self, work: OpenWork) -> None:
        raw = self.cotlab.raw
        self.query_one("#whole-problem", Static).update(whole_problem(work.view.problem, raw))
        self.query_one("#earlier", Static).update(earlier_steps(work.earlier, work.schema, raw))

    def fold(self) -> None:
        if self.query_one(Reader).unfolded:
            self.query_one("#above").display = True
        self.query_one(Reader).fold()

    def unfold(self, to_problem: bool) -> None:
        if self.work is not None:
            self.fill_unfolded(self.work)
        self.query_one(Reader).unfold(to_problem)
        self.query_one("#above").display = False

    def action_problem(self) -> None:
        if self.query_one(Reader).unfolded:
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
