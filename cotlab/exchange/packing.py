"""How rows lie in a file: JSON lines, plain or compressed, or Parquet. The same rows give the same bytes."""

import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from cotlab.domain.datasets.exports import Packing
from cotlab.domain.errors import BadInput
from cotlab.exchange.formats.columns import Column, Columns

Row = tuple[Mapping[str, object], bytes]
"""A row, and the same as a line of JSON."""
BYTES_A_GROUP, BYTES_A_PART = 4_000_000, 100_000
"""How much, as lines of JSON, makes a row group of Parquet; and of that a part that is held as Python's own rows."""
EXTRA = "install cotlab[parquet]"


class Packer(Protocol):
    """Takes rows in order and gives the file's bytes piece by piece; call `end` once, for what is left."""

    def add(self, rows: Iterable[Row]) -> bytes: ...

    def end(self) -> bytes: ...


def packer(packing: Packing, columns: Columns | None) -> Packer:
    """BadInput where a library is missing, or where Parquet is asked of a format that is no table."""
    match packing:
        case Packing.GZIP:
            # a stream of zlib's own has no time stamp and no name in its header
            stream = zlib.compressobj(wbits=31)
            return _Compressed(stream.compress, stream.flush)
        case Packing.ZSTD:
            frame = zstandard().ZstdCompressor().compressobj()
            return _Compressed(frame.compress, frame.flush)
        case Packing.PARQUET:
            if columns is None:
                raise BadInput("Parquet holds tables, and this format is none; JSON lines hold it.")
            return _Parquet(columns)
    return _Lines()


def packing_named(name: str) -> Packing:
    """How a file of that name is written, by its end; JSON lines where the end says nothing."""
    return next((one for one in Packing if name.lower().endswith(f".{one}")), Packing.LINES)


def zstandard() -> Any:
    """The library for Zstandard. BadInput where it is not installed."""
    try:
        import zstandard as found
    except ImportError as error:
        raise BadInput(f"Zstandard needs the library zstandard; {EXTRA}.") from error
    return found


def pyarrow() -> Any:
    """The library for Parquet. BadInput where it is not installed."""
    try:
        import pyarrow as found
        import pyarrow.parquet
    except ImportError as error:
        raise BadInput(f"Parquet needs the library pyarrow; {EXTRA}.") from error
    return found


class _Lines:
    def add(self, rows: Iterable[Row]) -> bytes:
        return b"".join(line for _, line in rows)

    def end(self) -> bytes:
        return b""


class _Compressed:
    def __init__(self, compress: Callable[[bytes], bytes], flush: Callable[[], bytes]) -> None:
        self._compress, self._flush = compress, flush

    def add(self, rows: Iterable[Row]) -> bytes:
        return self._compress(b"".join(line for _, line in rows))

    def end(self) -> bytes:
        return self._flush()


class _Parquet:
    """Row groups of so many bytes of lines, however the rows come in, so that a file does not depend on the reads.

    Rows are turned into Arrow in parts, which take far less memory than Python's objects do.
    """

    def __init__(self, columns: Columns) -> None:
        self._arrow, self._sink = pyarrow(), _Drained()
        self._schema = self._arrow.schema([(name, arrow_type(column)) for name, column in columns.items()])
        self._writer = self._arrow.parquet.ParquetWriter(self._sink, self._schema, compression="zstd")
        self._rows: list[Mapping[str, object]] = []
        self._parts: list[Any] = []
        self._in_rows = self._in_parts = 0

    def add(self, rows: Iterable[Row]) -> bytes:
        for row, line in rows:
            self._rows.append(row)
            self._in_rows += len(line)
            if self._in_rows >= BYTES_A_PART:
                self._end_part()
                if self._in_parts >= BYTES_A_GROUP:
                    self._end_group()
        return self._sink.drained()

    def end(self) -> bytes:
        self._end_part()
        self._end_group()
        self._writer.close()
        return self._sink.drained()

    def _end_part(self) -> None:
        if self._rows:
            self._parts.append(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
        self._in_parts += self._in_rows
        self._rows, self._in_rows = [], 0

    def _end_group(self) -> None:
        if self._parts:
            table = self._arrow.concat_tables(self._parts)
            self._writer.write_table(table, row_group_size=table.num_rows)
        self._parts, self._in_parts = [], 0


def arrow_type(column: Column) -> Any:
    """The Arrow type of a column; lists stay lists."""
    arrow = pyarrow()
    message = [("role", arrow.string()), ("content", arrow.string())]
    return {
        Column.TEXT: arrow.string(), Column.BOOLEAN: arrow.bool_(), Column.NUMBER: arrow.float64(),
        Column.INTEGER: arrow.int64(), Column.TEXTS: arrow.list_(arrow.string()),
        Column.BOOLEANS: arrow.list_(arrow.bool_()), Column.INTEGERS: arrow.list_(arrow.int64()),
        Column.MESSAGES: arrow.list_(arrow.struct(message)),
    }[column]  # fmt: skip


class _Drained:
    """A file to write to, whose bytes are taken away as they come."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._size += len(self._pieces[-1])
        return len(self._pieces[-1])

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def drained(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
