"""A request for drafts with what was drafted: each is accepted into the pool, edited first, or turned down."""

from collections.abc import Callable, Coroutine
from typing import Any

from pydantic import ValidationError
from textual.content import Content

from cotlab.client import new_key
from cotlab.domain.drafts.requests import AcceptBody, DeclineBody, Draft, DraftEdit, DraftStatus
from cotlab.domain.drafts.requests import Decided as Came
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.editor import EditorScreen, Subject, Task, steps_of
from tui.app.screens.project_list import ProjectListScreen
from tui.app.screens.reason import draft_of
from tui.drafts.progress import ProgressScreen
from tui.drafts.request_rows import ANSWER, SHORT, became, draft_lines, draft_row, place_of, read, said_in, written
from tui.widgets.text import counted, one_line

NOTHING = "Nothing was drafted yet."
TURNED_DOWN = "turned down by the lead"
STEP = Task("{}", "It enters the pool as you leave it, as a step that people label.")
PATH = Task("{}", f"An empty line parts two steps; the last one begins with {ANSWER} and is the final answer.")
EDITED = "accept"
OWN = "its own"


class DraftRequestScreen(ProgressScreen, ProjectListScreen[Draft]):
    """`told` hears how far the request is, for the list that it stands in."""

    PLACE = "drafts"
    HEADING = "drafts"
    AGAIN = ""

    def __init__(self, entry: QueueEntry, status: DraftStatus, told: Callable[[DraftStatus], None]) -> None:
        super().__init__(entry)
        self._following = {}
        self.status, self._told = status, told
        self.drafts: tuple[Draft, ...] | None = None
        self._strategies: tuple[str, ...] = ()
        self.strategy: str | None = None
        """The guideline's strategy that accepted paths are of; None: the draft's own."""
        self._busy: set[int] = set()

    def title_text(self) -> str:
        return f"{self.status.kind} by {one_line(self.status.model, True)} · {place_of(self.status, SHORT)}"

    async def load(self) -> None:
        await self._load()
        self.say("")
        if not self.status.ended:
            self.follow(self.status.id)

    async def _load(self) -> None:
        client, project = self.journey.client, self._entry.project_id
        report = await self.answer(lambda: client.drafts(project, self.status.id))
        self.status, self.drafts = report.request, report.drafts
        self._told(self.status)
        self.draw()

    def heard(self, status: DraftStatus) -> None:
        """Read the drafts anew where there are more of them."""
        if status == self.status:
            return
        more = status.made != self.status.made or status.ended
        self.status = status
        self._told(status)
        self.draw()
        if more:
            self.run_worker(self._ask(self._load), group="drafts", exclusive=True)

    def draw(self) -> None:
        drafts, status = self.drafts, self.status
        if drafts is None:
            return
        how = f" · accepted as {self.strategy or OWN} strategy" if status.kind == "path" else ""
        count = f"{status.state.value} · {status.made} of {counted(status.wanted, 'draft')} · by number{how}"
        self.list_rows(drafts, [draft_row(draft) for draft in drafts], count)

    def lines(self, row: Draft | None, width: int) -> list[Content]:
        if row is None:
            return Content("" if self.drafts is None else NOTHING).wrap(width)
        return draft_lines(row, width)

    def open_row(self, row: Draft | None) -> None:
        self.say("+ accepts it, i edits it first, t turns it down" if row is not None else NOTHING)

    def _undecided(self, whether_dropped: bool) -> Draft | None:
        """The marked draft, where it can be decided; else the status line says why not."""
        row = self.marked
        if row is None:
            self.say(NOTHING)
        elif not self.status.enters:
            self.say(f"drafts of {self.status.kind} are no traces: none is accepted or turned down")
        elif row.decision is not None:
            self.say(f"draft {row.ordinal} was {became(row)[0]} already")
        elif row.dropped is not None and not whether_dropped and row.dropped.why.value != "same_numbers":
            self.say(f"draft {row.ordinal} was dropped ({row.dropped.why.value.replace('_', ' ')}); i edits it first")
        elif row.ordinal in self._busy:
            self.say(f"draft {row.ordinal} is on its way")
        else:
            return row
        return None

    def action_keep_draft(self) -> None:
        row = self._undecided(whether_dropped=False)
        if row is not None:
            self._accept(row, None)

    def action_edit_draft(self) -> None:
        row = self._undecided(whether_dropped=True)
        if row is not None:
            subject = Subject(self.status.id, one_line(self._entry.project, True), f"draft {row.ordinal}", row.ordinal)
            self.app.push_screen(EditDraftScreen(subject, row, self._accept))

    def _accept(self, row: Draft, edited: DraftEdit | None) -> None:
        body = AcceptBody(
            drafts=(row.ordinal,), strategy=self.strategy, edited={} if edited is None else {row.ordinal: edited}
        )
        client, project, key = self.journey.client, self._entry.project_id, new_key()

        async def accepting() -> str:
            came = await self.answer(lambda: client.accept_drafts(project, self.status.id, body, key))
            if edited is not None:
                subject = Subject(self.status.id, "", "", row.ordinal)
                self.journey.keep_draft(draft_of(subject, EDITED))
            return _came(came, row.ordinal)

        self._decide(row, accepting)

    def action_turn_down(self) -> None:
        row = self._undecided(whether_dropped=True)
        if row is None:
            return
        body, key = DeclineBody(drafts=(row.ordinal,), reason=TURNED_DOWN), new_key()
        client, project = self.journey.client, self._entry.project_id

        async def declining() -> str:
            await self.answer(lambda: client.decline_drafts(project, self.status.id, body, key))
            return f"draft {row.ordinal} is turned down"

        self._decide(row, declining)

    def _decide(self, row: Draft, deciding: Callable[[], Coroutine[Any, Any, str]]) -> None:
        async def decide() -> None:
            try:
                said = await deciding()
            finally:
                self._busy.discard(row.ordinal)
            await self._load()
            self.say(said)

        self._busy.add(row.ordinal)
        self.ask(decide, f"draft {row.ordinal} is on its way", f"decide-{row.ordinal}")
        self.move(1)

    def action_strategy(self) -> None:
        """The next of the guideline's strategies, for paths whose own is none of them."""
        if self.status.kind != "path":
            self.say("strategies are of paths alone")
        elif self._strategies:
            names = (None, *self._strategies)
            self.strategy = names[(names.index(self.strategy) + 1) % len(names)]
            self.draw()
            self.say(f"paths are accepted as of {self.strategy or OWN} strategy")
        else:
            self.ask(self._ask_strategies, "asking for the guideline's strategies", "strategies")

    async def _ask_strategies(self) -> None:
        client, project = self.journey.client, self._entry.project_id
        guideline = await self.answer(lambda: client.guideline(project))
        self._strategies = tuple(one.name for one in guideline.strategies)
        if self._strategies:
            self.action_strategy()
        else:
            self.say("the guideline names no strategies: each path keeps its own")


