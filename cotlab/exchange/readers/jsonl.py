"""JSON lines, in and out: one record a line, read in constant memory, each line judged for itself."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, BinaryIO

from pydantic import ValidationError

from cotlab.domain.errors import BadInput
from cotlab.domain.traces.pairs import Pair
from cotlab.domain.traces.records import Trace
from cotlab.exchange.formats import READERS, Reader, reader
from cotlab.exchange.formats.pairs.trl_kto import NOT_READ, looks_like_kto
from cotlab.exchange.readers.records import HALF_A_PAIR, TOO_DEEP, Record, RecordError, first_error

LONGEST_LINE = 32_000_000
"""Bytes in a line, its end not counted."""
LOOKED_AT = 100
"""Lines from the first JSON object on in which a format must be recognised."""
UNKNOWN = f"this is none of the formats that are read: {', '.join(one.name for one in READERS)}"
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

    `lines` are bytes with or without line ends (`byte_lines` makes them from a file). Without `format` the first JSON
    object that a format recognises decides; those before it are broken. BadInput where `format` is unknown, where none
    is recognised within the first LOOKED_AT lines from the first object on, or where there is no line at all.
    """
    chosen = reader(format) if isinstance(format, str) else format
    seen, strange = False, list[Broken]()
    for number, raw in _filled(lines):
        seen = True
        try:
            record = parse(raw)
            chosen = chosen or next((one for one in READERS if one.recognises(record)), None)
            line: Line = _unknown(record, number, raw) if chosen is None else _read(chosen, record, number, raw)
        except RecordError as error:
            line = Broken(number, error.field, error.why, raw)
        if chosen is None and isinstance(line, Broken) and (strange or line.why in (UNKNOWN, NOT_READ)):
            strange.append(line)
            if len(strange) == LOOKED_AT or sum(len(one.raw) for one in strange) > LONGEST_LINE:
                break
            continue
        if strange:
            yield from strange
            strange.clear()
        yield line
    if strange:
        raise BadInput(f"line {strange[0].line_number}: {strange[0].why}.")
    if not seen:
        raise BadInput("There is no record in the file; it should hold one JSON object a line.")


def _unknown(record: Record, number: int, raw: bytes) -> Broken:
    return Broken(number, None, NOT_READ if looks_like_kto(record) else UNKNOWN, raw)


def _filled(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers, without their ends and the file's mark."""
    for number, line in enumerate(lines, start=1):
        raw = (line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line).rstrip(b"\r\n")
        if raw.strip():
            yield number, raw


def _read(chosen: Reader, record: Record, number: int, raw: bytes) -> Line:
    try:
        found = items(chosen, record)
    except RecordError as error:
        other = next((one for one in READERS if one.recognises(record)), None)
        if other is None or other.name == chosen.name or chosen.recognises(record):
            raise
        why = f"it is {other.name}, and the file is read as {chosen.name}; a file holds one format"
        raise RecordError(None, why) from error
    traces = tuple(one for one in found if isinstance(one, Trace))
    return Good(number, chosen.name, traces, tuple(one for one in found if isinstance(one, Pair)), raw)


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
        table = ", nor a row that fits the header of its table" if isinstance(record, list) else ""
        raise RecordError(None, f"it is not a JSON object{table}")
    if SUSPECT.search(raw):
        _refuse_unstorable(record)
    return record


def dump_line(row: Mapping[str, object]) -> bytes:
    """The row as one line: compact JSON in UTF-8, keys in the row's order, no NaN, one line feed at the end."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def items(chosen: Reader, record: Record) -> tuple[Trace | Pair, ...]:
    """The traces or pairs in a record; RecordError, whatever is wrong with it."""
    try:
        return tuple(chosen.traces(record))
    except RecordError:
        raise
    except ValidationError as error:
        raise first_error(error) from error
    except RecursionError as error:
        raise RecordError(None, TOO_DEEP) from error
    except ValueError as error:
        raise RecordError(None, f"a value in it cannot be read: {error}") from error


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
