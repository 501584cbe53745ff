"""How far the people of a project agree, for its lead: a table by slice, and where the disagreement sits."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from cotlab.domain.agreement import Agreement, AgreementReport
from cotlab.domain.views import QueueEntry
from tui.agreement import COEFFICIENTS, SLICES, VERSION, Table, bar_of, detail, rows_of, where_of
from tui.measured import Measured, View
from tui.screens.asking import AskingScreen
from tui.screens.change import ChangeScreen
from tui.screens.confusion import ConfusionScreen
from tui.screens.disputed import DisputedScreen
from tui.screens.taken import TakenScreen
from tui.text import one_line
from tui.widgets.diagnosis import DiagnosisList
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Rows
from tui.widgets.rules import WIDE

MEASURING = "measuring …"


class AgreementScreen(AskingScreen):
    """Above, or from 120 columns at the left, the table; below it the diagnosis; one key takes the mark over."""

    PLACE = "agreement"

    def __init__(self, entry: QueueEntry) -> None:
        super().__init__()
        self._entry = entry
        self.view = View()
        self.measured = Measured(entry.project_id)
        self._lowest_first = False
        self._results: tuple[Agreement, ...] = ()

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        with Container(id="panes"):
            with Vertical(id="table"):
                yield Static(id="what")
                yield Static(id="axis")
                yield Rows(id="rows")
                yield Static(id="detail", classes="optional")
            yield DiagnosisList()
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        self._diagnosis.rows.active = False
        self._measure()

    @property
    def _rows(self) -> Rows:
        return self.query_one("#rows", Rows)

    @property
    def _diagnosis(self) -> DiagnosisList:
        return self.query_one(DiagnosisList)

    def title_text(self) -> str:
        parts = ["agreement", one_line(self._entry.project, True)]
        if self.measured.versions:
            parts.append(", ".join(version.rpartition(" ")[2] for version in self.measured.versions))
        report = self.measured.reports.get(self.view)
        if report is not None:
            parts += [f"{len(report.people)} people", f"{report.units:,} steps"]
        return " · ".join(parts)

    def _measure(self, **changes: Any) -> None:
        """Look at something else, from memory or from the server."""
        self.view = replace(self.view, **changes)
        if self.measured.knows(self.view):
            self.workers.cancel_group(self, "ask")
            self.failed = None
            self.say("")
        else:
            self.ask(self._ask_all, MEASURING)
        self.show_all()

    async def _ask_all(self) -> None:
        async for _ in self.measured.ask(self.journey.client, self.answer, self.view):
            self.show_all()
        self.say("")

    def resized(self, size: Size) -> None:
        self.set_class(size.width >= WIDE, "wide")
        self.show_all()

    def show_all(self) -> None:
        """Draw table and diagnosis as far as they are known."""
        report = self.measured.reports.get(self.view)
        self._results = rows_of(report, self.view.by, self._lowest_first) if report else ()
        table = self._table()
        self.query_one("#what", Static).update(Content.styled(self._what(report), "dim"))
        self.query_one("#axis", Static).update(table.heading() if report else Content())
        self._rows.show([table.line(result) for result in self._results], self._rows.marked)
        self._show_detail()
        said = self.measured.diagnoses.get(self.view.column)
        self._diagnosis.show(said, self.view.column)
        self.refresh_numbers()

    def _table(self) -> Table:
        width = self.size.width // 2 - 2 if self.size.width >= WIDE else self.size.width - 2
        return Table(self._results, self.measured.schema, bar_of(self.view.coefficient, self.measured.bar), width - 2)

    def _what(self, report: AgreementReport | None) -> str:
        """Count, filter and order of the rows."""
        count = [f"{len(self._results) - 1}"] if self._results else []
        kinds = ", kinds apart" if self.view.kinds else ""
        left_out = [f"{report.stale:,} stale left out"] if report and report.stale else []
        left_out += [f"{report.doubted_labels:,} in doubt left out"] if report and report.doubted_labels else []
        order = "lowest first" if self._lowest_first else "in their order"
        return " · ".join(
            [*count, f"by {self.view.by}{kinds}", self.view.coefficient, order, "first, blind labels", *left_out]
        )

    def _show_detail(self) -> None:
        marked = self._marked
        self.query_one("#detail", Static).update(Content.styled(f"  {detail(marked)}" if marked else "", "dim"))

    @property
    def _marked(self) -> Agreement | None:
        at = self._rows.marked
        return self._results[at] if at < len(self._results) else None

    def _move(self, by: int) -> None:
        (self._rows if self._rows.active else self._diagnosis.rows).move(by)
        self._show_detail()
        self._diagnosis.show_more()

    def action_scroll_down(self) -> None:
        self._move(1)

    def action_scroll_up(self) -> None:
        self._move(-1)

    def action_next_slice(self, by: int = 1) -> None:
        self._rows.marked = self._diagnosis.rows.marked = 0
        self._measure(by=SLICES[(SLICES.index(self.view.by) + by) % len(SLICES)])

    def action_previous_slice(self) -> None:
        self.action_next_slice(-1)

    def action_coefficient(self) -> None:
        at = COEFFICIENTS.index(self.view.coefficient)
        self._measure(coefficient=COEFFICIENTS[(at + 1) % len(COEFFICIENTS)])

    def action_apart(self) -> None:
        self._measure(kinds=not self.view.kinds)

    def action_sort(self) -> None:
        self._lowest_first = not self._lowest_first
        self.show_all()

    def action_other_list(self) -> None:
        for rows in (self._rows, self._diagnosis.rows):
            rows.active = not rows.active
            rows.refresh()
        self._diagnosis.show_more()

    def action_steps(self) -> None:
        if self.again():
            return
        query = self._query()
        if query is None:
            self.say("there is nothing behind this yet")
        else:
            self.app.push_screen(DisputedScreen(self._entry, self.measured.schema, query))

    def _query(self) -> Mapping[str, Any] | None:
        if self._rows.active:
            return where_of(self._marked, self.view.kinds) if self._marked is not None else None
        finding = self._diagnosis.marked
        return finding.query if finding is not None else None

    def action_confusion(self) -> None:
        marked = self._marked
        source = self._results[0] if marked is not None and marked.label is not None else marked
        if marked is None or source is None or not source.tables:
            self.say("no two labels met here, so there is no grid")
        else:
            self.app.push_screen(
                ConfusionScreen(self._entry, self.measured.schema, source, marked.label, self.view.kinds)
            )

    def action_rose(self) -> None:
        self.ask(self._ask_change, MEASURING, group="change")

    async def _ask_change(self) -> None:
        named = self._marked.slice.get(VERSION) if self._marked is not None else None
        found = await self.measured.ask_change(self.journey.client, self.answer, self.view, named)
        if found is None:
            self.say("there is no version before this one, so there is no before and after")
        else:
            self.say("")
            self.app.push_screen(ChangeScreen(self._entry.project, *found, self.measured.bar))

    def action_taken(self) -> None:
        self.app.push_screen(TakenScreen(self._entry, self.measured.schema))
