"""The gold of a project that I lead: what there is, who saw it and erred on it, and what in it may be wrong."""

from functools import partial

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from cotlab.domain.gold import GoldItem, GoldSuggestion, Suspect
from cotlab.domain.guidelines import Schema
from cotlab.domain.views import QueueEntry
from tui.gold import ORDERS, Columns, in_order, item_lines, searched
from tui.screens.asking import AskingScreen
from tui.screens.filtered import FilteredScreen
from tui.screens.gold_item import GoldItemScreen
from tui.text import counted, one_line
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane, Rows
from tui.widgets.rules import COLUMN

ASKING = "asking the server …"
NONE = (
    "There is no gold yet. cotlab gold import brings it from a file, cotlab gold promote makes it of a settled trace, "
    "and cotlab gold suggest lists which."
)


class GoldScreen(AskingScreen, FilteredScreen):
    """Rows above, all of them; the marked one below."""

    PLACE = "gold"
    ORDERS = ORDERS

    def __init__(self, entry: QueueEntry, schema: Schema) -> None:
        super().__init__()
        self._entry, self._schema = entry, schema
        self.items: list[GoldItem] = []
        self.suggestion: GoldSuggestion | None = None
        self.rows: list[GoldItem] = []

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(id="count")
        yield self.field("domain, label, suspect, calibration or words of the problem")
        yield Rows()
        yield Rule()
        yield Pane()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.ask(self._ask_all, ASKING)

    def title_text(self) -> str:
        return f"gold · {one_line(self._entry.project, True)}"

    async def _ask_all(self) -> None:
        """All pages, since their order is made here; then what may be wrong, which takes the server longer."""
        client, project = self.journey.client, self._entry.project_id
        items: list[GoldItem] = []
        query: dict[str, str] | None = {}
        while query is not None:
            page = await self.answer(partial(client.gold, project, query))
            items += page.items
            query = None if page.next_cursor is None else {"cursor": page.next_cursor}
        self.items = items
        self.draw()
        self.suggestion = await self.answer(lambda: client.suggest_gold(project, {"most": 1}))
        self.say("")
        self.draw()

    def suspects(self, item: GoldItem) -> list[Suspect]:
        """What speaks against an item."""
        found = self.suggestion.suspects if self.suggestion is not None else ()
        return [one for one in found if one.item_id == item.item_id]

    def draw(self) -> None:
        found, raw, listed = self.suggestion, self.cotlab.raw, self.query_one(Rows)
        ordered = in_order(self.items, found.suspects if found else (), ORDERS[self.order])
        self.rows = [item for item in ordered if self.matches(searched(item, self.suspects(item)))]
        columns = Columns.of(self.rows, found.suspects if found else (), self._schema)
        rows = [columns.line(item, bool(self.suspects(item)), self._schema, raw) for item in self.rows]
        listed.show(rows, listed.marked)
        steps = sum(len(item.steps) for item in self.items)
        suspect = f"{len({one.item_id for one in found.suspects})} suspect" if found else "looking for suspects …"
        self.show_count(len(self.rows), len(self.items), f"{counted(steps, 'step')} · {suspect}")
        self.show_marked()

    @property
    def marked(self) -> GoldItem | None:
        at = self.query_one(Rows).marked
        return self.rows[at] if at < len(self.rows) else None

    def show_marked(self) -> None:
        item = self.marked
        self.query_one(Pane).show(lambda width: self._lines(item, min(width, COLUMN)))

    def _lines(self, item: GoldItem | None, width: int) -> list[Content]:
        if item is None:
            none = NONE if self.suggestion is not None else ""
            return Content("No gold holds these words." if self.items else none).wrap(width)
        return item_lines(item, self.suspects(item), self._schema, self.cotlab.raw, width)

    def action_mathematics(self) -> None:
        self.cotlab.raw = not self.cotlab.raw
        self.draw()

    def action_open(self) -> None:
        item = self.marked
        if self.again():
            return
        if item is None:
            self.say("there is no gold here")
        else:
            self.app.push_screen(GoldItemScreen(self._entry, self._schema, item, self.suspects(item), self._anew))

    def _anew(self, said: str) -> None:
        """An item was corrected or retired, of which `said` tells."""

        async def ask_and_say() -> None:
            await self._ask_all()
            self.say(said)

        self.ask(ask_and_say, ASKING)
