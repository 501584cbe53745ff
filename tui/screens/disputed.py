"""The steps behind a number: who said what on each, and from there to its case."""

from collections.abc import Mapping, Sequence
from typing import Any

from textual.content import Content

from cotlab.domain.agreement import DisputedStep, NamedLabel
from cotlab.domain.guidelines import Schema
from cotlab.domain.views import QueueEntry
from tui.notices import date
from tui.screens.asked import AskedScreen
from tui.screens.case_file import CaseFileScreen
from tui.text import cut, hanging, one_line, shown
from tui.widgets.labels import badge
from tui.widgets.listing import Rows

PAGE = 50
NEAR_END = 5
LABELS = 24
"""Cells for the labels of a row."""


class DisputedScreen(AskedScreen[DisputedStep]):
    """Rows above, a page after the other; the marked step in full below."""

    PLACE = "disputed"
    HEADING = "the steps behind it"
    ASKING = "looking for the steps …"

    def __init__(self, entry: QueueEntry, schema: Schema, query: Mapping[str, Any]) -> None:
        super().__init__(entry)
        self._schema, self._query = schema, query
        self._total: int | None = None

    def opened(self) -> None:
        super().opened()
        self._show(())

    async def load(self) -> None:
        """The next page."""
        query = {**self._query, "offset": len(self.rows), "limit": PAGE}
        page = await self.answer(lambda: self.journey.client.disputed_steps(self._entry.project_id, query))
        self._total = page.total
        self.say("")
        self._show((*self.rows, *page.steps))

    def _show(self, steps: Sequence[DisputedStep]) -> None:
        total = "" if self._total is None else f"{len(steps):,} of {self._total:,} steps · "
        words = f"{total}{filter_words(self._query)} · by trace and step"
        self.list_rows(steps, [self._row(step) for step in steps], words)

    def _row(self, step: DisputedStep) -> Content:
        labels = dict.fromkeys(one.label for one in step.labels)
        said = cut(Content("  ").join(badge(label, self._schema) for label in labels), LABELS)
        state = f"case {step.case_state}" if step.case_id is not None and step.case_state else "no case"
        return Content.assemble(
            (f"{step.position or '':>3}  ", "dim"), said, " " * (LABELS - said.cell_length),
            (f"  {one_line(state.replace('_', ' '), True):<12}", "dim"), f"  {one_line(step.step, self.cotlab.raw)}",
        )  # fmt: skip

    def lines(self, row: DisputedStep | None, width: int) -> list[Content]:
        if row is None:
            return [] if self._total is None else Content("There is no such step.").wrap(width)
        return self._lines(row, width)

    def _lines(self, step: DisputedStep, width: int) -> list[Content]:
        raw = self.cotlab.raw
        lines = Content.styled(f"{one_line(step.domain, True)} · {_case(step)}", "dim").wrap(width)
        lines += shown(step.problem, raw).wrap(width)
        lines += hanging(Content.styled(f"{step.position or '':>3}  ", "bold"), shown(step.step, raw), width)
        lines.append(Content())
        wide = max(len(one_line(one.person, True)) for one in step.labels) if step.labels else 0
        for one in step.labels:
            lines += hanging(Content.styled(f"{one_line(one.person, True):<{wide}}  ", "bold"), self._said(one), width)
        return lines

    def _said(self, one: NamedLabel) -> Content:
        why = f"  “{shown(one.rationale, True).plain}”" if one.rationale else ""
        rules = f"  {', '.join(one.rules)}" if one.rules else "  no rule"
        when = f"  {one.guideline_version} · {date(one.given_at)}"
        unsure = ("  ? unsure", "$warning") if one.unsure else ""
        return Content.assemble(badge(one.kind or one.label, self._schema), unsure, why, rules, (when, "dim"))

    def move(self, by: int) -> None:
        super().move(by)
        rows = self.query_one(Rows)
        if len(self.rows) < (self._total or 0) and rows.marked >= len(self.rows) - NEAR_END and not self.asking:
            self.ask(self.load, "more of them …")

    def action_mathematics(self) -> None:
        self.cotlab.raw = not self.cotlab.raw
        self._show(self.rows)

    def open_row(self, row: DisputedStep | None) -> None:
        if row is None or row.case_id is None:
            self.say("there is no case on this step" if row is not None else "there is no step here")
        else:
            self.app.push_screen(CaseFileScreen(self._entry, self._schema, row.case_id))


def _case(step: DisputedStep) -> str:
    if step.case_id is None:
        return "no case"
    return f"case {(step.case_state or 'open').replace('_', ' ')} (enter)"


def filter_words(query: Mapping[str, Any]) -> str:
    """What a query asks for: labels, slices, rule, version."""
    labels = str(query.get("labels", "")).replace(",", " | ")
    where = ", ".join(one.replace("=", " ", 1) for one in query.get("where", []))
    rule = {None: "", "none": "no rule cited"}.get(query.get("rule"), f"rule {query.get('rule')}")
    version = str(query.get("version", ""))
    return " · ".join(one_line(part, True) for part in (labels, where, rule, version) if part) or "all that differ"
