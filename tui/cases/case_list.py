"""The cases of one project that I can decide, or did: filtered as I type, sorted on a key, a page at a time."""

from functools import partial

from textual.content import Content

from cotlab.domain.cases import CaseEntry, CaseList, CaseState
from cotlab.domain.labels.case_reasons import title
from tui.app.screens.filter import FilterScreen
from tui.cases.state import Adjudication
from tui.widgets.filter import FilterField
from tui.widgets.listing import Rows
from tui.widgets.text import hanging, one_line, shown
from tui.widgets.times import age, date

ORDERS = ("to decide first, oldest first", "newest first", "by domain", "by reason")
NEAR_END = 5
DOMAIN, REASONS, AGE, STATE = 12, 22, 11, 18
"""Cells for columns."""
TOLD_LATER = "told later"
"""The reason of a case that only a check opened."""


class CasesScreen(FilterScreen[CaseEntry]):
    """Rows above, the marked one in full below; enter takes it."""

    PLACE = "cases"
    ORDERS = ORDERS
    SEARCHED = "state, reason, domain or words of the problem"

    def __init__(self, project_id: str, project: str, said: str = "") -> None:
        super().__init__()
        self._project_id, self._project, self._said = project_id, project, said
        self.entries: list[CaseEntry] = []
        self._total = 0
        self._cursor: str | None = None
        self._asked = False

    def opened(self) -> None:
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
            self.draw(self.query_one(Rows).marked)

    def _visible(self) -> list[CaseEntry]:
        rows = [entry for entry in self.entries if self.matches(_searched(entry))]
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

    def draw(self, marked: int = 0) -> None:
        rows = self._visible()
        typed = self.query_one(FilterField).value
        filtered = f" match “{typed}”" if typed.strip() else ""
        more = ", more on the server" if self._cursor else ""
        count = f"{len(rows)} of {self._total}{filtered} · {ORDERS[self.order]}{more}"
        self.list_rows(rows, [_row(entry, self.cotlab.raw) for entry in rows], count, marked)

    def show_marked(self) -> None:
        super().show_marked()
        if self._cursor is not None and self.query_one(Rows).marked >= len(self.rows) - NEAR_END:
            self._ask()

    def lines(self, row: CaseEntry | None, width: int) -> list[Content]:
        if row is None:
            none = "No case is to be decided by you here." if not self.entries else "No case holds all of these words."
            return Content("" if self._asked else none).wrap(width)
        glyph, word, style = _state(row)
        when = f" · decided {date(row.decided_at)}" if row.decided_at else ""
        about = " · on a pair of responses" if row.task == "pairs" else ""
        facts = f"{about} · {age(row.opened_at)} old{when}"
        lines = Content.assemble((f"{glyph} {word}", style), (facts, "dim")).wrap(width)
        for why in [title(reason) for reason in row.reasons] or [f"{TOLD_LATER}, after your own choice"]:
            lines += hanging("· ", Content(why), width)
        return [*lines, Content(), *shown(row.problem, self.cotlab.raw).wrap(width)]

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
        self.journey.state(Adjudication).claim(self._project_id, case_id)


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
    return ", ".join(reason.value.replace("_", " ") for reason in entry.reasons) or TOLD_LATER


def _row(entry: CaseEntry, raw: bool) -> Content:
    glyph, word, style = _state(entry)
    return Content.assemble(
        (f"{glyph} {word:<{STATE}}", style), (f"{age(entry.opened_at):<{AGE}}", "dim"),
        f"{_reasons(entry):<{REASONS}}"[:REASONS], " ", f"{one_line(entry.domain, True):<{DOMAIN}}"[:DOMAIN], " ",
        ("⇄ pair  " if entry.task == "pairs" else "", "bold"), (one_line(entry.problem, raw), "dim"),
    )  # fmt: skip


def _searched(entry: CaseEntry) -> str:
    titles = (title(reason) for reason in entry.reasons)
    about = "pair" if entry.task == "pairs" else "step"
    return "\n".join((_state(entry)[1], about, _reasons(entry), *titles, entry.domain, entry.problem)).casefold()
