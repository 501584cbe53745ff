"""The types of a format's columns, and how the `datasets` library is told of them."""

import json
from collections.abc import Mapping
from enum import StrEnum

from cotlab.domain.datasets.row_ids import ROW_ID


class Column(StrEnum):
    """The type of a column, in the words of the `datasets` library. A format says which may be null."""

    TEXT = 'Value("string")'
    BOOLEAN = 'Value("bool")'
    NUMBER = 'Value("float64")'
    INTEGER = 'Value("int64")'
    TEXTS = 'List(Value("string"))'
    BOOLEANS = 'List(Value("bool"))'
    INTEGERS = 'List(Value("int64"))'
    MESSAGES = 'List({"role": Value("string"), "content": Value("string")})'


Columns = Mapping[str, Column]
"""Name -> type, in the order of a row's keys."""


def with_row_id(columns: Columns | None) -> Columns | None:
    """The columns of an export in a format: those of the format, and the name of each row."""
    return None if columns is None else {**columns, ROW_ID: Column.TEXT}


def loader_snippet(file_name: str, columns: Columns) -> str:
    """Python that loads the file with the `datasets` library, its types said and not guessed."""
    lines = "\n".join(f"        {json.dumps(name)}: {column}," for name, column in columns.items())
    kind = "parquet" if file_name.endswith(".parquet") else "json"
    return f'''"""Load {file_name} with the Hugging Face datasets library."""

from datasets import Features, List, Value, load_dataset

features = Features(
    {{
{lines}
    }}
)
dataset = load_dataset("{kind}", data_files={json.dumps(file_name)}, features=features, split="train")
'''
