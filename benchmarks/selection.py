"""What the terms of the queue find on public data, against random order and position alone, and what they cost.

The data lie where COTLAB_TEST_DATA says, outside the repository. People are played by the labels of the data: they are
handed traces by the product's own order, label each up to its first error, and what they said trains a small
classifier whose opinions order the rest. A fifth of the problems is held out, and tells what a classifier has learned.
"""

import argparse
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path

import numpy as np

from benchmarks.evidence import NO_DATA, data
from benchmarks.selection_data import Labelled, by_step, labelled, opinion
from benchmarks.step_classifier import Floats, Table, Whole, features, fitted, probabilities
from benchmarks.tables import table
from cotlab.agreement.intervals.rates import rate
from cotlab.agreement.models.auroc import auroc
from cotlab.agreement.ratings import Mask
from cotlab.agreement.reweighting import Handed, weights
from cotlab.domain.agreement.rates import Rate
from cotlab.domain.drafts.uncertainty import Opinion, amounts
from cotlab.domain.projects.gates import DriftTest
from cotlab.domain.projects.priorities import Weights
from cotlab.domain.queue.priority import (
    DAY,
    BroughtBy,
    Known,
    Placed,
    Waiting,
    contradicting,
    interleaved,
    of_random_share,
    order_key,
    still_points,
    what_brings,
)

JUDGED, LEARNED = "mr_gsm8k_judged", ("mr_ben", "bigbench_mistake")
ROUNDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
"""Shares of the pool's labels after which what is known is looked at anew."""
SHOWN = (0.1, 0.2, 0.3, 0.5)
TRAINED, ESTIMATED = 0.25, 0.3
SEEDS = 20
HELD_OUT = 5
"""One problem in so many."""
RARE = ("incorrect",)
WAYS = "all labels", "the random share", "reweighted", "random as the rest"
"""How a share is estimated: the last takes what was drawn for a sample of what points left, which it is not."""
WHAT = "percentage points from the truth (spread), and intervals that hold it"
WITHIN = DriftTest().within
OFF = dict.fromkeys(Weights.model_fields, 0.0)


@dataclass(frozen=True, slots=True)
class Method:
    """Weights of the queue's terms, whose opinions they read, and the share that is handed out at random."""

    name: str
    weights: Mapping[str, float]
    source: str = "none"
    share: float = 0.2


RANDOM = Method("random order", {}, share=1.0)
POSITION = Method("position alone", {"rarity": 10}, "position", 0.0)
OF_CHECKS = (
    Method("refuted steps", {"refuted": 3}),
    Method("refuted, contradiction", {"refuted": 3, "contradiction": 10}),
)
OF_CLASSIFIER = (
    Method("sources", {"sources": 10}, "two classifiers"),
    Method("uncertainty", {"uncertainty": 10}, "classifier"),
    Method("rarity", {"rarity": 10}, "classifier"),
    Method("rarity, all by points", {"rarity": 10}, "classifier", 0.0),
    Method("rarity, refuted, contradiction", {"rarity": 10, "refuted": 3, "contradiction": 10}, "classifier"),
)
OF_JUDGES = (
    Method("sources", {"sources": 10}, "judges"),
    Method("uncertainty", {"uncertainty": 10}, "judges"),
    Method("rarity", {"rarity": 10}, "judges"),
)
METHODS = {JUDGED: (RANDOM, POSITION, *OF_CHECKS, *OF_JUDGES)} | dict.fromkeys(
    LEARNED, (RANDOM, POSITION, *OF_CHECKS, *OF_CLASSIFIER)
)


class Pool:
    """The steps of some traces as a table, also those after the first error, which nobody labels: a source has an
    opinion of all, since it does not know where the error is. `wrong` and `told` are of each step.
    """

    def __init__(self, traces: Sequence[Labelled], seen: Mapping[str, Sequence[dict[int, float]]]) -> None:
        """`seen` maps names of traces to the features of their steps."""
        self.traces = traces
        self.table = Table.of([step for one in traces for step in seen[one.name]])
        self.place = np.array([at for one in traces for at in range(len(one.steps))])
        self.told = np.array([at < len(one.wrong) for one in traces for at in range(len(one.steps))])
        self.wrong = np.array([at < len(one.wrong) and one.wrong[at] for one in traces for at in range(len(one.steps))])
        self.end = np.cumsum([len(one.steps) for one in traces])
        self.cost = np.array([len(one.wrong) for one in traces])

    def steps(self, trace: int) -> range:
        return range(self.end[trace] - len(self.traces[trace].steps), self.end[trace])

    def labels(self, traces: Iterable[int]) -> Whole:
        """The steps of some traces that have a label."""
        every = np.array([step for one in traces for step in self.steps(one)], dtype=np.int64)
        return np.asarray(every[self.told[every]], dtype=np.int64)


