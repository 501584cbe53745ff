"""How far the reports to a lead can be trusted: intervals of accuracy, the test for a slide of all, and pace alarms.

Traces have 8 steps. Of a trace the share of right steps is drawn from a beta distribution, so that two mistakes of it
are correlated. Readers take a time for each word and for the choice; some steps they know at a glance.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from benchmarks.tables import Cell, table
from cotlab.agreement.intervals.rates import Counted, change, count, interval
from cotlab.agreement.ratings import Codes, Mask
from cotlab.domain.calibration.pace import Timed, too_fast
from cotlab.domain.projects.gates import PaceTest
from cotlab.services.calibration.group_drift import SURE

STEPS = 8
WITHIN = 0.1
"""The correlation that the policy assumes."""
RUNS = 2_000
SHARES, CORRELATIONS, TRACES = (0.75, 0.9, 0.97), (0.0, 0.1, 0.3), (5, 25, 100)
WINDOWS, IN_WINDOW = 12, 25
"""Windows of a programme, and gold traces in each."""
FALLS = (0.0, 0.05, 0.1)
GLANCES = (0.0, 0.1, 0.2, 0.3, 0.4)
LABELS = 20_000
READERS = 20


def right(share: float, within: float, traces: int, random: np.random.Generator) -> Mask:
    """Whether each step is right; shape [traces * STEPS]."""
    each = np.full(traces, share)
    if within:
        each = random.beta(share * (1 / within - 1), (1 - share) * (1 / within - 1), traces)
    return (random.random((traces, STEPS)) < each[:, None]).ravel()


def codes(traces: int) -> Codes:
    return np.repeat(np.arange(traces), STEPS)


def coverage(share: float, within: float, traces: int, runs: int) -> float:
    """How often the interval of a share holds the true one."""
    random = np.random.default_rng(1)
    ends = [interval(count(right(share, within, traces, random), codes(traces), WITHIN)) for _ in range(runs)]
    return sum(one.low <= share <= one.high for one in ends) / runs


def told(fall: float, within: float, runs: int) -> float:
    """How often a fall of all, from the middle of a programme at 0.9 on, is told of in any window."""
    random = np.random.default_rng(2)
    return sum(_tells(fall, within, random) for _ in range(runs)) / runs


def _tells(fall: float, within: float, random: np.random.Generator) -> bool:
    counted = [_window(0.9 - (fall if number >= WINDOWS // 2 else 0.0), within, random) for number in range(WINDOWS)]
    changes = [change(counted[0], one) for one in counted[1:]]
    return any(one is not None and one.value < 0 and one.chance < SURE / (WINDOWS - 1) for one in changes)


def _window(share: float, within: float, random: np.random.Generator) -> Counted:
    return count(right(share, within, IN_WINDOW, random), codes(IN_WINDOW), WITHIN)


def alarmed(glances: float, readers: int, labels: int, clicks: bool = False) -> tuple[int, float]:
    """Of so many readers, how many raise an alarm within so many labels, and the share that cannot have been read.

    One who only `clicks` takes half a second or more for every step.
    """
    random, raised, faster = np.random.default_rng(3), 0, 0
    for _ in range(readers):
        words = np.maximum(1, random.lognormal(3.0, 0.7, labels)).astype(np.int64)
        seconds = words * random.lognormal(np.log(0.25), 0.3, labels) + random.lognormal(np.log(1.5), 0.6, labels)
        quick = 0.5 + random.exponential(0.4, labels)
        seconds = np.where((random.random(labels) < glances) | clicks, quick, seconds)
        made = [Timed(int(one), float(took), 0, 0) for one, took in zip(words, seconds, strict=True)]
        raised += too_fast(made, PaceTest()) is not None
        faster += sum(one.unreadable(PaceTest()) for one in made)
    return raised, faster / readers / labels


def measured(runs: int = RUNS, readers: int = READERS, labels: int = LABELS) -> str:
    """Everything, as Markdown."""
    holds: list[Sequence[Cell]] = [
        (f"{share:.2f}", f"{within:g}", *(f"{coverage(share, within, traces, runs):.1%}" for traces in TRACES))
        for share in SHARES for within in CORRELATIONS
    ]  # fmt: skip
    falls: list[Sequence[Cell]] = [
        (f"{fall:.2f}", *(f"{told(fall, within, runs):.1%}" for within in CORRELATIONS)) for fall in FALLS
    ]
    kinds = [(f"{share:.0%} at a glance", *alarmed(share, readers, labels)) for share in GLANCES]
    kinds.append(("all of them clicked away", *alarmed(0.0, readers, labels, clicks=True)))
    alarms: list[Sequence[Cell]] = [(kind, f"{faster:.1%}", f"{raised} of {readers}") for kind, raised, faster in kinds]
    return "\n\n".join((
        table(("share", "correlation", *(f"{traces} traces" for traces in TRACES)), holds),
        table(("fall", *(f"told at {within:g}" for within in CORRELATIONS)), falls),
        table(("steps", "faster than can be read", f"alarms over {labels:,} labels"), alarms),
    ))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    print(measured(parser.parse_args().runs))


if __name__ == "__main__":
    main()
