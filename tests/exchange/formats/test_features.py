"""What a card says of the types holds for every row that is written, and is said of every format."""

import json
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.datasets.row_ids import ROW_ID
from cotlab.exchange.formats import PAIR_WRITERS, WRITERS
from cotlab.exchange.formats.features import WITH_JSON, features
from cotlab.exchange.formats.pairs.native_pairs import NativePairWriter
from tests.exchange.pairs import PAIRS

GOLDEN = Path(__file__).parents[1] / "golden"
SHAPE = PairShape(margin=True, ties=True)
"""That of the golden files."""
PYTHON = {"string": str, "bool": bool, "int64": int, "float64": float, "json": dict}


def fits(value: Any, feature: dict[str, Any]) -> bool:
    """Whether a value has the type that a feature of a card says; null is of every type."""
    if value is None:
        return True
    ((kind, of),) = ((key, one) for key, one in feature.items() if key != "name")
    if kind == "dtype":
        return isinstance(value, PYTHON[of]) and (of == "bool") == isinstance(value, bool)
    if kind == "struct":
        return [*value] == [one["name"] for one in of] and all(fits(value[one["name"]], one) for one in of)
    of = {"dtype": of} if isinstance(of, str) else {"struct": of}
    return isinstance(value, list) and all(fits(one, of) for one in value)


def rows(format: str) -> list[dict[str, Any]]:
    if format == NativePairWriter.name:
        return [json.loads(json.dumps(row)) for pair in PAIRS for row in NativePairWriter().rows(pair, SHAPE)]
    files = [GOLDEN / f"{format}.jsonl", GOLDEN / f"{format}-plain.jsonl"]
    return [json.loads(line) for file in files if file.exists() for line in file.read_bytes().splitlines()]


@pytest.mark.parametrize("format", [*(one.name for one in WRITERS), *(one.name for one in PAIR_WRITERS)])
def test_the_types_of_every_format_are_those_of_its_rows(format: str) -> None:
    found = features(format, SHAPE)
    assert [one["name"] for one in found][-1] == ROW_ID
    assert ("'dtype': 'json'" in str(found)) == (format in WITH_JSON)
    assert rows(format)
    for row in rows(format):
        assert fits({**row, ROW_ID: "a"}, {"struct": found})
