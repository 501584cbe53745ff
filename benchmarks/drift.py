"""The drift test on made-up gold streams: false alarms of steady people, and how soon a fall is found.

Everybody calibrates first, so that a baseline is as uncertain as it is in life, and mistakes of a trace come together
(benchmarks/annotators.py). Calibration, stream and fall are drawn anew for each run.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.annotators import MEAN_LENGTH, label, of_kappa, right, traces
from benchmarks.calibration import KAPPA, enough_recall, tables
from benchmarks.tables import Cell, table
from cotlab.agreement.drift import Blocks, blocks, evidence, factors, floor
from cotlab.agreement.ratings import Codes, Mask
from cotlab.agreement.tables import Floats
from cotlab.domain.calibration.results import Baseline
from cotlab.domain.projects.gates import DriftTest, Gate

RUNS = 2_000
STEADY = 2_000
"""Gold steps over which false alarms are counted."""
BEFORE = 400
"""Gold steps before a fall."""
AFTER = 2_000
FALL = 0.15
WITHIN = (0.0, 0.1, 0.3)
ACCURACIES = (0.82, 0.90, 0.97)
CALIBRATED = (120, 240, 480, 960)
KAPPAS = (0.75, 0.80, 0.85, 0.90, 0.95)
TEST, GATE = DriftTest(), Gate()
FEWEST = 50
"""People of whom a share means something."""
FALSE = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Streams:
    """Gold of several people in production: floors of shape [runs], evidence after each block [runs, blocks] and the
    steps done by then."""

    evidence: Floats
    done: Codes

    def found(self, alarm_at: float, start: int = 0) -> Floats:
        """Steps from `start` to the first alarm, infinity for none, of those who had none up to there; [runs]."""
        alarms = self.evidence >= alarm_at
        steps = np.where(alarms.any(axis=1), self.done[np.arange(len(alarms)), alarms.argmax(axis=1)], np.inf)
        waited: Floats = steps[steps > start] - start
        return waited


def watched(answers: Mask, trace: Codes, floors: Floats) -> Streams:
    """The test over streams of shape [runs, steps]. After a stream's last block its evidence is 0."""
    taken = [blocks(*stream) for stream in zip(answers, trace, strict=True)]
    most = max(len(last) for _, last in taken)
    done = np.zeros((len(taken), most), dtype=np.int64)
    correct, steps = np.ones((2, len(taken), most))
    for run, (one, last) in enumerate(taken):
        done[run, : len(last)], correct[run, : len(last)], steps[run, : len(last)] = last + 1, one.right, one.steps
    sums = evidence(factors(Blocks(correct, steps), floors))
    return Streams(np.where(done > 0, sums, 0.0), done)


def floors(accuracy: float, runs: int, calibrated: int, within: float, random: np.random.Generator) -> Floats:
    """The floors after a calibration of so many steps each; shape [runs]."""
    trace = traces(runs, calibrated, random)
    return _floors(right(accuracy, trace, within, random).sum(axis=1), calibrated, trace[:, -1] + 1)


def _floors(correct: Codes, steps: int, traces: Codes) -> Floats:
    return np.array([
        floor(Baseline(right=int(one), steps=steps, traces=int(two)), TEST)
        for one, two in zip(correct, traces, strict=True)
    ])  # fmt: skip


def steady(accuracy: float, runs: int, calibrated: int, within: float, random: np.random.Generator) -> Streams:
    """People who stay as they were in calibration."""
    trace = traces(runs, STEADY, random)
    return watched(right(accuracy, trace, within, random), trace, floors(accuracy, runs, calibrated, within, random))


def falling(accuracy: float, runs: int, calibrated: int, within: float, random: np.random.Generator) -> Streams:
    """People whose accuracy falls after BEFORE steps."""
    trace = traces(runs, BEFORE + AFTER, random)
    now = np.where(np.arange(BEFORE + AFTER) < BEFORE, accuracy, accuracy - FALL)
    return watched(right(now, trace, within, random), trace, floors(accuracy, runs, calibrated, within, random))


def qualified(kappa: float, runs: int, within: float, random: np.random.Generator) -> Streams | None:
    """Who passed the default gate, of as many as there are runs, and stays as they are; None for a mere few."""
    one = of_kappa(kappa)
    made = label(one, runs, GATE.steps, within, random)
    counts = tables(made)
    passed = (KAPPA.of_pairs(counts) >= GATE.threshold) & enough_recall(counts, GATE)
    if np.count_nonzero(passed) < FEWEST:
        return None
    correct = (made.gold == made.given).sum(axis=1)[passed]
    least = _floors(correct, GATE.steps, made.trace[passed, -1] + 1)
    trace = traces(len(least), STEADY, random)
    return watched(right(one.accuracy(), trace, within, random), trace, least)


