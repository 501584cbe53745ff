"""The same rows in every packing, the same bytes every time, and Parquet whose lists stay lists."""

import gzip
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from cotlab.domain.datasets.exports import Packing
from cotlab.domain.errors import BadInput
from cotlab.exchange import packing
from cotlab.exchange.formats import WRITERS, Writer
from cotlab.exchange.formats.columns import Column, Columns
from cotlab.exchange.packing import arrow_type, packer, packing_named
from cotlab.exchange.readers.jsonl import dump_line
from tests.exchange.formats.test_writers import EVERY, GOLDEN, rows

TABLES = [one for one in WRITERS if one.columns is not None]
tables = pytest.mark.parametrize("one", TABLES, ids=lambda one: one.name)
STEPWISE: Columns = {"prompt": Column.TEXT, "completions": Column.TEXTS, "labels": Column.BOOLEANS}


def packed(how: Packing, columns: Columns | None, *pages: Iterable[dict[str, object]]) -> bytes:
    one = packer(how, columns)
    pieces = [one.add([(row, dump_line(row)) for row in page]) for page in pages]
    return b"".join(pieces) + one.end()


def made(number: int) -> Iterator[dict[str, object]]:
    for place in range(number):
        yield {"prompt": f"p{place}\n", "completions": ["a", "b"][: place % 3], "labels": [True, False][: place % 3]}


@pytest.mark.parametrize("how", Packing)
@pytest.mark.parametrize("cut", [1, 7, 13])
def test_bytes_do_not_depend_on_how_the_rows_come_in(how: Packing, cut: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "BYTES_A_PART", 60)
    monkeypatch.setattr(packing, "BYTES_A_GROUP", 200)
    everything = list(made(13))
    whole = packed(how, STEPWISE, everything)
    assert packed(how, STEPWISE, everything[:cut], [], everything[cut:]) == whole == packed(how, STEPWISE, everything)


def test_gzip_has_no_time_stamp_and_no_name() -> None:
    content = packed(Packing.GZIP, None, made(3))
    assert content[3:8] == b"\0\0\0\0\0", "no flags, and a time of 0"
    assert gzip.decompress(content) == packed(Packing.LINES, None, made(3))


def test_zstandard_holds_the_lines() -> None:
    import zstandard

    content = packed(Packing.ZSTD, None, made(3), made(2))
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content)) as reader:
        assert reader.read() == packed(Packing.LINES, None, made(3), made(2))


@tables
def test_parquet_holds_the_golden_rows_with_their_types(one: Writer) -> None:
    golden = [json.loads(line) for line in (GOLDEN / f"{one.name}.jsonl").read_bytes().splitlines()]
    found = parquet.read_table(io.BytesIO(packed(Packing.PARQUET, one.columns, rows(one.name, *EVERY))))
    assert found.to_pylist() == golden
    assert found.schema.names == list(one.columns or ())
    assert [str(kind) for kind in found.schema.types] == SCHEMAS[one.name]


TEXT, TEXTS, BOOL, INT = "string", "list<element: string>", "bool", "int64"
TURNS = "list<element: struct<role: string, content: string>>"
SCHEMAS = {
    "trl-stepwise": [TEXT, TEXTS, "list<element: bool>"],
    "openrlhf": [TEXT, TEXTS],
    "math-shepherd": [TEXT, TEXT, TEXT],
    "rlhflow": [TURNS],
    "processbench": [TEXT, TEXT, TEXT, TEXTS, BOOL, INT],
    "bigbench-mistake": [TEXT, TEXTS, TEXT, TEXT, INT],
    "prmbench": [TEXT] * 4 + [TEXTS] * 2 + ["list<element: int64>"] * 2 + [TEXT] * 2,
    "sft": [TEXT, TEXT],
    "sft-messages": [TURNS],
    "outcome-reward": [TEXT, TEXT, BOOL],
}  # fmt: skip


def test_groups_hold_as_much_as_they_may(monkeypatch: pytest.MonkeyPatch) -> None:
    line = len(dump_line(next(made(1))))
    monkeypatch.setattr(packing, "BYTES_A_PART", line)
    monkeypatch.setattr(packing, "BYTES_A_GROUP", 5 * line)
    content = packed(Packing.PARQUET, STEPWISE, list(made(1)) * 12)
    file = parquet.ParquetFile(io.BytesIO(content))
    assert [file.metadata.row_group(place).num_rows for place in range(file.num_row_groups)] == [5, 5, 2]
    assert file.read().to_pylist() == list(made(1)) * 12


def test_a_value_of_another_type_is_refused() -> None:
    with pytest.raises(pyarrow.ArrowException):
        packed(Packing.PARQUET, STEPWISE, [{"prompt": "p", "completions": ["a"], "labels": ["true"]}])


def test_every_column_has_an_arrow_type() -> None:
    assert all(isinstance(arrow_type(column), pyarrow.DataType) for column in Column)


def test_what_is_no_table_is_refused_in_parquet() -> None:
    with pytest.raises(BadInput, match="this format is none"):
        packer(Packing.PARQUET, None)


@pytest.mark.parametrize(
    ("name", "how"),
    [("a.jsonl", Packing.LINES), ("a.JSONL.GZ", Packing.GZIP), ("a.jsonl.zst", Packing.ZSTD),
     ("a.parquet", Packing.PARQUET), ("a", Packing.LINES), ("a.jsonl.gz.bak", Packing.LINES)],
)  # fmt: skip
def test_the_name_of_a_file_says_how_it_is_packed(name: str, how: Packing) -> None:
    assert packing_named(Path(name).name) is how


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for library in ("zstandard", "pyarrow"):
        monkeypatch.setitem(sys.modules, library, None)
    for how in (Packing.ZSTD, Packing.PARQUET):
        with pytest.raises(BadInput, match=r"install cotlab\[parquet\]"):
            packer(how, STEPWISE)
