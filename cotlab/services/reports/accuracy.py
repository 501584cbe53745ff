"""How often labels are right, by person, domain and guideline version: recall, precision and confusions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from cotlab.agreement.intervals.rates import rate
from cotlab.agreement.ratings import Codes, Mask
from cotlab.agreement.slices import Column
from cotlab.agreement.tables import Floats
from cotlab.domain.agreement.coefficients import Contingency
from cotlab.domain.agreement.rates import LabelRates, Rate
from cotlab.domain.errors import BadInput
from cotlab.domain.reports.people import Accuracy, AccuracyReport, Against
from cotlab.services.agreement.labels import COLUMNS, column
from cotlab.services.agreement.weights import row_weights, weights
from cotlab.services.gold.correctness import against_gold, against_settled
from cotlab.services.projects.projects import known_project
from cotlab.storage.engine.database import Reading
from cotlab.storage.projects import projects

PERSON = "person"
USUAL = (PERSON, "domain", "version")


def names_of(by: str | None) -> tuple[str, ...]:
    """The columns of a report. Raises BadInput for one that is none."""
    names = USUAL if by is None else tuple(name for name in by.split(",") if name)
    for name in names:
        if name != PERSON and name not in COLUMNS:
            raise BadInput(f"by: there is no column {name!r}; there are {', '.join((PERSON, *COLUMNS))}")
    return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True, eq=False)
class Codings:
    """Judged labels as whole numbers of shape [rows]: `true` is -1 where nothing says what is right. `weight` is None
    where each weighs 1.
    """

    true: Codes
    given: Codes
    trace: Codes
    labels: tuple[str, ...]
    within: float
    weight: Floats | None = None

    def reweighted(self, told: Mask) -> Rate | None:
        if self.weight is None:
            return None
        right = self.true[told] == self.given[told]
        return rate(right, self.trace[told], self.within, self.weight[told])


def report(
    db: Reading, project_id: str, against: Against, by: Sequence[str], person: str | None = None
) -> AccuracyReport:
    """Accuracy of all, then in each combination of the columns that has labels; of one person alone where one is named.

    Raises BadInput for a person without labels.
    """
    known_project(db, project_id)
    judged = against_gold(db, project_id) if against is Against.GOLD else against_settled(db, project_id)
    rows = [one for one in (*judged.rows, *judged.left_out) if person is None or _same(one["person"], person)]
    if person is not None and not rows:
        raise BadInput(f"person: {person} has no label here that could be held against what is right")
    weight = None if against is Against.GOLD else row_weights(weights(db, project_id), rows)
    read = _codings(rows, projects.policy(db, project_id).drift.within, weight)
    everything = _accuracy(read, np.ones(len(rows), dtype=np.bool_), {})
    parts = _parts(db, project_id, rows, by) if by else ()
    results = (everything, *(_accuracy(read, kept, where) for where, kept in parts))
    return AccuracyReport(against=against, by=tuple(by), stale=judged.stale, results=results)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _codings(rows: Sequence[Mapping[str, Any]], within: float, weight: Floats | None) -> Codings:
    names = tuple(sorted({row["value"] for row in rows} | {row["true"] for row in rows if "true" in row}))
    code = {name: place for place, name in enumerate(names)}
    traces: dict[str, int] = {}
    return Codings(
        true=np.array([code[row["true"]] if "true" in row else -1 for row in rows], dtype=np.int64),
        given=np.array([code[row["value"]] for row in rows], dtype=np.int64),
        trace=np.array([traces.setdefault(row["item_id"], len(traces)) for row in rows], dtype=np.int64),
        labels=names, within=within, weight=weight,
    )  # fmt: skip


def _parts(
    db: Reading, project_id: str, rows: Sequence[Mapping[str, Any]], by: Sequence[str]
) -> Iterator[tuple[dict[str, str], Mask]]:
    """What each combination of values is called, and its rows."""
    columns = [_column(db, project_id, rows, name) for name in by]
    for values in product(*(one.names() for one in columns)):
        kept = np.logical_and.reduce([one.rows(value) for one, value in zip(columns, values, strict=True)])
        if kept.any():
            yield dict(zip(by, values, strict=True)), kept


def _column(db: Reading, project_id: str, rows: Sequence[Mapping[str, Any]], name: str) -> Column:
    if name == PERSON:
        return column([(row["person"],) for row in rows])
    return column(COLUMNS[name](db, project_id, rows))


def _accuracy(read: Codings, kept: Mask, where: dict[str, str]) -> Accuracy:
    told = kept & (read.true >= 0)
    true, given, trace = read.true[told], read.given[told], read.trace[told]
    right, k = true == given, len(read.labels)
    counts = np.bincount(true * k + given, minlength=k * k).reshape(k, k)
    return Accuracy(
        slice=where, accuracy=rate(right, trace, read.within), left_out=int(np.count_nonzero(kept & ~told)),
        labels=tuple(
            LabelRates(
                label=label,
                recall=rate(right[true == place], trace[true == place], read.within),
                precision=rate(right[given == place], trace[given == place], read.within),
            )
            for place, label in enumerate(read.labels) if counts[place].any() or counts[:, place].any()
        ),
        reweighted=read.reweighted(told),
        table=Contingency(title="right ~ given", labels=read.labels, counts=tuple(map(tuple, counts.tolist()))),
    )  # fmt: skip
