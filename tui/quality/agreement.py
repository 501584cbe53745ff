"""How far the people of a project agree, for its lead: a table by slice, and where the disagreement sits."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from cotlab.domain.agreement.coefficients import Agreement, AgreementReport
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.traces.pairs import OVERALL
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.request import RequestScreen
from tui.quality.agreement_results import PAIRS, AgreementResults, View, start_of
from tui.quality.confusion import ConfusionScreen
from tui.quality.diagnosis import DiagnosisList
from tui.quality.disagreements import DisputedScreen
from tui.quality.measurements import TakenScreen
from tui.quality.version_change import ChangeScreen
from tui.widgets.agreement import (
    PEOPLE,
    VERSION,
    Table,
    bar_of,
    coefficients_of,
    detail,
    kinds_apart,
    question_of,
    rows_of,
    slices_of,
    unit_of,
    where_of,
)
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.listing import Rows
from tui.widgets.rules import WIDE
from tui.widgets.text import one_line

MEASURING = "measuring …"


class AgreementScreen(RequestScreen):
    """Above, or from 120 columns at the left, the table; below it the diagnosis; one key takes the mark over."""

    PLACE = "agreement"

    def __init__(self, entry: QueueEntry) -> None:
        super().__init__()
        self._entry = entry
        self.view = View()
        self.measured = AgreementResults(entry.project_id, entry.project)
        self._of_tasks: dict[str, View] = {}
        """How each task was looked at last."""
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
        self.ask(self._begin, MEASURING)
        self.show_all()

    @property
    def _rows(self) -> Rows:
        return self.query_one("#rows", Rows)

    @property
    def _diagnosis(self) -> DiagnosisList:
        return self.query_one(DiagnosisList)

    def title_text(self) -> str:
        parts = ["agreement", one_line(self._entry.project, True)]
        versions = self.measured.versions.get(self.view.task)
        if versions:
            parts.append(", ".join(version.rpartition(" ")[2] for version in versions))
        report = self.measured.reports.get(self.view)
        if report is not None:
            parts += [f"{len(report.people)} people", f"{report.units:,} {self.view.task}"]
        return " · ".join(parts)

    def _measure(self, **changes: Any) -> None:
        """Look at something else, from memory or from the server, once it is known what there is."""
        if not self.measured.tasks:
            self.again()
            return
        self.view = replace(self.view, **changes)
        if self.measured.knows(self.view):
            self.workers.cancel_group(self, "ask")
            self.failed = None
            self.say("")
        else:
            self.ask(self._ask_all, MEASURING)
        self.show_all()

    async def _begin(self) -> None:
        """Start with the first task on which people said anything."""
        await self.measured.ask_basics(self.journey.client, self.answer)
        for task in self.measured.tasks:
            self.view = start_of(task)
            await self._ask_all()
            if self.measured.reports[self.view].ratings:
                return
        self.view = start_of(self.measured.tasks[0])
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
        said = self.measured.diagnoses.get(self.view.diagnosed)
        self._diagnosis.show(said, self.view.column, cited=self.view.question == OVERALL)
        self.refresh_numbers()

    def _table(self) -> Table:
        width = self.size.width // 2 - 2 if self.size.width >= WIDE else self.size.width - 2
        bar, unit = bar_of(self.view.coefficient, self.measured.bar), unit_of(self.view.task)
        return Table(self._results, self._schema, bar, width - 2, unit)

    @property
    def _schema(self) -> Schema:
        return self.measured.schema(self.view)

    def _what(self, report: AgreementReport | None) -> str:
        """Count, filter and order of the rows."""
        view, pairs = self.view, self.view.task == PAIRS
        count = [f"{sum(bool(one.slice) for one in self._results)}"] if self._results else []
        kinds = f", {'strengths' if pairs else 'kinds'} apart" if view.kinds and not view.on_scale else ""
        by = PEOPLE if pairs and view.by == "pair" else view.by
        question = [view.question if view.question == OVERALL else f"on {view.question}"] if pairs else []
        left_out = [f"{report.stale:,} stale left out"] if report and report.stale else []
        left_out += [f"{report.doubted_labels:,} in doubt left out"] if report and report.doubted_labels else []
        order = "lowest first" if self._lowest_first else "in their order"
        labels = "first, blind choices" if pairs else "first, blind labels"
        return " · ".join([*count, f"by {by}{kinds}", *question, view.coefficient, order, labels, *left_out])

    def _show_detail(self) -> None:
        marked = self._marked
        self.query_one("#detail", Static).update(
            Content.styled(f"  {detail(marked, self.view.task)}" if marked else "", "dim")
        )

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
        slices = slices_of(self.view.task, self.view.coefficient)
        self._measure_anew(by=slices[(slices.index(self.view.by) + by) % len(slices)])

    def action_previous_slice(self) -> None:
        self.action_next_slice(-1)

    def _measure_anew(self, **changes: Any) -> None:
        """Look at other rows, from the first one on."""
        self._rows.marked = self._diagnosis.rows.marked = 0
        self._measure(**changes)

    def action_coefficient(self) -> None:
        known = coefficients_of(self.view.task, self.view.by)
        self._measure(coefficient=known[(known.index(self.view.coefficient) + 1) % len(known)])

    def action_apart(self) -> None:
        if self.view.on_scale:
            self.say("on the scale each strength is a place of its own")
        else:
            self._measure(kinds=not self.view.kinds)

    def action_task(self) -> None:
        """Steps in place of pairs, or the other way round, as they were looked at last."""
        others = [task for task in self.measured.tasks if task != self.view.task]
        if not others:
            if self.measured.tasks:
                self.say(f"no guideline but the one for {self.view.task} is in force here")
            return
        self._of_tasks[self.view.task] = self.view
        self._measure_anew(**asdict(self._of_tasks.get(others[0]) or start_of(others[0])))

    def choose(self, key: str) -> bool:
        """The criterion on a digit, or the overall choice, where pairs are looked at."""
        question = self._questions.get(key)
        if question is not None:
            self._measure(question=question)
        return question is not None

    @property
    def _questions(self) -> dict[str, str]:
        """Key -> what it asks about pairs."""
        asked = {"0": OVERALL} | {one.key: one.name for one in self.measured.criteria}
        return asked if self.view.task == PAIRS else {}

    def key_without_meaning(self, key: str) -> str:
        asked = ", ".join(f"{one} {question}" for one, question in self._questions.items())
        return f"nothing is on {key} here; {asked}" if asked else super().key_without_meaning(key)

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
            self.app.push_screen(DisputedScreen(self._entry, self._schema, query))

    def _query(self) -> Mapping[str, Any] | None:
        """What asks for the steps or pairs behind what is marked; a row may be of a question of its own."""
        behind: Mapping[str, Any] | None
        if self._rows.active:
            behind = where_of(self._marked, self.view.apart) if self._marked is not None else None
        else:
            finding = self._diagnosis.marked
            behind = finding.query if finding is not None else None
        return None if behind is None else {**self.view.asked, **behind}

    def action_confusion(self) -> None:
        marked = self._marked
        source = self._results[0] if marked is not None and marked.label is not None else marked
        if marked is None or source is None or not source.tables:
            self.say("no two labels met here, so there is no grid")
        else:
            about = {**self.view.asked, **question_of(source), **kinds_apart(self.view.apart)}
            self.app.push_screen(ConfusionScreen(self._entry, self._schema, source, marked.label, about))

    def action_rose(self) -> None:
        self.ask(self._ask_change, MEASURING, group="change")

    async def _ask_change(self) -> None:
        named = self._marked.slice.get(VERSION) if self._marked is not None else None
        found = await self.measured.ask_change(self.journey.client, self.answer, self.view, named)
        if found is None:
            self.say("there is no version before this one, so there is no before and after")
        else:
            self.say("")
            self.app.push_screen(ChangeScreen(self._entry.project, *found, self.measured.bar, self.view.task))

    def action_taken(self) -> None:
        self.app.push_screen(TakenScreen(self._entry, self.measured.of_steps))
