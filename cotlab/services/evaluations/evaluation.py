"""A model's predictions held against settled labels, with how far people agree there; kept as numbers."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cotlab.agreement.coefficients import ALPHA
from cotlab.agreement.intervals.rates import rate
from cotlab.agreement.measure import measure
from cotlab.domain.agreement.coefficients import Agreement, Estimate
from cotlab.domain.agreement.rates import Rate
from cotlab.domain.errors import BadInput, NotFound
from cotlab.domain.evaluations.evaluations import (
    DIMENSIONS,
    Evaluation,
    EvaluationEntry,
    EvaluationOrder,
    ReopenedSlice,
    Scored,
    SliceScores,
    band,
)
from cotlab.domain.projects.policy import Policy
from cotlab.domain.projects.projects import BrokenLine
from cotlab.exchange.readers.predictions import read_predictions
from cotlab.services.agreement.labels import Labels, labels
from cotlab.services.audit import event_data
from cotlab.services.evaluations.prediction_matching import Matched, judgements, level_of, matched, taken_in
from cotlab.services.evaluations.scores import NOTHING, cell_of_step, parts, problems_of, scores, sums_of
from cotlab.services.evaluations.truths import Truth, Words, settled, settled_words
from cotlab.services.gold.correctness import against_gold
from cotlab.services.projects.projects import known_project
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.evaluations import evaluations as stored
from cotlab.storage.labels import exports
from cotlab.storage.projects import projects

RISING = ("first-error F1", "step F1", "AUROC")
ECE = "ECE"
ROUNDING = 1e-5
"""Ends of intervals are rounded."""


def dimensions(by: str | None) -> tuple[str, ...]:
    """The dimensions of a request, parted by commas. Raises BadInput for one that is none."""
    names = DIMENSIONS if by is None else tuple(dict.fromkeys(name for name in by.split(",") if name))
    for name in names:
        if name not in DIMENSIONS:
            raise BadInput(f"by: there is no slice {name!r}; there are {', '.join(DIMENSIONS)}")
    return names


@dataclass(frozen=True, slots=True)
class Measured:
    """Predictions against labels, before they are kept."""

    scored: Scored
    broken: tuple[BrokenLine, ...]
    as_of: int = 0


def of_project(db: Reading, project_id: str, lines: Iterable[bytes], order: EvaluationOrder) -> Measured:
    """Predictions against the settled labels of a project, with what people are like beside them.

    Raises BadInput where no line is of a trace with a settled step.
    """
    known_project(db, project_id)
    as_of, _ = exports.sequence_now(db, project_id)
    words = settled_words(db, project_id, as_of)
    people = People(db, project_id, order)
    found = _measured(people.noting(settled(db, project_id, as_of)), words, lines, order, people)
    return replace(found, as_of=as_of)


def of_file(truths: Iterable[Truth], words: Words, lines: Iterable[bytes], order: EvaluationOrder) -> Measured:
    """The same against the labels of a file, without people."""
    return _measured(truths, words, lines, order, None)


def _measured(
    truths: Iterable[Truth], words: Words, lines: Iterable[bytes], order: EvaluationOrder, people: "People | None"
) -> Measured:
    sha = hashlib.sha256()
    found = matched(truths, taken_in(read_predictions(_digested(lines, sha.update))), words)
    if not found.pairs:
        first = next((f"; {one.sentence}" for one in found.broken), "")
        raise BadInput(f"No prediction is of a trace with a settled step{first}.".replace("..", "."))
    level = level_of(order, found)
    judged, traces = judgements(found, words, order, level), [truth for truth, _ in found.pairs]
    everything, *slices = parts(judged, traces, order.by)
    large = [part for part in slices if problems_of(judged, part) >= order.fewest]
    results, whole_sums = [], sums_of(judged, everything)
    for part in (everything, *large):
        kept = scores(judged, part, order, level, None if part is everything else whole_sums)
        here = [traces[place] for place in np.unique(judged.trace[part.steps])]
        kept = kept.model_copy(update={"origins": _origins(here)})
        results.append(kept if people is None else people.beside(kept))
    whole = results[0]
    named = [whole, *sorted((_compared(one, whole) for one in results[1:]), key=_worst_first)]
    scored = Scored(
        level=level, threshold=order.threshold, by=order.by, fewest=order.fewest, too_small=len(slices) - len(large),
        replicates=order.replicates, seed=order.seed,
        predictions=sha.hexdigest(), lines=found.lines, broken_lines=found.broken.number, unlabelled=found.unlabelled,
        unpredicted=found.unpredicted, results=tuple(named),
    )  # fmt: skip
    return Measured(scored, _broken(found))


def _digested(lines: Iterable[bytes], update: Callable[[bytes], None]) -> Iterable[bytes]:
    for line in lines:
        update(line)
        yield line


def _broken(found: Matched) -> tuple[BrokenLine, ...]:
    return tuple(BrokenLine(line=one.line_number, field=one.field or "", why=one.why) for one in found.broken)


def _origins(traces: Sequence[Truth]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in traces:
        counts[one.origin] = counts.get(one.origin, 0) + 1
    return dict(sorted(counts.items()))


def numbers(one: SliceScores) -> dict[str, Estimate]:
    """The numbers by which a slice is held against the whole; all but the last are the better the higher."""
    return dict(zip(
        (*RISING, ECE), (one.first_error.f1, one.step_f1, one.auroc, one.calibration.error), strict=True
    ))  # fmt: skip


def _compared(one: SliceScores, whole: SliceScores) -> SliceScores:
    """A slice with the names of the numbers that are clearly worse than over everything."""
    all_, here = numbers(whole), numbers(one)
    below = [name for name in RISING if _clearly_below(here[name], all_[name])]
    error, usual = one.calibration.error.value, one.calibration.usual
    if error is not None and usual is not None and error > usual:
        below.append(ECE)
    low = one.low_agreement or _clearly_below(one.agreement, whole.agreement)
    return one.model_copy(update={"below": tuple(below), "low_agreement": low})


def _clearly_below(one: Estimate | None, whole: Estimate | None) -> bool:
    """Whether an interval lies below a value."""
    if one is None or whole is None or one.interval is None or whole.value is None:
        return False
    return one.interval.high < whole.value - ROUNDING


def _worst_first(one: SliceScores) -> tuple[bool, bool, float]:
    found = numbers(one)
    value = found[RISING[0]].value if found[RISING[0]].value is not None else found[RISING[1]].value
    return not one.both_low, not one.below, (value if value is not None else 1.0) if one.below else 0.0


class People:
    """How far people agree, and how often they are right on gold, in the slices of an evaluation."""

    def __init__(self, db: Reading, project_id: str, order: EvaluationOrder) -> None:
        self._given: Labels = labels(db, project_id)
        self._gold = against_gold(db, project_id).rows
        self._places: dict[tuple[bool, str], dict[str, list[int]]] = {}
        self._policy: Policy = projects.policy(db, project_id)
        self._order = order
        self._settled: dict[str, tuple[str, ...]] = {}

    def noting(self, truths: Iterable[Truth]) -> Iterator[Truth]:
        """The traces as they are, of which it is kept how their steps were settled."""
        for truth in truths:
            if "settled" in self._order.by:
                places = range(len(truth.labels))
                self._settled[truth.id] = tuple(cell_of_step(truth, place, "settled") for place in places)
            yield truth

    def beside(self, one: SliceScores) -> SliceScores:
        """A slice with what people are like there, whether or not a model predicted their steps."""
        alpha = self._alpha(one.slice)
        low = alpha.value is not None and alpha.value < self._policy.agreement_bar
        return one.model_copy(update={"agreement": alpha, "gold": self._accuracy(one.slice), "low_agreement": low})

    def _alpha(self, where: Mapping[str, str]) -> Agreement:
        rows = self._given.rows
        kept = np.zeros(len(rows), dtype=np.bool_)
        kept[self._there(rows, where)] = True
        there = self._given.ratings.where_rows(kept) if len(kept) else self._given.ratings
        (alpha,) = measure(
            there, [ALPHA], replicates=self._order.replicates, seed=self._order.seed, slice=where
        )  # fmt: skip
        return alpha.model_copy(update={"tables": ()})

    def _accuracy(self, where: Mapping[str, str]) -> Rate:
        rows = [self._gold[place] for place in self._there(self._gold, where)]
        codes: dict[str, int] = {}
        trace = np.array([codes.setdefault(row["item_id"], len(codes)) for row in rows], dtype=np.int64)
        hits = np.array([row["value"] == row["true"] for row in rows], dtype=np.bool_)
        return rate(hits, trace, self._policy.drift.within)

    def _there(self, rows: Sequence[Row], where: Mapping[str, str]) -> Sequence[int]:
        """The places of the rows in a slice. What each row's cells are is looked up once a dimension."""
        if not where:
            return range(len(rows))
        ((name, value),) = where.items()
        key = (rows is self._gold, name)
        if key not in self._places:
            found: dict[str, list[int]] = defaultdict(list)
            for place, row in enumerate(rows):
                for cell in self._cells(row, name):
                    found[cell].append(place)
            self._places[key] = found
        return self._places[key].get(value, [])

    def _cells(self, row: Row, name: str) -> Sequence[str]:
        match name:
            case "tag":
                return json.loads(row["tags"]) or (NOTHING,)
            case "position":
                return (band(row["position"]),)
            case "settled":
                return self._settled.get(row["item_id"], ())[row["position"] - 1 : row["position"]]
        return (NOTHING if row[name] is None else str(row[name]),)


