"""Agreement as a lead reads it: a row a slice, with its interval as a bar on one axis that all rows share."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.content import Content

from cotlab.domain.agreement.coefficients import Agreement, AgreementReport, Interval
from cotlab.domain.guidelines.schema import Schema
from tui.widgets.labels import short_badge
from tui.widgets.text import counted, cut, one_line

LABEL, QUESTION, ALPHA, ON_SCALE, VERSION, WHOLE = "label", "question", "alpha", "alpha-ordinal", "version", "all"
SLICES = (
    LABEL, "domain", "tag", "difficulty", "origin", "strategy", "position", "annotator", "pair", "cohort", "chosen",
    VERSION, "minutes",
)  # fmt: skip
"""What the rows are by, in the order in which keys go through them."""
OWN = (LABEL, QUESTION, "annotator", "pair")
"""Slices that are no column of the labels, and so none that a diagnosis can be by."""
OF_STEPS = ("origin", "strategy", "position")
"""Slices that part no pairs."""
COEFFICIENTS = (ALPHA, "percent", "cohen-kappa", "fleiss-kappa", "ac1")
PEOPLE = "two people"
"""What the slice `pair` is called beside pairs of responses."""
COINCIDENCES = "coincidences"
"""The title of a table in which the pairs have no order."""
WITH_COUNTS = 72
"""Cells from which a row has room for how many steps it is of."""
NUMBER, VALUE, BELOW, GAP = 5, "value", "below", "  "


def slices_of(task: str, coefficient: str) -> tuple[str, ...]:
    """What the rows of a task can be by. On the scale no label is held against the rest."""
    if task != "pairs":
        return SLICES
    own = tuple(one for one in SLICES if one not in OF_STEPS and (one != LABEL or coefficient != ON_SCALE))
    return QUESTION, *own


def coefficients_of(task: str, by: str) -> tuple[str, ...]:
    """The coefficients on labels, or on the signs of choices, and of pairs also the one on the scale."""
    return (ALPHA, ON_SCALE, *COEFFICIENTS[1:]) if task == "pairs" and by != LABEL else COEFFICIENTS


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to 1 over `width` cells; `bar` is the policy's bar, where the coefficient has one."""

    low: float
    bar: float | None
    width: int

    def cell(self, value: float) -> int:
        """Where a value stands; what is outside stands at the end."""
        share = (value - self.low) / (1.0 - self.low)
        return max(0, min(self.width - 1, round(share * (self.width - 1))))

    def heading(self) -> str:
        """The numbers at both ends and at the bar."""
        cells = list(f"{self.low:z.1f}".removesuffix(".0").ljust(self.width))
        cells[-1:] = "1"
        if self.bar is not None:
            at, number = self.cell(self.bar), f"{self.bar:.2f}"
            cells[at] = "┊"
            if at - len(number) > 4:
                cells[at - len(number) : at] = number
        return "".join(cells)[: self.width]

    def draw(self, value: float, interval: Interval | None) -> str:
        """`├──●──┤`, the bar as `┊`, or `┼` where the interval holds it."""
        cells = [" "] * self.width
        if self.bar is not None:
            cells[self.cell(self.bar)] = "┊"
        if interval is not None:
            first, last = self.cell(interval.low), self.cell(interval.high)
            for at in range(first, last + 1):
                cells[at] = "─" if cells[at] == " " else "┼"
            cells[first], cells[last] = "├", "┤"
        cells[self.cell(value)] = "●"
        return "".join(cells)


def lowest(results: Sequence[Agreement]) -> float:
    """Where the axis begins: at 0, or at the tenth below the lowest end of what is negative."""
    ends = [one.interval.low if one.interval else one.value for one in results if one.value is not None]
    return max(-1.0, math.floor(min([0.0, *(end for end in ends if end is not None)]) * 10) / 10)


def name_of(result: Agreement) -> str:
    """The slice of a row that is by one thing: its value."""
    return one_line(" · ".join(result.slice.values()), True) or WHOLE


def rows_of(report: AgreementReport, by: str, lowest_first: bool) -> tuple[Agreement, ...]:
    """The whole, then the slices by `by`: as they come (numbers by size), or the lowest value first.

    Questions have no whole, and stay as the server has them: the overall choice, then the criteria.
    """
    whole = [one for one in report.results if not one.slice and by != QUESTION]
    parts = [one for one in report.results if tuple(one.slice) == (by,)]
    if lowest_first:
        parts.sort(key=lambda one: math.inf if one.value is None else one.value)
    elif by != QUESTION:
        parts.sort(key=lambda one: _natural(name_of(one)))
    return (*whole, *parts)


