"""Rows as an export writes them: with the name of each as the last column, which a consumer is to leave alone."""

from collections.abc import Iterable, Mapping
from typing import Any

from cotlab.domain.datasets.row_ids import ROW_ID, RowId
from cotlab.exchange.formats.columns import Column, Columns


def named(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, ROW_ID: str(RowId(f"{number:032x}", "settled"))} for number, row in enumerate(rows)]


def with_names(columns: Columns | None) -> Columns:
    return {**(columns or {}), ROW_ID: Column.TEXT}