def record(db: Db, by: str, project_id: str, order: EvaluationOrder, found: Measured) -> Evaluation:
    """Keep an evaluation. Its event has the digests of the predictions and of the numbers."""
    columns = {
        "id": db.new_id(), "project_id": project_id, "actor_id": by, "model": order.model,
        "predictions": found.scored.predictions, "as_of": found.as_of, "document": found.scored.model_dump_json(),
    }  # fmt: skip
    appended = event_data.tell(db, event_data.EVALUATION, columns)
    stored.add(db, **columns, at=db.now, sequence=appended.sequence)
    kept = evaluation(db, project_id, str(columns["id"]))
    return kept.model_copy(update={"broken": found.broken, "receipt": appended.hash})


def evaluation(db: Reading, project_id: str, evaluation_id: str) -> Evaluation:
    """An evaluation with the slices that were reopened because of it. Raises NotFound."""
    known_project(db, project_id)
    row = stored.evaluation(db, project_id, evaluation_id)
    if row is None:
        raise NotFound("There is no such evaluation in this project.")
    return Evaluation(
        id=row["id"], model=row["model"], made_at=row["at"], made_by=row["made_by"], as_of=row["as_of"],
        scores=Scored.model_validate_json(row["document"]),
        reopened=tuple(reopened(each) for each in stored.reopened(db, evaluation_id)),
    )  # fmt: skip


def reopened(row: Row) -> ReopenedSlice:
    """A reopened slice from a row."""
    return ReopenedSlice(
        id=row["id"], evaluation=row["evaluation_id"], where=row["part"], people=row["people"], made_at=row["at"],
        made_by=row["made_by"], traces=row["traces"], done=row["done"],
    )  # fmt: skip


def listed(db: Reading, project_id: str) -> list[EvaluationEntry]:
    """The evaluations of a project, the newest first."""
    known_project(db, project_id)
    return [_entry(row) for row in stored.evaluations(db, project_id)]


def _entry(row: Row) -> EvaluationEntry:
    scored = Scored.model_validate_json(row["document"])
    whole, *slices = scored.results
    return EvaluationEntry(
        id=row["id"], model=row["model"], made_at=row["at"], made_by=row["made_by"], steps=whole.steps,
        traces=whole.traces, f1=whole.first_error.f1, calibration_error=whole.calibration.error, auroc=whole.auroc,
        below=tuple(name_of(part.slice) for part in slices if part.below), reopened=row["reopened"],
    )  # fmt: skip


def name_of(where: Mapping[str, str]) -> str:
    """A slice as it is written: `domain=law`."""
    return ", ".join(f"{name}={value}" for name, value in where.items()) or "all"
