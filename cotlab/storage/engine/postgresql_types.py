"""Values that PostgreSQL gives in other types than SQLite, made the same.

`sum` of integers and `avg` are NUMERIC, which psycopg reads as Decimal; a comparison is a bool. Services do arithmetic
and write JSON with both, and must not see which engine they run on.
"""

from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader


class NumericLoader(Loader):
    """`12` is an int, `12.0000` a float."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data)
        return int(text) if text.lstrip(b"-").isdigit() else float(text)


class TruthLoader(Loader):
    """1 or 0."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


def register(connection: "psycopg.Connection[Any]") -> None:
    """Read values so on this connection."""
    connection.adapters.register_loader("numeric", NumericLoader)
    connection.adapters.register_loader("bool", TruthLoader)
