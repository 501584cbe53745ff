"""Files of any kind as JSON lines: compressed or not, JSON lines, one JSON document, CSV, Parquet, plain text.

Lines of rejects (`line`, `field`, `why`, `text`) stand for the texts in them, so that such a file can be mended and fed
again.
"""

import gzip
import io
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from cotlab.domain.errors import BadInput
from cotlab.exchange.formats import READERS
from cotlab.exchange.packing import pyarrow, zstandard
from cotlab.exchange.readers.delimited import as_lines, delimiter_of
from cotlab.exchange.readers.jsonl import BYTE_ORDER_MARK, LONGEST_LINE, byte_lines, dump_line, parse
from cotlab.exchange.readers.plain_text import TextTrace, as_line, read_text
from cotlab.exchange.readers.records import RecordError

LONGEST_DOCUMENT = 1_000_000_000
"""Bytes of one JSON document, which has to be held whole; JSON lines have no such limit."""
REJECT = b'{"line":'
ROWS_A_READ = 1_000
COMPRESSED_A_READ = 16_384
CSV_ENDS = {".csv": ",", ".tsv": "\t"}
JSON_ENDS = (".json", ".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is open: what it is, in words, and its lines of JSON, whose numbers are those of the file's lines.

    Of a JSON document and of Parquet the numbers are those of records, from 1. `splits` are the traces read so far of
    plain text, by how their steps were split.
    """

    kind: str
    lines: Iterator[bytes]
    splits: Counter[str] = field(default_factory=Counter)


def open_source(
    path: Path, stream: BinaryIO, advance: Callable[[int], None], text: bool = False, how: str | None = None
) -> Source:
    """What a file holds, by its content; plain text by the end of its name, or where `text` says so.

    `stream` is the open file, `advance` is told of the bytes that were read, `how` is the split of plain text.
    """
    counted: io.BufferedReader[Any] = io.BufferedReader(_Counted(stream, advance))
    head = stream.read(4)
    stream.seek(0)
    if head == b"PAR1":
        return Source("Parquet", _parquet(stream, advance))
    name, packed = path.name.lower(), ""
    if head[:2] == b"\x1f\x8b":
        counted, name, packed = io.BufferedReader(gzip.GzipFile(fileobj=counted)), name.removesuffix(".gz"), "gzip"
    elif head == b"\x28\xb5\x2f\xfd":
        counted, name, packed = io.BufferedReader(_Zstandard(counted)), name.removesuffix(".zst"), "Zstandard"
    with _whole():
        found = _unpacked(name, counted, text, how)
    kind = f"{found.kind}, compressed with {packed}" if packed else found.kind
    return Source(kind, _all_of(found.lines), found.splits)


def _unpacked(name: str, stream: "io.BufferedReader[Any]", text: bool, how: str | None) -> Source:
    end = Path(name).suffix
    if text or end == ".txt":
        splits = Counter[str]()
        return Source("plain text", _text(byte_lines(stream), how, splits), splits)
    delimiter = CSV_ENDS.get(end) or (None if end in JSON_ENDS else delimiter_of(stream.peek(1)))
    if delimiter is not None:
        return Source("TSV" if delimiter == "\t" else "CSV", as_lines(stream, delimiter))
    first = stream.readline(LONGEST_LINE + 2)
    begun = first.removeprefix(BYTE_ORDER_MARK).lstrip()
    if begun.startswith(b"[") or (end == ".json" and begun.startswith(b"{") and not _is_record(first)):
        return Source("one JSON document", _document(first, stream))
    return Source("JSON lines", _mended(_chained(first, stream)))


class _Counted(io.RawIOBase):
    """A file that tells how many bytes are read of it."""

    def __init__(self, stream: BinaryIO, advance: Callable[[int], None]) -> None:
        self._stream, self._advance = stream, advance

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._stream.read(len(buffer))
        buffer[: len(piece)] = piece
        self._advance(len(piece))
        return len(piece)


class _Zstandard(io.RawIOBase):
    """What is compressed in frames of Zstandard; the library's own reader takes a file that was cut for a whole one."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._library = stream, zstandard()
        self._frame = self._library.ZstdDecompressor().decompressobj()
        self._begun, self._ready = False, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready and (piece := self._stream.read(COMPRESSED_A_READ)):
            self._decompress(piece)
        if not self._ready and self._begun:
            raise EOFError("it ends in the middle of what was compressed")
        piece, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)

    def _decompress(self, piece: bytes) -> None:
        try:
            while piece:
                self._begun = True
                self._ready += self._frame.decompress(piece)
                if not self._frame.eof:
                    return
                piece, self._begun = self._frame.unused_data, False
                self._frame = self._library.ZstdDecompressor().decompressobj()
        except self._library.ZstdError as error:
            raise EOFError(str(error)) from error


