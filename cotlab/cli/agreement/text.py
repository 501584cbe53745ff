"""Agreement in words: a row for each result, the tables behind them, a diagnosis, steps, what the server took."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import click
from pydantic import BaseModel

from cotlab.cli.sentences import counted, one_line
from cotlab.domain.agreement.coefficients import (
    Agreement,
    AgreementChange,
    AgreementReport,
    Contingency,
    Diagnosis,
    DisputedStep,
    DisputedSteps,
    Estimate,
    Interval,
    NamedLabel,
    TakenAgreement,
)

HEAD = ("slice", "coefficient", "value", "95 % interval", "units", "people", "clusters", "note")
COUNTS = ("units", "people", "clusters", "labels")
TAKEN = ("taken", "domain", "version", "labels", "alpha", "95 % interval", "bar", "")
MOST_PAIRS = 10
"""Tables of two people that are printed for one slice; JSON has all."""


def say(model: BaseModel, lines: Iterable[str], with_tables: bool, as_json: bool) -> None:
    """Print a model as JSON, or in lines; with the tables behind its results where they are wanted."""
    if as_json:
        lines = [model.model_dump_json(indent=2)]
    elif with_tables and isinstance(model, AgreementReport):
        lines = (*lines, *table_lines(model.results))
    for line in lines:
        click.echo(line)


def say_all(models: Sequence[BaseModel], lines: Iterable[str], as_json: bool) -> None:
    """Print a list of models as JSON, or in lines."""
    if as_json:
        lines = [json.dumps([one.model_dump(mode="json") for one in models], indent=2, ensure_ascii=False)]
    for line in lines:
        click.echo(line)


def report_lines(name: str, report: AgreementReport) -> Iterator[str]:
    """What was read, and a row for each result."""
    stale = f"; {counted(report.stale, 'stale label is', 'stale labels are')} left out" if report.stale else ""
    what = "counted" if report.doubted else "left out"
    in_doubt = counted(report.doubted_labels, "label in doubt is", "labels in doubt are")
    doubted = f"; {in_doubt} {what}" if report.doubted_labels else ""
    ratings = (
        f"{counted(report.ratings, 'rating')} of {counted(report.units, 'unit')} by "
        f"{counted(len(report.people), 'person', 'people')}"
    )
    yield f"{name}: {ratings}{stale}{doubted}"
    yield f"intervals: {report.replicates:,} resamples of {report.clusters:,} by {report.resampled}, seed {report.seed}"
    yield ""
    yield from _columns(HEAD, [_row(result) for result in report.results])
    if report.reweighted:
        yield from ("", "the same for all traces of the queue, of which points chose some (docs/selection.md):")
        yield from _columns(HEAD, [_row(result) for result in report.reweighted])


def _columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows under their heads, each column as wide as it needs; counts stand to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = [
            cell.rjust(width) if name in COUNTS else cell.ljust(width)
            for name, cell, width in zip(head, row, widths, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _row(result: Agreement) -> tuple[str, ...]:
    value, ends = _estimate(result)
    counts = (f"{count:,}" for count in (result.units, result.people, result.clusters))
    return (_name(result), result.coefficient, value, ends, *counts, result.note or "")


def _name(result: Agreement) -> str:
    """The slice in words."""
    words = [f"{name} {value}" for name, value in result.slice.items()]
    if result.label is not None and result.slice.get("label") != result.label:
        words.append(f"label {result.label}")
    return ", ".join(words) or "all"


def _estimate(one: Estimate) -> tuple[str, str]:
    """The value and its interval, or the reasons why there is none."""
    return one.reason or _number(one.value or 0.0), "" if one.reason else one.interval_reason or _ends(one.interval)


def _number(value: float) -> str:
    return f"{value:z.3f}"


def _ends(ends: Interval | None) -> str:
    return f"{_number(ends.low)} to {_number(ends.high)}" if ends else ""


def table_lines(results: Sequence[Agreement]) -> Iterator[str]:
    """The tables behind the results of each slice, each of them once."""
    shown: dict[tuple[str, tuple[Contingency, ...]], list[str]] = {}
    for result in results:
        shown.setdefault((_name(result), result.tables), []).append(result.coefficient)
    for (name, tables), names in shown.items():
        for table in tables[:MOST_PAIRS]:
            yield from ("", f"{name}, {table.title}, for {', '.join(names)}", *_cells(table))
        if len(tables) > MOST_PAIRS:
            yield from ("", f"{name}: {len(tables) - MOST_PAIRS} more pairs of people; --json has all of them")


def _cells(table: Contingency) -> Iterator[str]:
    rows = [[f"{count:.1f}".removesuffix(".0") for count in row] for row in table.counts]
    wide = max(map(len, table.labels))
    widths = [max(map(len, column)) for column in zip(table.labels, *rows, strict=True)]
    yield "  ".join([" " * wide, *(label.rjust(width) for label, width in zip(table.labels, widths, strict=True))])
    for label, row in zip(table.labels, rows, strict=True):
        yield "  ".join([label.ljust(wide), *(cell.rjust(width) for cell, width in zip(row, widths, strict=True))])


def change_lines(rose: AgreementChange) -> Iterator[str]:
    """Before, after, and the difference with its interval."""
    for when, one in (("before", rose.before), ("after", rose.after)):
        ends = _ends(one.interval) or one.interval_reason or ""
        value = one.reason or f"{one.coefficient} {_number(one.value or 0.0)}  {ends}"
        yield f"{when:<8}  {value}  {counted(one.units, 'step')}, {counted(one.people, 'person', 'people')}"
    if rose.value is not None:
        sign = "+" if rose.value >= 0 else ""
        yield f"rise      {sign}{_number(rose.value)}  {_ends(rose.interval) or rose.interval_reason or ''}"


def diagnosis_lines(said: Diagnosis) -> Iterator[str]:
    """Where disagreement sits, in words."""
    if said.value is None:
        yield f"alpha: {said.reason}"
        return
    yield f"alpha {_number(said.value)}; it would rise most if these agreed:"
    for cell in said.cells:
        where = "".join(f", {name} {value}" for name, value in cell.slice.items())
        rule = f"rule {cell.rule}" if cell.rule else "no rule cited"
        labels = " | ".join(cell.labels)
        yield f"  +{_number(cell.rise)}  {labels}{where}  {rule}  {cell.disagreements:,} of {cell.pairs:,} pairs"
    for merge in said.merges:
        if merge.rise is not None:
            yield f"with {' and '.join(merge.labels)} as one label: {_number(merge.value or 0.0)}"
    for one in said.cited_on_both_sides:
        yield f"cited on both sides of {' | '.join(one.labels)}: {one.rule} ({one.disagreements:,})"
    for one in said.without_citation:
        yield f"no rule cited on {' | '.join(one.labels)}: {one.disagreements:,}"
    for gap in said.gaps:
        texts = one_line("; ".join(gap.texts))
        yield f"no rule decides: {' | '.join(gap.labels)}, {gap.domain} ({gap.cases:,}): {texts}"


def steps_lines(page: DisputedSteps, offset: int) -> Iterator[str]:
    """Each step with everybody's label on it, and the case."""
    last = offset + len(page.steps)
    yield f"{counted(page.total, 'step')}" + (f", {offset + 1:,} to {last:,}" if len(page.steps) < page.total else "")
    for step in page.steps:
        yield from ("", *_step_lines(step))


