"""What stands beside a step or pair for its lead: both responses, who labelled it how, and the case on it."""

from collections.abc import Sequence

from textual.content import Content

from cotlab.domain.agreement.coefficients import NamedLabel
from cotlab.domain.guidelines.schema import Schema
from tui.widgets.labels import badge, short_badge
from tui.widgets.rules import COLUMN, WIDE
from tui.widgets.text import beside as side_by_side
from tui.widgets.text import cut, hanging, one_line, shown
from tui.widgets.times import date

LABELS, STATE = 24, 12
"""Cells for the labels of a row, and for its case."""
MARGIN = 4
"""Cells of a terminal that a text may not have: a margin, and a bar to scroll by."""


def response_lines(responses: Sequence[str], raw: bool, width: int) -> list[Content]:
    """The responses of a pair under their names: beside each other where there is room, else one below the other."""
    wide = width >= WIDE - MARGIN
    column = (width - 3) // 2 if wide else min(width, COLUMN)
    parts = [
        [Content(), Content.styled(f"{name} response", "bold"), *shown(text, raw).wrap(column)]
        for name, text in zip(("first", "second"), responses, strict=False)
    ]
    if wide and len(parts) > 1:
        return side_by_side(parts[0], parts[1], column)
    return [line for part in parts for line in part]


def labels_cell(labels: Sequence[NamedLabel], schema: Schema, width: int = LABELS, kinds: bool = False) -> Content:
    """Each label once, in `width` cells; with `kinds` each kind."""
    names = dict.fromkeys((kinds and one.kind) or one.label for one in labels)
    said = cut(Content("  ").join((short_badge if kinds else badge)(name, schema) for name in names), width)
    return Content.assemble(said, " " * (width - said.cell_length))


def case_word(state: str | None) -> str:
    """`case open`, or that there is none."""
    return f"case {one_line(state.replace('_', ' '), True)}" if state else "no case"


def case_hint(state: str | None) -> str:
    """The same with the key that leads there."""
    return f"{case_word(state)} (enter)" if state else case_word(state)


def named_lines(labels: Sequence[NamedLabel], schema: Schema, width: int) -> list[Content]:
    """Each person's label with the reason, the rules and the version, in lines of at most `width` cells."""
    names = [one_line(one.person, True) for one in labels]
    wide = max(map(len, names), default=0)
    lines: list[Content] = []
    for name, one in zip(names, labels, strict=True):
        lines += hanging(Content.styled(f"{name:<{wide}}  ", "bold"), _said(one, schema), width)
    return lines


def _said(one: NamedLabel, schema: Schema) -> Content:
    why = f"  “{shown(one.rationale, True).plain}”" if one.rationale else ""
    rules = f"  {', '.join(one.rules)}" if one.rules else "  no rule"
    when = f"  {one.guideline_version} · {date(one.given_at)}"
    unsure = ("  ? unsure", "$warning") if one.unsure else ""
    return Content.assemble(badge(one.kind or one.label, schema), unsure, why, rules, (when, "dim"))
