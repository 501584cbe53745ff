"""The gold of a project that I lead: what there is, who saw it and erred on it, and what in it may be wrong."""

from functools import partial

from textual.content import Content

from cotlab.domain.gold import GoldItem, GoldSuggestion, Suspect
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.filter import FilterScreen
from tui.app.screens.project_list import ProjectListScreen
from tui.gold.item import GoldItemScreen
from tui.gold.rows import ORDERS, Columns, in_order, item_lines, searched, size_of

NONE = (
    "There is no gold yet. cotlab gold import brings it from a file, cotlab gold promote makes it of a settled trace "
    "or pair, and cotlab gold suggest lists which."
)


class GoldScreen(ProjectListScreen[GoldItem], FilterScreen[GoldItem]):
    """Rows above, all of them; the marked one below."""

    PLACE = "gold"
    HEADING = "gold"
    ORDERS = ORDERS
    SEARCHED = "domain, label, suspect, calibration or words of the problem"

    def __init__(self, entry: QueueEntry, schema: Schema) -> None:
        super().__init__(entry)
        self._schema = schema
        self.items: list[GoldItem] = []
        self.suggestion: GoldSuggestion | None = None

    async def load(self) -> None:
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
        found, raw = self.suggestion, self.cotlab.raw
        ordered = in_order(self.items, found.suspects if found else (), ORDERS[self.order])
        shown = [item for item in ordered if self.matches(searched(item, self.suspects(item)))]
        columns = Columns.of(shown, found.suspects if found else (), self._schema)
        lines = [columns.line(item, bool(self.suspects(item)), self._schema, raw) for item in shown]
        suspect = f"{len({one.item_id for one in found.suspects})} suspect" if found else "looking for suspects …"
        count = self.count(len(shown), len(self.items), f"{size_of(self.items)} · {suspect}")
        self.list_rows(shown, lines, count)

    def lines(self, row: GoldItem | None, width: int) -> list[Content]:
        if row is None:
            none = NONE if self.suggestion is not None else ""
            return Content("No gold holds these words." if self.items else none).wrap(width)
        return item_lines(row, self.suspects(row), self._schema, self.cotlab.raw, width)

    def open_row(self, row: GoldItem | None) -> None:
        if row is None:
            self.say("there is no gold here")
        else:
            self.app.push_screen(GoldItemScreen(self._entry, self._schema, row, self.suspects(row), self._anew))

    def _anew(self, said: str) -> None:
        """An item was corrected or retired, of which `said` tells."""

        async def ask_and_say() -> None:
            await self.load()
            self.say(said)

        self.ask(ask_and_say, self.ASKING)
