"""Generators ranked by what people chose between their responses."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from cotlab.agreement.pairs.ranking import rank
from cotlab.domain.datasets.exports import LabelChoice
from cotlab.domain.guidelines.senses import Senses
from cotlab.domain.labels.settled import Settled
from cotlab.domain.reports.pairs import RankedBy, RankingReport
from cotlab.domain.traces.pairs import BOTH_BAD, CANNOT_JUDGE, THE_PAIR, ResponseKind, ResponseOrigin
from cotlab.services.audit.as_of import exported_at
from cotlab.services.labels.latest_labels import Said, read
from cotlab.services.labels.selection import Selection
from cotlab.services.projects.projects import known_project
from cotlab.services.reports.pair_choices import check_domain
from cotlab.services.traces.pair_views import FIRST
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.labels import exports
from cotlab.storage.projects import projects
from cotlab.storage.reports import pair_choices as stored

PAIRS_A_READ = 1_000
NO_GENERATOR, ONE_GENERATOR, UNSETTLED = "no generator", "one generator twice", "not settled"
ASIDE = {BOTH_BAD: "both bad", CANNOT_JUDGE: "cannot be judged"}
POINTS = {"first": 1.0, "tie": 0.5, "second": 0.0}
"""What the first response of a pair has of each sign."""
Between = tuple[str | None, str | None]
"""The generators of a pair's first and second response."""


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
    found, left_out = list[Comparison](), Counter[str]()
    for one in _comparisons(db, project_id, by, domain, at):
        if isinstance(one, str):
            left_out[one] += 1
        else:
            found.append(one)
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


def _comparisons(
    db: Reading, project_id: str, by: RankedBy, domain: str | None, as_of: int
) -> Iterator[Comparison | str]:  # fmt: skip
    """What each pair tells; why, where it tells nothing."""
    between = {row["item_id"]: _between(row) for row in stored.origins(db, project_id)}
    lefts = stored.lefts(db, project_id) if by is RankedBy.CHOICES else {}
    for row, said, selection in _said(db, project_id, as_of):
        if domain in (None, row["domain"]):
            signs = _settled(said, selection) if by is RankedBy.SETTLED else _choices(said, selection, lefts)
            for left_one, sign in signs:
                yield _comparison(between[row["id"]], left_one, sign, row["problem_id"])


def _said(db: Reading, project_id: str, as_of: int) -> Iterator[tuple[Row, Said, Selection]]:
    """Each pair with what stands on it, and what settles it."""
    senses = Senses(projects.timeline(db, project_id, as_of, task="pairs"))
    selection = Selection(LabelChoice.SETTLED, projects.policy(db, project_id, as_of), senses, False)
    beside, after = exports.Beside(citations=senses.by_citation), ""
    while (page := exports.page(db, project_id, as_of, after, PAIRS_A_READ, beside, task="pairs")).traces:
        yield from ((row, read(page, row, senses), selection) for row in page.traces)
        after = page.traces[-1]["id"]


def _settled(said: Said, selection: Selection) -> Iterator[tuple[str, str]]:
    """What a pair is settled on, as if the first response stood on the left; no side is meant."""
    found, _ = selection.settle(said, THE_PAIR)
    yield FIRST, found.value if isinstance(found, Settled) else UNSETTLED


def _choices(said: Said, selection: Selection, lefts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The response on the left and the sign of each choice that settles a pair."""
    for answer, sense in said.votes.get(THE_PAIR, ()):
        if selection.why_not(said, (answer, sense)) is None:
            yield lefts[answer["assignment_id"]], sense.value


def _comparison(between: Between, left_one: str, sign: str, problem: str) -> Comparison | str:
    first, second = between
    points = POINTS.get(sign)
    if points is None:
        return ASIDE.get(sign, UNSETTLED)
    if first is None or second is None:
        return NO_GENERATOR
    if first == second:
        return ONE_GENERATOR
    left, right, score = (first, second, points) if left_one == FIRST else (second, first, 1.0 - points)
    return Comparison(left, right, score, problem)


def _between(row: Row) -> Between:
    first, second = (ResponseOrigin.model_validate_json(row[f"{which}_origin"]) for which in ("first", "second"))
    return _generator(first), _generator(second)


def _generator(origin: ResponseOrigin) -> str | None:
    """What a response is ranked as; None where nothing says."""
    if origin.kind is ResponseKind.HUMAN:
        return "human"
    if origin.generator is None:
        return None
    return f"{origin.generator}, edited" if origin.kind is ResponseKind.EDITED else origin.generator
