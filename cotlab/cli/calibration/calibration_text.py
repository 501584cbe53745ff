"""Calibration in words, at 80 columns: a set, the board, and one standing with the table behind it."""

import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime

from cotlab.cli.sentences import counted
from cotlab.domain.agreement.coefficients import Agreement, Contingency
from cotlab.domain.calibration.qualification import Board, CalibrationSet, Standing, things
from cotlab.domain.calibration.results import GateResult
from cotlab.domain.projects.policy import MICROSECONDS

WIDTH = 80


def set_lines(found: CalibrationSet) -> Iterator[str]:
    yield (
        f"{found.domain}: {counted(found.training, thing(found.domain))} for training, {found.counted} counted"
        + (f" with {counted(found.counted_steps, 'step')}" if thing(found.domain) == "trace" else "")
    )
    for label, count in found.labels.items():
        yield f"  {label:<24} {count:>6,}"
    for warning in found.warnings:
        yield from _wrapped(f"Note: {warning}", "")


def thing(field: str) -> str:
    """What an item of a field is called."""
    return things(field).removesuffix("s")


def board_lines(board: Board) -> Iterator[str]:
    """A row for each person and domain, then the domains with the team's gate."""
    yield f"{'person':<16} {'domain':<14} {'state':<11} {'steps':>5}  {'coefficient':<20} until"
    for one in board.standings:
        results = [attempt.result for attempt in one.attempts if attempt.result is not None]
        last = results[-1] if results else None
        steps = "" if last is None else f"{last.steps:,}"
        until = "" if one.until is None else _day(one.until)
        measured = "" if last is None else _value(last.agreement)
        state = one.state.value + ("!" if one.drift is not None and one.drift.alarm is not None else "")
        yield f"{one.person[:16]:<16} {one.domain[:14]:<14} {state:<11} {steps:>5}  {measured:<20} {until}".rstrip()
    for team in board.teams:
        yield from _wrapped(f"{team.domain}: {'open' if team.open else 'closed'}. {team.sentence}", "")
    if any(one.drift is not None and one.drift.alarm is not None for one in board.standings):
        yield "! an alarm of drift"


def standing_lines(one: Standing) -> Iterator[str]:
    """The state with its sentence, each attempt with what the gate says of it, and drift."""
    yield from _wrapped(f"{one.person} in {one.domain}: {one.state.value}. {one.sentence}", "")
    for attempt in one.attempts:
        yield f"  attempt {attempt.number}: {attempt.done} of {counted(attempt.total, thing(one.domain))} done"
        if attempt.result is not None:
            yield from _result(attempt.result)
    if one.drift is not None:
        drift, units = one.drift, "pairs" if thing(one.domain) == "pair" else "steps"
        yield (
            f"  gold in production: {drift.right:,} of {drift.steps:,} {units} right; evidence of a fall "
            f"{drift.evidence:.1f} of {drift.alarm_at:g}"
        )


def _result(result: GateResult) -> Iterator[str]:
    yield f"    {'passed' if result.passed else 'not passed'}: {_value(result.agreement)}"
    for one in result.conditions:
        yield from _wrapped(f"{'+' if one.met else '-'} {one.sentence}", "    ")
    yield from _table(result.table)
    for beside in result.beside:
        yield f"    {beside.slice['question']}, {beside.coefficient}: {_value(beside)}"


def _table(table: Contingency) -> Iterator[str]:
    """Gold in rows, the person's labels in columns."""
    heads = [label[:10] for label in table.labels]
    yield "    " + "gold".ljust(12) + "".join(f"{head:>11}" for head in heads)
    for label, counts in zip(table.labels, table.counts, strict=True):
        yield "    " + label[:12].ljust(12) + "".join(f"{count:>11,.0f}" for count in counts)


def _value(agreement: Agreement) -> str:
    if agreement.value is None:
        return "undefined"
    ends = agreement.interval
    return f"{agreement.value:.3f}" + ("" if ends is None else f" ({ends.low:.2f}-{ends.high:.2f})")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / MICROSECONDS, UTC).strftime("%Y-%m-%d")
