"""Evaluations in words: the slices that fall below the whole, a row for each slice, the tables behind the whole.

`found` is the share of traces whose first error was told right, `F1` that of ProcessBench.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from cotlab.cli.sentences import counted
from cotlab.domain.agreement.coefficients import Estimate
from cotlab.domain.agreement.rates import Rate
from cotlab.domain.evaluations.evaluations import (
    ConfusionTable,
    Evaluation,
    EvaluationEntry,
    ReopenedSlice,
    ReopenEstimate,
    ScoreCalibration,
    Scored,
    SliceScores,
)
from cotlab.domain.projects.policy import MICROSECONDS
from cotlab.domain.projects.projects import BrokenLine

HEAD = (
    "slice", "steps", "traces", "found", "F1", "95 % interval", "step F1", "ECE", "AUROC", "alpha", "gold", "origins",
)  # fmt: skip
TO_THE_RIGHT = ("steps", "traces", "n")
SHOWN = 5


def evaluation_lines(made: Evaluation) -> Iterator[str]:
    """What an evaluation says, and what was reopened because of it."""
    name = f" of {made.model}" if made.model else ""
    yield f"evaluation {made.id}{name}, {_time(made.made_at)} by {made.made_by}, labels as of {made.as_of}"
    yield from scored_lines(made.scores)
    for one in made.reopened:
        yield ""
        yield from reopened_lines(one)


def scored_lines(scored: Scored) -> Iterator[str]:
    """What was read; what falls below the whole; a row for each slice; the tables behind the whole."""
    whole, *slices = scored.results
    yield (
        f"{counted(scored.lines, 'line')}: {counted(whole.steps, 'settled step')} of {counted(whole.traces, 'trace')} "
        f"and {counted(whole.problems, 'problem')}; {scored.unlabelled:,} without a settled step, "
        f"{scored.unpredicted:,} settled and not predicted"
    )
    yield f"compared by {scored.level}, errors below {scored.threshold:g}; {scored.replicates:,} resamples of problems"
    yield ""
    yield from _below(slices)
    yield from columns(HEAD, [_row(one) for one in scored.results])
    if scored.too_small:
        yield f"{counted(scored.too_small, 'slice')} of fewer than {counted(scored.fewest, 'problem')} not shown"
    yield ""
    yield from _first_errors(whole)
    yield ""
    yield from tables_lines(whole)


def tables_lines(one: SliceScores) -> Iterator[str]:
    """Precision and recall of each label, the confusions, and the reliability of the scores."""
    yield from _labels(one)
    yield ""
    yield from _confusion(one.confusion)
    yield from _reliability(one.calibration)


def _below(slices: Sequence[SliceScores]) -> Iterator[str]:
    named = [one for one in slices if one.below]
    if not named:
        yield "no slice falls clearly below the whole"
    for one in named:
        people = "; people agree little here too" if one.both_low else ""
        yield f"below the whole: {_name(one)} ({', '.join(one.below)}){people}"
    yield ""


def _row(one: SliceScores) -> tuple[str, ...]:
    f1 = one.first_error.f1
    people = "" if one.agreement is None else value_of(one.agreement)
    gold = "" if one.gold is None else value_of(one.gold)
    return (
        _name(one), f"{one.steps:,}", f"{one.traces:,}", value_of(one.first_error.accuracy), value_of(f1), ends_of(f1),
        value_of(one.step_f1), value_of(one.calibration.error), value_of(one.auroc), people, gold, _mix(one.origins),
    )  # fmt: skip


def _mix(origins: dict[str, int]) -> str:
    total = sum(origins.values())
    return ", ".join(f"{name} {count / total:.0%}" for name, count in origins.items())


def _first_errors(one: SliceScores) -> Iterator[str]:
    found = one.first_error
    rows = [
        (name, value_of(rate), ends_of(rate), _of(rate)) for name, rate in (
            ("first error told right", found.accuracy), ("  of traces with an error", found.erroneous),
            ("  of traces without one", found.correct),
        )
    ]  # fmt: skip
    rows.append(("F1 (ProcessBench)", value_of(found.f1) if found.f1.value is not None else str(found.f1.reason),
                 ends_of(found.f1), ""))  # fmt: skip
    yield from columns(("first errors", "value", "95 % interval", ""), rows)


def _labels(one: SliceScores) -> Iterator[str]:
    rows = [
        (each.label, value_of(each.recall), ends_of(each.recall), _of(each.recall), value_of(each.precision),
         ends_of(each.precision), _of(each.precision))
        for each in one.labels
    ]  # fmt: skip
    yield from columns(("label", "recall", "95 % interval", "", "precision", "95 % interval", ""), rows)


def _confusion(table: ConfusionTable) -> Iterator[str]:
    rows = [
        (label, *(f"{count:,}" for count in counts)) for label, counts in zip(table.labels, table.counts, strict=True)
    ]  # fmt: skip
    yield from columns(("settled ~ predicted", *table.predicted), rows)


def _reliability(found: ScoreCalibration) -> Iterator[str]:
    if not found.bins:
        return
    rows = [
        (f"{one.low:.1f} to {one.high:.1f}", f"{one.steps:,}", f"{one.score:.3f}", f"{one.right:.3f}")
        for one in found.bins if one.score is not None and one.right is not None
    ]  # fmt: skip
    yield ""
    yield f"ECE {value_of(found.error)}  {ends_of(found.error)}"
    yield from columns(("score", "n", "mean score", "no error"), rows)


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = [
            cell.rjust(width) if name in TO_THE_RIGHT else cell.ljust(width)
            for name, cell, width in zip(head, row, widths, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _name(one: SliceScores) -> str:
    return ", ".join(f"{name}={value}" for name, value in one.slice.items()) or "all"


def value_of(one: Estimate) -> str:
    return "-" if one.value is None else f"{one.value:z.3f}"


def ends_of(one: Estimate) -> str:
    return "" if one.interval is None else f"{one.interval.low:z.3f} to {one.interval.high:z.3f}"


def _of(one: Rate) -> str:
    return f"{one.hits:,} of {one.of:,}" if one.of else ""


def listed_lines(found: Sequence[EvaluationEntry]) -> Iterator[str]:
    """A row for each evaluation."""
    if not found:
        yield "No model was evaluated in this project yet."
        return
    rows = [
        (one.id, _time(one.made_at), one.model or "", f"{one.steps:,}", value_of(one.f1),
         value_of(one.calibration_error), value_of(one.auroc), _some(one.below),
         f"{one.reopened}" if one.reopened else "")
        for one in found
    ]  # fmt: skip
    yield from columns(("id", "made", "model", "steps", "F1", "ECE", "AUROC", "below the whole", "reopened"), rows)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def estimate_lines(one: ReopenEstimate) -> Iterator[str]:
    """What it takes to have a slice labelled anew."""
    hours = "" if one.hours is None else f", about {counted(max(1, round(one.hours)), 'hour')}"
    if one.hours is not None and one.hours < 1:
        hours = f", about {counted(max(1, round(one.hours * 60)), 'minute')}"
    yield (
        f"{one.where}: {counted(one.traces, 'trace')} with {counted(one.steps, 'step')}, "
        f"{counted(one.labels, 'label')} to give{hours}"
    )
    yield f"  by {', '.join(one.people) or 'nobody'}"
    if one.nobody:
        yield f"  left out: {counted(one.nobody, 'trace')} that too few people can take"
    if one.waiting:
        yield f"  left out: {counted(one.waiting, 'trace')} that wait to be labelled anew already"


def reopened_lines(one: ReopenedSlice) -> Iterator[str]:
    """A reopened slice and how far it is."""
    people = counted(one.people, "person", "people")
    yield f"reopened {one.where} on {_time(one.made_at)} by {one.made_by}: {people} a trace"
    yield f"  {one.done:,} of {counted(one.traces, 'trace')} labelled anew"


def broken_lines(file: str, lines: Sequence[BrokenLine], total: int) -> Iterator[str]:
    """Each broken line that was named, and how many more there are."""
    for one in lines:
        yield f"{file}, line {one.line}: {one.field}{': ' if one.field else ''}{one.why}"
    if total > len(lines):
        yield f"{total - len(lines):,} more lines are broken"


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / MICROSECONDS, UTC).strftime("%Y-%m-%d %H:%M UTC")
