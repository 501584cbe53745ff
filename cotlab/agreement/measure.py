"""Coefficients on one table: value, interval, and what is behind them, or the reason why there is none."""

from collections.abc import Mapping, Sequence

import numpy as np

from cotlab.agreement.coefficients import Coefficient
from cotlab.agreement.intervals.bootstrap import REPLICATES, draws, interval
from cotlab.agreement.ratings import Codes, Ratings
from cotlab.agreement.tables import Counted, Counts, Floats, coincidences
from cotlab.domain.agreement.coefficients import Agreement, Contingency

NO_PAIR = "no unit has two ratings"


def measure(
    ratings: Ratings,
    coefficients: Sequence[Coefficient],
    *,
    replicates: int = REPLICATES,
    seed: int = 1,
    slice: Mapping[str, str] | None = None,
    label: str | None = None,
    weight: Floats | None = None,
) -> tuple[Agreement, ...]:
    """Each coefficient on these ratings, in order; with `label`, of that label against the rest.

    An interval draws the clusters of these ratings that have a unit with two of them, whatever the coefficient, so
    that it is the same for a slice in a larger table and for the slice alone. `weight`, by the code of a cluster, says
    what each counts; those of 0 are left out.
    """
    read = ratings if label is None else ratings.only(label)
    read = read if weight is None else read.where(weight[read.cluster] > 0)
    pairs = coincidences(read)
    counted = {one.counts: pairs if one.counts is coincidences else one.counts(read) for one in coefficients}
    if weight is not None:
        counted = {counts: one.weighted(weight) for counts, one in counted.items()}
    found = _resampled(counted, coefficients, pairs.clusters(), replicates, seed)
    return tuple(
        _agreement(read, one, counted[one.counts], values, dict(slice or {}), label)
        for one, values in zip(coefficients, found, strict=True)
    )


def _resampled(
    counted: Mapping[Counts, Counted], coefficients: Sequence[Coefficient], clusters: Codes, replicates: int, seed: int
) -> tuple[Floats, ...]:
    """The replicates of each coefficient, shape [replicates] each; NaN where it is undefined."""
    found = [[np.empty(0)] for _ in coefficients]
    for weights in draws(len(clusters), replicates, seed):
        tables = {counts: one.resampled(weights, clusters) for counts, one in counted.items()}
        for one, values in zip(coefficients, found, strict=True):
            values.append(one.values(tables[one.counts]))
    return tuple(np.concatenate(values) for values in found)


def value_or_reason(one: Coefficient, counted: Counted) -> tuple[float | None, str | None]:
    """The coefficient's value, or in words why it has none."""
    totals = counted.totals()
    value = float(one.values(totals))
    return (None, _reason(counted, totals)) if np.isnan(value) else (value + 0.0, None)


def _agreement(
    read: Ratings, one: Coefficient, counted: Counted, values: Floats, slice: dict[str, str], label: str | None
) -> Agreement:
    value, reason = value_or_reason(one, counted)
    clusters = len(counted.clusters())
    ends, why = (None, reason) if value is None else interval(value, values, clusters)
    return Agreement(
        coefficient=one.name, slice=slice, label=label, value=value, reason=reason, interval=ends, interval_reason=why,
        ratings=len(read), units=counted.units, people=counted.people, clusters=clusters, note=counted.note,
        tables=tuple(_contingency(read, table.title, table.total()) for table in counted.tables if counted.units),
    )  # fmt: skip


def _reason(counted: Counted, totals: Floats) -> str:
    if not counted.units:
        return NO_PAIR
    given = totals.sum(axis=(0, 1)) + totals.sum(axis=(0, 2))
    return "one label only" if np.count_nonzero(given) == 1 else "one label only in each pair of people"


def _contingency(read: Ratings, title: str, table: Floats) -> Contingency:
    return Contingency(title=title, labels=read.labels, counts=tuple(map(tuple, table.tolist())))
