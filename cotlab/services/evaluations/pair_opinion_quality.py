"""How good the opinions of pairs are: held against settled preferences, and against the length of responses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cotlab.agreement.intervals.rates import rate
from cotlab.agreement.models.baselines import beaten, means
from cotlab.domain.answers import Basis
from cotlab.domain.drafts.opinions import OpinionKind, PairOpinion
from cotlab.domain.evaluations.draft_quality import (
    FEWEST_PROBLEMS,
    FEWEST_STEPS,
    HeldAgainst,
    Missing,
    PairPart,
    QualityVerdict,
    SourceQuality,
)
from cotlab.domain.evaluations.evaluations import EvaluationOrder
from cotlab.domain.traces.pairs import THE_PAIR
from cotlab.services.evaluations.opinion_summary import summary
from cotlab.services.gold.items import verified
from cotlab.services.labels.labelled_pairs import PAIRS_A_READ, heard_pairs, pair_selection
from cotlab.storage.drafts import opinions as stored
from cotlab.storage.engine.database import Reading

SIDES = ("first", "second")


@dataclass(frozen=True, slots=True)
class KnownPair:
    """A pair of which one response is the better one. `longer` is the sign of first against second in length,
    `assisted` says that somebody chose while an opinion was visible.
    """

    id: str
    problem: str
    better: str
    longer: int
    gold: bool
    decided: bool
    assisted: bool


Opinions = Mapping[str, PairOpinion]
"""Pair -> the newest opinion of one model."""


def sources(db: Reading, project_id: str, as_of: int, order: EvaluationOrder) -> list[SourceQuality]:
    """Each model with opinions of pairs, by name."""
    found: dict[str, dict[str, PairOpinion]] = {}
    for row in stored.said(db, project_id, OpinionKind.PAIR.value, as_of):
        found.setdefault(row["model"], {})[row["item_id"]] = PairOpinion.model_validate_json(row["document"])
    pairs = list(known(db, project_id, as_of)) if found else []
    return [_source(name, one, pairs, order) for name, one in sorted(found.items())]


def known(db: Reading, project_id: str, as_of: int) -> Iterator[KnownPair]:
    """The pairs of which one response is the better one: of gold by what is verified, else by what is settled."""
    true = verified(db, project_id, as_of=as_of)
    assisted = stored.beside_labels(db, project_id, OpinionKind.PAIR.value, as_of)
    chosen, after = pair_selection(db, project_id, as_of), ""
    while True:
        last, pairs = heard_pairs(db, project_id, as_of, after, PAIRS_A_READ, chosen)
        if last is None:
            return
        after = last
        for heard in pairs:
            pair, sure = heard.pair, true.get((heard.pair.id, THE_PAIR))
            gold, settled = sure is not None and not sure.stale, pair.settled
            sign = sure.value if sure is not None and gold else None if settled is None else settled.sign
            if sign in SIDES:
                apart = len(pair.first.text) - len(pair.second.text)
                decided = not gold and settled is not None and settled.basis is Basis.ADJUDICATED
                yield KnownPair(
                    id=pair.id, problem=heard.problem_id, better=sign, longer=(apart > 0) - (apart < 0), gold=gold,
                    decided=decided, assisted=not gold and not decided and (pair.id, THE_PAIR) in assisted,
                )  # fmt: skip


def _source(name: str, one: Opinions, pairs: Sequence[KnownPair], order: EvaluationOrder) -> SourceQuality:
    there = [pair for pair in pairs if pair.id in one]
    held = [pair for pair in there if not pair.assisted]
    against = {
        HeldAgainst.ALL: held, HeldAgainst.GOLD: [pair for pair in held if pair.gold],
        HeldAgainst.ADJUDICATED: [pair for pair in held if pair.decided],
    }  # fmt: skip
    parts = [_part(which, each, one, order) for which, each in against.items() if each]
    opinions = list(one.values())
    flipped = np.array([opinion.flipped for opinion in opinions], dtype=np.bool_)
    return SourceQuality(
        source=name, kind=OpinionKind.PAIR, opinions=len(opinions), held=len(held),
        assisted=len(there) - len(held), **summary(opinions),
        verdict=parts[0].verdict if parts else QualityVerdict.TOO_LITTLE,
        missing=parts[0].missing if parts else Missing(problems=FEWEST_PROBLEMS, pairs=FEWEST_STEPS),
        pairs=tuple(parts), flipped=rate(flipped, np.arange(len(flipped)), 0.0),
    )  # fmt: skip


def _part(which: HeldAgainst, pairs: Sequence[KnownPair], one: Opinions, order: EvaluationOrder) -> PairPart:
    codes: dict[str, int] = {}
    problem = np.array([codes.setdefault(pair.problem, len(codes)) for pair in pairs], dtype=np.int64)
    said = [one[pair.id].preference for pair in pairs]
    agreed = np.array([_points(mine, pair.better) for mine, pair in zip(said, pairs, strict=True)])
    longer = np.array([0.5 + pair.longer * (0.5 if pair.better == "first" else -0.5) for pair in pairs])
    by_length = longer if longer.mean() >= 0.5 else 1.0 - longer
    rows = np.stack([agreed, np.full(len(pairs), 0.5), by_length])
    (agreement, _, length), ahead = means(rows, problem, order.replicates, order.seed)
    decided = np.array([mine != "none" for mine in said], dtype=np.bool_)
    (of_decided,), _ = means(agreed[None, decided], problem[decided], order.replicates, order.seed)
    missing = Missing(
        problems=max(0, FEWEST_PROBLEMS - len(codes)), pairs=max(0, FEWEST_STEPS - len(pairs))
    )  # fmt: skip
    verdict = QualityVerdict.BETTER if beaten(ahead) else QualityVerdict.NO_BETTER
    return PairPart(
        against=which, pairs=len(pairs), problems=len(codes), agreement=agreement, decided=of_decided, length=length,
        ahead=ahead, verdict=verdict if missing.nothing else QualityVerdict.TOO_LITTLE, missing=missing,
    )  # fmt: skip


def _points(mine: str, better: str) -> float:
    return 0.5 if mine == "none" else float(mine == better)
