"""How good the gate of calibration is: the chance to pass it, by how well somebody really knows the labels.

Annotators are made up (benchmarks/annotators.py): their kappa over endlessly many steps is exact, and what they give in
a calibration is drawn. Each attempt is a calibration of its own. The coefficient, its interval over traces and the
recall are computed by the code that the gate uses.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from benchmarks.annotators import LABELS, Annotator, Labelled, label, of_kappa, who_never_says
from benchmarks.tables import Cell, table
from cotlab.agreement.coefficients.cohen_kappa import CohenKappa
from cotlab.agreement.intervals.bootstrap import ENDS, FEWEST_CLUSTERS, draws
from cotlab.agreement.ratings import Codes, Mask
from cotlab.agreement.tables import Floats
from cotlab.domain.projects.gates import Gate, GateOn

KAPPA = CohenKappa()
GATE = Gate()
KAPPAS = (0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.95)
SIZES = (30, 60, 120, 240, 360, 480)
ATTEMPTS = (1, 2, 3)
THRESHOLDS = {GateOn.VALUE: (0.80, 0.82, 0.85, 0.90), GateOn.LOWER: (0.65, 0.70, 0.75, 0.80)}
WITHIN = (0.0, 0.1, 0.2, 0.3)
"""Correlations of two mistakes in a trace."""
USUAL = 0.1
RUNS = 8_000
RESAMPLED = 800
"""Runs of which an interval is taken, with so many resamples each:"""
REPLICATES = 300
BAD, GOOD = 0.70, 0.90
MOST_BAD, LEAST_GOOD = 0.02, 0.90
"""The aim: true BAD passes in less than MOST_BAD, true GOOD in more than LEAST_GOOD."""
GRID = np.round(np.arange(0.70, 0.961, 0.01), 2)


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """Calibrations of one annotator: kappa and recalls enough, shape [runs], and lower ends, shape [RESAMPLED]."""

    value: Floats
    lower: Floats
    recalled: Mask

    def chance(self, on: GateOn, threshold: float, attempts: int, *, recall: bool = False) -> float:
        """Of passing within so many attempts."""
        passed = (self.value if on is GateOn.VALUE else self.lower) >= threshold - 1e-9
        if recall:
            passed = passed & self.recalled[: len(passed)]
        return float(1.0 - (1.0 - passed.mean()) ** attempts)


def calibrate(
    one: Annotator, steps: int, within: float, random: np.random.Generator, *, runs: int = RUNS,
    resampled: int = RESAMPLED,
) -> Results:  # fmt: skip
    """So many calibrations of so many counted steps."""
    made = label(one, runs, steps, within, random)
    part = Labelled(made.gold[:resampled], made.given[:resampled], made.trace[:resampled])
    counts = tables(made)
    return Results(KAPPA.of_pairs(counts), lower_ends(part), enough_recall(counts, GATE))


def tables(made: Labelled) -> Floats:
    """How often gold labels (rows) met given ones in each run; shape [runs, labels, labels]."""
    return _counted(made, np.zeros_like(made.trace), 1)[:, 0]


def _counted(made: Labelled, trace: Codes, traces: int) -> Floats:
    """Shape [runs, traces, labels, labels]."""
    k, runs = len(LABELS), len(trace)
    cells = ((np.arange(runs)[:, None] * traces + trace) * k + made.gold) * k + made.given
    return np.bincount(cells.ravel(), minlength=runs * traces * k * k).reshape(runs, traces, k, k).astype(np.float64)


def lower_ends(made: Labelled) -> Floats:
    """The lower end of the interval of kappa over traces in each run, -1 where there are too few traces; [runs]."""
    traces = made.trace[:, -1] + 1
    found = np.full(len(traces), -1.0)
    for count in np.unique(traces[traces >= FEWEST_CLUSTERS]):
        runs = traces == count
        shares = _counted(Labelled(made.gold[runs], made.given[runs], made.trace[runs]), made.trace[runs], int(count))
        weights = np.concatenate(list(draws(int(count), REPLICATES, seed=1)))
        resampled = np.einsum("rt,stx->srx", weights, shares.reshape(len(shares), count, -1), optimize=True)
        kappas = KAPPA.of_pairs(resampled.reshape(*resampled.shape[:2], *shares.shape[2:]))
        found[runs] = np.nanquantile(kappas, ENDS[0], axis=1)
    return found


def enough_recall(counts: Floats, gate: Gate) -> Mask:
    """Whether the recall of each label that has gold steps enough is what the gate asks; shape [runs]."""
    gold, right = counts.sum(axis=2), np.diagonal(counts, axis1=1, axis2=2)
    enough: Mask = ((gold < gate.recall_steps) | (right >= gate.recall * gold)).all(axis=1)
    return enough


@dataclass(frozen=True, slots=True)
class Size:
    """How much is simulated."""

    runs: int = RUNS
    resampled: int = RESAMPLED
    sizes: tuple[int, ...] = SIZES


Key = tuple[float, int, float]
"""The correlation of mistakes, counted steps and true kappa."""


def simulate(size: Size) -> dict[Key, Results]:
    """Every correlation, size and true kappa."""
    random = np.random.default_rng(1)
    return {
        key: calibrate(of_kappa(key[2]), key[1], key[0], random, runs=size.runs, resampled=size.resampled)
        for key in product(WITHIN, size.sizes, KAPPAS)
    }


def chances(found: dict[Key, Results], within: float, sizes: Sequence[int], attempts: Sequence[int]) -> str:
    """The chance to pass by true kappa, for each policy; Markdown."""
    rows: list[list[Cell]] = []
    for on, steps in product(THRESHOLDS, sizes):
        for threshold, times in product(THRESHOLDS[on], attempts):
            passed = [found[within, steps, kappa].chance(on, threshold, times) for kappa in KAPPAS]
            rows.append([on.value, f"{threshold:.2f}", steps, times, *map(percent, passed)])
    return table(("on", "threshold", "steps", "attempts", *(f"{kappa:.2f}" for kappa in KAPPAS)), rows)


def percent(share: float) -> str:
    return f"{share:.1%}"


def nearest(found: dict[Key, Results], sizes: Sequence[int]) -> str:
    """For steps and attempts the lowest threshold on the value that keeps bad annotators out; Markdown."""
    rows: list[list[Cell]] = [
        [steps, times, *(_nearest(found, within, steps, times) for within in WITHIN)]
        for steps, times in product(sizes, ATTEMPTS)
    ]
    return table(("steps", "attempts", *(f"correlation {within:g}" for within in WITHIN)), rows)


def _nearest(found: dict[Key, Results], within: float, steps: int, attempts: int) -> str:
    bad, good = (found[within, steps, kappa] for kappa in (BAD, GOOD))
    for threshold in GRID:
        let_in = bad.chance(GateOn.VALUE, float(threshold), attempts)
        if let_in < MOST_BAD:
            kept = good.chance(GateOn.VALUE, float(threshold), attempts)
            missed = "" if kept > LEAST_GOOD else " (missed)"
            return f"{threshold:.2f}: {let_in:.1%}, {kept:.1%}{missed}"
    return "none"


def default(size: Size) -> str:
    """The default gate with all it asks: by true kappa, and people who never give one of the labels; Markdown."""
    random = np.random.default_rng(2)
    people = {f"kappa {kappa:.2f}": of_kappa(kappa) for kappa in KAPPAS} | {
        f"never {label}, else right": who_never_says(label) for label in ("redundant", "incomplete")
    }
    rows = [[name, *_default(one, size, random)] for name, one in people.items()]
    heads = [f"passes at {within:g}" for within in WITHIN]
    return table(("annotator", "kappa", *heads, f"at {USUAL:g} without recall", f"counted steps at {USUAL:g}"), rows)


def _default(one: Annotator, size: Size, random: np.random.Generator) -> Iterator[Cell]:
    yield f"{one.kappa():.2f}"
    made = {within: calibrate(one, GATE.steps, within, random, runs=size.runs, resampled=1) for within in WITHIN}
    for results in made.values():
        yield percent(results.chance(GATE.on, GATE.threshold, GATE.attempts, recall=True))
    yield percent(made[USUAL].chance(GATE.on, GATE.threshold, GATE.attempts))
    failed = 1.0 - made[USUAL].chance(GATE.on, GATE.threshold, 1, recall=True)
    yield round(GATE.steps * sum(failed**before for before in range(GATE.attempts)))


def measured(size: Size | None = None, attempts: Sequence[int] = ATTEMPTS) -> str:
    """The whole report, Markdown."""
    size = size or Size()
    found = simulate(size)
    parts = [
        f"{size.runs:,} calibrations of each annotator and size; of {size.resampled:,} of them an interval is taken,"
        f" with {REPLICATES} resamples.",
        f"The lowest threshold on the value that lets true {BAD:.2f} through in under {MOST_BAD:.0%}, by the"
        f" correlation of mistakes in a trace, with the chances of true {BAD:.2f} and of true {GOOD:.2f}:",
        nearest(found, size.sizes),
        f"The default gate: {GATE.coefficient} of {GATE.threshold:g} on {GATE.steps} steps, {GATE.attempts} attempts, a"
        f" recall of {GATE.recall:g} of labels with {GATE.recall_steps} gold steps:",
        default(size),
    ]
    for within in WITHIN:
        parts += [f"Mistakes of a trace correlated by {within:g}; chance to pass by true kappa:"]
        parts += [chances(found, within, size.sizes, attempts)]
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--resampled", type=int, default=RESAMPLED)
    parser.add_argument("--attempts", type=int, nargs="+", default=ATTEMPTS)
    given = parser.parse_args()
    print(measured(Size(given.runs, given.resampled), given.attempts))


if __name__ == "__main__":
    main()