def _step_lines(step: DisputedStep) -> Iterator[str]:
    case = f", case {step.case_id} {str(step.case_state).replace('_', ' ')}" if step.case_id else ""
    yield f"{step.domain}, step {step.position} of {step.item_id}{case}"
    yield f"  problem: {one_line(step.problem)}"
    yield f"  step: {one_line(step.step)}"
    names = max(len(one.person) for one in step.labels)
    for one in step.labels:
        yield f"    {one.person.ljust(names)}  {_said(one)}"


def _said(one: NamedLabel) -> str:
    words = [f"{one.label}, {one.kind}" if one.kind else one.label, *one.rules, *(["unsure"] if one.unsure else [])]
    return ", ".join(words) + (f": {one_line(one.rationale)}" if one.rationale else "")


def taken_lines(takings: Sequence[TakenAgreement]) -> Iterator[str]:
    """A row for each time that the server took agreement, and what sits below the bar."""
    if not takings:
        yield "The server has taken no agreement in this project yet."
        return
    yield from _columns(TAKEN, [_taken(one) for one in takings])
    for one in takings:
        if one.below and one.diagnosis is not None and one.decision is None:
            yield from ("", f"{one.domain}, {one.guideline_version}, {counted(one.labels, 'label')}:")
            yield from (f"  {line}" for line in diagnosis_lines(one.diagnosis))


def _taken(one: TakenAgreement) -> tuple[str, ...]:
    day = datetime.fromtimestamp(one.taken_at / 1_000_000, UTC).strftime("%Y-%m-%d")
    state = "below the bar" if one.below else ""
    if one.paused:
        state += ", paused"
    if one.decision is not None:
        state += f", goes on: {one_line(one.decision)}"
    return (
        day, one.domain, one.guideline_version, f"{one.labels:,}", *_estimate(one.agreement), f"{one.bar:.2f}", state,
    )  # fmt: skip
