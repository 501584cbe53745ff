"""Tables of ratings, as CSV or JSON lines: a row says which label an annotator gave to a unit."""

import csv
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import BinaryIO

from cotlab.domain.errors import BadInput
from cotlab.exchange.readers.jsonl import BYTE_ORDER_MARK, byte_lines, parse
from cotlab.exchange.readers.records import Record, RecordError

UNIT, ANNOTATOR, LABEL, CLUSTER = "unit", "annotator", "label", "cluster"
NEEDED = (UNIT, ANNOTATOR, LABEL)
DELIMITERS = ",;\t"
Values = tuple[str, ...]
"""What stands in a cell: nothing, one value, or the values of a list in JSON."""
Row = tuple[int, Sequence[Values]]
"""The line that it begins in, counted from 1, and its cells."""


class RatingsFormat(StrEnum):
    """How a table of ratings is written: as one, or as a file of pairs with choices of sources (pair_ratings)."""

    CSV = "csv"
    JSONL = "jsonl"
    PAIRS = "pairs"


@dataclass(slots=True)
class CodedColumn:
    """A column as whole numbers: the cell of row i is the one of `cells` that has the number `codes[i]`."""

    name: str
    cells: dict[Values, int] = field(default_factory=dict)
    codes: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, cell: Values) -> int:
        code = self.cells.setdefault(cell, len(self.cells))
        self.codes.append(code)
        return code


@dataclass(slots=True)
class RatingsTable:
    """The columns of a file; `cluster` is none where the file says nothing of clusters."""

    unit: CodedColumn
    annotator: CodedColumn
    label: CodedColumn
    cluster: CodedColumn | None
    slices: dict[str, CodedColumn]
    lines: "array[int]" = field(default_factory=lambda: array("q"))
    """The line that each row began in."""


def read_ratings(
    stream: BinaryIO,
    file: str,
    *,
    format: RatingsFormat | None = None,
    cluster: str | None = None,
    slices: Iterable[str] = (),
) -> RatingsTable:
    """The columns unit, annotator and label of a file, the column that names clusters, and those of `slices`.

    The clusters stand in `cluster`, else in a column of that name if there is one. Without `format`, a file that
    begins with { is JSON lines. White space around a value is not part of it. BadInput, one sentence with the file's
    name and the line, for what is not UTF-8, a missing column, an empty cell of the first four, a person who rates a
    unit twice, a unit in two clusters, and a file without rows.
    """
    lines = byte_lines(stream)
    head = [next(lines, b"").removeprefix(BYTE_ORDER_MARK)]
    while not head[-1].strip() and (line := next(lines, None)) is not None:
        head.append(line)
    if not head[-1].strip():
        raise _bad(file, None, None, "there is nothing in it")
    if format is None:
        format = RatingsFormat.JSONL if head[-1].lstrip().startswith(b"{") else RatingsFormat.CSV
    source = _Csv if format is RatingsFormat.CSV else _JsonLines
    return _table(source(file, chain(head, lines)), cluster, tuple(dict.fromkeys(slices)))


class _Csv:
    """The rows of a CSV file, its header first."""

    def __init__(self, file: str, lines: Iterable[bytes]) -> None:
        self.file = file
        self.ended = 0
        texts = self._decoded(lines)
        head = next((text for text in texts if text.strip()), "")
        delimiter = max(DELIMITERS, key=lambda sign: (len(set(NEEDED) & _cells(head, sign)), head.count(sign)))
        self.reader = csv.reader(chain((head,), texts), delimiter=delimiter, strict=True)
        self.began = self.ended
        self.names = [name.strip() for name in self._next() or ()]
        for name in self.names:
            if self.names.count(name) > 1:
                raise _bad(file, self.began, name, "the header has this name twice")

    def rows(self, columns: Sequence[str]) -> Iterator[Row]:
        for name in columns:
            if name not in self.names:
                known = ", ".join(self.names) or "none"
                raise _bad(self.file, self.began, name, f"there is no such column; the file has {known}")
        places = [self.names.index(name) for name in columns]
        while True:
            self.began = self.ended + 1
            cells = self._next()
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(self.names):
                why = f"{_count(len(cells), 'value')} where the header has {_count(len(self.names), 'column')}"
                raise _bad(self.file, self.began, None, why)
            texts = (cells[place].strip() for place in places)
            yield self.began, [(text,) if text else () for text in texts]

    def _next(self) -> list[str] | None:
        try:
            return next(self.reader, None)
        except csv.Error as error:
            raise _bad(self.file, self.began, None, f"it is not CSV: {error}") from error

    def _decoded(self, lines: Iterable[bytes]) -> Iterator[str]:
        for line in lines:
            self.ended += 1
            try:
                text = line.decode()
            except UnicodeDecodeError as error:
                raise _bad(self.file, self.ended, None, f"byte {error.start + 1} of the line is not UTF-8") from error
            yield text


