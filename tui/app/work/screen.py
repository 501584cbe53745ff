"""What labelling, comparing and deciding share: what is chosen of what is read, and the keys around it."""

from textual.app import ComposeResult
from textual.geometry import Size

from cotlab.domain.work.views import AssignmentView
from tui.app.destinations import RuleSearch
from tui.app.screens.editor import QUESTION, EditorScreen, Subject
from tui.app.storage.drafts import Place
from tui.app.work.open_work import OpenWork
from tui.app.work.reading import WorkReadingScreen
from tui.widgets.labels import Answer, LabelKeys
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.reason import Reason, ReasonField

PURPOSES = {"redo": " · redo", "pilot": " · pilot", "calibration": " · calibration", "recheck": " · recheck"}
"""What the header says of an assignment's purpose where it is not production."""
NARROW = 80
"""Cells below which the header has no room for everything."""
NO_DRAFTS = "reasons are drafted for labels of steps alone"
FEW = 6
"""Lines of labels for which there is room on any terminal."""


def purpose_words(work: OpenWork | None) -> str:
    """What an assignment is for, where it is not production."""
    view = work.view if work is not None else None
    return PURPOSES.get(view.purpose, "") if isinstance(view, AssignmentView) else ""


class WorkScreen(WorkReadingScreen):
    """What is open. Subclasses say what is asked."""

    SENDING = ""
    """What is said to a key that waits for the server's answer."""
    _drawn: Place | None = None

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule(classes="optional")
        yield from self.reading()
        yield from self.below()
        yield Rule()
        yield from self.answering()
        yield Reason()
        yield StatusLine()
        yield KeyLine()

    def below(self) -> ComposeResult:
        """What stands between what is asked about and the labels."""
        return iter(())

    def answering(self) -> ComposeResult:
        """What can be chosen, and is."""
        yield LabelKeys()

    def opened(self) -> None:
        self.show_work()

    def on_screen_resume(self) -> None:
        if self.is_mounted and self.is_current and self.work is not None:
            self.journey.show()

    def title_text(self) -> str:
        """Where there is little room, what is unusual goes before the guideline's name."""
        view, unusual = self.work.view if self.work else None, self.unusual()
        if view is None:
            return "cotlab"
        guideline = "" if unusual and self.app.size.width < NARROW else f" · {view.guideline} {view.guideline_version}"
        return f"{view.project}{guideline}{unusual}"

    def unusual(self) -> str:
        """What the header says of work that is not labelling as usual."""
        return ""

    def show_work(self) -> None:
        """Draw the whole state; what stands in the reason field stays where it is the same."""
        work = self.work
        if work is None:
            return
        if self.query_one(Reason).field.has_focus:
            self.take_text(work)
        self.show_reading(work)
        self.refresh_numbers()
        self.show_choice()
        self._drawn = work.place()

    def show_choice(self) -> None:
        """Draw what is chosen."""
        raise NotImplementedError

    def offer(self, answers: tuple[Answer, ...], chosen: str | None, flags: str = "") -> None:
        """Show what can be chosen; where that is much and the terminal low, what stands above goes."""
        self.set_class(len(answers) > FEW, "crowded")
        self.query_one(LabelKeys).show(answers, chosen, flags)

    def free(self) -> OpenWork | None:
        """What is open, where something can be said about it; else the status line says that it is being sent."""
        work = self.work
        if work is None or work.sending is not None:
            self.say(self.SENDING)
            return None
        return work

    def chosen(self, said: str = "") -> None:
        """Draw and keep what was just chosen."""
        self.say(said)
        self.show_choice()
        if self.work is not None:
            self.journey.keep_draft(self.work.draft())

    def resized(self, size: Size) -> None:
        self.resize_reading(size)

    def action_mathematics(self) -> None:
        self.cotlab.raw = not self.cotlab.raw
        self.show_work()
        self.say("mathematics as it was written" if self.cotlab.raw else "mathematics rendered")

    def action_rule(self) -> None:
        if self.work is not None:
            self.cotlab.open(RuleSearch(self.work))

    def action_ask(self) -> None:
        self.write((QUESTION,))

    def write(self, kinds: tuple[str, ...]) -> None:
        """Open the editor for what is on the screen."""
        work = self.free()
        if work is not None:
            self.app.push_screen(EditorScreen(Subject.of(work), kinds))

    def action_rationale(self) -> None:
        if self.free() is not None:
            self.query_one(Reason).start()

    def on_descendant_focus(self) -> None:
        self.refresh_keys("text")

    def on_descendant_blur(self) -> None:
        self.refresh_keys()

    def leave_text(self) -> None:
        if self.focused is not None:
            self.set_focus(None)

    def action_take_back(self) -> None:
        raise NotImplementedError

    def action_unsure(self) -> None:
        work = self.free()
        if work is not None:
            work.choice.unsure = not work.choice.unsure
            self.chosen("? flagged as unsure" if work.choice.unsure else "no longer flagged as unsure")

    def action_commit(self) -> None:
        raise NotImplementedError

    def go_back(self) -> None:
        if self.unfolded:
            self.fold()
            self.say("")
        else:
            self.leave()

    def leave(self) -> None:
        """Where esc leads with nothing unfolded."""
        self.cotlab.leave_work()

    def on_reason_changed(self, event: Reason.Changed) -> None:
        if self.work is not None and self.work.sending is None:
            self.take_text(self.work)
            self.journey.keep_draft(self.work.draft())

    def take_text(self, work: OpenWork) -> None:
        """Take what stands in the field into the choice that it was typed for."""
        if work.sending is None and self._drawn == work.place():
            work.choice.rationale = self.query_one(Reason).field.text

    def on_reason_field_handed_over(self, event: ReasonField.HandedOver) -> None:
        if self.work is not None:
            self.take_text(self.work)
        self.leave_text()
        self.action_commit()

    def on_reason_field_draft_wanted(self, event: ReasonField.DraftWanted) -> None:
        self.draft_reason()

    def draft_reason(self) -> None:
        """Have a model draft the reason."""
        self.say(NO_DRAFTS)

    def on_reason_field_left(self, event: ReasonField.Left) -> None:
        self.leave_reason()

    def leave_reason(self) -> None:
        """Where esc leads from the reason."""
        self.leave_text()
