"""A ranking of generators by the Bradley-Terry model.

With s the strengths, the left response's expected score (1 won, 1/2 a tie, 0 lost) is logistic(s_left - s_right + d), d
being what the position is worth (R. A. Bradley & M. E. Terry, 1952, Biometrika 39, 324-345; R. R. Davidson & R. J.
Beaver, 1977, Biometrics 33, 693-702). It is fitted by statsmodels as a logistic regression; with ties as halves that is
a quasi-likelihood (L. E. Papke & J. M. Wooldridge, 1996, Journal of Applied Econometrics 11, 619-632), whose intervals
come from a covariance that is robust and takes the comparisons of a cluster together, since several people compare the
same responses (K.-Y. Liang & S. L. Zeger, 1986, Biometrika 73, 13-22). They are 95 % intervals of each strength by
itself, on the log-odds scale, against the average of all that are ranked.
"""

from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np

from cotlab.agreement.intervals.bootstrap import FEWEST_CLUSTERS
from cotlab.agreement.ratings import Codes
from cotlab.agreement.tables import Floats
from cotlab.domain.agreement.coefficients import Interval
from cotlab.domain.reports.pairs import RankedGenerator, Ranking

ONE_SIDED = "strengths and position cannot be told apart, as too few comparisons went against the side"
NOT_INSTALLED = "it needs statsmodels: install cotlab[ranking]"
SMALL = 1e-6


def rank(
    left: Codes, right: Codes, score: Floats, cluster: Codes, generators: Sequence[str], *, position: bool = False
) -> Ranking:
    """The strengths of generators, the strongest first.

    `left` and `right` are places in `generators`, `score` is 1 where the left response was the better one, 0.5 for a
    tie and 0 else, `cluster` the code of what comparisons have in common (their problem); all of shape [comparisons].
    Comparisons of a generator with itself tell nothing and are left out. With `position` the side counts too.
    """
    apart = left != right
    left, right, score, cluster = left[apart], right[apart], score[apart], cluster[apart]
    present = np.unique(np.append(left, right))
    size, clusters = len(left), len(np.unique(cluster))
    names = [generators[place] for place in present]
    one, other = np.searchsorted(present, left), np.searchsorted(present, right)
    reason = _no_order(one, other, score, names, position)
    if reason is not None:
        return Ranking(reason=reason, interval_reason=reason, comparisons=size, clusters=clusters)
    few = clusters < FEWEST_CLUSTERS
    values, ends = _fit(_design(one, other, len(names), position), score, cluster, len(names))
    intervals = [None if few else Interval(low=float(low), high=float(high)) for low, high in ends]
    ranked = [
        RankedGenerator(
            generator=name, strength=float(values[place]), interval=intervals[place],
            wins=_count(one, other, score, place, 1.0), ties=_count(one, other, score, place, 0.5),
            losses=_count(one, other, score, place, 0.0),
        )
        for place, name in enumerate(names)
    ]  # fmt: skip
    return Ranking(
        generators=tuple(sorted(ranked, key=lambda found: (-found.strength, found.generator))),
        interval_reason=f"fewer than {FEWEST_CLUSTERS} clusters" if few else None,
        position=float(values[-1]) if position else None, position_interval=intervals[-1] if position else None,
        comparisons=size, clusters=clusters,
    )  # fmt: skip


def _count(one: Codes, other: Codes, score: Floats, place: int, wanted: float) -> int:
    """How often the generator at a place had this score."""
    return int(
        np.count_nonzero((one == place) & (score == wanted))
        + np.count_nonzero((other == place) & (score == 1 - wanted))
    )


def _no_order(one: Codes, other: Codes, score: Floats, names: Sequence[str], position: bool) -> str | None:
    """Why these comparisons give no finite strengths, in words; None where they do.

    Without position they do where each generator is behind each other one over some chain of losses and ties (L. R.
    Ford, 1957, American Mathematical Monthly 64(8), 28-33); with it, where no direction of the parameters is separated
    (A. Albert & J. A. Anderson, 1984, Biometrika 71, 1-10).
    """
    if len(names) < 2:
        return "no two generators were compared"
    if find_spec("statsmodels") is None:
        return NOT_INSTALLED
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    beat = np.zeros((len(names), len(names)))
    beat[one[score > 0], other[score > 0]] = 1.0
    beat[other[score < 1], one[score < 1]] = 1.0
    graph = csr_matrix(beat)
    parts, part = connected_components(graph, directed=True, connection="weak")
    if parts > 1:
        return f"nothing compares {_some(names, part == part[0])} with {_some(names, part != part[0])}"
    groups, group = connected_components(graph, directed=True, connection="strong")
    for number in range(groups):
        inside = group == number
        if not beat[np.ix_(~inside, inside)].any() and groups > 1:
            return f"{_some(names, inside)} never lost to {_some(names, ~inside)}"
    return ONE_SIDED if position and _separated(one, other, score, len(names)) else None


def _some(names: Sequence[str], which: Codes) -> str:
    found = [name for name, taken in zip(names, which, strict=True) if taken]
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")


def _separated(one: Codes, other: Codes, score: Floats, generators: int) -> bool:
    """Whether some direction of strengths and position explains each comparison that it says anything of (K. Konis,
    2007, Linear programming algorithms for detecting separated data in binary logistic regression models)."""
    from scipy.optimize import linprog

    design = _design(one, other, generators, True)
    rows = np.unique(np.concatenate([design[score > 0], -design[score < 1]]), axis=0)
    found = linprog(-rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=(-1, 1))
    return bool(-found.fun > SMALL)


def _design(one: Codes, other: Codes, generators: int, position: bool) -> Floats:
    """One column a generator but the last, whose strength the others add up to zero with; and one for the position."""
    columns = np.eye(generators)[:, :-1]
    columns[-1] = -1.0
    design: Floats = columns[one] - columns[other]
    return np.column_stack([design, np.ones(len(design))]) if position else design


def _fit(design: Floats, score: Floats, cluster: Codes, generators: int) -> tuple[Floats, Floats]:
    """Strengths of all generators, then the position's where it has a column, and the ends of their intervals."""
    import statsmodels.api as sm

    fitted = sm.GLM(score, design, family=sm.families.Binomial()).fit(cov_type="cluster", cov_kwds={"groups": cluster})
    shown = np.eye(design.shape[1])
    shown = np.insert(shown, generators - 1, np.where(np.arange(design.shape[1]) < generators - 1, -1.0, 0.0), axis=0)
    contrasts = fitted.t_test(shown)
    return np.asarray(contrasts.effect), np.asarray(contrasts.conf_int())
