"""The types of a format's rows, as the head of a card tells the `datasets` library of them."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from pydantic import BaseModel

from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.datasets.row_ids import ROW_ID
from cotlab.domain.traces.pairs import LabelledPair
from cotlab.exchange.formats import exported_columns
from cotlab.exchange.formats.columns import Column
from cotlab.exchange.formats.pairs.native_pairs import NativePairWriter
from cotlab.exchange.formats.traces.native import NativeRow, NativeWriter
from cotlab.exchange.formats.traces.prm800k import Prm800kRow, Prm800kWriter

Schema = Mapping[str, Any]
TYPES: Mapping[Column, Mapping[str, object]] = {
    Column.TEXT: {"dtype": "string"}, Column.BOOLEAN: {"dtype": "bool"}, Column.NUMBER: {"dtype": "float64"},
    Column.INTEGER: {"dtype": "int64"}, Column.TEXTS: {"sequence": "string"}, Column.BOOLEANS: {"sequence": "bool"},
    Column.INTEGERS: {"sequence": "int64"},
    Column.MESSAGES: {"list": [{"name": "role", "dtype": "string"}, {"name": "content", "dtype": "string"}]},
}  # fmt: skip
ROWS: Mapping[str, type[BaseModel]] = {
    NativeWriter.name: NativeRow, NativePairWriter.name: LabelledPair, Prm800kWriter.name: Prm800kRow
}  # fmt: skip
"""Of the formats that are no table, what a row is."""
WITH_JSON = (NativeWriter.name, NativePairWriter.name)
"""Formats with fields that are kept as JSON."""
KNOWS_JSON = "4.7"
"""The first version of the library that has the type."""
NOT_WRITTEN = {NativePairWriter.name: "external_id"}
PLAIN = {"string": "string", "integer": "int64", "number": "float64", "boolean": "bool"}


def features(format: str, shape: PairShape) -> list[dict[str, object]]:
    """The fields of an exported row in order, each with its type; nothing is left to be guessed from the first rows."""
    columns = exported_columns(format, shape)
    if columns is not None:
        # copies, because the library takes apart what YAML gives it, and an alias would be taken apart twice
        return [{"name": name, **deepcopy(TYPES[column])} for name, column in columns.items()]
    schema = ROWS[format].model_json_schema(mode="serialization")
    written = (one for one in _fields(schema, schema["$defs"]) if one["name"] != NOT_WRITTEN.get(format))
    return [*written, {"name": ROW_ID, **TYPES[Column.TEXT]}]


def _fields(schema: Schema, models: Schema) -> Iterator[dict[str, object]]:
    return ({"name": name, **_feature(one, models)} for name, one in schema["properties"].items())


def _feature(schema: Schema, models: Schema) -> dict[str, object]:
    """An object whose keys differ from row to row is kept as JSON."""
    if "$ref" in schema:
        return _feature(models[schema["$ref"].rpartition("/")[2]], models)
    if "anyOf" in schema:
        (one,) = (one for one in schema["anyOf"] if one != {"type": "null"})
        return _feature(one, models)
    if schema["type"] == "array":
        (of,) = _feature(schema["items"] if "items" in schema else schema["prefixItems"][0], models).values()
        return {"list": of}
    if schema["type"] == "object":
        return {"struct": list(_fields(schema, models))} if "properties" in schema else {"dtype": "json"}
    return {"dtype": PLAIN[schema["type"]]}
