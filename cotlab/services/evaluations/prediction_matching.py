"""Predictions matched with the traces that they are of, line by line, as arrays that numbers are taken from."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cotlab.agreement.models.judgement import NONE, UNKNOWN, Judgements
from cotlab.domain.errors import BadInput
from cotlab.domain.evaluations.evaluations import ERROR, NO_ERROR, EvaluationOrder, PredictionLevel
from cotlab.domain.projects.projects import MOST_BROKEN
from cotlab.exchange.readers.jsonl import Broken
from cotlab.exchange.readers.predictions import NO_FIRST_ERROR, Prediction
from cotlab.services.evaluations.truths import Truth, Words, shown


class BrokenLines:
    """The first MOST_BROKEN broken lines of a file by their numbers, and how many there are."""

    def __init__(self) -> None:
        self.number, self._kept = 0, list[Broken]()

    def add(self, line: Broken) -> None:
        self.number += 1
        insort(self._kept, replace(line, raw=b""), key=lambda one: one.line_number)
        del self._kept[MOST_BROKEN:]

    def __iter__(self) -> Iterator[Broken]:
        return iter(self._kept)


@dataclass(slots=True)
class Matched:
    """Traces with the predictions about them, in order, and what was left out.

    `unlabelled` are traces that were predicted and have no settled step, `unpredicted` the other way round.
    """

    pairs: list[tuple[Truth, Prediction]] = field(default_factory=list)
    broken: BrokenLines = field(default_factory=BrokenLines)
    lines: int = 0
    unlabelled: int = 0
    unpredicted: int = 0


@dataclass(slots=True)
class Predictions:
    """The good lines of a file, by the names of their traces, or by their texts; `beside` are those by both."""

    by_name: dict[str, Prediction] = field(default_factory=dict)
    by_text: dict[str, Prediction] = field(default_factory=dict)
    beside: dict[str, list[Prediction]] = field(default_factory=lambda: defaultdict(list))
    broken: BrokenLines = field(default_factory=BrokenLines)
    lines: int = 0

    def of(self, truth: Truth) -> list[Prediction]:
        """The lines about a trace."""
        named = [self.by_name[name] for name in truth.names if name in self.by_name]
        return named + ([self.by_text[truth.text]] if truth.text in self.by_text else [])


def taken_in(lines: Iterable[Prediction | Broken]) -> Predictions:
    """All lines of a file; of two about one trace the second is broken. Raises BadInput for a file without lines."""
    found = Predictions()
    for line in lines:
        found.lines += 1
        if isinstance(line, Broken):
            found.broken.add(line)
            continue
        kept, name = (found.by_text, line.text or "") if line.trace is None else (found.by_name, line.trace)
        earlier = kept.setdefault(name, line)
        if earlier is not line:
            found.broken.add(_broken(line, "id", f"this trace stands in line {earlier.line_number} already"))
        elif line.trace is not None and line.text is not None:
            found.beside[line.text].append(line)
    if not found.lines:
        raise BadInput("There is no prediction in the file; it should hold one JSON object a line.")
    return found


def matched(truths: Iterable[Truth], predictions: Predictions, words: Words) -> Matched:
    """Each trace with its line: by its name, and by its text where no trace has the name.

    A line that fits no trace, several, or not the steps of its trace is broken.
    """
    found = Matched(broken=predictions.broken, lines=predictions.lines)
    of: dict[int, list[Truth]] = defaultdict(list)
    by_text: dict[int, list[Truth]] = defaultdict(list)
    perhaps = set[str]()
    every = [*predictions.by_name.values(), *predictions.by_text.values()]
    for truth in truths:
        lines = predictions.of(truth)
        for line in lines:
            of[line.line_number].append(truth)
        beside = predictions.beside.get(truth.text, ())
        for line in beside:
            by_text[line.line_number].append(truth)
        if truth.labels and not lines and beside:
            perhaps.add(truth.id)
        found.unpredicted += not lines and not beside and bool(truth.labels)
    for number, same in by_text.items():
        of.setdefault(number, same)
    found.unpredicted += len(perhaps.difference(truth.id for number in by_text for truth in of[number]))
    taken: dict[str, int] = {}
    for line in sorted(every, key=lambda one: one.line_number):
        wrong = _wrong(line, of.get(line.line_number, []), words, taken)
        if wrong is not None:
            found.broken.add(wrong)
            continue
        (truth,) = of[line.line_number]
        taken[truth.id] = line.line_number
        if truth.labels:
            found.pairs.append((truth, line.up_to(truth.steps)))
        else:
            found.unlabelled += 1
    return found


def _wrong(line: Prediction, truths: Sequence[Truth], words: Words, taken: dict[str, int]) -> Broken | None:
    if len(truths) != 1:
        why = "several traces are this one" if truths else "there is no such trace"
        return _broken(line, "id" if line.trace is not None else "steps", why)
    (truth,) = truths
    if truth.id in taken:
        return _broken(line, "id", f"this trace stands in line {taken[truth.id]} already")
    for name, values in (("scores", line.scores), ("verdicts", line.verdicts)):
        if values is not None and not (len(values) == truth.steps or (line.of_row and len(values) < truth.steps)):
            return _broken(line, name, f"there are {len(values)} for a trace of {truth.steps} steps")
    if line.first_error is not None and line.first_error >= truth.steps:
        return _broken(line, "first_error", f"{line.first_error} is no step; the {truth.steps} steps count from 0")
    for place, verdict in enumerate(line.verdicts or ()):
        if verdict is not None and verdict not in words.parents:
            there = shown({*words.parents.values()})
            return _broken(line, f"verdicts.{place}", f"there is no label {verdict}; there are {there}")
    return None


def _broken(line: Prediction, field: str, why: str) -> Broken:
    return Broken(line.line_number, field, why, b"")


@dataclass(frozen=True, slots=True)
class Read:
    """What a line says of the steps of a trace: the label and whether that is an error, by step; None where nothing.

    `first` is the place of the first error, -1 for none, and None where the line does not tell it.
    """

    labels: tuple[str | None, ...]
    sides: tuple[bool | None, ...]
    first: int | None


def read(line: Prediction, steps: int, words: Words, threshold: float) -> Read:
    """Verdicts before scores, and both before a first error, of which the steps up to it follow."""
    labels = tuple(one and words.parents[one] for one in line.verdicts) if line.verdicts else (None,) * steps
    if line.verdicts is not None:
        sides = tuple(None if one is None else one in words.errors for one in labels)
    elif line.scores is not None:
        sides = tuple(None if one is None else one < threshold for one in line.scores)
    else:
        sides = tuple(_before(line.first_error, steps))
    return Read(labels, sides, line.first_error if line.says_first else _first(sides))


def _before(first: int | None, steps: int) -> Iterator[bool | None]:
    for place in range(steps):
        known = first is not None and (first == NO_FIRST_ERROR or place <= first)
        yield place == first if known else None


def _first(sides: Sequence[bool | None]) -> int | None:
    for place, error in enumerate(sides):
        if error is None:
            return None
        if error:
            return place
    return NO_FIRST_ERROR


def level_of(order: EvaluationOrder, matched: Matched) -> PredictionLevel:
    """What is compared: what was asked for, else labels where every line has verdicts."""
    if order.level is not None:
        return order.level
    named = all(line.verdicts is not None for _, line in matched.pairs)
    return PredictionLevel.LABEL if named else PredictionLevel.ERROR


def judgements(matched: Matched, words: Words, order: EvaluationOrder, level: PredictionLevel) -> Judgements:
    """The arrays of all settled steps that were predicted, and of their traces."""
    rows = [(truth, line, read(line, truth.steps, words, order.threshold)) for truth, line in matched.pairs]
    by_label = level is PredictionLevel.LABEL
    labels = tuple(sorted({value for truth, _, _ in rows for value, _ in truth.labels}))
    named = {name for _, _, said in rows for name in said.labels if name} if by_label else set[str]()
    predicted = tuple(sorted(named | {*labels})) if by_label else (NO_ERROR, ERROR)
    code, given = ({name: place for place, name in enumerate(names)} for names in (labels, predicted))
    errors = np.array([name in words.errors for name in labels], dtype=np.bool_)
    each = [(place, truth, line, said) for place, (truth, line, said) in enumerate(rows)]
    steps = [
        (
            code[value], NONE if said.labels[at] is None or not by_label else given[said.labels[at] or ""],
            NONE if said.sides[at] is None else int(said.sides[at] or 0), _score(line, at), place,
        )
        for place, truth, line, said in each for at, (value, _) in enumerate(truth.labels)
    ]  # fmt: skip
    label, place_given, side, score, trace = (np.array(column) for column in zip(*steps, strict=True))
    problems: dict[str, int] = {}
    first = [_true_first(truth, words) for truth, _, _ in rows]
    return Judgements(
        labels=labels, predicted=predicted, errors=errors,
        right=np.array([
            [one == other if by_label else (one in words.errors) == (other == ERROR) for other in predicted]
            for one in labels
        ]),
        label=label.astype(np.int64), given=(place_given if by_label else side).astype(np.int64),
        side=side.astype(np.int64), score=score.astype(np.float64), trace=trace.astype(np.int64),
        problem=np.array([problems.setdefault(truth.problem, len(problems)) for truth, _, _ in rows]),
        first=np.array(first),
        found=np.array([said.first == one for one, (_, _, said) in zip(first, rows, strict=True)], dtype=np.bool_),
    )  # fmt: skip


def _score(line: Prediction, at: int) -> float:
    score = line.scores[at] if line.scores is not None else None
    return float("nan") if score is None else score


def _true_first(truth: Truth, words: Words) -> int:
    """The place of the first error; UNKNOWN where steps are unsettled and none before them is one."""
    for place, (value, _) in enumerate(truth.labels):
        if value in words.errors:
            return place
    return NONE if len(truth.labels) == truth.steps else UNKNOWN
