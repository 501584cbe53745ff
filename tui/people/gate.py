"""One person, or the team, in one domain, for the lead: why they stand where they do, and what is decided about it."""

from collections.abc import Callable
from functools import partial

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input

from cotlab.domain.calibration.qualification import Board, CalibrationDecisionBody, RecheckBody, TeamGate, things
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.editor import Subject, Task
from tui.app.screens.page import ScrollingScreen
from tui.app.screens.reason import SayingWhyScreen, draft_of
from tui.app.screens.request import RequestScreen
from tui.people.qualification_rows import OF_PERSON, OF_TEAM, TEAM, Choice, Row
from tui.widgets.labels import LabelKeys
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane
from tui.widgets.qualification import standing_lines, team_lines
from tui.widgets.rules import COLUMN
from tui.widgets.text import counted, one_line

SHARE = "0.2"
HINT = "Say why. It stands in the audit trail beside your name."


class GateScreen(RequestScreen, ScrollingScreen):
    """A text that scrolls, and what can be decided on digits; `take` gets the board as it is after a decision."""

    PLACE = "gate"
    AGAIN = ""

    def __init__(
        self, entry: QueueEntry, schema: Schema, row: Row, bar: float | None, take: Callable[[Board], None]
    ) -> None:
        super().__init__()
        self._entry, self._schema, self.row, self._bar, self._take = entry, schema, row, bar, take
        self.choices = OF_TEAM if isinstance(row, TeamGate) else OF_PERSON

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Pane()
        yield Rule()
        yield LabelKeys()
        share = Input(
            id="share", placeholder=f"share of the {self._things}: enter draws, esc leaves it", select_on_focus=False
        )
        share.display = share.cursor_blink = False
        yield share
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.query_one(LabelKeys).show(tuple(choice.answer for choice in self.choices), None)
        self._show()

    @property
    def _whom(self) -> str:
        return TEAM if isinstance(self.row, TeamGate) else one_line(self.row.person, True)

    @property
    def _things(self) -> str:
        return things(self.row.domain)

    @property
    def _domain(self) -> str:
        return one_line(self.row.domain, True)

    def title_text(self) -> str:
        return f"{self._whom} · {self._domain} · {one_line(self._entry.project, True)}"

    def _show(self) -> None:
        self.query_one(Pane).show(lambda width: self._lines(min(width, COLUMN)))

    def _lines(self, width: int) -> list[Content]:
        if isinstance(self.row, TeamGate):
            return team_lines(self.row, self._bar, self._schema, width)
        return standing_lines(self.row, self._schema, width)

    def choose(self, key: str) -> bool:
        choice = next((one for one in self.choices if one.key == key), None)
        if choice is None:
            return False
        if choice.kind is None:
            self._ask_share()
        else:
            subject, what = self._subject, self._what(choice)
            task = Task(f"{choice.word} · {self._whom} in {self._domain}", HINT)
            self.app.push_screen(SayingWhyScreen(subject, what, task, partial(self._decide, choice)))
        return True

    @property
    def _subject(self) -> Subject:
        return Subject(self._entry.project_id, one_line(self._entry.project, True), self._whom)

    def _what(self, choice: Choice) -> str:
        return f"{choice.kind} {self._whom} {self._domain}"

    def _decide(self, choice: Choice, reason: str) -> None:
        assert choice.kind is not None
        person = None if isinstance(self.row, TeamGate) else self.row.person
        body = CalibrationDecisionBody(domain=self.row.domain, kind=choice.kind, person=person, reason=reason)

        async def send() -> None:
            await self.answer(lambda: self.journey.client.decide_calibration(self._entry.project_id, body))
            self.journey.keep_draft(draft_of(self._subject, self._what(choice)))
            await self._look_again()
            self.say(f"{self._whom}: {choice.done}" if person else choice.done)

        self.ask(send, "sending")

    async def _look_again(self) -> None:
        board = await self.answer(lambda: self.journey.client.board(self._entry.project_id))
        self._take(board)
        rows: tuple[Row, ...] = (*board.teams, *board.standings)
        self.row = next((row for row in rows if _same(row, self.row)), self.row)
        self._show()

    def _ask_share(self) -> None:
        field = self.query_one("#share", Input)
        field.value = SHARE
        field.display = True
        self.set_focus(field)
        self.say(f"which share of the {self._things} in doubt do others label again?")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        try:
            assert not isinstance(self.row, TeamGate)
            share = float(event.value)
            body = RecheckBody(person=self.row.person, domain=self.row.domain, share=share)
        except ValueError:
            self.say("a number above 0, and 1 at most")
            return
        self._leave_share()
        self.ask(partial(self._draw, body), "sending")

    async def _draw(self, body: RecheckBody) -> None:
        found = await self.answer(lambda: self.journey.client.draw_recheck(self._entry.project_id, body))
        await self._look_again()
        doubted = counted(found.traces_in_doubt, self._things.removesuffix("s"))
        self.say(f"{found.traces_drawn} of {doubted} drawn: others label them")

    def _leave_share(self) -> None:
        self.query_one("#share", Input).display = False
        self.set_focus(None)

    def go_back(self) -> None:
        if isinstance(self.focused, Input):
            self._leave_share()
            self.say("")
        else:
            self.app.pop_screen()

    def key_without_meaning(self, key: str) -> str:
        keys = ", ".join(choice.key for choice in self.choices)
        return f"nothing is on {key} here; decisions are on {keys}, and ? shows all keys"


def _same(row: Row, other: Row) -> bool:
    """Whether two rows are of the same person, or both of the team, in one domain."""
    return _key(row) == _key(other)


def _key(row: Row) -> tuple[str | None, str]:
    return (None if isinstance(row, TeamGate) else row.person), row.domain
