"""Agreement over a table of ratings in a file, or over what sources chose in a file of pairs."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from cotlab.agreement.coefficients import ALPHA_ORDINAL, COEFFICIENTS, NOMINAL, Coefficient, coefficient
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Codes, Ratings, build
from cotlab.agreement.slices import OWN, Column, Slice, slices
from cotlab.domain.agreement.coefficients import Agreement, AgreementReport
from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.schema import CHOICES
from cotlab.exchange.readers.pair_ratings import is_pairs, read_pair_ratings
from cotlab.exchange.readers.ratings import CodedColumn, RatingsFormat, RatingsTable, read_ratings

NO_VALUE = "(none)"
"""The slice of the rows with an empty cell."""
TOGETHER = "+"


def of_file(
    file: Path, format_name: str | None, by: str | None, cluster: str | None, names: Sequence[str], level: str,
    order: str | None, label: str | None, replicates: int, seed: int,
) -> AgreementReport:  # fmt: skip
    """Coefficients over the table and in slices. Raises BadInput that names line and column."""
    wanted = [tuple(part.split(TOGETHER)) for part in _parts("--by", by)]
    columns = [name for part in wanted for name in part if name not in OWN]
    with file.open("rb") as stream:
        kind = RatingsFormat(format_name) if format_name else None
        if kind is RatingsFormat.PAIRS or (kind is None and is_pairs(stream)):
            scale = level == "ordinal" or ALPHA_ORDINAL.name in names
            order = order or (",".join(CHOICES) if scale else None)
            chosen, table = _chosen(names, level, order), _pairs(stream, str(file), cluster, scale, columns)
        else:
            chosen = _chosen(names, level, order)
            table = read_ratings(stream, str(file), format=kind, cluster=cluster, slices=columns)
    ratings = _ratings(file, table, _parts("--order", order))
    if label is not None and label not in ratings.labels:
        raise BadInput(f"--label {label}: {file} has the labels {', '.join(ratings.labels)}.")
    sliced = {name: _column(column) for name, column in table.slices.items()}
    parts = [Slice(ratings, {}, label), *(one for names in wanted for one in slices(ratings, sliced, names))]
    return AgreementReport(
        ratings=len(ratings), units=len(table.unit.cells), people=ratings.people, labels=ratings.labels,
        clusters=len(np.unique(ratings.cluster)), resampled=table.cluster.name if table.cluster else table.unit.name,
        replicates=replicates, seed=seed,
        results=tuple(result for one in parts for result in _measured(one, chosen, label, replicates, seed)),
    )  # fmt: skip


def _pairs(stream: BinaryIO, file: str, cluster: str | None, scale: bool, columns: Sequence[str]) -> RatingsTable:
    if cluster is not None:
        raise BadInput(f"--cluster {cluster}: intervals over pairs resample pairs.")
    return read_pair_ratings(stream, file, scale=scale, slices=columns)


def _measured(
    one: Slice, chosen: Sequence[Coefficient], label: str | None, replicates: int, seed: int
) -> tuple[Agreement, ...]:
    return measure(one.ratings, chosen, slice=one.where, label=one.label or label, replicates=replicates, seed=seed)


def _parts(flag: str, text: str | None) -> list[str]:
    """The names in a list with commas. BadInput for an empty one, and for one that stands there twice."""
    parts = [] if text is None else [part.strip() for part in text.split(",")]
    if not all(name for part in parts for name in part.split(TOGETHER)) or len(set(parts)) < len(parts):
        raise BadInput(f"{flag} {text}: a name is empty or stands there twice.")
    return parts


def _chosen(names: Sequence[str], level: str, order: str | None) -> list[Coefficient]:
    chosen = [coefficient(name) for name in dict.fromkeys(names)]
    if order is None and (level == "ordinal" or ALPHA_ORDINAL in chosen):
        raise BadInput("An ordinal level takes --order: all labels, from one end of the scale to the other.")
    return chosen or list(COEFFICIENTS if level == "ordinal" else NOMINAL)


def _ratings(file: Path, table: RatingsTable, order: Sequence[str]) -> Ratings:
    """The table as arrays: units, people and clusters by name, and labels too where no order is given."""
    people, person = _by_name(table.annotator)
    found, label = _by_name(table.label)
    if len(people) < 2:
        raise BadInput(f"{file}, column annotator: all rows are by {people[0]}, and agreement takes two people.")
    if order:
        for code, name in enumerate(found):
            if name not in order:
                line = table.lines[int(np.argmax(label == code))]
                raise BadInput(f"{file} line {line}, column label: {name} is not in --order.")
        label = np.array([order.index(name) for name in found], dtype=np.int64)[label]
    cluster = _by_name(table.cluster)[1] if table.cluster else None
    return build(_by_name(table.unit)[1], person, label, cluster, people=people, labels=order or found)


def _by_name(column: CodedColumn) -> tuple[list[str], Codes]:
    """The names in a column with one value a cell, sorted, and for each row the place of its name."""
    names = [cell[0] for cell in column.cells]
    order = sorted(range(len(names)), key=names.__getitem__)
    places = np.empty(len(names), dtype=np.int64)
    places[order] = np.arange(len(names))
    return [names[place] for place in order], places[np.asarray(column.codes, dtype=np.int64)]


def _column(column: CodedColumn) -> Column:
    return Column(tuple(cell or (NO_VALUE,) for cell in column.cells), np.asarray(column.codes, dtype=np.int64))
