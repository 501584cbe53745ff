"""A coefficient before and after, with an interval on the difference."""

import numpy as np

from cotlab.agreement.coefficients import Coefficient
from cotlab.agreement.intervals.bootstrap import REPLICATES, draws, interval
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Ratings
from cotlab.agreement.tables import Floats, union
from cotlab.domain.agreement.coefficients import AgreementChange


def compare(
    before: Ratings, after: Ratings, coefficient: Coefficient, *, replicates: int = REPLICATES, seed: int = 1
) -> AgreementChange:
    """How much the coefficient rose. A cluster's code must mean the same cluster in both tables.

    The clusters of both are drawn together, so that what was labelled twice, before and after, is compared with itself.
    """
    old, new = (measure(one, [coefficient], replicates=replicates, seed=seed)[0] for one in (before, after))
    for when, one in (("before", old), ("after", new)):
        if one.value is None:
            why = f"{when}: {one.reason}"
            return AgreementChange(reason=why, interval_reason=why, before=old, after=new)
    assert old.value is not None and new.value is not None
    rise = new.value - old.value + 0.0
    replicated = _differences(before, after, coefficient, replicates, seed)
    ends, why_not = interval(rise, replicated, min(old.clusters, new.clusters))
    return AgreementChange(value=rise, interval=ends, interval_reason=why_not, before=old, after=new)


def _differences(before: Ratings, after: Ratings, one: Coefficient, replicates: int, seed: int) -> Floats:
    counted = [one.counts(table) for table in (before, after)]
    clusters = union(table.clusters() for table in counted)
    found = [np.empty(0)]
    for weights in draws(len(clusters), replicates, seed):
        old, new = (one.values(table.resampled(weights, clusters)) for table in counted)
        found.append(new - old)
    return np.concatenate(found)
