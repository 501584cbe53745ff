"""Accuracy and work of people as a lead reads them: a row a person, and all that is known of one below."""

from dataclasses import dataclass

from textual.content import Content

from cotlab.domain.agreement.rates import LabelRates, Rate
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.reports.people import Accuracy, Against, RateIn, SessionsReport, WorkedSession
from tui.widgets.agreement import Axis, number
from tui.widgets.grid import LEGEND, Grid
from tui.widgets.labels import short_badge
from tui.widgets.text import counted, cut, hanging, one_line
from tui.widgets.times import date

EVERYBODY = "everybody"
PERSON = "person"
VALUE, STEPS, SHORTEST_BAR, WIDEST_BAR = 4, 7, 10, 40
SESSIONS = 10
"""Sessions that are shown of somebody, the newest first."""
WHAT = {Against.GOLD: "gold in production", Against.SETTLED: "what others settled"}


def name_of(one: Accuracy) -> str:
    return one_line(one.slice.get(PERSON, EVERYBODY), True)


def ends_of(rate: Rate) -> str:
    """`0.85-0.93`."""
    return "" if rate.interval is None else f"{number(rate.interval.low)}-{number(rate.interval.high)}"


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns are in `width` cells; there is no bar where it would be too short to read."""

    names: int
    bar: int
    low: float

    @classmethod
    def of(cls, rows: list[Accuracy], width: int) -> "Columns":
        names = min(max(8, width // 4), max((len(name_of(row)) for row in rows), default=0))
        bar = min(WIDEST_BAR, width - names - VALUE - STEPS - 6)
        lows = [row.accuracy.interval.low for row in rows if row.accuracy.interval is not None]
        low = max(0.0, int(min(lows, default=0.0) * 10) / 10)
        return cls(names, bar if bar >= SHORTEST_BAR else 0, min(low, 0.9))

    def line(self, one: Accuracy) -> Content:
        rate, name = one.accuracy, cut(Content(name_of(one)), self.names)
        left = Content.assemble(name, " " * (self.names - name.cell_length), "  ")
        if rate.value is None:
            return Content.assemble(left, (f"{rate.reason} that tells what is right", "dim"))
        bar = Axis(self.low, None, self.bar).draw(rate.value, rate.interval) if self.bar else ends_of(rate)
        return Content.assemble(left, number(rate.value), "  ", (bar, "$accent"), (f"  {rate.of:>{STEPS},}", "dim"))


def accuracy_lines(one: Accuracy, schema: Schema, width: int) -> list[Content]:
    """Right of how many, recall and precision of each label, and what was taken for what."""
    rate = one.accuracy
    if rate.value is None:
        return Content(f"There is {rate.reason} here of which something says what is right.").wrap(width)
    left = f", {one.left_out:,} more left out" if one.left_out else ""
    said = f"{rate.hits:,} of {counted(rate.of, 'step')} right: {number(rate.value)} ({ends_of(rate)})"
    lines = Content.assemble((said, "bold"), (f" in {counted(rate.traces, 'trace')}{left}", "dim")).wrap(width)
    lines += [cut(_label(label, schema), width) for label in one.labels]
    grid = Grid(one.table, schema, row=-1, column=-1)
    return [*lines, Content(), Content.styled("rows: what is right", "dim"), *grid.whole(width),
            *Content.styled(LEGEND, "dim").wrap(width)]  # fmt: skip


def _label(one: LabelRates, schema: Schema) -> Content:
    name = short_badge(one.label, schema)
    found = [f"{word} {_said(rate)}" for word, rate in (("recall", one.recall), ("precision", one.precision))]
    return Content.assemble("  ", name, " " * max(2, 16 - name.cell_length), f"{found[0]:<26}  {found[1]}")


def _said(rate: Rate) -> str:
    return f"{number(rate.value)} ({ends_of(rate)})" if rate.value is not None else str(rate.reason)


def work_lines(report: SessionsReport, person: str | None, width: int) -> list[Content]:
    """Accuracy by minutes and by labels, and the newest sessions of somebody; of all the first two alone."""
    lines: list[Content] = []
    for title, rates in (
        ("gold right by minutes into a session", report.by_minutes),
        ("gold right by labels in the hour before", report.by_labels_in_hour),
    ):
        found = [one for one in rates if one.person == person]
        if found:
            lines += [Content(), Content.styled(title, "bold"), *(cut(_part(one), width) for one in found)]
    sessions = [one for one in report.sessions if one.person == person]
    if sessions:
        lines += [Content(), Content.styled(_count(sessions), "bold")]
        lines += [cut(_session(one), width) for one in reversed(sessions[-SESSIONS:])]
    return lines


def _part(one: RateIn) -> Content:
    return Content.assemble(f"  {one.part:<8} {_said(one.accuracy):<18}", (f"{one.accuracy.of:>7,} steps", "dim"))


def _count(sessions: list[WorkedSession]) -> str:
    minutes, labels = sum(one.minutes for one in sessions), sum(one.labels for one in sessions)
    newest = "" if len(sessions) <= SESSIONS else f", the newest {SESSIONS}"
    return f"{counted(len(sessions), 'session')}, {minutes / 60:,.1f} h, {labels:,} labels{newest}"


def _session(one: WorkedSession) -> Content:
    pause = "" if one.break_minutes is None else f"  after {_long(one.break_minutes)} off"
    return Content.assemble(
        (f"  {date(one.started_at)}  ", "dim"), f"{one.minutes:>4,.0f} min  {one.labels:>5,} labels", (pause, "dim")
    )


def _long(minutes: float) -> str:
    if minutes < 120:
        return f"{minutes:,.0f} min"
    return f"{minutes / 60:,.0f} h" if minutes < 48 * 60 else f"{minutes / 1440:,.0f} days"


def hint(against: Against, width: int) -> list[Content]:
    """What the numbers are against, and the key that holds them against the other."""
    other = WHAT[Against.SETTLED if against is Against.GOLD else Against.GOLD]
    return hanging(Content.styled("tab  ", "bold"), Content.styled(f"against {other}", "dim"), width)
