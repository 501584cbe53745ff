"""Writing more than a line: an alternative for a step, a question to the lead, or the reason for an early end."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static, TextArea

from cotlab.domain.actions import Action
from tui.app.actions import footer_of
from tui.app.screens.base import CotlabScreen
from tui.app.storage.drafts import Draft, Place
from tui.app.work.open_work import OpenWork
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.text import shown

REWORDING, MISSING, BAD_PROBLEM, GIVE_UP, QUESTION = "rewording", "missing", "bad_problem", "give_up", "question"
GAP, GIVE_BACK = "gap", "give_back"

WIDTH, LINES = 80, 6
"""How much of the step is shown above the text."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be written; `about_step` shows the step above it."""

    title: str
    hint: str
    about_step: bool = False


TASKS = {
    REWORDING: Task("another wording of {}", "Write the step as it should stand. It becomes a path of its own.", True),
    MISSING: Task("steps missing before {}", "Write what belongs before it; an empty line parts two steps.", True),
    BAD_PROBLEM: Task("bad problem", "Say what is wrong with the problem. This ends the trace."),
    GIVE_UP: Task("give up", "Say why you cannot judge this. The trace goes to somebody else."),
    QUESTION: Task("ask the lead about {}", "The answer comes to your questions (n in the queue).", True),
    GIVE_BACK: Task("give {} back", "Say why you do not write it. Somebody else gets it, and you never again."),
    GAP: Task("the guideline does not decide {}", "Say what it lacks; this goes to the lead. Nothing: it does.", True),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a text is about: the open trace at a position (0: as a whole), or a project's guideline (`work` None).

    `owner` is the id of the assignment or of the project, `name` how the text's title calls it.
    """

    owner: str
    project: str
    name: str
    position: int = 0
    step: str | None = None
    work: OpenWork | None = None

    @classmethod
    def of(cls, work: OpenWork) -> "Subject":
        """The step on the screen, or the whole trace at its end."""
        if work.step is None:
            name = "this trace" if work.pair is None else "this pair"
            return cls(work.id, work.view.project, name, work=work)
        at = work.step.position
        return cls(work.id, work.view.project, f"step {at}", at, work.step.text, work)


class Editor(TextArea):
    """Plain text of several lines."""

    KEYS = ("enter",)

    def __init__(self) -> None:
        super().__init__(compact=True, soft_wrap=True, highlight_cursor_line=False)
        self.cursor_blink = False


class EditorScreen(CotlabScreen):
    """One text; `kinds` name what it can be. What is typed is kept until it is sent."""

    PLACE = "editor"

    def __init__(self, subject: Subject, kinds: tuple[str, ...]) -> None:
        super().__init__()
        self._about, self._kinds, self.what = subject, kinds, kinds[0]

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
        return f"{self._about.project} · {self._about.name}"

    def _offers(self) -> list[Action]:
        return [action for action in footer_of("editor") if action.name != "kind" or len(self._kinds) > 1]

    @property
    def _place(self) -> Place:
        return Place(assignment_id=self._about.owner, position=self._about.position, what=self.what)

    def _start(self) -> None:
        task, step = self.to_write(), self._about.step
        title = task.title.format(self._about.name)
        self.query_one("#task", Static).update(Content.assemble((title, "bold"), "\n", (task.hint, "dim")))
        text = shown(step, True) if step is not None and task.about_step else Content()
        lines = text.wrap(self.size.width or WIDTH)[:LINES]
        self.query_one("#step-above", Static).update(Content("\n").join([Content(), *lines]))
        editor = self.query_one(Editor)
        editor.text = self.begun()
        self.set_focus(editor)
        editor.move_cursor(editor.document.end)

    def to_write(self) -> Task:
        return TASKS[self.what]

    def begun(self) -> str:
        """What was written before and not sent."""
        draft = self.journey.desk.drafts.find(self._place)
        return draft.text if draft else ""

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        self.journey.keep_draft(Draft(place=self._place, text=self.query_one(Editor).text))

    def action_kind(self) -> None:
        at = self._kinds.index(self.what)
        self.what = self._kinds[(at + 1) % len(self._kinds)]
        self._start()

    def action_send(self) -> None:
        text, work = self.query_one(Editor).text, self._about.work
        if work is not None and (self.cotlab.journey is None or self.journey.work is not work):
            wrong: str | None = "this is no longer open; the text is kept as a draft"
        else:
            wrong = self.deliver(text)
        if wrong:
            self.say(wrong)
        else:
            self.app.pop_screen()
            self.cotlab.say(self.sent(text))

    def deliver(self, text: str) -> str | None:
        """Send a text as what it is; returns what is wrong with it, if anything."""
        if self.what == QUESTION:
            about_guideline = self._about.work is None
            return self.journey.ask(text.strip(), self._place, self._about.project, about_guideline)
        if self.what in (BAD_PROBLEM, GIVE_UP):
            return self.journey.end(self.what, text.strip(), self._place)
        return self.journey.write_alternative(self.what, _steps(self.what, text), self._place)

    def sent(self, text: str) -> str:
        """What is said once a text was delivered."""
        return "sending"


def _steps(what: str, text: str) -> list[str]:
    """One step as it is, or the steps between empty lines."""
    return [text.strip()] if what == REWORDING else steps_of(text)


def steps_of(text: str) -> list[str]:
    """The steps between empty lines; an empty one where there is none."""
    steps: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            steps[-1].append(line)
        elif steps[-1]:
            steps.append([])
    return ["\n".join(lines) for lines in steps if lines] or [""]