class _JsonLines:
    """The rows of a file with one JSON object a line."""

    def __init__(self, file: str, lines: Iterable[bytes]) -> None:
        self.file = file
        self.lines = enumerate(lines, start=1)
        self.first = next(self._records(), None)
        self.names = list(self.first[1]) if self.first else []

    def rows(self, columns: Sequence[str]) -> Iterator[Row]:
        unseen = set(columns)
        for number, record in chain((self.first,) if self.first else (), self._records()):
            for name in columns:
                if name not in record and name in NEEDED:
                    known = ", ".join(record) or "none"
                    raise _bad(self.file, number, name, f"there is no such column; the line has {known}")
            unseen -= record.keys()
            yield number, [self._cell(number, name, record.get(name)) for name in columns]
        for name in sorted(unseen if self.first else ()):
            raise _bad(self.file, None, name, "no line has such a column")

    def _records(self) -> Iterator[tuple[int, Record]]:
        for number, line in self.lines:
            if line.strip():
                try:
                    yield number, parse(line.rstrip(b"\r\n"))
                except RecordError as error:
                    raise _bad(self.file, number, error.field, error.why) from error

    def _cell(self, number: int, name: str, value: object) -> Values:
        parts = value if isinstance(value, list) and name not in (*NEEDED, CLUSTER) else [value]
        found = []
        for part in parts:
            match part:
                case None:
                    continue
                case bool():
                    text = str(part).lower()
                case float() if part.is_integer():
                    text = str(int(part))
                case str() | int() | float():
                    text = str(part).strip()
                case _:
                    raise _bad(self.file, number, name, "the value should be a text or a number")
            found += [text] if text else []
        return tuple(dict.fromkeys(found))


def _table(source: _Csv | _JsonLines, cluster: str | None, slices: tuple[str, ...]) -> RatingsTable:
    if cluster is None and CLUSTER in source.names:
        cluster = CLUSTER
    unit, annotator, label = (CodedColumn(name) for name in NEEDED)
    clusters = CodedColumn(cluster) if cluster else None
    sliced = {name: CodedColumn(name) for name in slices}
    table = RatingsTable(unit, annotator, label, clusters, sliced)
    filled = [unit, annotator, label, *([clusters] if clusters else [])]
    columns = [*filled, *sliced.values()]
    once = _Once(source.file, table)
    for line, cells in source.rows([column.name for column in columns]):
        for column, cell in zip(columns, cells, strict=True):
            column.add(cell)
        for column, cell in zip(filled, cells, strict=False):
            if not cell:
                raise _bad(source.file, line, column.name, "the value is empty")
        table.lines.append(line)
        once.check(line)
    if not table.lines:
        raise _bad(source.file, None, None, "there are no rows")
    return table


class _Once:
    """Holds each row against those before it: a person rates a unit once, and a unit lies in one cluster."""

    def __init__(self, file: str, table: RatingsTable) -> None:
        self.file, self.table = file, table
        self.rated: dict[tuple[int, int], int] = {}
        self.rows: list[int] = []

    def check(self, line: int) -> None:
        table = self.table
        unit, annotator = table.unit.codes[-1], table.annotator.codes[-1]
        before = self.rated.setdefault((unit, annotator), line)
        if len(self.rated) < len(table.lines):
            who, what = _last(table.annotator), _last(table.unit)
            raise _bad(self.file, line, ANNOTATOR, f"{who} has rated {what} already, on line {before}")
        if unit == len(self.rows):
            self.rows.append(len(table.lines) - 1)
        first = self.rows[unit]
        if table.cluster is not None and table.cluster.codes[first] != table.cluster.codes[-1]:
            why = f"{_last(table.unit)} is in another cluster on line {table.lines[first]}"
            raise _bad(self.file, line, table.cluster.name, why)


def _bad(file: str, line: int | None, column: str | None, why: str) -> BadInput:
    place = f"{file} line {line}" if line else file
    return BadInput(f"{place}{f', column {column}' if column else ''}: {why}.")


def _last(column: CodedColumn) -> str:
    return next(cell[0] for cell, code in column.cells.items() if code == column.codes[-1])


def _cells(head: str, delimiter: str) -> set[str]:
    return {cell.strip().strip('"') for cell in head.split(delimiter)}


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
