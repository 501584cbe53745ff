"""How good the opinions of models are: held against labels that count, and against what is guessed without reading."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cotlab.agreement.models import judgement
from cotlab.agreement.models.baselines import (
    Estimates,
    areas,
    beaten,
    by_length,
    commonest,
    comparable,
    fifths,
    means,
    shares,
)
from cotlab.agreement.models.judgement import Judgements
from cotlab.agreement.models.judgement_intervals import estimate, share_estimate
from cotlab.agreement.ratings import Codes, Mask
from cotlab.domain.agreement.rates import Rate
from cotlab.domain.answers import Basis
from cotlab.domain.drafts.opinions import LabelOpinion, OpinionKind
from cotlab.domain.evaluations.draft_quality import (
    FEWEST_PROBLEMS,
    FEWEST_STEPS,
    BaselineName,
    BaselineQuality,
    DraftQualityReport,
    HeldAgainst,
    Missing,
    QualityNumbers,
    QualityPart,
    QualityVerdict,
    SourceQuality,
)
from cotlab.domain.evaluations.evaluations import EvaluationOrder, PredictionLevel
from cotlab.exchange.readers.predictions import Prediction
from cotlab.services.agreement import weights
from cotlab.services.audit.as_of import exported_at
from cotlab.services.evaluations import pair_opinion_quality
from cotlab.services.evaluations.opinion_summary import summary
from cotlab.services.evaluations.prediction_matching import Matched, judgements
from cotlab.services.evaluations.scores import NO_SCORE, NO_STEP, ONE_SIDE, Part, parts, scores, sums_of
from cotlab.services.evaluations.truths import Truth, Words, settled, settled_words
from cotlab.services.gold.items import verified
from cotlab.services.projects.projects import known_project
from cotlab.storage.drafts import opinions as stored
from cotlab.storage.engine.database import Reading

ORDER = EvaluationOrder(by=("position",), level=PredictionLevel.LABEL)
ONE_LABEL = "one label only"
Opinions = Mapping[str, Mapping[int, LabelOpinion]]
"""Trace -> position -> the newest opinion."""


@dataclass(frozen=True, slots=True)
class Known:
    """A trace with labels that count; of a gold trace these are what is verified.

    `assisted` are the positions of labels that somebody gave while an opinion was visible; `weight` is what it counts
    where numbers are to hold for all traces of the queue.
    """

    truth: Truth
    gold: bool
    assisted: frozenset[int] = frozenset()
    weight: float = 1.0

    def open(self, place: int) -> bool:
        """Whether the label of a step, by its place from 0, says something of an opinion."""
        return self.gold or place + 1 not in self.assisted or self.truth.labels[place][1] is Basis.ADJUDICATED


@dataclass(slots=True)
class Said:
    """What one model said."""

    opinions: dict[str, dict[int, LabelOpinion]] = field(default_factory=dict)
    other_labels: int = 0

    def each(self) -> Iterator[LabelOpinion]:
        return (one for of_trace in self.opinions.values() for one in of_trace.values())


def report(
    db: Reading, project_id: str, as_of: int | None = None, order: EvaluationOrder = ORDER
) -> DraftQualityReport:  # fmt: skip
    """All sources, those of steps first. Raises BadInput for a sequence that is to come."""
    known_project(db, project_id)
    at, _ = exported_at(db, project_id, as_of)
    words = settled_words(db, project_id, at)
    sources, truths = said(db, project_id, at, words), known(db, project_id, at)
    of_steps = [quality_of(name, one, truths, words, order) for name, one in sorted(sources.items())]
    return DraftQualityReport(
        as_of=at, replicates=order.replicates, seed=order.seed,
        sources=(*of_steps, *pair_opinion_quality.sources(db, project_id, at, order)),
    )  # fmt: skip


def passed(db: Reading, project_id: str, as_of: int | None = None) -> dict[str, bool]:
    """Source (a model's name) -> whether its opinions of steps are better than chance, see QualityVerdict; of sources
    with an opinion of something labelled, since no other opinion is read.
    """
    known_project(db, project_id)
    at, _ = exported_at(db, project_id, as_of)
    words = settled_words(db, project_id, at)
    sources = said(db, project_id, at, words, labelled=True)
    truths = known(db, project_id, at) if sources else []
    found = {name: contest(one, truths, words) for name, one in sources.items()}
    return {
        name: one is not None and standing(one, one.told, ORDER).verdict is QualityVerdict.BETTER
        for name, one in found.items()
    }  # fmt: skip


def said(db: Reading, project_id: str, as_of: int, words: Words, labelled: bool = False) -> dict[str, Said]:
    """Model's name -> its newest opinion of each step, or of those of `labelled` traces; what it says of labels that
    are no more is counted.
    """
    found: dict[str, Said] = {}
    for row in stored.said(db, project_id, OpinionKind.LABEL.value, as_of, labelled):
        one, opinion = found.setdefault(row["model"], Said()), LabelOpinion.model_validate_json(row["document"])
        if opinion.probabilities.keys() <= words.parents.keys():
            one.opinions.setdefault(row["item_id"], {})[row["position"]] = opinion
        else:
            one.other_labels += 1
    return found


def known(db: Reading, project_id: str, as_of: int) -> list[Known]:
    """The traces of a project with labels that count: of gold what is verified, of others what is settled."""
    gold: dict[str, dict[int, str]] = {}
    for (item_id, position), sure in verified(db, project_id, as_of=as_of).items():
        if not sure.stale:
            gold.setdefault(item_id, {})[position] = sure.value
    assisted: dict[str, set[int]] = {}
    for item_id, position in stored.beside_labels(db, project_id, OpinionKind.LABEL.value, as_of):
        assisted.setdefault(item_id, set()).add(position)
    weight = weights.weights(db, project_id, as_of) or {}
    found = []
    for truth in settled(db, project_id, as_of):
        labels = _leading(gold.get(truth.id, {}))
        if labels or truth.labels:
            one = replace(truth, labels=labels or truth.labels)
            found.append(Known(one, bool(labels), frozenset(assisted.get(truth.id, ())), weight.get(truth.id, 1.0)))
    return found


def _leading(labels: Mapping[int, str]) -> tuple[tuple[str, Basis | None], ...]:
    """The labels from the first step on, up to one that has none."""
    found: list[tuple[str, Basis | None]] = []
    while (value := labels.get(len(found) + 1)) is not None:
        found.append((value, None))
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """The opinions of one source beside the labels of the same steps.

    `assisted` counts opinions that are left out. Of each step (shape [n]): whether there is an opinion (`told`), its
    position from 0, its length in characters, and whether an adjudicator decided it; of each trace ([m]) whether it is
    gold.
    """

    judged: Judgements
    truths: Sequence[Truth]
    told: Mask
    assisted: int
    position: Codes
    length: Codes
    decided: Mask
    gold: Mask

    def plain(self) -> "Contest":
        """The same with each trace weighing 1."""
        return replace(self, judged=replace(self.judged, weight=None))

    def parts(self, order: EvaluationOrder) -> Iterator[tuple[HeldAgainst, Part]]:
        """Everything and its bands of positions, of all labels, then of gold and of what was decided."""
        of_gold, no_trace = self.gold[self.judged.trace], np.zeros_like(self.gold)
        every = np.ones_like(self.told), np.ones_like(self.gold)
        for against, (steps, traces) in zip(
            HeldAgainst, (every, (of_gold, self.gold), (self.decided, no_trace)), strict=True
        ):  # fmt: skip
            for part in parts(self.judged, self.truths, order.by):
                kept = Part(part.where, part.steps & steps & self.told, part.traces & traces)
                if kept.steps.any():
                    yield against, kept


def contest(one: Said, truths: Sequence[Known], words: Words) -> Contest | None:
    """None where no opinion is of a step with a label."""
    held = [known for known in truths if one.opinions.get(known.truth.id)]
    found = Matched(pairs=[(each.truth, _prediction(each.truth, one, words)) for each in held])
    steps = [(each, place) for each in held for place in range(len(each.truth.labels))]
    given = np.array([place + 1 in one.opinions[each.truth.id] for each, place in steps], dtype=np.bool_)
    told = given & np.array([each.open(place) for each, place in steps], dtype=np.bool_)
    if not told.any():
        return None
    judged = judgements(found, words, ORDER, PredictionLevel.LABEL)
    if any(each.weight != 1.0 for each in held):
        judged = replace(judged, weight=np.array([each.weight for each in held]))
    return Contest(
        judged=judged, truths=[each.truth for each in held], told=told,
        assisted=int((given & ~told).sum()),
        position=np.array([place for _, place in steps], dtype=np.int64),
        length=np.array([each.truth.lengths[place] for each, place in steps], dtype=np.int64),
        decided=np.array([
            each.truth.labels[place][1] is Basis.ADJUDICATED for each, place in steps
        ], dtype=np.bool_),
        gold=np.array([each.gold for each in held], dtype=np.bool_),
    )  # fmt: skip


def _prediction(truth: Truth, one: Said, words: Words) -> Prediction:
    """Opinions as predictions are read: the most probable label of each step, and the probability of no error."""
    there = [one.opinions[truth.id].get(place + 1) for place in range(truth.steps)]
    right = [None if each is None else _no_error(each, words) for each in there]
    labels = [None if each is None else each.label for each in there]
    return Prediction(0, truth.id, None, tuple(right), tuple(labels), None, False)


def _no_error(opinion: LabelOpinion, words: Words) -> float:
    shares_ = (share for label, share in opinion.probabilities.items() if words.parents[label] not in words.errors)
    return min(1.0, math.fsum(shares_))


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """How a source stands beside the baselines on some steps; in `within` and `right` it is the first."""

    within: Estimates
    ahead: Estimates
    missing: Missing

    @property
    def verdict(self) -> QualityVerdict:
        if not self.missing.nothing:
            return QualityVerdict.TOO_LITTLE
        return QualityVerdict.BETTER if beaten(self.ahead) else QualityVerdict.NO_BETTER


def _cells(one: Contest, steps: Mask) -> dict[BaselineName, Codes]:
    return {
        BaselineName.MAJORITY: np.zeros(int(steps.sum()), dtype=np.int64),
        BaselineName.POSITION: one.position[steps],
        BaselineName.LENGTH: fifths(one.length[steps]),
    }  # fmt: skip


def standing(one: Contest, steps: Mask, order: EvaluationOrder) -> Standing:
    """Of steps that all have an opinion: AUROC of errors within positions, and what is missing for a verdict. Those
    that weigh nothing are left out.
    """
    judged, weight = one.judged, one.judged.weights()[one.judged.trace]
    steps = steps & (weight > 0)
    weight, position = weight[steps], one.position[steps]
    holds, problem = ~judged.errors[judged.label[steps]], judged.problem[judged.trace[steps]]
    guessed = {name: shares(holds, cell, weight) for name, cell in _cells(one, steps).items()}
    guessed[BaselineName.LENGTH] = by_length(holds, one.length[steps], position, weight)
    scored = np.stack([judged.score[steps], *guessed.values()])
    within, ahead = areas(holds, scored, position, problem, order.replicates, order.seed, weight)
    compared = comparable(holds, position)
    missing = Missing(
        problems=_short(FEWEST_PROBLEMS, len(np.unique(problem[compared]))),
        errors=_short(FEWEST_STEPS, int((compared & ~holds).sum())),
        others=_short(FEWEST_STEPS, int((compared & holds).sum())),
    )  # fmt: skip
    return Standing(within, ahead, missing)


def _short(wanted: int, there: int) -> int:
    return max(0, wanted - there)


def _part(one: Contest, against: HeldAgainst, part: Part, order: EvaluationOrder) -> QualityPart:
    plain, whole = one.plain(), not part.where
    numbers, stands = _numbers(plain, part, order)
    again = _numbers(one, part, order) if whole and one.judged.weight is not None else None
    judged, steps, counts = plain.judged, part.steps, scores(plain.judged, part, order, PredictionLevel.LABEL)
    label = judged.label[steps]
    hits = int((_places(judged)[label] == judged.given[steps]).sum())
    ruling = (stands if again is None else again[1]) if whole else None
    return QualityPart(
        against=against, errors=int(judged.errors[label].sum()),
        accuracy=Rate(**numbers.accuracy.model_dump(), hits=hits, of=len(label), traces=counts.traces),
        kappa=numbers.kappa, within=numbers.within, baselines=numbers.baselines, scores=counts,
        verdict=ruling and ruling.verdict, missing=ruling and ruling.missing, reweighted=again and again[0],
    )  # fmt: skip


def _places(judged: Judgements) -> Codes:
    """Of each label its place among what is predicted."""
    return np.array([judged.predicted.index(name) for name in judged.labels])


def _numbers(one: Contest, part: Part, order: EvaluationOrder) -> tuple[QualityNumbers, Standing]:
    """The numbers of a part, as its traces are weighted; what weighs nothing is left out."""
    judged, there = one.judged, one.judged.weights() > 0
    part = Part(part.where, part.steps & there[judged.trace], part.traces & there)
    steps, found, stands = part.steps, sums_of(judged, part), standing(one, part.steps, order)
    resampled = found.resampled(order.replicates, order.seed)
    label, given, trace = judged.label[steps], judged.given[steps], judged.trace[steps]
    weight, place, cells = judged.weights()[trace], _places(judged), _cells(one, steps)
    hits = np.stack([place[label] == given, *(label == commonest(label, cell, weight) for cell in cells.values())])
    right, ahead = means(hits.astype(np.float64), judged.problem[trace], order.replicates, order.seed, weight)
    numbers = QualityNumbers(
        accuracy=share_estimate(found, resampled, found.right_label, NO_STEP),
        kappa=estimate(found, resampled, judgement.kappa(found, place), ONE_LABEL),
        error=estimate(found, resampled, judgement.ece, NO_SCORE),
        auroc=estimate(found, resampled, judgement.area_of(found), ONE_SIDE), within=stands.within[0],
        baselines=tuple(
            BaselineQuality(name=name, accuracy=accuracy, within=within, ahead=above, accuracy_ahead=more)
            for name, accuracy, within, above, more in zip(
                cells, right[1:], stands.within[1:], stands.ahead, ahead, strict=True
            )
        ),
    )  # fmt: skip
    return numbers, stands


def quality_of(
    name: str, one: Said, truths: Sequence[Known], words: Words, order: EvaluationOrder
) -> SourceQuality:  # fmt: skip
    found = contest(one, truths, words)
    made = [] if found is None else [_part(found, against, part, order) for against, part in found.parts(order)]
    nothing = Missing(problems=FEWEST_PROBLEMS, errors=FEWEST_STEPS, others=FEWEST_STEPS)
    opinions = list(one.each())
    return SourceQuality(
        source=name, kind=OpinionKind.LABEL, opinions=len(opinions), other_labels=one.other_labels,
        held=0 if found is None else int(found.told.sum()),
        assisted=0 if found is None else found.assisted, **summary(opinions), parts=tuple(made),
        verdict=(made[0].verdict if made else None) or QualityVerdict.TOO_LITTLE,
        missing=(made[0].missing if made else None) or nothing,
    )  # fmt: skip
