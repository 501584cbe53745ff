"""Writing more than a line: an alternative for a step, or the reason for an early end."""

from dataclasses import dataclass
from functools import partial

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static, TextArea

from cotlab.domain.actions import Action
from tui.actions import footer_of
from tui.drafts import Draft, Place
from tui.screens.base import CotlabScreen
from tui.text import shown
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.work import Work

REWORDING, MISSING, BAD_PROBLEM, GIVE_UP = "rewording", "missing", "bad_problem", "give_up"

WIDTH, LINES = 80, 6
"""How much of the step is shown above the text."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be written."""

    title: str
    hint: str


TASKS = {
    REWORDING: Task("another wording of step {}", "Write the step as it should stand. It becomes a path of its own."),
    MISSING: Task("steps missing before step {}", "Write what belongs before it; an empty line parts two steps."),
    BAD_PROBLEM: Task("bad problem", "Say what is wrong with the problem. This ends the trace."),
    GIVE_UP: Task("give up", "Say why you cannot judge this. The trace goes to somebody else."),
}


class Editor(TextArea):
    """Plain text of several lines."""

    def __init__(self) -> None:
        super().__init__(compact=True, soft_wrap=True, highlight_cursor_line=False)
        self.cursor_blink = False


class EditorScreen(CotlabScreen):
    """One text; `kinds` name what it can be. What is typed is kept until it is sent."""

    PLACE = "editor"

    def __init__(self, work: Work, kinds: tuple[str, ...]) -> None:
        super().__init__()
        self._open, self._kinds, self.what = work, kinds, kinds[0]
        self._position = work.step.position if work.step else 0

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(id="task")
        yield Static(id="step-above", classes="optional")
        yield Rule()
        yield Editor()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.query_one(KeyLine).show(self._offers())
        self._start()

    def title_text(self) -> str:
        return f"{self._open.view.project} · step {self._position}"

    def _offers(self) -> list[Action]:
        return [action for action in footer_of("editor") if action.name != "kind" or len(self._kinds) > 1]

    @property
    def _place(self) -> Place:
        return Place(assignment_id=self._open.id, position=self._position, what=self.what)

    def _start(self) -> None:
        task, step = TASKS[self.what], self._open.step
        title = task.title.format(self._position)
        self.query_one("#task", Static).update(Content.assemble((title, "bold"), "\n", (task.hint, "dim")))
        about_step = self.what in (REWORDING, MISSING) and step is not None
        text = shown(step.text, True) if step is not None and about_step else Content()
        lines = text.wrap(self.size.width or WIDTH)[:LINES]
        self.query_one("#step-above", Static).update(Content("\n").join([Content(), *lines]))
        draft = self.journey.desk.drafts.find(self._place)
        editor = self.query_one(Editor)
        editor.text = draft.text if draft else ""
        editor.focus()
        editor.move_cursor(editor.document.end)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        self.journey.keep_draft(Draft(place=self._place, text=self.query_one(Editor).text))

    def action_kind(self) -> None:
        at = self._kinds.index(self.what)
        self.what = self._kinds[(at + 1) % len(self._kinds)]
        self._start()

    def action_send(self) -> None:
        text = self.query_one(Editor).text
        if self.cotlab.journey is None or self.journey.work is not self._open:
            wrong: str | None = "this trace is no longer open; the text is kept as a draft"
        elif self.what in (BAD_PROBLEM, GIVE_UP):
            wrong = self.journey.end(self.what, text.strip(), self._place)
        else:
            wrong = self.journey.write_alternative(self.what, _steps(self.what, text), self._place)
        if wrong:
            self.say(wrong)
        else:
            self.app.pop_screen()
            self.app.call_later(partial(self.cotlab.say, "sending"))


def _steps(what: str, text: str) -> list[str]:
    """One step as it is, or the steps between empty lines."""
    if what == REWORDING:
        return [text.strip()]
    steps: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            steps[-1].append(line)
        elif steps[-1]:
            steps.append([])
    return ["\n".join(lines) for lines in steps if lines] or [""]
