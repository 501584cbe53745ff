"""What labelling a step and finishing a trace share: the same things to read, and the same keys around them."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.screens.base import CotlabScreen
from tui.text import shown
from tui.widgets.labels import LabelKeys
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.reading import Folded, ProblemHead, Reader, StepText, earlier_steps, whole_problem
from tui.widgets.reason import Reason, ReasonField
from tui.work import Work


class TraceScreen(CotlabScreen):
    """The open trace. Subclasses say what is asked."""

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

    def on_mount(self) -> None:
        super().on_mount()
        self.show_work()

    def on_screen_resume(self) -> None:
        if self.is_mounted and self.cotlab.journey is not None and self.cotlab.journey.work is not None:
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
        raw, labels = self.cotlab.raw, work.guideline.labels.labels
        self.query_one(ProblemHead).show(shown(work.view.problem.text, raw), len(work.view.problem.passages))
        folded = self.query_one(Folded)
        folded.show(work.earlier, labels, raw)
        folded.set_class(not work.earlier, "bare")
        self.query_one("#whole-problem", Static).update(whole_problem(work.view.problem, raw))
        self.query_one("#earlier", Static).update(earlier_steps(work.earlier, labels, raw))
        number, text = self.in_question(work)
        self.query_one("#current", StepText).show(number, text)
        self.refresh_numbers()
        self.show_choice()

    def in_question(self, work: Work) -> tuple[str, Content]:
        """The number and the text that are asked about."""
        raise NotImplementedError

    def show_choice(self) -> None:
        """Draw what is chosen."""
        raise NotImplementedError

    def on_resize(self, event: events.Resize) -> None:
        reader = self.query_one(Reader)
        reader.remember_place()
        super().on_resize(event)
        rows = event.size.height
        self.query_one(ProblemHead).limit = max(2, rows // 6)
        self.query_one(Folded).limit = max(0, min(8, (rows - 18) // 3))
        self.query_one("#above").refresh(layout=True)
        self.call_after_refresh(reader.return_to_place)

    def fold(self) -> None:
        self.query_one(Reader).fold()
        self.query_one("#above").display = True

    def unfold(self, to_problem: bool) -> None:
        self.query_one(Reader).unfold(to_problem)
        self.query_one("#above").display = False

    def action_problem(self) -> None:
        if self.query_one(Reader).unfolded:
            self.fold()
        else:
            self.unfold(to_problem=True)
            self.say("p or esc folds it again; the label keys work meanwhile")

    def action_scroll_down(self) -> None:
        self.query_one(Reader).scroll_relative(y=1, animate=False)

    def action_scroll_up(self) -> None:
        reader = self.query_one(Reader)
        if reader.scroll_y <= 0 and not reader.unfolded:
            self.unfold(to_problem=False)
        else:
            reader.scroll_relative(y=-1, animate=False)

    def action_page_down(self) -> None:
        self.query_one(Reader).scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        reader = self.query_one(Reader)
        if reader.scroll_y <= 0 and not reader.unfolded:
            self.unfold(to_problem=False)
        else:
            reader.scroll_page_up(animate=False)

    def action_mathematics(self) -> None:
        self.cotlab.raw = not self.cotlab.raw
        self.show_work()
        self.say("mathematics as it was written" if self.cotlab.raw else "mathematics rendered")

    def action_guideline(self) -> None:
        self.cotlab.show_guideline()

    def action_rationale(self) -> None:
        self.query_one(Reason).start()
        self.refresh_keys("text")

    def leave_text(self) -> None:
        self.set_focus(None)
        self.refresh_keys()

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
            self.work.choice.rationale = event.text
            self.journey.keep_draft(self.work.draft())

    def on_reason_field_handed_over(self, event: ReasonField.HandedOver) -> None:
        self.leave_text()
        self.action_commit()

    def on_reason_field_left(self, event: ReasonField.Left) -> None:
        self.leave_text()
