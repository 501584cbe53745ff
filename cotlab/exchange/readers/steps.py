"""Steps to be checked, from JSON lines: rows with `previous` and `step`, or traces in any format that is read."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cotlab.domain.checks import StepToCheck
from cotlab.domain.errors import BadInput
from cotlab.exchange.readers.jsonl import BYTE_ORDER_MARK, Broken, parse, read_traces
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated


class StepRow(Foreign):
    step: str
    previous: tuple[str, ...] = ()
    id: str | None = None


@dataclass(frozen=True, slots=True)
class NamedStep:
    """A step with its line, and the id and place (from 1) in its trace where it is one of a trace."""

    line_number: int
    id: str | None
    place: int | None
    asked: StepToCheck


def read_steps(lines: Iterable[bytes]) -> Iterator[NamedStep | Broken]:
    """Each step, or each line that is broken, in order.

    The first line with a JSON object decides whether the file holds rows or traces. BadInput where it is neither, and
    where there is no line at all.
    """
    waiting = iter(lines)
    seen: list[bytes] = []
    for line in waiting:
        seen.append(line)
        record = _record(line)
        if record is not None:
            read = _rows if isinstance(record.get("step"), str) else _steps_of_traces
            yield from read(itertools.chain(seen, waiting))
            return
    if not any(line.strip() for line in seen):
        raise BadInput("There is no record in the file; it should hold one JSON object a line.")
    yield from _rows(seen)


def _record(line: bytes) -> Record | None:
    try:
        return parse(line.removeprefix(BYTE_ORDER_MARK).rstrip(b"\r\n"))
    except RecordError:
        return None


def _rows(lines: Iterable[bytes]) -> Iterator[NamedStep | Broken]:
    for number, line in enumerate(lines, start=1):
        raw = (line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line).rstrip(b"\r\n")
        if not raw.strip():
            continue
        try:
            row = validated(StepRow, parse(raw))
        except RecordError as error:
            yield Broken(number, error.field, error.why, raw)
            continue
        yield NamedStep(number, row.id, None, StepToCheck(previous=row.previous, step=row.step))


def _steps_of_traces(lines: Iterable[bytes]) -> Iterator[NamedStep | Broken]:
    for line in read_traces(lines):
        if isinstance(line, Broken):
            yield line
            continue
        if line.pairs:
            yield Broken(line.line_number, "responses", "a pair has no steps to check", b"")
        for trace in line.traces:
            texts = tuple(step.text for step in trace.steps)
            for place, text in enumerate(texts):
                asked = StepToCheck(previous=texts[:place], step=text)
                yield NamedStep(line.line_number, trace.id, place + 1, asked)
