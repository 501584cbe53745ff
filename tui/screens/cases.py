"""The cases of one project that I can decide, or did: filtered as I type, sorted on a key, a page at a time."""

from functools import partial

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from cotlab.domain.cases import CaseEntry, CaseList, CaseState
from cotlab.domain.reasons import title
from tui.evidence import age
from tui.notices import date
from tui.screens.listing import ListingScreen
from tui.text import hanging, one_line, shown
from tui.widgets.filter import FilterField
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Pane, Rows
from tui.widgets.rules import COLUMN

ORDERS = ("to decide first, oldest first", "newest first", "by domain", "by reason")
NEAR_END = 5
DOMAIN, REASONS, AGE, STATE = 12, 22, 10, 18
"""Cells for columns."""


class CasesScreen(ListingScreen):
    """Rows above, the marked one in full below; enter takes it."""

    PLACE = "cases"

    def __init__(self, project_id: str, project: str, said: str = "") -> None:
        super().__init__()
        self._project_id, self._project, self._said = project_id, project, said
        self.entries: list[CaseEntry] = []
        self.order = self._total = 0
        self._cursor: str | None = None
        self._asked = False

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(id="count")
        yield FilterField(self._press, "state, reason, domain or words of the problem")
        yield Rows()
        yield Rule()
        yield Pane()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.query_one(FilterField).display = False
        self._ask()

    def title_text(self) -> str:
        return f"cases · {one_line(self._project, True)}"

    def _ask(self) -> None:
        """Ask for the next page, unless that is under way."""
        if not self._asked:
            self._asked = True
            query = {"cursor": self._cursor} if self._cursor else {}
            self.say(self._said or "asking the server")
            self.journey.fetch(partial(self.journey.client.cases, self._project_id, query), self.take)

    def take(self, page: CaseList) -> None:
        """A page has come."""
        if self.is_attached:
            self.entries += page.cases
            self._total, self._cursor, self._asked = page.total, page.next_cursor, False
            self.say(self._said)
            self._said = ""
            self._draw(self.query_one(Rows).marked)

    def visible_rows(self) -> list[CaseEntry]:
        words = self.query_one(FilterField).value.casefold().split()
        rows = [entry for entry in self.entries if all(word in _searched(entry) for word in words)]
        rows.sort(key=lambda entry: entry.opened_at)
        match ORDERS[self.order]:
            case "newest first":
                rows.reverse()
            case "by domain":
                rows.sort(key=lambda entry: entry.domain)
            case "by reason":
                rows.sort(key=_reasons)
            case _:
                rows.sort(key=lambda entry: (entry.state is not CaseState.OPEN, not entry.mine, not entry.for_me))
        return rows

    def _draw(self, marked: int = 0) -> None:
        rows = self.visible_rows()
        typed = self.query_one(FilterField).value
        filtered = f" match “{typed}”" if typed.strip() else ""
        more = ", more on the server" if self._cursor else ""
        count = f"{len(rows)} of {self._total}{filtered} · {ORDERS[self.order]}{more}"
        self.query_one("#count", Static).update(Content.styled(count, "dim"))
        self.query_one(Rows).show([_row(entry, self.cotlab.raw) for entry in rows], marked)
        self.show_marked()

    @property
    def marked(self) -> CaseEntry | None:
        rows, at = self.visible_rows(), self.query_one(Rows).marked
        return rows[at] if at < len(rows) else None

    def show_marked(self) -> None:
        entry = self.marked
        self.query_one(Pane).show(lambda width: self._lines(entry, min(width, COLUMN)))
        if self._cursor is not None and self.query_one(Rows).marked >= len(self.visible_rows()) - NEAR_END:
            self._ask()

    def _lines(self, entry: CaseEntry | None, width: int) -> list[Content]:
        if entry is None:
            none = "No case is to be decided by you here." if not self.entries else "No case holds all of these words."
            return Content("" if self._asked else none).wrap(width)
        glyph, word, style = _state(entry)
        when = f" · decided {date(entry.decided_at)}" if entry.decided_at else ""
        facts = f" · {age(entry.opened_at)} old{when}"
        lines = Content.assemble((f"{glyph} {word}", style), (facts, "dim")).wrap(width)
        for reason in entry.reasons:
            lines += hanging("· ", Content(title(reason)), width)
        return [*lines, Content(), *shown(entry.problem, self.cotlab.raw).wrap(width)]

    def action_open(self) -> None:
        entry = self.marked
        if entry is None:
            self.say("there is no case here")
        elif entry.taken and not entry.mine:
            self.say("somebody else has this case just now; C takes the next one")
        elif entry.state is CaseState.SETTLED_OTHERWISE:
            self.say("this needs no decision any more: why it was opened holds no longer")
        else:
            self._claim(entry.case_id)

    def action_next_case(self) -> None:
        self._claim(None)

    def _claim(self, case_id: str | None) -> None:
        self.say("asking the server for a case")
        self.journey.cases.claim(self._project_id, case_id)

    def action_filter(self) -> None:
        self.query_one(FilterField).display = True
        self.set_focus(self.query_one(FilterField))

    def on_input_changed(self, event: Input.Changed) -> None:
        self._draw()

    def _press(self, key: str) -> None:
        """A key of the filter that moves in the list, or leaves the field."""
        if key == "enter":
            self._leave_filter()
        elif key in self._names:
            getattr(self, f"action_{self._names[key]}")()

    def _leave_filter(self) -> None:
        self.query_one(FilterField).display = bool(self.query_one(FilterField).value)
        self.set_focus(None)

    def action_sort(self) -> None:
        self.order = (self.order + 1) % len(ORDERS)
        self._draw()

    def go_back(self) -> None:
        if isinstance(self.focused, Input):
            self._leave_filter()
        else:
            self.app.pop_screen()


def _state(entry: CaseEntry) -> tuple[str, str, str]:
    """Glyph, word and colour."""
    match entry:
        case CaseEntry(state=CaseState.OPEN, mine=True):
            return "▸", "in your hands", "$success"
        case CaseEntry(state=CaseState.OPEN, taken=True):
            return "×", "taken", "dim"
        case CaseEntry(state=CaseState.OPEN, for_me=True):
            return "→", "handed to you", "$warning"
        case CaseEntry(state=CaseState.OPEN):
            return "▹", "open", "$success"
        case CaseEntry(state=CaseState.DECIDED):
            return "✓", "decided", "dim"
    return "■", "settled otherwise", "dim"


def _reasons(entry: CaseEntry) -> str:
    return ", ".join(reason.value.replace("_", " ") for reason in entry.reasons)


def _row(entry: CaseEntry, raw: bool) -> Content:
    glyph, word, style = _state(entry)
    return Content.assemble(
        (f"{glyph} {word:<{STATE}}", style), (f"{age(entry.opened_at):<{AGE}}", "dim"),
        f"{_reasons(entry):<{REASONS}}"[:REASONS], " ", f"{one_line(entry.domain, True):<{DOMAIN}}"[:DOMAIN], " ",
        (one_line(entry.problem, raw), "dim"),
    )  # fmt: skip


def _searched(entry: CaseEntry) -> str:
    titles = (title(reason) for reason in entry.reasons)
    return "\n".join((_state(entry)[1], _reasons(entry), *titles, entry.domain, entry.problem)).casefold()