Source = Callable[[Pool, Whole], list[Floats]]
"""From a pool and the steps that are labelled: how probable an error is in each step of the pool, as one source or
several say.
"""


def by_place(pool: Pool, known: Whole) -> list[Floats]:
    """The share of errors at each place, with one step of the share over all beside it."""
    wrong, place = pool.wrong[known], pool.place[known]
    if not wrong.any():
        return []
    size = int(pool.place.max()) + 1
    errors, steps = (np.bincount(place, weights, minlength=size) for weights in (wrong, np.ones(len(known))))
    shares = (errors + wrong.mean()) / (steps + 1.0)
    return [np.asarray(shares[pool.place], dtype=np.float64)]


def by_classifier(pool: Pool, known: Whole) -> list[Floats]:
    wrong = pool.wrong[known]
    if not wrong.any() or wrong.all():
        return []
    return [probabilities(pool.table, fitted(pool.table.rows(known), wrong))]


def by_two(pool: Pool, known: Whole) -> list[Floats]:
    """A classifier of each half of the steps that are labelled."""
    return [one for half in (known[::2], known[1::2]) for one in by_classifier(pool, half)]


SOURCES: dict[str, Source] = {"position": by_place, "classifier": by_classifier, "two classifiers": by_two}


def opinions(pool: Pool, method: Method, known: Whole) -> Callable[[int], Sequence[Sequence[Opinion]]]:
    """The opinions of the steps of a trace."""
    if method.source == "judges":
        return lambda one: by_step(pool.traces[one].judges, len(pool.traces[one].steps))
    learned = SOURCES[method.source](pool, known) if method.source in SOURCES and len(known) else []
    return lambda one: [[opinion(float(each[step])) for each in learned] for step in pool.steps(one)]


def in_order(
    pool: Pool, method: Method, ids: Sequence[str], done: Collection[int], reached: set[int]
) -> Iterator[tuple[int, BroughtBy]]:
    """The traces that are left, in the order in which the queue hands them out, with what brought each; all of them
    came in at once. To `reached` come those of the random share that points would have brought by then.
    """
    weights, thought = Weights(**OFF | dict(method.weights)), opinions(pool, method, pool.labels(sorted(done)))
    lanes: tuple[list[Placed], list[Placed]] = ([], [])
    for number, trace in enumerate(pool.traces):
        if number in done:
            continue
        at_random = of_random_share(ids[number], method.share)
        known = Known(
            refuted=trace.refuted, contradiction=int(contradicting(trace.refuted, trace.answer)),
            **amounts(thought(number), RARE)._asdict(),
        )  # fmt: skip
        points = still_points(weights, Waiting(0.0, 0, known))
        key = order_key(weights, 0, 0.0 if at_random else points)
        lanes[at_random].append(Placed(key, ids[number], points))
    number_of = {one: number for number, one in enumerate(ids)}
    placed = {one.item_id: (one, lane) for lane in (0, 1) for one in lanes[lane]}
    chosen = deque(sorted(lanes[0]))
    waiting = deque(sorted(lanes[1], key=lambda one: one.priority - one.points * DAY))
    for item_id in interleaved(list(chosen), sorted(lanes[1]), method.share, "one person"):
        one, lane = placed[item_id]
        first = chosen[0].priority if chosen else None
        while waiting and what_brings(waiting[0].points, waiting[0].priority, True, first) is BroughtBy.POINTS:
            reached.add(number_of[waiting.popleft().item_id])
        number = number_of[item_id]
        yield number, what_brings(one.points, one.priority, lane == 1, first, number in reached)
        if not lane:
            chosen.popleft()


Labels = dict[int, BroughtBy]
"""Traces that are labelled, in the order in which they were handed out, and what brought each."""


