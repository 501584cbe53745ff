"""Answers and steps judged apart, as a lead reads it: right and wrong answers against traces with a bad step."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from cotlab.domain.agreement.coefficients import Interval
from cotlab.domain.labels.two_level import AnswerCell, Source
from cotlab.domain.reports.quality import CellTrace, Share, TwoLevelSlice
from tui.widgets.agreement import Axis
from tui.widgets.text import cut, hanging, one_line, percent, shown

TABLE = (
    (AnswerCell.RIGHT_NO_BAD_STEP, AnswerCell.RIGHT_BAD_STEP),
    (AnswerCell.WRONG_NO_BAD_STEP, AnswerCell.WRONG_BAD_STEP),
)
"""Rows: the answer is right, wrong; columns: no bad step, a bad one."""
ANSWERS, STEPS = ("✓ right answer", "✗ wrong answer"), ("no bad step", "a bad step")
WHO = {Source.ADJUDICATED: "an adjudicator", Source.CHECKED: "the check", Source.FILE: "the file"}
WHOLE = "all traces"
NAMES, CELL, COUNTS, WIDEST_BAR, SHORTEST_BAR = 20, 20, 26, 40, 8
"""Cells for columns."""
ODD = (AnswerCell.RIGHT_BAD_STEP, AnswerCell.WRONG_NO_BAD_STEP)
"""The cells that ask for a second look."""


def name_of(part: TwoLevelSlice) -> str:
    """What a slice is called; `-` is one where a trace says nothing."""
    return WHOLE if part.name is None else one_line(part.name, True)


def of_cell(part: TwoLevelSlice, cell: AnswerCell) -> Share:
    """The traces of a cell."""
    return next((one.traces for one in part.cells if one.cell is cell), Share(count=0, of=0))


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide names and bars are in `width` cells."""

    names: int
    bar: int

    @classmethod
    def of(cls, parts: Sequence[TwoLevelSlice], width: int) -> "Columns":
        names = min(NAMES, max((len(name_of(part)) for part in parts), default=0))
        bar = min(WIDEST_BAR, width - names - COUNTS - 2)
        return cls(names, bar if bar >= SHORTEST_BAR else 0)

    def line(self, part: TwoLevelSlice) -> Content:
        """A slice: its share of right answers with a bad step, with the interval."""
        share, name = part.bad_among_right, cut(Content(name_of(part)), self.names)
        value = "-" if share.share is None else percent(share.share)
        counts = f"{value:>8}  {share.count:,} of {share.of:,}"
        return Content.assemble(name, " " * (self.names - name.cell_length), f"{counts:<{COUNTS}}", self._bar(share))

    def _bar(self, share: Share) -> Content:
        if not self.bar or share.share is None or share.interval is None:
            return Content()
        low, high = share.interval
        return Content.styled(Axis(0.0, None, self.bar).draw(share.share, Interval(low=low, high=high)), "$accent")


def between(share: Share) -> str:
    """`7.1 % (4.1 % to 12.0 %)`; nothing where there is nothing."""
    if share.share is None or share.interval is None:
        return "no trace"
    low, high = share.interval
    return f"{percent(share.share)} ({percent(low)} to {percent(high)})"


def part_lines(part: TwoLevelSlice, marked: AnswerCell, width: int) -> list[Content]:
    """The headline, the table with its marked cell, that cell in words, who judges, and what is left out."""
    share = part.bad_among_right
    headline = f"{share.count:,} of {share.of:,} traces with a right answer have a bad step: {between(share)}"
    lines = [*Content.styled(headline, "bold").wrap(width), Content(), *table_lines(part, marked), Content()]
    lines += Content(sentence(part, marked)).wrap(width)
    return [*lines, Content(), *around_lines(part, width)]


def around_lines(part: TwoLevelSlice, width: int) -> list[Content]:
    """Who says whether answers are right, and what is left out."""
    who = ", ".join(f"{WHO[source]} {count:,}" for source, count in part.by.items() if count) or "nobody"
    left_out = (
        f"left out: {part.undecided:,} whose answer nobody judges, {part.unsettled:,} with open steps, "
        f"{part.unusable:,} that cannot be used"
    )
    judged = Content.styled(f"the answer is judged by: {who}", "dim").wrap(width)
    return judged + Content.styled(left_out, "dim").wrap(width)


def table_lines(part: TwoLevelSlice, marked: AnswerCell) -> list[Content]:
    """The four cells, with their shares of all that are judged."""
    wide = max(map(len, ANSWERS)) + 2
    above = Content.assemble(" " * wide, *(f"{title:>{CELL}}" for title in STEPS))
    lines = [above.stylize("dim")]
    for title, cells in zip(ANSWERS, TABLE, strict=True):
        style = "$success" if title.startswith("✓") else "$error"
        row = (_cell(cell, of_cell(part, cell), cell is marked) for cell in cells)
        lines.append(Content.assemble((f"{title:<{wide}}", style), *row))
    return lines


def _cell(cell: AnswerCell, share: Share, marked: bool) -> Content:
    said = f"{share.count:,}" if share.share is None else f"{share.count:,}  {percent(share.share)}"
    if marked:
        return Content.assemble(" " * max(0, CELL - len(said) - 2), (f"[{said}]", "bold reverse"))
    odd = "bold $warning" if cell in ODD and share.count else ""
    return Content.assemble(" " * max(0, CELL - len(said) - 1), (said, odd), " ")


def sentence(part: TwoLevelSlice, cell: AnswerCell) -> str:
    """A cell in words, with its interval."""
    share = of_cell(part, cell)
    return f"{title_of(cell)}: {share.count:,} of {share.of:,} judged traces, {between(share)}"


def title_of(cell: AnswerCell) -> str:
    """`right answer, a bad step`."""
    row = next(at for at, cells in enumerate(TABLE) if cell in cells)
    return f"{ANSWERS[row][2:]}, {STEPS[TABLE[row].index(cell)]}"


def trace_row(trace: CellTrace, raw: bool) -> Content:
    """Domain, bad steps, the case, and the problem."""
    domain = cut(Content(one_line(trace.domain, True)), 12)
    case = "case" if trace.case_id else "no case"
    return Content.assemble(
        domain, " " * (14 - domain.cell_length), f"{_bad(trace):<18}", (f"{case:<9}", "dim"),
        (one_line(trace.problem, raw), "dim"),
    )  # fmt: skip


def _bad(trace: CellTrace) -> str:
    steps = ", ".join(map(str, trace.bad_steps))
    return f"✗ {'step' if len(trace.bad_steps) == 1 else 'steps'} {steps}" if steps else "no bad step"


def trace_lines(trace: CellTrace, raw: bool, width: int) -> list[Content]:
    """A trace: whose it is, its problem, its answer and who judges that, and where the case is."""
    known = f" · {one_line(trace.external_id, True)}" if trace.external_id else ""
    lines = Content.styled(f"{one_line(trace.domain, True)}{known} · {trace.item_id}", "dim").wrap(width)
    lines += shown(trace.problem, raw).wrap(width)
    answer = shown(trace.final_answer, raw) if trace.final_answer is not None else Content("none")
    lines += [Content(), *hanging(Content.styled("final answer  ", "dim"), answer, width)]
    lines += Content(f"judged by {WHO[trace.by]} · {_bad(trace)}").wrap(width)
    hint = "enter  the case" if trace.case_id else "there is no case on it"
    return [*lines, Content(), *Content.styled(hint, "dim").wrap(width)]
