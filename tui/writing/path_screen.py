"""Writing a path: the problem on top, the steps so far, and one of them, or the final answer, under the hand."""

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static, TextArea

from cotlab.domain.text import MAX_TEXT
from tui.app.actions import names_of
from tui.app.screens.base import CotlabScreen
from tui.app.screens.editor import GIVE_BACK, EditorScreen, Subject
from tui.app.storage.drafts import Place
from tui.app.work.open_work import CannotCommit
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane
from tui.widgets.rules import COLUMN
from tui.widgets.text import counted, hanging, one_line, shown
from tui.writing.path import Paper
from tui.writing.state import Writing

ANSWER = "final answer"


class PaperField(TextArea):
    """What is under the hand; every key of the place acts at once, so that what is typed after it goes to the next."""

    KEYS = ("enter",)
    NAMES = names_of("writing")

    def __init__(self) -> None:
        super().__init__(compact=True, soft_wrap=True, highlight_cursor_line=False, tab_behavior="focus")
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        name = None if event.is_printable else self.NAMES.get(event.key)
        handler = getattr(self.screen, f"action_{name}", None)
        if handler is None:
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()
        handler()


class WritingScreen(CotlabScreen):
    """One path. What is typed is a draft on the disk in a moment, until it is sent."""

    PLACE = "writing"

    def __init__(self, paper: Paper) -> None:
        super().__init__()
        self.paper = paper

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Pane(id="problem")
        yield Rule()
        yield Pane(id="steps")
        yield Static(id="which")
        yield PaperField()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.query_one("#problem", Pane).show(lambda width: self._problem(min(width, COLUMN)))
        self.set_focus(self.query_one(PaperField))
        self._show()

    def title_text(self) -> str:
        view = self.paper.view
        return f"{one_line(view.project, True)} · write a path: {one_line(view.strategy.name, True)}"

    def _problem(self, width: int) -> list[Content]:
        view, raw = self.paper.view, self.cotlab.raw
        lines = shown(view.problem.text, raw).wrap(width)
        if view.strategy.rule:
            lines += hanging(Content.styled("strategy  ", "dim"), shown(view.strategy.rule, True), width)
        if view.reference_answer is not None:
            lines += hanging(Content.styled("answer    ", "dim"), shown(view.reference_answer, raw), width)
        for passage in view.problem.passages:
            lines.append(Content.styled(one_line(passage.name, True), "bold underline"))
            lines += shown(passage.text, raw).wrap(width)
        return lines

    def _show(self) -> None:
        """Draw where the paper stands, with its text in the field."""
        paper, field = self.paper, self.query_one(PaperField)
        field.text = paper.text
        field.move_cursor(field.document.end)
        which = ANSWER if paper.answering else f"step {paper.at + 1}"
        new = not paper.answering and paper.at == len(paper.steps) - 1 and not paper.text.strip()
        hint = "  ctrl+s sends the path" if paper.answering else "  enter on an empty step: the answer" if new else ""
        self.query_one("#which", Static).update(Content.assemble((f"▸ {which}", "bold"), (hint, "dim")))
        pane = self.query_one("#steps", Pane)
        pane.show(lambda width: self._steps(min(width, COLUMN)))
        self.call_after_refresh(self._bring_into_view, pane)

    def _steps(self, width: int) -> list[Content]:
        lines = [line for at in range(len(self.paper.steps) + 1) for line in self._step(at, width)]
        return lines or [Content()]

    def _step(self, at: int, width: int) -> list[Content]:
        """One of the steps, or the final answer; of the one under the hand only that it is written below."""
        paper, raw = self.paper, self.cotlab.raw
        last = at == len(paper.steps)
        number = "  =  " if last else f"{at + 1:>3}  "
        if at == paper.at:
            return [Content.assemble((f"▸{number[1:]}", "bold $accent"), ("below", "dim"))]
        text = paper.answer if last else paper.steps[at]
        if not text.strip():
            return [Content.assemble((number, "dim"), ("no final answer yet" if last else "empty", "dim"))]
        return hanging(Content.styled(number, "dim"), shown(text.strip(), raw), width)

    def _bring_into_view(self, pane: Pane) -> None:
        """Scroll so that what stands before the step under the hand is read above it."""
        width = min(pane.scrollable_content_region.width, COLUMN)
        before = sum(len(self._step(at, width)) for at in range(self.paper.at + 1))
        pane.scroll_to(y=max(0, before - pane.size.height), animate=False)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        self._keep()

    def _keep(self) -> None:
        """Take what the field holds."""
        text = self.query_one(PaperField).text
        if text != self.paper.text:
            self.paper.text = text
            self.journey.state(Writing).keep(self.paper)

    def action_step_done(self) -> None:
        self._keep()
        if self.paper.answering:
            self.say("ctrl+s sends the path as it stands; shift+tab leads back to the steps")
        else:
            self.paper.next()
            self._moved()

    def action_send_path(self) -> None:
        self._keep()
        if not self.paper.answering:
            self.action_step_done()
            return
        try:
            self.journey.state(Writing).send(self.paper)
        except CannotCommit as missing:
            self.say(str(missing))
            return
        self.cotlab.go_to_queue()
        self.cotlab.say(f"sending a path of {counted(len(self.paper.body().steps), 'step')}")

    def action_step_before(self) -> None:
        self._go(-1)

    def action_step_after(self) -> None:
        self._go(1)

    def _go(self, by: int) -> None:
        self._keep()
        self.paper.move(by)
        self._moved()

    def action_answer(self) -> None:
        self._keep()
        self.paper.to_answer()
        self._moved()

    def action_insert_step(self) -> None:
        self._keep()
        self.paper.insert()
        self._moved()

    def _moved(self) -> None:
        self.say("")
        self.journey.state(Writing).keep(self.paper)
        self._show()

    def action_new_line(self) -> None:
        self.query_one(PaperField).insert("\n")

    def action_read_on(self) -> None:
        self.query_one("#steps", Pane).scroll_page_down(animate=False)

    def action_read_back(self) -> None:
        self.query_one("#steps", Pane).scroll_page_up(animate=False)

    def action_problem_on(self) -> None:
        """The next lines of the problem; from its end to its top."""
        pane = self.query_one("#problem", Pane)
        if pane.scroll_y >= pane.max_scroll_y:
            pane.scroll_home(animate=False)
        else:
            pane.scroll_page_down(animate=False)

    def action_raw(self) -> None:
        self.cotlab.raw = not self.cotlab.raw
        self.query_one("#problem", Pane).show(lambda width: self._problem(min(width, COLUMN)))
        self._keep()
        self._show()
        self.say("mathematics raw" if self.cotlab.raw else "mathematics rendered")

    def action_give_back(self) -> None:
        self._keep()
        self.app.push_screen(GiveBackScreen(self.paper))

    def action_back(self) -> None:
        self.go_back()

    def go_back(self) -> None:
        self._keep()
        self.journey.flush_drafts()
        self.cotlab.go_to_queue()


class GiveBackScreen(EditorScreen):
    """Saying why a path is given back unwritten."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(Subject(paper.view.id, paper.view.project, "this path"), (GIVE_BACK,))
        self._paper = paper

    def deliver(self, text: str) -> str | None:
        if len(text) > MAX_TEXT:
            return "the text is too long"
        place = Place(assignment_id=self._paper.view.id, position=0, what=GIVE_BACK)
        return self.journey.state(Writing).give_back(self._paper, text.strip(), place)

    def sent(self, text: str) -> str:
        self.cotlab.go_to_queue()
        return "giving the path back"
