"""Generators ranked by what people chose between their responses."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from cotlab.agreement.ranking import rank
from cotlab.domain.pair_reports import RankedBy, RankingReport
from cotlab.domain.pairs import BOTH_BAD, CANNOT_JUDGE, LabelledPair, ResponseKind, ResponseOrigin, sign
from cotlab.services.comparing import check_domain
from cotlab.services.exported_at import exported_at
from cotlab.services.labelled_pairs import all_pairs
from cotlab.services.pair_views import FIRST
from cotlab.services.projects import known_project
from cotlab.storage.database import Reading

NO_GENERATOR, ONE_GENERATOR = "no generator", "one generator twice"
UNSETTLED = "unsettled"
WHY = {BOTH_BAD: "both bad", CANNOT_JUDGE: "cannot be judged", UNSETTLED: "not settled"}
POINTS = {"first": 1, "tie": 0, "second": -1}


class Comparison(NamedTuple):
    """`left` and `right` are generators, `score` is of the left one."""

    left: str
    right: str
    score: float
    problem: str


def report(
    db: Reading, project_id: str, by: RankedBy = RankedBy.CHOICES, domain: str | None = None, as_of: int | None = None
) -> RankingReport:
    """By each choice that settles a pair, with what the left position is worth, or by what pairs are settled on.

    Raises BadInput for a domain that there is not, and for a sequence that is to come.
    """
    known_project(db, project_id)
    check_domain(db, project_id, domain)
    at, _ = exported_at(db, project_id, as_of)
    left_out, found = Counter[str](), list[Comparison]()
    for pair in all_pairs(db, project_id, at):
        if domain in (None, pair.problem.domain):
            found += _comparisons(pair, by, left_out)
    names = sorted({name for one in found for name in (one.left, one.right)})
    place = {name: number for number, name in enumerate(names)}
    problem: dict[str, int] = {}
    ranking = rank(
        np.array([place[one.left] for one in found], dtype=np.int64),
        np.array([place[one.right] for one in found], dtype=np.int64), np.array([one.score for one in found]),
        np.array([problem.setdefault(one.problem, len(problem)) for one in found], dtype=np.int64), names,
        position=by is RankedBy.CHOICES,
    )  # fmt: skip
    return RankingReport(by=by, as_of=at, domain=domain, ranking=ranking, left_out=dict(sorted(left_out.items())))


def _comparisons(pair: LabelledPair, by: RankedBy, left_out: Counter[str]) -> Iterator[Comparison]:
    """What a pair tells; what tells nothing is counted."""
    first, second = (_generator(one.origin) for one in pair.responses)
    for left_one, points in _signs(pair, by, left_out):
        if first is None or second is None:
            left_out[NO_GENERATOR] += 1
        elif first == second:
            left_out[ONE_GENERATOR] += 1
        else:
            left, right, of_left = (first, second, points) if left_one == FIRST else (second, first, -points)
            yield Comparison(left, right, (1 + of_left) / 2, pair.problem.digest())


def _signs(pair: LabelledPair, by: RankedBy, left_out: Counter[str]) -> Iterator[tuple[str, int]]:
    """The response on the left, and the sign of a choice towards the first response."""
    for left, value in _said(pair, by):
        points = POINTS.get(value)
        if points is None:
            left_out[WHY[value]] += 1
        else:
            yield left, points


def _said(pair: LabelledPair, by: RankedBy) -> Iterator[tuple[str, str]]:
    """The response on the left, and what was said; where a pair is settled, no side is meant."""
    if by is RankedBy.CHOICES:
        yield from ((one.left, sign(one.overall)) for one in pair.preferences if one.counts and one.left is not None)
    else:
        yield FIRST, UNSETTLED if pair.settled is None else pair.settled.sign


def _generator(origin: ResponseOrigin) -> str | None:
    """What a response is ranked as; None where nothing says."""
    if origin.kind is ResponseKind.HUMAN:
        return "human"
    if origin.generator is None:
        return None
    return f"{origin.generator}, edited" if origin.kind is ResponseKind.EDITED else origin.generator