def run(pool: Pool, method: Method, ids: Sequence[str]) -> Iterator[tuple[float, Labels]]:
    """The traces that are labelled once a share of the labels of the pool is there, for each of ROUNDS."""
    done: Labels = {}
    spent, labels, reached = 0, int(pool.cost.sum()), set[int]()
    for share in ROUNDS:
        for one, brought in in_order(pool, method, ids, done, reached):
            if spent >= share * labels:
                break
            done[one] = brought
            spent += int(pool.cost[one])
        yield share, dict(done)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one order: the share of errors found at each of SHOWN, what a classifier learned from TRAINED of the labels,
    and the share of wrong steps that is estimated at ESTIMATED, in each of the WAYS.
    """

    found: tuple[float, ...]
    learned: tuple[float, ...]
    estimated: tuple[Rate, ...]


def outcome(pool: Pool, test: Pool | None, method: Method, ids: Sequence[str]) -> Outcome:
    errors, at = sum(one.has_error for one in pool.traces), dict(run(pool, method, ids))
    found = tuple(sum(pool.traces[one].has_error for one in at[share]) / errors for share in SHOWN)
    learned = () if test is None else what_is_learned(pool, test, at[TRAINED])
    return Outcome(found, learned, tuple(estimates(pool, method, ids, at[ESTIMATED])))


def estimates(pool: Pool, method: Method, ids: Sequence[str], done: Labels) -> Iterator[Rate]:
    """The share of wrong steps, in each of the WAYS, as reports give it."""
    drawn = [of_random_share(ids[one], method.share) for one in done]
    handed = [Handed("all", one, brought) for one, brought in zip(drawn, done.values(), strict=True)]
    rest = (len(pool.traces) - drawn.count(False)) / max(1, drawn.count(True))
    trace = np.repeat(list(done), pool.cost[list(done)])
    for weights_ in (
        None, [float(one) for one in drawn], weights(handed) or [0.0] * len(drawn),
        [rest if one else 1.0 for one in drawn],
    ):  # fmt: skip
        each = None if weights_ is None else np.repeat(weights_, pool.cost[list(done)])
        yield rate(pool.wrong[pool.labels(done)], trace, WITHIN, each)


def what_is_learned(pool: Pool, test: Pool, traces: Iterable[int]) -> tuple[float, ...]:
    """Of a classifier that was trained on these traces, on the labels of `test`: AUROC, AUROC within the same place,
    and the mean squared error of its probabilities.
    """
    known = pool.labels(traces)
    told = np.flatnonzero(test.told)
    thought = probabilities(test.table, fitted(pool.table.rows(known), pool.wrong[known]))[told]
    wrong, place = test.wrong[told], test.place[told]
    return auroc(wrong, thought)[0], within(wrong, thought, place), float(((thought - wrong) ** 2).mean())


def within(wrong: Mask, score: Floats, place: Whole) -> float:
    """AUROC among steps at the same place, weighted by how many pairs of a right and a wrong step there are."""
    areas, pairs = [], []
    for one in np.unique(place):
        here = place == one
        count = int(wrong[here].sum()) * int((~wrong[here]).sum())
        if count:
            areas.append(auroc(wrong[here], score[here])[0])
            pairs.append(count)
    return float(np.average(areas, weights=pairs))


def split(traces: Sequence[Labelled], seed: int) -> tuple[list[Labelled], list[Labelled]]:
    """The pool, and the traces of the problems that are held out."""
    problems = sorted({one.problem for one in traces})
    held = set(np.random.default_rng(seed).permutation(len(problems))[: len(problems) // HELD_OUT].tolist())
    out = {problem for number, problem in enumerate(problems) if number in held}
    return [one for one in traces if one.problem not in out], [one for one in traces if one.problem in out]


@dataclass(slots=True)
class Measured:
    """What came out of each method in each run of a set; `full` is what is learned from all labels of the pool."""

    name: str
    pool: list[float] = field(default_factory=list)
    by_method: dict[str, list[Outcome]] = field(default_factory=dict)
    full: list[tuple[float, ...]] = field(default_factory=list)


def measure(name: str, traces: Sequence[Labelled], seeds: int) -> Measured:
    found = Measured(name)
    seen = {one.name: [features(one.problem, one.steps, at) for at in range(len(one.steps))] for one in traces}
    for seed in range(seeds):
        learns = name in LEARNED
        rest, held = split(traces, seed) if learns else (list(traces), [])
        pool, test = Pool(rest, seen), Pool(held, seen) if learns else None
        ids = random_ids(len(rest), seed)
        found.pool.append(float(pool.wrong[pool.told].mean()))
        for method in METHODS[name]:
            found.by_method.setdefault(method.name, []).append(outcome(pool, test, method, ids))
        if test is not None:
            found.full.append(what_is_learned(pool, test, range(len(rest))))
    return found


def mean(values: Sequence[float], digits: int = 1, by: float = 100.0) -> str:
    """The mean over the runs and an interval of 95 % of it, by the normal approximation."""
    some = np.array(values) * by
    half = 1.96 * float(some.std(ddof=1)) / sqrt(len(some)) if len(some) > 1 else 0.0
    return f"{some.mean():.{digits}f} ± {half:.{digits}f}"


def errors_found(one: Measured) -> str:
    """The share of errors that are found, and how far that is from random order in the same run."""
    rows: list[tuple[str, ...]] = []
    base = one.by_method[RANDOM.name]
    for name, outcomes in one.by_method.items():
        found = [mean([run.found[at] for run in outcomes]) for at in range(len(SHOWN))]
        ahead = mean([run.found[1] - plain.found[1] for run, plain in zip(outcomes, base, strict=True)])
        rows.append((name, *found, "" if name == RANDOM.name else ahead))
    head = "order", *(f"{share:.0%} of labels" for share in SHOWN), f"more than random at {SHOWN[1]:.0%}"
    return table(head, rows)


def learned(one: Measured) -> str:
    rows = [(f"{TRAINED:.0%}, {name}", *_learned([run.learned for run in outcomes]))
            for name, outcomes in one.by_method.items()]  # fmt: skip
    head = "trained on", "AUROC", "AUROC within place", "squared error"
    return table(head, [*rows, ("all labels of the pool", *_learned(one.full))])


def _learned(runs: Sequence[tuple[float, ...]]) -> Iterator[str]:
    for number, digits in enumerate((1, 1, 2)):
        yield mean([run[number] for run in runs], digits)


def estimated(one: Measured) -> str:
    """How far estimates of the share of wrong steps lie from the pool's, in percentage points: mean and spread; and how
    many intervals hold it.
    """
    rows = [
        (name, *(apart([run.estimated[way] for run in outcomes], one.pool) for way in range(len(WAYS))))
        for name, outcomes in one.by_method.items()
    ]
    return table(("order", *WAYS), rows)


def apart(rates: Sequence[Rate], truths: Sequence[float]) -> str:
    found = [(one.value, one.interval, true) for one, true in zip(rates, truths, strict=True)]
    apart = np.array([(value - true) * 100 for value, _, true in found if value is not None])
    if len(apart) < len(found):
        return ""
    held = sum(ends is not None and ends.low <= true <= ends.high for _, ends, true in found) / len(found)
    return f"{apart.mean():+.1f} ({apart.std():.1f}), {held:.0%}"


def sets(folder: Path, quick: bool = False) -> Iterator[str]:
    """The tables of each set, as Markdown."""
    for name in (JUDGED, *LEARNED):
        traces = labelled(folder, name, 60 if quick else None)
        one = measure(name, traces, 2 if quick else SEEDS)
        labels, errors = sum(len(each.wrong) for each in traces), sum(each.has_error for each in traces)
        yield f"### {name}"
        yield f"{len(traces):,} traces, {labels:,} steps with a label, {errors:,} errors; {len(one.pool)} runs."
        yield "Errors found, in percent:"
        yield errors_found(one)
        yield f"Share of wrong steps, estimated at {ESTIMATED:.0%}: {WHAT}:"
        yield estimated(one)
        if one.full:
            yield "What a classifier has learned, in percent, on problems that were held out:"
            yield learned(one)


def random_ids(number: int, seed: int) -> list[str]:
    return [bytes(one).hex() for one in np.random.default_rng(seed).integers(0, 256, (number, 16), np.uint8)]


def measured(folder: Path, quick: bool = False) -> str:
    """All tables, as Markdown."""
    return "\n\n".join(sets(folder, quick))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.selection", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few traces of each set, twice")
    quick = parser.parse_args().quick
    folder = data()
    for part in [NO_DATA] if folder is None else sets(folder, quick):
        print(part, end="\n\n", flush=True)


if __name__ == "__main__":
    main()
