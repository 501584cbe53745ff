"""How people compare pairs as a lead reads it: a row a person, and all that is known of one below."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from cotlab.domain.agreement.coefficients import Interval
from cotlab.domain.reports.pairs import Comparing, CriterionWork, PairShare, RankedBy, RankedGenerator, RankingReport
from tui.widgets.agreement import Axis, number
from tui.widgets.text import counted, cut, hanging, one_line

EVERYBODY = "everybody"
HALF = 0.5
VALUE, CHOICES, SHORTEST_BAR, WIDEST_BAR, NAME, GAPS = 4, 7, 10, 40, 24, 6
ALARM = "  ! alarm"
WHAT = {RankedBy.CHOICES: "each choice that counts", RankedBy.SETTLED: "what pairs are settled on"}


def name_of(one: Comparing) -> str:
    return one_line(one.person or EVERYBODY, True)


def alarmed(one: Comparing) -> bool:
    return one.position is not None and one.position.alarm is not None


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns are; there is no bar where it would be too short to read."""

    names: int
    bar: int

    @classmethod
    def of(cls, rows: list[Comparing], width: int) -> "Columns":
        names = min(max(8, width // 4), max((len(name_of(row)) for row in rows), default=0))
        bar = min(WIDEST_BAR, width - names - VALUE - CHOICES - GAPS - len(ALARM))
        return cls(names, bar if bar >= SHORTEST_BAR else 0)

    def line(self, one: Comparing) -> Content:
        """How often the left response was chosen, on an axis with one half."""
        share, name = one.first_position, cut(Content(name_of(one)), self.names)
        left = Content.assemble(name, " " * (self.names - name.cell_length), "  ")
        if share.value is None:
            return Content.assemble(left, (share.reason or "", "dim"))
        bar = Axis(0.0, HALF, self.bar).draw(share.value, share.interval) if self.bar else ends(share.interval)
        alarm = (ALARM, "bold $error") if alarmed(one) else ("", "")
        return Content.assemble(
            left, number(share.value), "  ", (bar, "$accent"), (f"  {share.of:>{CHOICES},}", "dim"), alarm
        )


def ends(of: Interval | None) -> str:
    """`0.45-0.57`."""
    return "" if of is None else f"{number(of.low)}-{number(of.high)}"


def said(one: PairShare) -> str:
    """`0.51 (0.45-0.57) of 263`, or why there is no number."""
    return f"{number(one.value)} ({ends(one.interval)}) of {one.of:,}" if one.value is not None else str(one.reason)


def comparing_lines(one: Comparing, width: int) -> list[Content]:
    """Each share of somebody's choices, how strong they are, and the criteria."""
    lines = [line for what, text in _shares(one) for line in hanging(f"{what:<17}", Content(text), width)]
    lines += [Content(), *Content.styled("the left one against the right one", "bold").wrap(width)]
    lines += [cut(Content.assemble(f"  {choice:<17}", (f"{count:>7,}", "dim")), width)
              for choice, count in one.strengths.items()]  # fmt: skip
    if one.criteria:
        lines += [Content(), *Content.styled("criteria", "bold").wrap(width)]
        lines += [line for found in one.criteria for line in _criterion(found, width)]
    return lines


def _shares(one: Comparing) -> Iterator[tuple[str, str]]:
    chance = one.first_position.chance
    yield "left chosen", said(one.first_position) + ("" if chance is None else f", by chance {_chance(chance)}")
    if one.position is not None:
        alarm = ", which is an alarm" if alarmed(one) else ""
        yield "evidence of bias", f"{one.position.evidence:,.1f}, an alarm at {one.position.alarm_at:,.0f}{alarm}"
    again = one.consistency
    yield "swapped repeats", f"same answer {said(again.same)}"
    if again.same.of:
        yield "", f"{again.same_side:,} times the same side, {again.tie_changed:,} times a tie once"
    yield "longer chosen", said(one.longer)
    yield "ties", said(one.ties)
    yield "both bad", said(one.both_bad)
    yield "cannot judge", said(one.cannot_judge)
    yield "against criteria", said(one.contradictions)


def _criterion(one: CriterionWork, width: int) -> list[Content]:
    text = f"as overall {said(one.as_overall)}, left {said(one.first_position)}, ties {said(one.ties)}"
    return hanging(f"  {one_line(one.criterion, True):<22}", Content(text), width)


def _chance(value: float) -> str:
    return "under 0.001" if value < 0.001 else f"{value:.3f}"


def ranked_line(one: RankedGenerator) -> Content:
    name = cut(Content(one_line(one.generator, True)), NAME)
    interval = "" if one.interval is None else f" ({one.interval.low:+.2f} to {one.interval.high:+.2f})"
    return Content.assemble(
        name, " " * (NAME - name.cell_length), f"  {one.strength:+.2f}", (f"{interval:<18}", "$accent"),
        (f"{one.wins + one.ties + one.losses:>{CHOICES},}", "dim"),
    )  # fmt: skip


def ranked_lines(one: RankedGenerator | None, report: RankingReport, width: int) -> list[Content]:
    """What a generator's place comes from, and what the whole order does; or why there is none."""
    found = report.ranking
    lines: list[Content] = []
    if one is not None:
        counts = f"{one.wins:,} won, {one.ties:,} tied, {one.losses:,} lost"
        lines += Content.assemble((f"{one_line(one.generator, True)}: ", "bold"), counts).wrap(width)
        scale = "Strengths are log-odds against the average of those ranked here (Bradley-Terry, ties as half a win)."
        lines += Content.styled(scale, "dim").wrap(width)
    if found.reason is not None:
        lines += Content(f"There is no order: {found.reason}.").wrap(width)
    elif found.interval_reason is not None:
        lines += Content(f"There are no intervals: {found.interval_reason}.").wrap(width)
    if found.position is not None:
        where = found.position_interval
        shown = "" if where is None else f" ({where.low:+.2f} to {where.high:+.2f})"
        lines += Content(f"The left position is worth {found.position:+.2f}{shown}.").wrap(width)
    if report.left_out:
        left = ", ".join(f"{count:,} {why}" for why, count in report.left_out.items())
        lines += Content.styled(f"left out: {left}", "dim").wrap(width)
    other = WHAT[RankedBy.SETTLED if report.by is RankedBy.CHOICES else RankedBy.CHOICES]
    return [*lines, *hanging(Content.styled("tab  ", "bold"), Content.styled(f"by {other}", "dim"), width)]


def ranked_count(report: RankingReport) -> str:
    found = report.ranking
    compared = f"{found.comparisons:,} comparisons on {counted(found.clusters, 'problem')}"
    return f"{counted(len(found.generators), 'generator')} · {compared} · by {WHAT[report.by]}"
