"""My past labels of one project, read only: filtered as I type, sorted on a key, a page at a time."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from cotlab.client import ApiError
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.work.views import PastLabel, PastLabels, QueueEntry
from tui.app.notices import notice_of
from tui.app.screens.base import CotlabScreen
from tui.widgets.labels import badge, widest
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.responses import responses_lines
from tui.widgets.scale import words
from tui.widgets.text import one_line, shown
from tui.widgets.times import date

ORDERS = ("newest first", "oldest first", "by label", "by problem")
NEAR_END = 5


class PastScreen(CotlabScreen):
    """Rows above, the marked one in full below."""

    PLACE = "lists"

    def __init__(self, entry: QueueEntry, schema: Schema) -> None:
        super().__init__()
        self._entry, self._schema = entry, schema
        self.rows: list[PastLabel] = []
        self.cursor: str | None = None
        self.order = 0
        self.filter = ""
        self._asked = False

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(id="count")
        yield Input(placeholder="filter", id="filter")
        yield OptionList(markup=False)
        yield Rule()
        with VerticalScroll(id="full", can_focus=False):
            yield Static(id="label")
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self.query_one("#filter").display = False
        self.query_one(OptionList).focus()
        self.ask()

    def title_text(self) -> str:
        return f"my labels · {one_line(self._entry.project, True)}"

    def ask(self) -> None:
        """Ask for the next page, unless that is under way."""
        if not self._asked:
            self._asked = True
            self.say("asking the server")
            self.cotlab.background(self._ask_page, "past")

    async def _ask_page(self) -> None:
        journey, project_id, cursor = self.journey, self._entry.project_id, self.cursor
        try:
            self.take(await journey.line.patiently(lambda: journey.client.my_labels(project_id, cursor)))
        except ApiError as error:
            self.cotlab.show_notice(notice_of(error))

    def take(self, page: PastLabels) -> None:
        """A page has come."""
        self.rows += page.labels
        self.cursor = page.next_cursor
        self._asked = False
        self.say("")
        self.show_rows()

    def visible_rows(self) -> list[PastLabel]:
        wanted = self.filter.casefold()
        rows = [row for row in self.rows if wanted in _searched(row)]
        match ORDERS[self.order]:
            case "oldest first":
                return sorted(rows, key=lambda row: row.received_at)
            case "by label":
                return sorted(rows, key=lambda row: (row.label, -row.received_at))
            case "by problem":
                return sorted(rows, key=lambda row: (row.problem, row.position, row.received_at))
        return sorted(rows, key=lambda row: -row.received_at)

    def show_rows(self) -> None:
        rows, listed = self.visible_rows(), self.query_one(OptionList)
        marked = listed.highlighted
        listed.set_options(Option(self._line(row)) for row in rows)
        if rows:
            listed.highlighted = min(marked or 0, len(rows) - 1)
        more = ", more on the server" if self.cursor else ""
        filtered = f" of {len(self.rows)} match “{self.filter}”" if self.filter else ""
        count = f"{len(rows)}{filtered} · {ORDERS[self.order]}{more}"
        self.query_one("#count", Static).update(Content.styled(count, "dim"))
        self._show_marked()

    def _line(self, row: PastLabel) -> Content:
        width = widest(self._schema)
        flags = f" {'?' if row.unsure else ' '}{'↺' if row.replaced else ' '}"
        text = one_line(_text(row), self.cotlab.raw)
        line = Content.assemble(
            (f"{date(row.received_at)}  ", "dim"), self._label(row, width), flags,
            (f"{row.position:>3}  " if row.responses is None else "  ", "dim"), text,
        )  # fmt: skip
        return line.stylize("dim strike") if row.replaced else line

    def _show_marked(self) -> None:
        rows, at = self.visible_rows(), self.query_one(OptionList).highlighted
        text = Content()
        if at is not None and at < len(rows):
            row = rows[at]
            said = Content.assemble(
                self._label(row), "  ? unsure" if row.unsure else "",
                "  replaced by a later one" if row.replaced else "", (f"  guideline {row.guideline_version}", "dim"),
            )  # fmt: skip
            why = [Content.assemble(("why: ", "dim"), shown(row.rationale, True))] if row.rationale else []
            problem = shown(row.problem, self.cotlab.raw)
            text = Content("\n").join([problem, *self._read(row, [said, *why])])
        self.query_one("#label", Static).update(text)

    def _label(self, row: PastLabel, width: int = 0) -> Content:
        return badge(row.label, self._schema, width) if row.responses is None else Content(f"  {words(row.label)}")

    def _read(self, row: PastLabel, said: list[Content]) -> list[Content]:
        """The step with what I said of it below; of a pair above the responses, which may be long."""
        raw = self.cotlab.raw
        if row.responses is not None:
            return [*said, *responses_lines(row.responses, raw)]
        return [Content.assemble((f"\n{row.position}  ", "bold"), shown(row.step or "", raw)), *said]

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self._show_marked()
        if self.cursor is not None and event.option_index >= len(self.visible_rows()) - NEAR_END:
            self.ask()

    def action_filter(self) -> None:
        self.query_one("#filter").display = True
        self.query_one("#filter", Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self.filter = event.value
        self.show_rows()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._leave_filter()

    def _leave_filter(self) -> None:
        self.query_one("#filter").display = bool(self.filter)
        self.query_one(OptionList).focus()

    def action_sort(self) -> None:
        self.order = (self.order + 1) % len(ORDERS)
        self.show_rows()

    def action_scroll_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_scroll_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()

    def action_page_down(self) -> None:
        self.query_one(OptionList).action_page_down()  # type: ignore[no-untyped-call]

    def action_page_up(self) -> None:
        self.query_one(OptionList).action_page_up()  # type: ignore[no-untyped-call]

    def go_back(self) -> None:
        if isinstance(self.focused, Input):
            self._leave_filter()
        else:
            self.app.pop_screen()


def _text(row: PastLabel) -> str:
    """What a row shows of what was read: the step, or the problem of a pair."""
    return row.problem if row.step is None else row.step


def _searched(row: PastLabel) -> str:
    said = row.label if row.responses is None else words(row.label)
    texts = (row.problem, row.step or "", *(row.responses or ()), said, row.rationale or "")
    return "\n".join((*texts, "unsure" if row.unsure else "")).casefold()