class EditDraftScreen(EditorScreen):
    """A draft as it is to enter the pool; `send` gets it."""

    def __init__(self, subject: Subject, draft: Draft, send: Callable[[Draft, DraftEdit], None]) -> None:
        super().__init__(subject, (EDITED,))
        self._draft, self._send = draft, send

    def to_write(self) -> Task:
        return PATH if self._draft.kind == "path" else STEP

    def begun(self) -> str:
        said = said_in(self._draft)
        return super().begun() or (written(said) if said is not None else "")

    def deliver(self, text: str) -> str | None:
        path = self._draft.kind == "path"
        try:
            edited = read(steps_of(text) if path else [text.strip()], path)
        except ValidationError:
            return "nothing is written, or more than 200 steps, or something that cannot be stored"
        self._send(self._draft, edited)
        return None


def _came(came: Came, ordinal: int) -> str:
    """What became of a draft that was accepted."""
    if ordinal in came.items:
        return f"draft {ordinal} is in the pool, as trace {came.items[ordinal]}"
    dropped = came.dropped.get(ordinal)
    if dropped is not None:
        return f"draft {ordinal} is dropped: {dropped.why.value.replace('_', ' ')} as {dropped.beside}"
    return came.left.get(ordinal, f"draft {ordinal} is as it was")