@contextmanager
def _whole() -> Iterator[None]:
    """BadInput where what was compressed is broken, or ends too early."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadInput(f"The file is broken: {error}") from error


def _all_of(lines: Iterator[bytes]) -> Iterator[bytes]:
    with _whole():
        yield from lines


def _chained(first: bytes, stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a file whose first one was read already, cut as byte_lines cuts it."""
    line = first
    while len(line) > LONGEST_LINE + 1 and not line.endswith(b"\n"):
        line = stream.readline(LONGEST_LINE + 2)
    if first:
        yield first
    yield from byte_lines(stream)


def _mended(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        if line.startswith(REJECT):
            try:
                record = parse(line.rstrip(b"\r\n"))
            except RecordError:
                record = {}
            if record.keys() == {"line", "field", "why", "text"} and isinstance(record["text"], str):
                yield record["text"].encode() + b"\n"
                continue
        yield line


def _is_record(line: bytes) -> bool:
    try:
        parse(line.removeprefix(BYTE_ORDER_MARK).rstrip(b"\r\n"))
    except RecordError:
        return False
    return True


def _document(first: bytes, stream: BinaryIO) -> Iterator[bytes]:
    """The records of a list, or of an object whose values are all lists and that is no record itself, in order."""
    raw = (first + stream.read(LONGEST_DOCUMENT)).removeprefix(BYTE_ORDER_MARK)
    if len(raw) > LONGEST_DOCUMENT:
        raise BadInput(f"A JSON document of more than {LONGEST_DOCUMENT // 1_000_000} MB is not read; use JSON lines.")
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"The file is no JSON document that can be read: {error}") from error
    if isinstance(document, list):
        return map(_line, document)
    is_record = any(one.recognises(document) for one in READERS)
    if not is_record and all(isinstance(one, list) for one in document.values()):
        return (_line(record) for records in document.values() for record in records)
    return iter([_line(document)])


def _line(record: object) -> bytes:
    """A record as a line; what JSON lines cannot hold (NaN, half a surrogate pair) is told where the line is read."""
    return json.dumps(record, default=str).encode() + b"\n"


def _parquet(stream: BinaryIO, advance: Callable[[int], None]) -> Iterator[bytes]:
    arrow = pyarrow()
    size = stream.seek(0, io.SEEK_END)
    try:
        file = arrow.parquet.ParquetFile(stream)
        for batch in file.iter_batches(batch_size=ROWS_A_READ):
            yield from map(_line, batch.to_pylist())
            advance(size * batch.num_rows // max(file.metadata.num_rows, 1))
    except (arrow.ArrowException, OSError) as error:
        raise BadInput(f"The file is no Parquet that can be read: {error}") from error


def _text(lines: Iterable[bytes], how: str | None, splits: Counter[str]) -> Iterator[bytes]:
    passed = 0
    for found in read_text(lines, how):
        line = found.line if isinstance(found, TextTrace) else found[0]
        yield from [b"\n"] * (line - passed - 1)
        passed = line
        if isinstance(found, TextTrace):
            splits[found.how] += 1
            yield as_line(found)
        else:
            yield _unread(found[1])


def _unread(block: bytes) -> bytes:
    """A block that holds no trace, as a line that says so when it is read: as it is where it is not UTF-8."""
    try:
        return dump_line({"problem": {"text": block.decode().strip()}, "steps": []})
    except UnicodeDecodeError:
        return block.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"
