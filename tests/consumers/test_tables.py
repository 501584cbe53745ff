"""datasets, pandas, polars and duckdb read exported files of every format that is a table: the same rows and types."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.datasets.exports import Packing
from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.exchange.formats import PAIR_WRITERS, WRITERS, PairWriter, columns_of
from cotlab.exchange.formats.columns import Columns, loader_snippet
from cotlab.exchange.packing import packer
from cotlab.exchange.readers.jsonl import dump_line
from tests.consumers.environment import InstallFailed, reading_python, skip_or_fail
from tests.consumers.expected import EVERY, FAULTS, judged, rows, training_paths
from tests.exchange.pairs import PAIRS

pytestmark = pytest.mark.consumer

SCRIPT = Path(__file__).with_name("read_tables.py")
TABLES = [one.name for one in WRITERS if one.columns is not None]
SHAPES = {"plain": PairShape(margin=True), "chat": PairShape(conversational=True, margin=True)}
PAIR_TABLES = [(one, shape) for one in PAIR_WRITERS if one.columns(PairShape()) is not None for shape in SHAPES]
LIBRARIES = ("datasets", "datasets by itself", "pandas", "polars", "duckdb")


def pack(folder: Path, name: str, format: str, packing: Packing, fault: str | None = None) -> None:
    write(folder / f"{name}.{packing}", packing, columns_of(format, PairShape()), rows(format, fault, EVERY))


def write(file: Path, packing: Packing, columns: Columns | None, found: list[dict[str, Any]]) -> None:
    assert columns is not None
    made = packer(packing, columns)
    content = made.add([(row, dump_line(row)) for row in found])
    file.write_bytes(content + made.end())
    file.with_name(f"{file.name}.load.py").write_text(loader_snippet(file.name, columns), encoding="utf-8")


def pair_rows(one: PairWriter, shape: str) -> list[dict[str, Any]]:
    return [row for pair in PAIRS for row in one.rows(pair, SHAPES[shape])]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """File -> library -> rows."""
    folder = tmp_path_factory.mktemp("tables")
    for format in TABLES:
        for packing in (Packing.LINES, Packing.PARQUET):
            pack(folder, format, format, packing)
    for one, shape in PAIR_TABLES:
        columns = one.columns(SHAPES[shape])
        write(folder / f"{one.name}-{shape}.parquet", Packing.PARQUET, columns, pair_rows(one, shape))
    for packing in (Packing.GZIP, Packing.ZSTD):
        pack(folder, "packed", "trl-stepwise", packing)
    for place, fault in enumerate(FAULTS):
        pack(folder, f"fault-{place}", "trl-stepwise", Packing.PARQUET, fault)
    try:
        command = [str(reading_python()), str(SCRIPT), str(folder)]
    except InstallFailed as error:
        skip_or_fail(error)
    environment = os.environ | {"HF_HOME": str(tmp_path_factory.mktemp("cache"))}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("format", TABLES)
def test_parquet_is_read_as_it_was_written(read: dict[str, dict[str, Any]], format: str, library: str) -> None:
    assert read[f"{format}.parquet"][library] == rows(format, None, EVERY)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(("one", "shape"), PAIR_TABLES, ids=[f"{one.name}-{shape}" for one, shape in PAIR_TABLES])
def test_parquet_of_pairs_is_read_as_it_was_written(
    read: dict[str, dict[str, Any]], one: PairWriter, shape: str, library: str
) -> None:
    assert pair_rows(one, shape) and read[f"{one.name}-{shape}.parquet"][library] == pair_rows(one, shape)


@pytest.mark.parametrize("format", TABLES)
def test_lines_and_parquet_have_the_same_rows_and_types(read: dict[str, dict[str, Any]], format: str) -> None:
    lines, table = read[f"{format}.jsonl"], read[f"{format}.parquet"]
    assert lines["datasets"] == rows(format, None, EVERY)
    assert lines["types"] == table["types"] == table["its own types"]


@pytest.mark.parametrize("packing", [Packing.GZIP, Packing.ZSTD])
def test_compressed_lines_are_read(read: dict[str, dict[str, Any]], packing: Packing) -> None:
    assert read[f"packed.{packing}"]["datasets"] == rows("trl-stepwise", None, EVERY)


def steps(found: list[dict[str, Any]]) -> list[list[tuple[str, bool]]]:
    return [list(zip(row["completions"], row["labels"], strict=True)) for row in found]


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_steps_are_those_that_were_labelled(read: dict[str, dict[str, Any]], library: str) -> None:
    expected = [list(judged(path).steps) for path in training_paths()]
    assert steps(read["trl-stepwise.parquet"][library]) == expected
    for place, _ in enumerate(FAULTS):
        assert steps(read[f"fault-{place}.parquet"][library]) != expected
