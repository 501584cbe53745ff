"""CSV and its like as JSON lines: a row is an object, and what is broken costs its own row."""

import csv
import io
import json
import re
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from cotlab.domain.errors import BadInput
from cotlab.exchange.readers.jsonl import BYTE_ORDER_MARK, LONGEST_LINE

DELIMITERS = ("\t", ",")
NAME = re.compile(r"[^\W\d][\w.-]*(?: [\w.-]+){0,3}")
"""The name of a column, by which a table is told from a sentence with commas."""


def delimiter_of(head: bytes) -> str | None:
    """The delimiter of a table, by the beginning of its file: the first line has two or more names, each once."""
    line, ended, rest = head.removeprefix(BYTE_ORDER_MARK).partition(b"\n")
    if not ended or rest.startswith(b"{"):
        return None
    for delimiter in DELIMITERS:
        try:
            names = next(csv.reader([line.decode().rstrip("\r")], delimiter=delimiter, strict=True), [])
        except (csv.Error, UnicodeDecodeError):
            continue
        if len(names) == len(set(names)) > 1 and all(NAME.fullmatch(one.strip()) for one in names):
            return delimiter
    return None


def as_lines(stream: BinaryIO, delimiter: str) -> Iterator[bytes]:
    """A line of JSON for each row, at the place of the row's last line in the file; blank ones stand in between.

    A row that has not as many fields as the header, or that is not quoted as it should be, comes as a list, which no
    format takes. BadInput where the header cannot be read.
    """
    csv.field_size_limit(LONGEST_LINE)
    lines = _Lines(io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline=""))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise BadInput(f"line 1: the file is no CSV: {error}") from error
    if len(set(header)) != len(header):
        raise BadInput("line 1: two columns of the CSV have the same name")
    passed = 0
    while (row := _next(reader, lines)) is not None:
        yield from [b"\n"] * (lines.number - passed - 1)
        passed = lines.number
        if row:
            yield _line(dict(zip(header, row, strict=True)) if len(row) == len(header) else row)
        else:
            yield b"\n"


def _next(reader: Iterator[list[str]], lines: "_Lines") -> list[str] | None:
    """The next row. Of one that is broken its first line, as the only field: what follows may be rows again."""
    lines.begin()
    try:
        return next(reader, None)
    except csv.Error:
        return [lines.go_back()]


def _line(row: object) -> bytes:
    """What is not UTF-8 stays as it is, and is told where the line is read."""
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogateescape") + b"\n"


class _Lines:
    """The lines of a text, and how many were taken; one can go back to the second line of a row."""

    def __init__(self, text: Iterator[str]) -> None:
        self._text, self._again, self._row = text, deque[str](), list[str]()
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._text)
        self._row.append(line)
        self.number += 1
        return line

    def begin(self) -> None:
        self._row.clear()

    def go_back(self) -> str:
        """The first line of the row, without its end; the others come again."""
        first, *others = self._row
        self._again.extendleft(reversed(others))
        self.number -= len(others)
        return first.rstrip("\r\n")