def _natural(name: str) -> tuple[float, str]:
    head = name.partition("-")[0]
    return (float(head), name) if head.isdecimal() else (math.inf, name)


def bar_of(coefficient: str, policy_bar: float | None) -> float | None:
    """The policy's bar is one for alpha; other coefficients lie elsewhere on the same labels."""
    return policy_bar if coefficient == ALPHA else None


def is_below(result: Agreement, bar: float | None) -> bool:
    return bar is not None and result.value is not None and result.value < bar


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a measurement, drawn to `width` cells."""

    results: Sequence[Agreement]
    schema: Schema
    bar: float | None
    width: int
    unit: str = "step"
    """What a unit is called."""

    @property
    def names(self) -> int:
        widest = max((len(name_of(one)) for one in self.results), default=0)
        return min(widest + (2 if self._by_label else 0), max(12, self.width // 4))

    @property
    def _by_label(self) -> bool:
        return any(one.label is not None for one in self.results)

    @property
    def _counts(self) -> int:
        widest = max((len(f"{one.units:,}") for one in self.results), default=1)
        return widest + len(GAP) if self.width >= WITH_COUNTS else 0

    @property
    def axis(self) -> Axis:
        taken = self.names + NUMBER + len(BELOW) + 3 * len(GAP) + self._counts
        return Axis(lowest(self.results), self.bar, max(8, self.width - taken))

    def heading(self) -> Content:
        """What stands above the bars."""
        counts = f"{GAP}{'n':>{self._counts - len(GAP)}}" if self._counts else ""
        first = f"{'':<{self.names}}{GAP}{VALUE:>{NUMBER}}{GAP}"
        return Content.styled(f"{first}{self.axis.heading()}{GAP}{'':<{len(BELOW)}}{counts}", "dim")

    def line(self, result: Agreement) -> Content:
        """One row; an undefined value gives its reason in the place of the bar."""
        if result.value is None:
            why = f"{result.reason} ({counted(result.units, self.unit)})"
            return cut(Content.assemble(self._name(result), f"{GAP}{'–':>{NUMBER}}{GAP}", (why, "dim")), self.width)
        below = is_below(result, self.bar)
        style = "bold $warning" if below else ""
        counts = f"{GAP}{f'{result.units:,}':>{self._counts - len(GAP)}}" if self._counts else ""
        return Content.assemble(
            self._name(result), GAP, (f"{number(result.value):>{NUMBER}}", style), GAP,
            (self.axis.draw(result.value, result.interval), "$accent"), GAP,
            (f"{BELOW if below else '':<{len(BELOW)}}", style), (counts, "dim"),
        )  # fmt: skip

    def _name(self, result: Agreement) -> Content:
        if result.label is not None:
            said = short_badge(result.label, self.schema)
        else:
            said = Content(("  " if self._by_label else "") + name_of(result))
        said = cut(said, self.names)
        return Content.assemble(said, " " * (self.names - said.cell_length))


def number(value: float) -> str:
    return f"{value:z.2f}"


def interval_words(result: Agreement) -> str:
    """`0.41 to 0.62`, or why there is no interval."""
    ends = result.interval
    return f"{number(ends.low)} to {number(ends.high)}" if ends else result.interval_reason or ""


def detail(result: Agreement, task: str = "steps") -> str:
    """All that a row stands on, in one line."""
    what = f"{name_of(result)}: "
    value = result.reason if result.value is None else f"{result.coefficient} {result.value:z.3f}, "
    ends = "" if result.value is None else interval_words(result)
    people = "1 person" if result.people == 1 else f"{result.people} people"
    units = f"{result.units:,} {unit_of(task) if result.units == 1 else task}"
    traces = [] if task == "pairs" else [counted(result.clusters, "trace")]
    return one_line(" · ".join([f"{what}{value}{ends}", units, people, *traces, *(filter(None, [result.note]))]), True)


def unit_of(task: str) -> str:
    """What one of its units is called."""
    return task.removesuffix("s")


def where_of(result: Agreement, kinds: bool) -> dict[str, Any]:
    """What asks for the steps or pairs behind a row, as the route takes it."""
    if result.label is not None:
        return {"labels": result.label, **kinds_apart(kinds)}
    where = [f"{column}={value}" for column, value in result.slice.items() if column != QUESTION]
    return {"where": where, **question_of(result), **kinds_apart(kinds)}


def question_of(result: Agreement) -> dict[str, str]:
    """The question about pairs that a row is of, where it is by question."""
    return {QUESTION: result.slice[QUESTION]} if QUESTION in result.slice else {}


def kinds_apart(kinds: bool) -> dict[str, str]:
    return {"kinds": "true"} if kinds else {}
