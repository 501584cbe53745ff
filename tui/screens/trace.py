"""What labelling a step and finishing a trace share: the same things to read, and the same keys around them."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from tui.drafts import Place
from tui.screens.base import CotlabScreen
from tui.text import shown
from tui.widgets.labels import LabelKeys
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.reading import Folded, ProblemHead, Reader, StepText, earlier_steps, whole_problem
from tui.widgets.reason import Reason, ReasonField
from tui.work import Work


class TraceScreen(CotlabScreen):
    """The open trace. Subclasses say what is asked."""

    _drawn: Place | None = None

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule(classes="optional")
        with Vertical(id="above"):
            yield ProblemHead()
            yield Folded()
            yield Rule()
        yield Reader()
        yield Rule()
        yield LabelKeys()
        yield Reason()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.show_work()

    def on_screen_resume(self) -> None:
        if self.is_mounted and self.is_current and self.work is not None:
            self.journey.show()

    @property
    def work(self) -> Work | None:
        return self.cotlab.journey.work if self.cotlab.journey else None

    def title_text(self) -> str:
        view = self.work.view if self.work else None
        return f"{view.project} · {view.guideline} {view.guideline_version}" if view else "cotlab"

    def show_work(self) -> None:
        """Draw the whole state; what stands in the reason field stays where it is the same."""
        work = self.work
        if work is None:
            return
        if self.query_one(Reason).field.has_focus:
            self.take_text(work)
        raw, labels = self.cotlab.raw, work.guideline.labels.labels
        self.query_one(ProblemHead).show(shown(work.view.problem.text, raw), len(work.view.problem.passages))
        folded = self.query_one(Folded)
        folded.show(work.earlier, labels, raw)
        folded.set_class(not work.earlier, "bare")
        if self.query_one(Reader).unfolded:
            self._fill_unfolded(work)
        number, text = self.in_question(work)
        self.query_one("#current", StepText).show(number, text)
        self.refresh_numbers()
        self.show_choice()
        self._drawn = work.place()

    def choose(self, key: str) -> None:
        """Choose what is on a digit."""
        raise NotImplementedError

    def digit(self, key: str) -> bool:
        self.choose(key)
        return True

    def _fill_unfolded(self, work: Work) -> None:
        raw, labels = self.cotlab.raw, work.guideline.labels.labels
        self.query_one("#whole-problem", Static).update(whole_problem(work.view.problem, raw))
        self.query_one("#earlier", Static).update(earlier_steps(work.earlier, labels, raw))

    def in_question(self, work: Work) -> tuple[str, Content]:
        """The number and the text that are asked about."""
        raise NotImplementedError

    def show_choice(self) -> None:
        """Draw what is chosen."""
        raise NotImplementedError

    def resized(self, size: Size) -> None:
        reader = self.query_one(Reader)
        rows = size.height
        self.query_one(ProblemHead).limit = max(2, rows // 6)
        self.query_one(Folded).limit = max(0, min(12, (rows - 18) // 3))
        self.query_one("#above").refresh(layout=True)
        self.call_after_refresh(reader.return_to_place)

    def fold(self) -> None:
        if self.query_one(Reader).unfolded:
            self.query_one("#above").display = True
        self.query_one(Reader).fold()

    def unfold(self, to_problem: bool) -> None:
        if self.work is not None:
            self._fill_unfolded(self.work)
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

    def action_mathematics(self) -> None:
        self.cotlab.raw = not self.cotlab.raw
        self.show_work()
        self.say("mathematics as it was written" if self.cotlab.raw else "mathematics rendered")

    def action_guideline(self) -> None:
        self.cotlab.show_guideline()

    def action_rationale(self) -> None:
        self.query_one(Reason).start()

    def on_descendant_focus(self) -> None:
        self.refresh_keys("text")

    def on_descendant_blur(self) -> None:
        self.refresh_keys()

    def leave_text(self) -> None:
        if self.focused is not None:
            self.set_focus(None)

    def action_take_back(self) -> None:
        self.say(self.journey.take_back() or "")

    def action_unsure(self) -> None:
        raise NotImplementedError

    def action_commit(self) -> None:
        raise NotImplementedError

    def go_back(self) -> None:
        work = self.work
        if self.query_one(Reader).unfolded:
            self.fold()
            self.say("")
        elif work is not None and work.back is not None and work.sending is None:
            self.journey.look_ahead()
            self.say("the label stays as it was")
        else:
            self.cotlab.leave_work()

    def on_reason_changed(self, event: Reason.Changed) -> None:
        if self.work is not None and self.work.sending is None:
            self.take_text(self.work)
            self.journey.keep_draft(self.work.draft())

    def take_text(self, work: Work) -> None:
        """Take what stands in the field into the choice that it was typed for."""
        if work.sending is None and self._drawn == work.place():
            work.choice.rationale = self.query_one(Reason).field.text

    def on_reason_field_handed_over(self, event: ReasonField.HandedOver) -> None:
        if self.work is not None:
            self.take_text(self.work)
        self.leave_text()
        self.action_commit()

    def on_reason_field_left(self, event: ReasonField.Left) -> None:
        self.leave_text()
