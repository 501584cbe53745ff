"""The first screen after sign-in: my projects, what is open, what I did today."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from cotlab.domain.people import Role
from cotlab.domain.views import QueueEntry
from tui.notices import clock
from tui.screens.base import CotlabScreen
from tui.text import counted, one_line
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine


class QueueScreen(CotlabScreen):
    """Projects in a list; enter goes on with one."""

    PLACE = "queue"

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(id="day")
        yield OptionList(markup=False)
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.query_one(OptionList).focus()
        self.show_queue()

    def on_screen_resume(self) -> None:
        self.say("")
        if self.cotlab.journey is not None:
            self.journey.load_queue()

    def title_text(self) -> str:
        journey = self.cotlab.journey
        return f"queue · {one_line(journey.desk.person, True)}" if journey else "queue"

    @property
    def entries(self) -> tuple[QueueEntry, ...]:
        queue = self.cotlab.journey.queue if self.cotlab.journey else None
        return queue.projects if queue else ()

    def show_queue(self) -> None:
        """Draw the newest queue, with the mark where it was."""
        projects = self.query_one(OptionList)
        marked = projects.highlighted
        width = max((len(one_line(entry.project, True)) for entry in self.entries), default=0)
        projects.set_options(Option(_line(entry, width), id=entry.project_id) for entry in self.entries)
        if self.entries:
            projects.highlighted = min(marked or 0, len(self.entries) - 1)
        self.query_one("#day", Static).update(Content.styled(self._day(), "dim"))
        self.refresh_numbers()

    def _day(self) -> str:
        journey = self.cotlab.journey
        if journey is None or journey.queue is None:
            return "\nasking the server\n"
        if not self.entries:
            return "\nYou are in no project yet. The lead adds you; this list fills when you come back to it.\n"
        parts = [counted(len(self.entries), "project")]
        if journey.queue.break_until is not None:
            parts.append(f"break until {clock(journey.queue.break_until)}")
        elif journey.session is not None:
            parts.append(f"break due at {clock(journey.session.break_at)}")
        return f"\n{' · '.join(parts)}\n"

    @property
    def marked(self) -> QueueEntry | None:
        at = self.query_one(OptionList).highlighted
        return self.entries[at] if at is not None and at < len(self.entries) else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.action_open()

    def action_open(self) -> None:
        entry = self.marked
        why = "there is no project yet" if entry is None else _why_not(entry)
        if entry is None or why:
            self.say(why)
        else:
            self.say("asking the server for a trace")
            self.journey.claim(entry.project_id)

    def action_past(self) -> None:
        if self.marked is None:
            self.say("there is no project yet")
        else:
            self.cotlab.show_past(self.marked)

    def action_questions(self) -> None:
        if self.marked is None:
            self.say("there is no project yet")
        else:
            self.cotlab.show_questions(self.marked)

    def action_scroll_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_scroll_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()

    def go_back(self) -> None:
        self.say("this is the first screen; ctrl+q leaves")


def _line(entry: QueueEntry, width: int) -> Content:
    name = one_line(entry.project, True)
    glyph, word, style = _state(entry)
    today = f"{entry.done_today} today" if entry.done_today else ""
    line = Content.assemble("  ", (f"{name:<{width}}", "bold"), "   ", (f"{glyph} {word:<26}", style), (today, "dim"))
    notes = [Content.styled(f"\n{'':<{width}}     · {note}", "$warning") for note in _notes(entry)]
    return Content.assemble(line, *notes)


def _notes(entry: QueueEntry) -> list[str]:
    """What else there is to know of a project, a line each."""
    notes = []
    if entry.coming_back:
        notes.append(f"{entry.coming_back} of your labels {'comes' if entry.coming_back == 1 else 'come'} back")
    if not entry.production_open and not entry.closed:
        notes.append("the pilot comes first")
    if entry.answered:
        notes.append(f"{entry.answered} of your questions {'is' if entry.answered == 1 else 'are'} answered (n)")
    return notes


def _state(entry: QueueEntry) -> tuple[str, str, str]:
    if entry.closed:
        return "■", "closed", "dim"
    if not entry.ready:
        return "·", "no guideline in force yet", "dim"
    if _why_not(entry):
        return "·", "you do not label here", "dim"
    if entry.open:
        return "▸", "1 open, more waiting" if entry.waiting else "1 open", "$success"
    return ("▹", "waiting", "$success") if entry.waiting else ("·", "nothing open just now", "dim")


def _why_not(entry: QueueEntry) -> str:
    """Why a project cannot be worked on; empty where it can."""
    if entry.closed:
        return "this project is closed: nothing more is handed out; t shows your labels"
    if not entry.ready:
        return "no guideline version is in force in this project yet: the lead publishes one"
    if Role.ANNOTATOR not in entry.roles:
        return "you are no annotator of this project"
    return ""