def told(accuracy: float, runs: int, within: float, random: np.random.Generator) -> Sequence[float]:
    """Median and 90 % delay of a test that is told the accuracies before and after, with 5 % of false alarms.

    The Shiryaev-Roberts sum of the likelihood ratios of single steps, tempered by how much the correlation makes the
    steps of a trace repeat each other; its threshold is the one that gives so many false alarms in these runs.
    """
    effect = 1.0 + (MEAN_LENGTH - 1.0) * within
    later = BEFORE + AFTER
    trace = traces(runs, later, random)
    now = np.where(np.arange(later) < BEFORE, accuracy, accuracy - FALL)
    calm = _ratios(right(accuracy, trace[:, :STEADY], within, random), accuracy, effect)
    fallen = _ratios(right(now, trace, within, random), accuracy, effect)
    alarm_at = float(np.quantile(evidence(calm).max(axis=1), 1.0 - FALSE))
    waited = Streams(evidence(fallen), np.broadcast_to(np.arange(1, later + 1), fallen.shape)).found(alarm_at, BEFORE)
    return [float(np.quantile(waited, share, method="higher")) for share in (0.5, 0.9)]


def _ratios(answers: Mask, accuracy: float, effect: float) -> Floats:
    after = accuracy - FALL
    ratios: Floats = np.where(answers, after / accuracy, (1.0 - after) / (1.0 - accuracy)) ** (1.0 / effect)
    return ratios


def at_best(runs: int) -> str:
    """The delays of a test that is told the accuracies; Markdown."""
    random = np.random.default_rng(3)
    rows: list[list[Cell]] = []
    for within in WITHIN:
        medians, longer = zip(*(told(one, runs, within, random) for one in ACCURACIES), strict=True)
        rows.append([f"{within:g}", *map(int, medians), *map(int, longer)])
    heads = [f"{what} {one:.2f}" for what in ("median delay", "delay of 90 %") for one in ACCURACIES]
    return table(("correlation", *heads), rows)


def by_calibration(runs: int, sizes: tuple[int, ...]) -> str:
    """False alarms and delays by accuracy, correlation and size of the calibration; Markdown."""
    random = np.random.default_rng(1)
    rows = [
        [
            f"{within:g}",
            calibrated,
            *(_false(steady(one, runs, calibrated, within, random)) for one in ACCURACIES),
            *(_delay(falling(one, runs, calibrated, within, random), 0.5) for one in ACCURACIES),
            *(_delay(falling(one, runs, calibrated, within, random), 0.9) for one in ACCURACIES),
        ]
        for within in WITHIN
        for calibrated in sizes
    ]
    heads = [f"{what} {one:.2f}" for what in ("false alarms", "median delay", "delay of 90 %") for one in ACCURACIES]
    return table(("correlation", "calibration steps", *heads), rows)


def _false(streams: Streams) -> str:
    return f"{np.isfinite(streams.found(TEST.alarm_at)).mean():.1%}"


def _delay(streams: Streams, share: float) -> int | str:
    steps = np.quantile(streams.found(TEST.alarm_at, BEFORE), share, method="higher")
    return int(steps) if np.isfinite(steps) else f"over {AFTER}"


def lucky(runs: int) -> str:
    """Alarms of people who passed the gate and stay as they are, by their true kappa; Markdown."""
    random = np.random.default_rng(2)
    rows: list[list[Cell]] = []
    for kappa in KAPPAS:
        found = [qualified(kappa, runs, within, random) for within in WITHIN]
        rows.append([f"{kappa:.2f}", f"{of_kappa(kappa).accuracy():.2f}", *map(_share, found)])
    return table(("kappa", "accuracy", *(f"alarms at {within:g}" for within in WITHIN)), rows)


def _share(streams: Streams | None) -> str:
    return f"{_false(streams)} of {len(streams.done):,}" if streams else "few pass"


def measured(runs: int = RUNS, sizes: tuple[int, ...] = CALIBRATED) -> str:
    """The whole report, Markdown."""
    return "\n\n".join((
        f"{runs:,} people each. False alarms over {STEADY:,} gold steps of people who stay at this accuracy; gold steps"
        f" from a fall by {FALL:g} to the alarm, of those without an alarm in the {BEFORE} steps before it:",
        by_calibration(runs, sizes),
        f"The same of a test that is told the accuracies before and after the fall, with {FALSE:.0%} of false alarms:",
        at_best(runs),
        f"People who stay as they are after passing the default gate, of {runs:,} attempts: alarms over {STEADY:,} gold"
        " steps:",
        lucky(runs),
    ))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drift", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    print(measured(parser.parse_args().runs))


if __name__ == "__main__":
    main()
