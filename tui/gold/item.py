"""One gold trace or pair: what is verified of it with its justification, to be corrected or taken out of gold."""

from collections.abc import Callable, Sequence
from functools import partial

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from cotlab.domain.gold import GoldItem, RetireBody, Suspect
from cotlab.domain.guidelines.schema import Criterion, Schema
from cotlab.domain.traces.pairs import OVERALL
from cotlab.domain.work.views import QueueEntry
from tui.app.guidelines_in_force import criteria_of
from tui.app.screens.editor import Subject, Task
from tui.app.screens.listing import ListingScreen
from tui.app.screens.reason import SayingWhyScreen, draft_of
from tui.app.screens.request import RequestScreen
from tui.gold.item_rows import Verified, choices_of, row_line, row_lines, verified_in
from tui.gold.rows import is_pair
from tui.widgets.labels import LabelKeys
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane, Rows
from tui.widgets.rules import COLUMN
from tui.widgets.text import one_line, shown

Say = Callable[[str], None]
CORRECT = "correct"
RETIRE = "Say why. It goes back into the queue for those who have not seen it."
HINT = "Say why it is so, as people in calibration read it. Every score that came of the old label is made anew."
PROBLEM_LINES, ROOMY, APART = 3, 30, "  "


class GoldItemScreen(RequestScreen, ListingScreen[Verified]):
    """What is verified above, the marked one in full below, and what it can be on digits; `anew` gets what changed."""

    PLACE = "gold_item"
    AGAIN = ""
    WHOLE_WIDTH = True

    def __init__(
        self, entry: QueueEntry, schema: Schema, item: GoldItem, suspects: Sequence[Suspect], anew: Say
    ) -> None:
        super().__init__()
        self._entry, self._schema, self.item, self._suspects, self._anew = entry, schema, item, suspects, anew
        self.rows = verified_in(item)
        self._what = "pair" if is_pair(item) else "trace"

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(id="problem", classes="optional")
        yield Rows()
        yield Rule()
        yield Pane()
        yield Rule(classes="optional")
        yield Static(id="choices") if is_pair(self.item) else LabelKeys()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.draw()
        if is_pair(self.item):
            self.ask(self._ask_criteria, "asking for the criteria …")

    def resized(self, size: Size) -> None:
        self.draw()

    async def _ask_criteria(self) -> None:
        """The criteria of the guideline, since a choice can be verified on one that has none yet."""
        client, answer = self.journey.client, self.answer
        listed = await answer(client.guidelines)
        criteria = await criteria_of(client, answer, listed, self._entry.project, self.item.domain)
        self._take(criteria)
        self.say("")

    def _take(self, criteria: Sequence[Criterion]) -> None:
        self.rows = verified_in(self.item, criteria)
        self.draw()

    def title_text(self) -> str:
        name = f" · {one_line(self.item.external_id, True)}" if self.item.external_id else ""
        kind = " · pair" if is_pair(self.item) else ""
        return f"gold · {one_line(self._entry.project, True)} · {one_line(self.item.domain, True)}{kind}{name}"

    def _of(self, row: Verified) -> list[Suspect]:
        """What speaks against a place; what is said of a whole pair speaks against its overall choice."""
        if row.criterion not in ("", OVERALL):
            return []
        return [one for one in self._suspects if one.position in (None, row.position)]

    def draw(self) -> None:
        raw = self.cotlab.raw
        most = PROBLEM_LINES if not is_pair(self.item) or self.size.height >= ROOMY else PROBLEM_LINES - 1
        lines = shown(self.item.problem, raw).wrap(min(COLUMN, self.size.width or COLUMN))[:most]
        self.query_one("#problem", Static).update(Content("\n").join([*lines, Content()]))
        rows = [row_line(self.item, row, self.rows, self._named(row), self._schema, raw) for row in self.rows]
        self.query_one(Rows).show(rows, self.query_one(Rows).marked)
        self.show_marked()

    def _named(self, row: Verified) -> bool:
        """Whether a suspect is about this place, and not about the item as a whole."""
        return any(one.position is not None or is_pair(self.item) for one in self._of(row))

    def show_marked(self) -> None:
        super().show_marked()
        answers = choices_of(self.item, self._place, self._schema)
        if is_pair(self.item):
            said = [Content.assemble((one.key, "bold"), " ", one.said) for one in answers]
            self.query_one("#choices", Static).update(flowing(said, self.size.width))
        else:
            self.query_one(LabelKeys).show(answers, None)

    @property
    def _place(self) -> Verified:
        return self.rows[self.query_one(Rows).marked]

    def lines(self, row: Verified | None, width: int) -> list[Content]:
        return [] if row is None else row_lines(self.item, row, self._of(row), self._schema, self.cotlab.raw, width)

    def choose(self, key: str) -> bool:
        """Another label or choice for the marked place, with its justification."""
        row = self._place
        label = next((one.name for one in choices_of(self.item, row, self._schema) if one.key == key), None)
        if label is None:
            return False
        if label == row.label:
            self.say(f"{row.name} is {label} already")
        else:
            task = Task(f"{row.name}: {row.label or 'nothing'} → {label}", HINT, about_step=True)
            text = row.text or None
            self._write(row.position, text, f"{CORRECT} {row.draft}{label}", task, partial(self._correct, row, label))
        return True

    def action_retire(self) -> None:
        self._write(0, None, "retire", Task(f"take this {self._what} out of gold", RETIRE), self._retire)

    def _write(self, position: int, step: str | None, what: str, task: Task, send: Say) -> None:
        subject = self._subject(position, step)
        self.app.push_screen(SayingWhyScreen(subject, what, task, send))

    def _subject(self, position: int, step: str | None = None) -> Subject:
        return Subject(self.item.item_id, one_line(self._entry.project, True), "gold", position, step)

    def _correct(self, row: Verified, label: str, justification: str) -> None:
        client, project, body = self.journey.client, self._entry.project_id, row.body(label, justification)

        async def send() -> None:
            await self.answer(lambda: client.correct_gold(project, self.item.item_id, body))
            self.journey.keep_draft(draft_of(self._subject(row.position), f"{CORRECT} {row.draft}{label}"))
            self.rows = tuple(one.corrected(label, justification) if _same(one, row) else one for one in self.rows)
            gone = self._of(row)
            self._suspects = [one for one in self._suspects if one.position is None or one not in gone]
            self.draw()
            said = f"{row.name} is {label} from now on"
            self._anew(said)
            self.say(said)

        self.ask(send, "sending")

    def _retire(self, reason: str) -> None:
        body, client, project = RetireBody(reason=reason), self.journey.client, self._entry.project_id

        async def send() -> None:
            await self.answer(lambda: client.retire_gold(project, self.item.item_id, body))
            self.journey.keep_draft(draft_of(self._subject(0), "retire"))
            self._anew(f"the {self._what} is no longer gold")
            self.app.pop_screen()

        self.ask(send, "sending")

    def key_without_meaning(self, key: str) -> str:
        row = self._place
        keys = ", ".join(one.key for one in choices_of(self.item, row, self._schema))
        what = "another label for the step" if not row.criterion else f"a choice for {row.name}"
        return f"nothing is on {key} here; {what} is on {keys}"


def _same(one: Verified, other: Verified) -> bool:
    return (one.position, one.criterion) == (other.position, other.criterion)


def flowing(parts: Sequence[Content], width: int) -> Content:
    """Parts beside each other, as many on a line as there is room for."""
    lines: list[Content] = []
    for part in parts:
        if lines and lines[-1].cell_length + len(APART) + part.cell_length <= width:
            lines[-1] = Content.assemble(lines[-1], APART, part)
        else:
            lines.append(part)
    return Content("\n").join(lines)
