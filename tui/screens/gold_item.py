"""One gold trace: the label of each step with its justification, to be corrected or taken out of gold."""

from collections.abc import Callable, Sequence
from functools import partial

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from cotlab.domain.gold import CorrectBody, GoldItem, GoldStep, RetireBody, Suspect
from cotlab.domain.guidelines import Schema
from cotlab.domain.views import QueueEntry
from tui.gold import step_lines, step_row
from tui.screens.asking import AskingScreen
from tui.screens.editor import Subject, Task
from tui.screens.listing import ListingScreen
from tui.screens.saying_why import SayingWhyScreen, draft_of
from tui.text import one_line, shown
from tui.widgets.labels import LabelKeys, labels_of, widest
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane, Rows
from tui.widgets.rules import COLUMN

Say = Callable[[str], None]
CORRECT = "correct"
RETIRE = Task("take this trace out of gold", "Say why. It goes back into the queue for those who have not seen it.")
HINT = "Say why it is so, as people in calibration read it. Every score that came of the old label is made anew."
PROBLEM_LINES = 3


class GoldItemScreen(AskingScreen, ListingScreen[GoldStep]):
    """Steps above, the marked one in full below, and the labels on their keys; `anew` gets what changed."""

    PLACE = "gold_item"
    AGAIN = ""

    def __init__(
        self, entry: QueueEntry, schema: Schema, item: GoldItem, suspects: Sequence[Suspect], anew: Say
    ) -> None:
        super().__init__()
        self._entry, self._schema, self.item, self._suspects, self._anew = entry, schema, item, suspects, anew

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(id="problem", classes="optional")
        yield Rows()
        yield Rule()
        yield Pane()
        yield Rule(classes="optional")
        yield LabelKeys()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.query_one(LabelKeys).show(labels_of(self._schema), None)
        self._show()

    def title_text(self) -> str:
        name = f" · {one_line(self.item.external_id, True)}" if self.item.external_id else ""
        return f"gold · {one_line(self._entry.project, True)} · {one_line(self.item.domain, True)}{name}"

    def _of_step(self, step: GoldStep) -> list[Suspect]:
        return [one for one in self._suspects if one.position in (None, step.position)]

    def _show(self) -> None:
        raw, wide = self.cotlab.raw, widest(self._schema)
        lines = shown(self.item.problem, raw).wrap(min(COLUMN, self.size.width or COLUMN))[:PROBLEM_LINES]
        self.query_one("#problem", Static).update(Content("\n").join([*lines, Content()]))
        named = {one.position for one in self._suspects}
        rows = [step_row(step, wide, step.position in named, self._schema, raw) for step in self.item.steps]
        self.query_one(Rows).show(rows, self.query_one(Rows).marked)
        self.show_marked()

    @property
    def marked(self) -> GoldStep:
        return self.item.steps[self.query_one(Rows).marked]

    def lines(self, row: GoldStep | None, width: int) -> list[Content]:
        return [] if row is None else step_lines(row, self._of_step(row), self._schema, self.cotlab.raw, width)

    def action_mathematics(self) -> None:
        self.cotlab.raw = not self.cotlab.raw
        self._show()

    def choose(self, key: str) -> bool:
        """Another label for the marked step, with its justification."""
        label = next((one for one in self._schema.top if one.key == key), None)
        step = self.marked
        if label is None:
            return False
        if label.name == step.label:
            self.say(f"step {step.position} is {label.name} already")
        else:
            task = Task(f"step {step.position}: {step.label} → {label.name}", HINT, about_step=True)
            self._write(step.position, step.text, f"{CORRECT} {label.name}", task, partial(self._correct, label.name))
        return True

    def action_retire(self) -> None:
        self._write(0, None, "retire", RETIRE, self._retire)

    def _write(self, position: int, step: str | None, what: str, task: Task, send: Say) -> None:
        subject = self._subject(position, step)
        self.app.push_screen(SayingWhyScreen(subject, what, task, send))

    def _subject(self, position: int, step: str | None = None) -> Subject:
        return Subject(self.item.item_id, one_line(self._entry.project, True), "gold", position, step)

    def _correct(self, label: str, justification: str) -> None:
        step, client, project = self.marked, self.journey.client, self._entry.project_id
        body = CorrectBody(position=step.position, label=label, justification=justification)

        async def send() -> None:
            await self.answer(lambda: client.correct_gold(project, self.item.item_id, body))
            self.journey.keep_draft(draft_of(self._subject(step.position), f"{CORRECT} {label}"))
            now = {"label": label, "justification": justification, "number": step.number + 1, "stale": False}
            steps = [one.model_copy(update=now) if one.position == step.position else one for one in self.item.steps]
            self.item = self.item.model_copy(update={"steps": tuple(steps)})
            self._suspects = [one for one in self._suspects if one.position != step.position]
            self._show()
            said = f"step {step.position} is {label} from now on"
            self._anew(said)
            self.say(said)

        self.ask(send, "sending")

    def _retire(self, reason: str) -> None:
        body, client, project = RetireBody(reason=reason), self.journey.client, self._entry.project_id

        async def send() -> None:
            await self.answer(lambda: client.retire_gold(project, self.item.item_id, body))
            self.journey.keep_draft(draft_of(self._subject(0), "retire"))
            self._anew("the trace is no longer gold")
            self.app.pop_screen()

        self.ask(send, "sending")

    def key_without_meaning(self, key: str) -> str:
        keys = ", ".join(label.key for label in self._schema.top)
        return f"nothing is on {key} here; another label for the step is on {keys}"
