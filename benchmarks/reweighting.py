"""What reweighted shares are worth where points chose what was labelled: bias, spread, intervals that hold the truth.

One queue is simulated with a model that learns, so that all points are new halfway; others are public data that checks
order (COTLAB_TEST_DATA), as `benchmarks.selection` hands them out.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.evidence import NO_DATA, data
from benchmarks.selection import ESTIMATED, LEARNED, OF_CHECKS, WAYS, Pool, apart, estimates, random_ids, run
from benchmarks.selection_data import labelled
from benchmarks.tables import table
from cotlab.agreement.intervals.rates import rate
from cotlab.agreement.reweighting import Handed, weights
from cotlab.domain.queue.priority import BroughtBy

TRACES = 800
HANDED_OUT = (100, 200, 400, 550)


def simulated(seed: int, traces: int = TRACES, until: int = 500) -> dict[str, tuple[bool, float]]:
    """Of each way whether its interval holds the share of wrong ones in all, and how far it is from it.

    What is probably wrong comes first by points, which are all new halfway: a model that learned something. What was in
    front before that is still.
    """
    draw = np.random.default_rng(seed)
    chance = draw.beta(0.6, 2.4, traces)
    wrong, drawn = draw.random(traces) < chance, draw.random(traces) < 0.2
    scores = [np.clip(chance + draw.normal(0, spread, traces), 0, None) for spread in (0.4, 0.1)]
    open_, reached, kinds, done = np.ones(traces, dtype=np.bool_), np.zeros(traces, dtype=np.bool_), [], []
    score = scores[0]
    for turn in range(until):
        lane = np.flatnonzero(open_ & ~drawn)
        first = lane[score[lane].argmax()]
        if turn == until // 2:
            reached = score >= score[first]
            score = scores[1]
            first = lane[score[lane].argmax()]
        one = int(np.flatnonzero(open_ & drawn)[0]) if draw.random() < 0.2 else int(first)
        in_front = score[one] >= score[first] or reached[one]
        by = BroughtBy.POINTS if in_front else BroughtBy.AGE if score[one] <= 0 else BroughtBy.DRAW
        kinds.append(Handed("g", bool(drawn[one]), by))
        done.append(one)
        open_[one] = False
    each, at = weights(kinds), np.array(done)
    assert each is not None
    truth = float(wrong.mean())
    found = {}
    for way, weight in {"all": None, "at random": drawn[at].astype(float), "reweighted": np.array(each)}.items():
        share = rate(wrong[at], at, 0.0, weight)
        assert share.value is not None and share.interval is not None
        found[way] = share.interval.low <= truth <= share.interval.high, share.value - truth
    return found


def learning(runs: int) -> str:
    """Bias and spread in percentage points, and how many intervals hold the share."""
    rows = []
    for until in HANDED_OUT:
        found = [simulated(seed, TRACES, until) for seed in range(runs)]
        cells = []
        for way in found[0]:
            off = np.array([one[way][1] for one in found]) * 100
            held = np.mean([one[way][0] for one in found])
            cells.append(f"{off.mean():+.1f} ({off.std():.1f}), {held:.0%}")
        rows.append((f"{until} of {TRACES}", *cells))
    return table(("handed out", *WAYS[:3]), rows)


def by_checks(folder: Path, runs: int) -> Iterator[str]:
    """What estimates are worth where checks order the queue, over many runs, which take little time."""
    for name in LEARNED:
        traces = labelled(folder, name, None)
        pool = Pool(traces, {one.name: [{} for _ in one.steps] for one in traces})
        truths = [float(pool.wrong[pool.told].mean())] * runs
        rows = []
        for method in OF_CHECKS:
            found = [list(estimates(pool, method, ids, dict(run(pool, method, ids))[ESTIMATED]))
                     for ids in (random_ids(len(traces), seed) for seed in range(runs))]  # fmt: skip
            rows.append((method.name, *(apart([one[way] for one in found], truths) for way in range(len(WAYS)))))
        yield f"### {name}, {runs} runs"
        yield table(("order", *WAYS), rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reweighting", description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    runs = parser.parse_args().runs
    print(learning(runs * 5), end="\n\n", flush=True)
    folder = data()
    for part in [NO_DATA] if folder is None else by_checks(folder, runs):
        print(part, end="\n\n", flush=True)


if __name__ == "__main__":
    main()
