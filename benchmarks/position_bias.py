"""The test of position bias: how soon a bias is found, and how often there is an alarm without one.

Made-up people choose the left response with a fixed probability, each pair by itself. Beside the runs stands what is
exact: the evidence depends on the counts alone, so that the chance of an alarm is a sum over paths of them.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from benchmarks.tables import Cell, table
from cotlab.agreement.pairs.position_bias import ALARM_AT, log_evidence, log_of_counts
from cotlab.agreement.tables import Floats

RUNS = 1_000
WITHIN, LONG = 300, 2_000
"""Decided pairs within which a bias should be found, and over which false alarms are counted."""
BIASED = (0.55, 0.60, 0.65, 0.70, 0.40)
BLOCK = 1_000


def first_alarms(share: float, runs: int, choices: int, random: np.random.Generator) -> Floats:
    """The number of choices up to the alarm, infinity for none; shape [runs]."""
    found = []
    for start in range(0, runs, BLOCK):
        left = random.random((min(BLOCK, runs - start), choices)) < share
        alarms = log_evidence(left) >= np.log(ALARM_AT)
        found.append(np.where(alarms.any(axis=1), alarms.argmax(axis=1) + 1.0, np.inf))
    return np.concatenate(found)


def exact(share: float, choices: int) -> float:
    """The probability of an alarm within so many choices of somebody who chooses left with this probability."""
    going, alarmed = np.ones(1), 0.0
    for number in range(1, choices + 1):
        going = np.append(going, 0.0) * (1.0 - share) + np.append(0.0, going) * share
        lefts = np.arange(number + 1.0)
        over = log_of_counts(lefts, number - lefts) >= np.log(ALARM_AT)
        alarmed += float(going[over].sum())
        going[over] = 0.0
    return alarmed


def measured(runs: int = RUNS, long: int = LONG) -> str:
    """The whole report, Markdown."""
    random = np.random.default_rng(1)
    rows: list[Sequence[Cell]] = []
    for share in BIASED:
        alarms = first_alarms(share, runs, WITHIN, random)
        median = float(np.quantile(alarms, 0.5, method="higher"))
        found = f"{np.isfinite(alarms).mean():.1%}"
        shown = f"{median:.0f}" if np.isfinite(median) else f"over {WITHIN}"
        rows.append([f"{share:.0%}", found, f"{exact(share, WITHIN):.1%}", shown])
    false = np.isfinite(first_alarms(0.5, runs, long, random)).mean()
    return "\n\n".join((
        f"{runs:,} people each, who choose the left response in a fixed share of pairs; found within {WITHIN} decided"
        " pairs:",
        table(("left", "found", "exactly", "median pairs"), rows),
        f"Without a bias an alarm within {long:,} pairs: {false:.1%} of {runs:,} people, exactly"
        f" {exact(0.5, long):.1%}; at most {1 / ALARM_AT:.0%} for ever.",
    ))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.position_bias", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    print(measured(parser.parse_args().runs))


if __name__ == "__main__":
    main()
