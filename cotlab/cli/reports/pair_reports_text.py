"""Reports on pairs to a lead in words, at 80 columns."""

import textwrap
from collections.abc import Iterator, Sequence

from cotlab.cli.reports.reports_text import EVERYBODY, WIDTH, chance_of
from cotlab.cli.sentences import one_line
from cotlab.domain.agreement.coefficients import Interval
from cotlab.domain.reports.pairs import Comparing, ComparingReport, PairShare, RankedBy, RankingReport

NAME, LONGEST = 16, 28
SHORT = {
    "much-better": "<<<", "better": "<<", "slightly-better": "<", "tie": "=", "slightly-worse": ">", "worse": ">>",
    "much-worse": ">>>",
}  # fmt: skip
"""The choices between left and right, by the side to which they point."""


def comparing_lines(report: ComparingReport) -> Iterator[str]:
    """A table of each thing that is watched, with everybody first."""
    rows = [report.everybody, *report.people]
    where = "" if report.domain is None else f" in {report.domain}"
    yield f"{report.everybody.choices:,} first choices{where}, as of {report.as_of}"
    for lines in (_positions(rows), _swaps(rows), _shares(rows), _strengths(rows), _criteria(rows)):
        yield ""
        yield from lines


def _who(one: Comparing) -> str:
    return f"{one_line(one.person or EVERYBODY, NAME):<{NAME}}"


def _positions(rows: Sequence[Comparing]) -> Iterator[str]:
    yield f"{'position':<{NAME}}  {'left chosen':<16}  {'choices':>7}  {'by chance':<11}  evidence"
    for one in rows:
        share, evidence = one.first_position, ""
        if one.position is not None:
            raised = "  alarm" if one.position.alarm is not None else ""
            evidence = f"{one.position.evidence:,.1f} of {one.position.alarm_at:,.0f}{raised}"
        chance = "" if share.chance is None else chance_of(share.chance)
        yield f"{_who(one)}  {_share(share):<16}  {share.of:>7,}  {chance:<11}  {evidence}".rstrip()


def _swaps(rows: Sequence[Comparing]) -> Iterator[str]:
    yield f"{'swapped repeats':<{NAME}}  {'same answer':<16}  {'repeats':>7}  same side  tie once"
    for one in rows:
        found = one.consistency
        counts = f"{found.same_side:>9,}  {found.tie_changed:>8,}" if found.same.of else ""
        yield f"{_who(one)}  {_share(found.same):<16}  {found.same.of:>7,}  {counts}".rstrip()


def _shares(rows: Sequence[Comparing]) -> Iterator[str]:
    yield f"{'share':<{NAME}}  {'longer chosen':<16}  {'ties':<6}  {'both bad':<8}  {'unjudged':<8}  against criteria"
    for one in rows:
        yield (
            f"{_who(one)}  {_share(one.longer):<16}  {_alone(one.ties):<6}  {_alone(one.both_bad):<8}  "
            f"{_alone(one.cannot_judge):<8}  {_share(one.contradictions)}"
        ).rstrip()


def _strengths(rows: Sequence[Comparing]) -> Iterator[str]:
    yield f"{'strength':<{NAME}}" + "".join(f"{SHORT[choice]:>9}" for choice in rows[0].strengths)
    for one in rows:
        yield _who(one) + "".join(f"{count:>9,}" for count in one.strengths.values())


def _criteria(rows: Sequence[Comparing]) -> Iterator[str]:
    """Of everybody, and of somebody who was asked for alone."""
    one = rows[0] if len(rows) != 2 else rows[1]
    wide = max([len("criterion"), *(len(found.criterion) for found in one.criteria)])
    yield f"{'criterion':<{wide}}  {'choices':>7}  {'left chosen':<16}  {'ties':<6}  as overall"
    for found in one.criteria:
        yield (
            f"{found.criterion:<{wide}}  {found.choices:>7,}  {_share(found.first_position):<16}  "
            f"{_alone(found.ties):<6}  {_share(found.as_overall)}"
        ).rstrip()


def ranking_lines(report: RankingReport) -> Iterator[str]:
    """A row for each generator, the strongest first, or why there is no order."""
    ranking = report.ranking
    what = "choices" if report.by is RankedBy.CHOICES else "settled pairs"
    where = "" if report.domain is None else f" in {report.domain}"
    yield f"{ranking.comparisons:,} {what}{where} on {ranking.clusters:,} problems, as of {report.as_of}"
    if ranking.reason is not None:
        yield from textwrap.wrap(f"There is no order: {ranking.reason}.", WIDTH)
    else:
        names = [one_line(one.generator, LONGEST) for one in ranking.generators]
        wide = max(len("generator"), *map(len, names))
        yield f"{'generator':<{wide}}  {'log-odds':<22}  {'won':>6}  {'tied':>6}  {'lost':>6}"
        for one, name in zip(ranking.generators, names, strict=True):
            strength = f"{one.strength:+.2f}{_ends(one.interval)}"
            yield f"{name:<{wide}}  {strength:<22}  {one.wins:>6,}  {one.ties:>6,}  {one.losses:>6,}"
        if ranking.position is not None:
            yield f"the left position is worth {ranking.position:+.2f}{_ends(ranking.position_interval)}"
        if ranking.interval_reason is not None:
            yield f"no intervals: {ranking.interval_reason}"
    if report.left_out:
        yield "left out: " + ", ".join(f"{count:,} {why}" for why, count in report.left_out.items())


def _share(one: PairShare) -> str:
    ends = "" if one.interval is None else f" ({one.interval.low:.2f}-{one.interval.high:.2f})"
    return one.reason or f"{one.value or 0.0:.2f}{ends}"


def _alone(one: PairShare) -> str:
    return "" if one.value is None else f"{one.value:.1%}"


def _ends(ends: Interval | None) -> str:
    return "" if ends is None else f" ({ends.low:+.2f} to {ends.high:+.2f})"
