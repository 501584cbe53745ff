"""JSON lines, in and out: one record a line, read in constant memory, each line judged for itself."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, BinaryIO

from pydantic import ValidationError

from cotlab.domain.errors import BadInput
from cotlab.domain.pairs import Pair
from cotlab.domain.traces import Trace
from cotlab.exchange import READERS, Reader, reader
from cotlab.exchange.records import HALF_A_PAIR, TOO_DEEP, Record, RecordError, first_error
from cotlab.exchange.trl_kto import NOT_READ, looks_like_kto

LONGEST_LINE = 32_000_000
"""Bytes in a line, its end not counted."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""Escapes that may stand for NUL or for half of a surrogate pair; only a line that has one is searched for them."""
HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Good:
    """A line that was read, as it stood, and the format it was read as; lines count from 1."""

    line_number: int
    format: str
    traces: tuple[Trace, ...]
    pairs: tuple[Pair, ...] = ()
    raw: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that was not: the field (a dotted path, places in a list from 0; None for the whole line) and why.

    `raw` is the line as it stood, without its end; of a line that is too long, its beginning only.
    """

    line_number: int
    field: str | None
    why: str
    raw: bytes

    @property
    def sentence(self) -> str:
        place = f"{self.field}: " if self.field else ""
        return f"line {self.line_number}: {place}{self.why}"


Line = Good | Broken


def byte_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a file with their ends; one that is too long comes cut, so that no line fills the memory."""
    while line := stream.readline(LONGEST_LINE + 2):
        yield line
        while len(line) > LONGEST_LINE + 1 and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE + 2)


def read_traces(lines: Iterable[bytes], format: str | Reader | None = None) -> Iterator[Line]:
    """Each line that is not blank, as `Good` or `Broken`, in order.

    `lines` are bytes with or without line ends (`byte_lines` makes them from a file). Without `format` the first line
    that holds a JSON object decides. BadInput where `format` is unknown, where no format reads that line, where a later
    line is of another format than the first, or where there is no line at all.
    """
    chosen = reader(format) if isinstance(format, str) else format
    number = seen = 0
    for number, line in enumerate(lines, start=1):
        raw = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
        raw = raw.rstrip(b"\r\n")
        if not raw.strip():
            continue
        seen += 1
        try:
            record = parse(raw)
        except RecordError as error:
            yield Broken(number, error.field, error.why, raw)
            continue
        chosen = chosen or _recognise(record, number)
        try:
            found = _items(chosen, record)
            traces = tuple(one for one in found if isinstance(one, Trace))
            yield Good(number, chosen.name, traces, tuple(one for one in found if isinstance(one, Pair)), raw)
        except RecordError as error:
            if format is None:
                _refuse_mixture(record, chosen, number)
            yield Broken(number, error.field, error.why, raw)
    if not seen:
        raise BadInput("There is no record in the file; it should hold one JSON object a line.")


def parse(raw: bytes) -> Record:
    """One line as a JSON object; RecordError says what is wrong with it."""
    if len(raw) > LONGEST_LINE:
        raise RecordError(None, f"the line is longer than {LONGEST_LINE // 1_000_000} MB")
    try:
        record = _DECODER.decode(raw.decode())
    except RecursionError as error:
        raise RecordError(None, TOO_DEEP) from error
    except UnicodeDecodeError as error:
        raise RecordError(None, f"byte {error.start + 1} of the line is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise RecordError(None, f"it is not JSON: {error.msg} at character {error.pos + 1}") from error
    except RecordError:
        raise
    except ValueError as error:  # int() refuses more digits than sys.get_int_max_str_digits()
        raise RecordError(None, "a number has too many digits") from error
    if not isinstance(record, dict):
        raise RecordError(None, "it is not a JSON object")
    if SUSPECT.search(raw):
        _refuse_unstorable(record)
    return record


def dump_line(row: Mapping[str, object]) -> bytes:
    """The row as one line: compact JSON in UTF-8, keys in the row's order, no NaN, one line feed at the end."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _items(chosen: Reader, record: Record) -> tuple[Trace | Pair, ...]:
    try:
        return tuple(chosen.traces(record))
    except ValidationError as error:
        raise first_error(error) from error


def _recognise(record: Record, number: int) -> Reader:
    for one in READERS:
        if one.recognises(record):
            return one
    if looks_like_kto(record):
        raise BadInput(f"line {number}: {NOT_READ}.")
    raise BadInput(f"line {number}: this is none of the formats that are read: {_names()}.")


def _refuse_mixture(record: Record, chosen: Reader, number: int) -> None:
    other = next((one for one in READERS if one.recognises(record)), chosen)
    if other is not chosen and not chosen.recognises(record):
        raise BadInput(
            f"line {number}: the file began as {chosen.name} and this line is {other.name};"
            f" a file holds one format ({_names()})."
        )


def _names() -> str:
    return ", ".join(one.name for one in READERS)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RecordError(None, f"the field {json.dumps(twice)[1:-1][:80]} stands in one object twice")
    return record


def _no_constant(name: str) -> None:
    raise RecordError(None, f"{name} is no number in JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise RecordError(None, f"the number {digits[:20]} is too large")
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)


def _refuse_unstorable(record: Record) -> None:
    """RecordError for the first text, in a name or in a value, that holds NUL or half of a surrogate pair."""
    waiting: list[tuple[str, Any]] = [("", record)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, dict):
            for name in value:
                _refuse_text(place.removeprefix("."), name)
            waiting.extend((f"{place}.{name}", inner) for name, inner in reversed(value.items()))
        elif isinstance(value, list):
            waiting.extend((f"{place}.{index}", inner) for index, inner in reversed(list(enumerate(value))))
        elif isinstance(value, str):
            _refuse_text(place.removeprefix("."), value)


def _refuse_text(field: str, text: str) -> None:
    if "\x00" in text:
        raise RecordError(field or None, "the text holds a NUL character, which no database keeps")
    if HALF.search(text):
        raise RecordError(field or None, HALF_A_PAIR)
