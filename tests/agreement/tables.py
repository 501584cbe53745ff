"""Small tables for the tests, from published studies and made by hand."""

from collections.abc import Iterable, Sequence

import numpy as np

from cotlab.agreement.ratings import Ratings, from_matrix

Value = str | int | None
Rows = Sequence[Sequence[Value]]


def table(rows: Rows, labels: Iterable[str] = (), cluster: Sequence[int] | None = None) -> Ratings:
    """A table from one row a unit and one place a person, None where a rating is missing."""
    names = list(labels) or sorted({str(value) for row in rows for value in row if value is not None})
    codes = [[-1 if value is None else names.index(str(value)) for value in row] for row in rows]
    matrix = np.array(codes, dtype=np.int64).reshape(len(rows), len(rows[0]) if rows else 2)
    return from_matrix(matrix, cluster, labels=names)


def crossed(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    """The rows of two people from their contingency table."""
    return [[one, two] for one, row in enumerate(counts) for two, count in enumerate(row) for _ in range(count)]


def counted(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    """The rows of many people from how often each unit got each label."""
    return [[label for label, count in enumerate(row) for _ in range(count)] for row in counts]
