"""The first screen after sign-in: my projects, what is open, what I did today."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from cotlab.domain.actions import Place, actions_of
from cotlab.domain.people import LABELLERS, Role
from cotlab.domain.work.views import QueueEntry
from tui.app.actions import footer_of
from tui.app.registry import why_no_labelling
from tui.app.screens.base import CotlabScreen
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.text import counted, one_line
from tui.widgets.times import clock, day


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
        projects.set_options(
            Option(_line(entry, width, self._notes(entry)), id=entry.project_id) for entry in self.entries
        )
        if self.entries:
            projects.highlighted = min(marked or 0, len(self.entries) - 1)
        self.query_one("#day", Static).update(Content.styled(self._day(), "dim"))
        self.refresh_keys()
        self.refresh_numbers()

    def _notes(self, entry: QueueEntry) -> list[tuple[str, str]]:
        """What else there is to know of a project, a line each with its style."""
        states = self.cotlab.journey.states.values() if self.cotlab.journey else ()
        return [(said, "$warning") for said in _notes(entry)] + [one for state in states for one in state.notes(entry)]

    def refresh_keys(self, place: Place | None = None) -> None:
        """A list is offered to those whose roles fill it."""
        roles = {role for entry in self.entries for role in entry.roles} or LABELLERS
        offers = footer_of(place or self.PLACE)
        self.query_one(KeyLine).show([one for one in offers if self.cotlab.offers(one.name, roles)])

    def _day(self) -> str:
        journey = self.cotlab.journey
        if journey is None or journey.queue is None:
            return "\nasking the server\n"
        if not self.entries:
            return "\nYou are in no project yet. The lead adds you; this list fills when you come back to it.\n"
        parts = [counted(len(self.entries), "project")]
        if journey.queue.break_until is not None:
            parts.append(f"break until {clock(journey.queue.break_until)}")
        elif journey.times is not None:
            parts.append(f"break due at {clock(journey.times.break_at)}")
        return f"\n{' · '.join(parts)}\n"

    @property
    def marked(self) -> QueueEntry | None:
        at = self.query_one(OptionList).highlighted
        return self.entries[at] if at is not None and at < len(self.entries) else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.action_open()

    def action_open(self) -> None:
        entry = self.marked
        if entry is not None and not entry.closed and _decides_alone(entry):
            self.enter("cases")
            return
        why = "there is no project yet" if entry is None else why_no_labelling(entry)
        if entry is None or why:
            self.say(why)
        else:
            self.say("asking the server for a trace")
            self.journey.claim(entry.project_id)

    def enter(self, name: str) -> None:
        """Enter a journey with the marked project."""
        self.cotlab.enter(name, self.marked)

    def action_scroll_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_scroll_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()

    def go_back(self) -> None:
        self.say("this is the first screen; ctrl+q leaves")


def _entering(name: str) -> Callable[[QueueScreen], None]:
    return lambda screen: screen.enter(name)


ENTRANCES = tuple(one.name for one in actions_of("queue") if not hasattr(QueueScreen, f"action_{one.name}"))
"""The actions of the queue that are not the screen's own: each leads into a journey."""
for _name in ENTRANCES:
    setattr(QueueScreen, f"action_{_name}", _entering(_name))


def _line(entry: QueueEntry, width: int, notes: Sequence[tuple[str, str]]) -> Content:
    name = one_line(entry.project, True)
    glyph, word, style = _state(entry)
    today = f"{entry.done_today} today" if entry.done_today else ""
    line = Content.assemble("  ", (f"{name:<{width}}", "bold"), "   ", (f"{glyph} {word:<26}", style), (today, "dim"))
    return Content.assemble(line, *(Content.styled(f"\n{'':<{width}}     · {said}", style) for said, style in notes))


def _notes(entry: QueueEntry) -> list[str]:
    """What else there is to know of a project, a line each."""
    notes = []
    if entry.coming_back:
        notes.append(f"{entry.coming_back} of your labels {'comes' if entry.coming_back == 1 else 'come'} back")
    if entry.due is not None:
        notes.append(f"traces were given to you by name, due {day(entry.due)}")
    if not entry.production_open and not entry.closed:
        notes.append("the pilot comes first")
    if entry.answered:
        notes.append(f"{counted(entry.answered, 'answer')} of the lead (n)")
    if entry.case_open:
        notes.append("1 case open (C)" if not entry.cases else f"1 case open, {entry.cases} to decide (C)")
    elif entry.cases:
        notes.append(f"{counted(entry.cases, 'case')} to decide (C)")
    if entry.writing:
        notes.append("a path to write (w)")
    if entry.decided:
        notes.append(f"{counted(entry.decided, 'decided case')} to read (D)")
    if entry.below_bar:
        domains = ", ".join(one_line(domain, True) for domain in entry.below_bar)
        notes.append(f"agreement below the bar (A): {domains}")
    if entry.alarms:
        notes.append(f"{counted(entry.alarms, 'alarm')} of drift (B)")
    if entry.pace_alarms:
        notes.append(f"{counted(entry.pace_alarms, 'alarm')} of pace (B, then T)")
    if entry.position_alarms:
        notes.append(f"{counted(entry.position_alarms, 'alarm')} of position (B, then T)")
    return notes


def _state(entry: QueueEntry) -> tuple[str, str, str]:
    if entry.closed:
        return "■", "closed", "dim"
    if not entry.ready:
        return "·", "no guideline in force yet", "dim"
    if _decides_alone(entry):
        return "·", "you decide cases here", "$success"
    if why_no_labelling(entry):
        return "·", "you lead it" if Role.LEAD in entry.roles else "you do not label here", "dim"
    if entry.open:
        return "▸", "1 open, more waiting" if entry.waiting else "1 open", "$success"
    return ("▹", "waiting", "$success") if entry.waiting else ("·", "nothing open just now", "dim")


def _decides_alone(entry: QueueEntry) -> bool:
    """Whether somebody decides cases in a project and labels nothing there."""
    return Role.ADJUDICATOR in entry.roles and Role.ANNOTATOR not in entry.roles
