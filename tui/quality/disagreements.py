"""The steps or pairs behind a number: who said what on each, and from there to its case."""

from collections.abc import Mapping, Sequence
from typing import Any

from textual.content import Content

from cotlab.domain.agreement.coefficients import DisputedStep
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.work.views import QueueEntry
from tui.app.destinations import CaseInFull
from tui.app.screens.project_list import ProjectListScreen
from tui.widgets.agreement import unit_of
from tui.widgets.listing import Rows
from tui.widgets.named_labels import LABELS, STATE, case_hint, case_word, labels_cell, named_lines, response_lines
from tui.widgets.rules import COLUMN
from tui.widgets.text import hanging, one_line, shown

PAGE = 50
NEAR_END = 5


class DisputedScreen(ProjectListScreen[DisputedStep]):
    """Rows above, a page after the other; the marked one in full below. `query` has the task where it is pairs."""

    PLACE = "disputed"
    HEADING = "what is behind it"
    WHOLE_WIDTH = True

    def __init__(self, entry: QueueEntry, schema: Schema, query: Mapping[str, Any]) -> None:
        super().__init__(entry)
        self._schema, self._query = schema, query
        self._things = str(query.get("task", "steps"))
        self._total: int | None = None

    def opened(self) -> None:
        self.ask(self.load, f"looking for the {self._things} …")
        self._show(())

    def title_text(self) -> str:
        return f"the {self._things} behind it · {one_line(self._entry.project, True)}"

    async def load(self) -> None:
        """The next page."""
        query = {**self._query, "offset": len(self.rows), "limit": PAGE}
        page = await self.answer(lambda: self.journey.client.disputed_steps(self._entry.project_id, query))
        self._total = page.total
        self.say("")
        self._show((*self.rows, *page.steps))

    def _show(self, steps: Sequence[DisputedStep]) -> None:
        total = "" if self._total is None else f"{len(steps):,} of {self._total:,} {self._things} · "
        order = "by trace and step" if self._things == "steps" else "by id"
        words = f"{total}{filter_words(self._query)} · {order}"
        self.list_rows(steps, [self._row(step) for step in steps], words)

    def _row(self, step: DisputedStep) -> Content:
        kinds = "kinds" in self._query
        said = labels_cell(step.labels, self._schema, max(LABELS, self.size.width // 3 if kinds else 0), kinds)
        text = one_line(step.problem if step.responses else step.step, self.cotlab.raw)
        state = (f"  {case_word(step.case_state):<{STATE}}", "dim")
        return Content.assemble((self._place(step), "dim"), said, state, f"  {text}")

    def _place(self, step: DisputedStep) -> str:
        """Where a step stands in its trace; a pair stands for itself."""
        return f"{step.position or '':>3}  " if self._things == "steps" else ""

    def lines(self, row: DisputedStep | None, width: int) -> list[Content]:
        if row is None:
            return [] if self._total is None else Content(f"There is no such {unit_of(self._things)}.").wrap(width)
        return self._lines(row, width)

    def _lines(self, step: DisputedStep, width: int) -> list[Content]:
        raw, column = self.cotlab.raw, min(width, COLUMN)
        lines = Content.styled(f"{one_line(step.domain, True)} · {case_hint(step.case_state)}", "dim").wrap(column)
        said, problem = named_lines(step.labels, self._schema, column), shown(step.problem, raw).wrap(column)
        if step.responses:
            return [*lines, *said, Content(), *problem, *response_lines(step.responses, raw, width)]
        text = hanging(Content.styled(self._place(step), "bold"), shown(step.step, raw), column)
        return [*lines, *problem, *text, Content(), *said]

    def move(self, by: int) -> None:
        super().move(by)
        rows = self.query_one(Rows)
        if len(self.rows) < (self._total or 0) and rows.marked >= len(self.rows) - NEAR_END and not self.asking:
            self.ask(self.load, "more of them …")

    def draw(self) -> None:
        self._show(self.rows)

    def open_row(self, row: DisputedStep | None) -> None:
        unit = unit_of(self._things)
        if row is None or row.case_id is None:
            self.say(f"there is no case on this {unit}" if row is not None else f"there is no {unit} here")
        else:
            self.cotlab.open(CaseInFull(self._entry, self._schema, row.case_id))


def filter_words(query: Mapping[str, Any]) -> str:
    """What a query asks for: the question about pairs, labels, slices, rule, version."""
    question = str(query.get("question", ""))
    labels = str(query.get("labels", "")).replace(",", " | ")
    where = ", ".join(one.replace("=", " ", 1) for one in query.get("where", []))
    rule = {None: "", "none": "no rule cited"}.get(query.get("rule"), f"rule {query.get('rule')}")
    version = str(query.get("version", ""))
    return (
        " · ".join(one_line(part, True) for part in (question, labels, where, rule, version) if part)
        or "all that differ"
    )
