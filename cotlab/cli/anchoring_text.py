"""The report on anchoring in words, at 80 columns."""

import textwrap
from collections.abc import Iterator, Sequence

from cotlab.cli.reports_text import WIDTH
from cotlab.domain.anchoring import BY_GOLD, AnchoringArm, AnchoringReport, ArmsCompared, DraftWas, Measure
from cotlab.domain.reports import Rate

ARM, MEASURE = 17, 24
FIRST_COLUMN = "after the commit"
WAS = {one: one.value if one not in BY_GOLD else f"draft {one.value}" for one in DraftWas}
DECIDED = "decided: not comparable between the arms, since drafts decide which those are"


def anchoring_lines(report: AnchoringReport) -> Iterator[str]:
    """What became of labels by what was in sight, the arms compared, and what may be said."""
    yield (
        f"{report.labels:,} first labels of {report.task} with an opinion, {report.known:,} with gold, "
        f"{report.decided:,} decided; as of {report.as_of}"
    )
    yield f"{report.problems:,} problems, {report.people:,} people"
    if report.left_out:
        yield "left out: " + ", ".join(f"{count:,} {why}" for why, count in report.left_out.items())
    if report.labels:
        yield from ("", *_arms(report.arms))
        yield from (_earlier(one) for one in report.arms if one.draft is DraftWas.ANY and one.earlier)
        if report.decided:
            yield DECIDED
        yield from ("", *_compared(report.compared))
        yield "intervals of differences: problems drawn anew, people as they are"
    yield ""
    yield from textwrap.wrap(report.sentence, WIDTH)


def _arms(rows: Sequence[AnchoringArm]) -> Iterator[str]:
    yield f"{FIRST_COLUMN:<{ARM}}  {'labels':>6}  {'changed':<15}  {'towards':<9}  {'away':<9}  seconds"
    for one in rows:
        if one.labels:
            named = one.arm.value if one.draft is DraftWas.ANY else f"  {WAS[one.draft]}"
            seconds = "" if one.seconds is None else f"{one.seconds:,.1f}"
            yield (
                f"{named:<{ARM}}  {one.labels:>6,}  {_rate(one.changed):<15}  {_share(one.towards):<9}  "
                f"{_share(one.away):<9}  {seconds}"
            ).rstrip()


def _earlier(one: AnchoringArm) -> str:
    return f"changed before the reveal: {one.earlier:,} of {one.labels:,}, which are not among the changed"


def _rate(one: Rate) -> str:
    between = "" if one.interval is None else f" [{100 * one.interval.low:.0f}, {100 * one.interval.high:.0f}]"
    return _share(one) + between


def _share(one: Rate) -> str:
    return "" if one.value is None else f"{one.value:.1%}"


def _compared(rows: Sequence[ArmsCompared]) -> Iterator[str]:
    yield f"{'agreement, accuracy':<{MEASURE}}  {'with':>7}  {'blind':>7}  difference"
    for one in (one for one in rows if one.labels or one.blind_labels):
        named = one.measure.value if one.draft is DraftWas.ANY else f"  {WAS[one.draft]}"
        numbers = f"{_value(one, one.with_drafts):>7}  {_value(one, one.blind):>7}"
        yield f"{named:<{MEASURE}}  {numbers}  {_difference(one)}".rstrip()


def _value(one: ArmsCompared, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.1f}" if one.measure is Measure.SECONDS else f"{value:.1%}"


def _difference(one: ArmsCompared) -> str:
    scale = 1 if one.measure is Measure.SECONDS else 100
    found = one.difference
    if found.value is None:
        return found.reason or ""
    if found.interval is None:
        return f"{scale * found.value:+.1f}, without an interval"
    return f"{scale * found.value:+.1f} [{scale * found.interval.low:.1f}, {scale * found.interval.high:.1f}]"
