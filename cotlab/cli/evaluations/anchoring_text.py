"""The report on anchoring in words, at 80 columns."""

import textwrap
from collections.abc import Iterator, Sequence

from cotlab.cli.reports.reports_text import WIDTH
from cotlab.domain.agreement.coefficients import Estimate
from cotlab.domain.evaluations.anchoring import BY_GOLD, AnchoringArm, AnchoringReport, ArmsCompared, DraftWas, Measure

ARM, MEASURE, VALUE = 17, 23, 15
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
    some = [one for one in rows if one.labels]
    yield f"{FIRST_COLUMN:<{ARM}}  {'labels':>6}  {'changed':<16}  {'towards':<16}  away"
    for one in some:
        shares = f"{_percent(one.changed):<16}  {_percent(one.towards):<16}  {_percent(one.away)}"
        yield f"{_name(one):<{ARM}}  {one.labels:>6,}  {shares}".rstrip()
    yield from ("", f"{'median seconds':<{ARM}}  {'to the commit':>13}  reveal to the last answer")
    for one in some:
        yield f"{_name(one):<{ARM}}  {_seconds(one.seconds):>13}  {_seconds(one.seconds_after):>25}".rstrip()


def _name(one: AnchoringArm) -> str:
    return one.arm.value if one.draft is DraftWas.ANY else f"  {WAS[one.draft]}"


def _earlier(one: AnchoringArm) -> str:
    return f"changed before the reveal: {one.earlier:,} of {one.labels:,}, which are not among the changed"


def _percent(one: Estimate) -> str:
    """`12.3% [10, 15]`, or nothing where there is no value."""
    if one.value is None:
        return ""
    ends = "" if one.interval is None else f" [{100 * one.interval.low:.0f}, {100 * one.interval.high:.0f}]"
    return f"{one.value:.1%}{ends}"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"


def _compared(rows: Sequence[ArmsCompared]) -> Iterator[str]:
    yield f"{'agreement, accuracy':<{MEASURE}}  {'with':<{VALUE}}  {'blind':<{VALUE}}  difference"
    for one in (one for one in rows if one.labels or one.blind_labels):
        named = one.measure.value if one.draft is DraftWas.ANY else f"  {WAS[one.draft]}"
        values = (f"{_value(one, arm):<{VALUE}}" for arm in (one.with_drafts, one.blind))
        yield f"{named:<{MEASURE}}  {'  '.join(values)}  {_difference(one)}".rstrip()


def _value(one: ArmsCompared, arm: Estimate) -> str:
    if one.measure is not Measure.SECONDS or arm.value is None:
        return _percent(arm)
    ends = "" if arm.interval is None else f" [{arm.interval.low:,.0f}, {arm.interval.high:,.0f}]"
    return f"{arm.value:,.1f}{ends}"


def _difference(one: ArmsCompared) -> str:
    scale = 1 if one.measure is Measure.SECONDS else 100
    found = one.difference
    if found.value is None:
        return found.reason or ""
    if found.interval is None:
        return f"{scale * found.value:+.1f}, no interval"
    return f"{scale * found.value:+.1f} [{scale * found.interval.low:.1f}, {scale * found.interval.high:.1f}]"
