"""Reports to a lead in words, at 80 columns."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from cotlab.cli.sentences import one_line
from cotlab.domain.agreement.coefficients import Contingency, Interval
from cotlab.domain.agreement.rates import Rate
from cotlab.domain.projects.policy import MICROSECONDS
from cotlab.domain.reports.people import (
    Accuracy,
    AccuracyReport,
    Against,
    Alarm,
    GroupDrift,
    PaceReport,
    PersonPace,
    RateChange,
    RateIn,
    SessionsReport,
)
from cotlab.domain.reports.selection import SelectionReport

WIDTH = 80
EVERYBODY = "everybody"


def accuracy_lines(report: AccuracyReport, with_tables: bool) -> Iterator[str]:
    """A row for each slice; with tables what is behind it."""
    what = "gold in production" if report.against is Against.GOLD else "what others have settled"
    yield f"first labels against {what}" + (f"; {report.stale:,} stale ones left out" if report.stale else "")
    wide = max(len("slice"), *(len(_where(one)) for one in report.results))
    weighted = any(one.reweighted is not None for one in report.results)
    more = f"  {'of all traces':<17}" if weighted else ""
    yield f"{'slice':<{wide}}  {'right':<17}{more}  {'steps':>7}  {'traces':>6}  left out"
    for one in report.results:
        rate = one.accuracy
        left = f"{one.left_out:,}" if one.left_out else ""
        more = f"  {_rate(one.reweighted):<17}" if one.reweighted is not None else ""
        yield f"{_where(one):<{wide}}  {_rate(rate):<17}{more}  {rate.of:>7,}  {rate.traces:>6,}  {left}".rstrip()
    if with_tables:
        for one in report.results:
            yield from ("", f"{_where(one)}:", *_labels(one), *_table(one.table))


def _where(one: Accuracy) -> str:
    return ", ".join(one.slice.values()) or "all"


def _labels(one: Accuracy) -> Iterator[str]:
    wide = max([len(label.label) for label in one.labels], default=0)
    for label in one.labels:
        yield f"  {label.label:<{wide}}  recall {_rate(label.recall):<17}  precision {_rate(label.precision)}"


def _table(table: Contingency) -> Iterator[str]:
    """What is right in rows, what was given in columns."""
    if not table.labels:
        return
    wide = max(len("right"), *(len(label) for label in table.labels))
    yield "  " + "right".ljust(wide) + "".join(f"{label[:12]:>13}" for label in table.labels)
    for label, counts in zip(table.labels, table.counts, strict=True):
        yield "  " + label.ljust(wide) + "".join(f"{count:>13,.0f}" for count in counts)


def sessions_lines(report: SessionsReport) -> Iterator[str]:
    """A row for each session, then accuracy by minutes and by labels."""
    wide = max([len("person"), *(len(one.person) for one in report.sessions)])
    yield f"{'person':<{wide}}  {'began (UTC)':<16}  minutes  labels  break before"
    for one in report.sessions:
        pause = "" if one.break_minutes is None else _long(one.break_minutes)
        yield f"{one.person:<{wide}}  {_time(one.started_at)}  {one.minutes:>7,.0f}  {one.labels:>6,}  {pause}".rstrip()
    yield from _parts("gold right by minutes into the session", report.by_minutes)
    yield from _parts("gold right by labels in the hour before", report.by_labels_in_hour)


def _parts(title: str, rates: Sequence[RateIn]) -> Iterator[str]:
    if not rates:
        return
    yield from ("", title)
    wide = max(len(one.person or EVERYBODY) for one in rates)
    part = max(len(one.part) for one in rates)
    for one in rates:
        found = f"{_rate(one.accuracy):<17}  {one.accuracy.of:>7,} steps"
        yield f"  {one.person or EVERYBODY:<{wide}}  {one.part:<{part}}  {found}"


def pace_lines(report: PaceReport) -> Iterator[str]:
    """Each person with their pace by length and their fastest runs, then accuracy by pace."""
    for one in report.people:
        yield from _person(one, report)
    yield from _parts("gold right by pace among one's own labels on steps of like length", report.by_quarter)


def _person(one: PersonPace, report: PaceReport) -> Iterator[str]:
    low, middle, high = one.seconds_a_word
    yield f"{one.person}: {one.labels:,} labels, {middle:.2f} s a word ({low:.2f} to {high:.2f})"
    faster = f"{one.faster:,} came faster than {report.words_a_minute:,} words a minute"
    yield f"  {faster}, which nobody reads" if one.faster else "  none came faster than can be read"
    for length in one.by_length:
        low, middle, high = length.quartiles
        yield f"  {length.words:>6} words  {middle:>6.1f} s ({low:.1f} to {high:.1f})  {length.labels:>7,} labels"
    for run in one.fastest:
        pace = "no time" if run.words_a_minute is None else f"{run.words_a_minute:,.0f} words a minute"
        yield f"  fastest {run.labels}: {pace}, {run.faster} too fast, from {_time(run.since)}"


def drift_lines(report: GroupDrift) -> Iterator[str]:
    """A row for each window, and what is confused more."""
    first = "window" if report.first == 1 else f"{report.first} windows"
    where = "" if report.domain is None else f" in {report.domain}"
    yield f"gold of everybody{where}, each window against the first {first}"
    yield f"{'from (UTC)':<10}  {'people':>6}  {'steps':>5}  {'right':<17}  {'change':<22}  alpha"
    for one in report.windows:
        alpha = "" if one.agreement.value is None else f"{one.agreement.value:.2f}"
        yield (
            f"{_time(one.since)[:10]}  {one.people:>6,}  {one.accuracy.of:>5,}  {_rate(one.accuracy):<17}  "
            f"{_change(one.change):<22}  {alpha:<4}{'  fell' if one.fell else ''}"
        ).rstrip()
        if one.fell and one.change_same_people is not None:
            yield f"{'':<20}of those who are in both: {_change(one.change_same_people)}"
    if report.confusions:
        yield from ("", "confused more than in the first:")
    for pair in report.confusions:
        shares = f"{pair.before.value or 0.0:.1%} to {pair.after.value or 0.0:.1%}"
        chance = "" if pair.change is None else f" (by chance {chance_of(pair.change.chance)})"
        yield f"  {pair.gold} taken for {pair.given}: {shares}{chance}"


def selection_lines(report: SelectionReport) -> Iterator[str]:
    """How many traces came how, then a row for each share."""
    yield f"traces handed out: {report.at_random:,} at random (now a share of {report.random_share:g}), " + (
        f"{report.by_points:,} by points, {report.in_batches:,} in batches"
    )
    wide = max(len("labels that are"), *(len(one.what) for one in report.shares))
    yield f"{'labels that are':<{wide}} {'of all labels':<17} {'steps':>5} {'at random':<17} reweighted"
    for one in report.shares:
        rates = f"{_rate(one.labelled):<17} {one.labelled.of:>5,} {_rate(one.at_random):<17} {_rate(one.reweighted)}"
        yield f"{one.what:<{wide}} {rates}"
    yield from textwrap.wrap(report.sentence, WIDTH)


def alarm_lines(alarms: Iterable[Alarm]) -> Iterator[str]:
    """Each alarm with what was decided."""
    any_ = False
    for one in alarms:
        any_ = True
        where = f" in {one.domain}" if one.domain else ""
        yield f"{_time(one.raised_at)}  {one.kind.value}  {one.person}{where}, since {_time(one.since)}"
        yield from textwrap.wrap(one.sentence, WIDTH, initial_indent="  ", subsequent_indent="  ")
        yield f"  {_decided(one)}"
    if not any_:
        yield "There is no alarm."


def _decided(one: Alarm) -> str:
    if one.decision is None:
        return f"open: {one.id}"
    by = f" by {one.decided_by}" if one.decided_by else ""
    return f"{one.decision.replace('_', ' ')}{by}" + (f": {one_line(one.reason)}" if one.reason else "")


def _rate(one: Rate) -> str:
    return one.reason or f"{one.value or 0.0:.3f} ({_ends(one.interval)})"


def _ends(ends: Interval | None) -> str:
    return "" if ends is None else f"{ends.low:.2f}-{ends.high:.2f}"


def _change(one: RateChange | None) -> str:
    return "" if one is None else f"{one.value:+.2f} ({one.interval.low:+.2f} to {one.interval.high:+.2f})"


def chance_of(value: float) -> str:
    return "under 0.001" if value < 0.001 else f"{value:.3f}"


def _long(minutes: float) -> str:
    """Minutes, hours or days."""
    if minutes < 120:
        return f"{minutes:,.0f} min"
    return f"{minutes / 60:,.0f} h" if minutes < 48 * 60 else f"{minutes / 1440:,.0f} days"


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / MICROSECONDS, UTC).strftime("%Y-%m-%d %H:%M")
