"""Drift: whether somebody's gold in production still shows the accuracy that their calibration showed.

Gold steps are taken in blocks of whole traces. With x the share of a block that is right and m the floor of the
person's accuracy, a block multiplies the evidence that a fall has begun by

    f = 1 + BET (m - x) / (1 - m),

which is a bet against the person: while their expected share is m or more, E[f] <= 1, however the steps of a trace
depend on each other (Waudby-Smith & Ramdas, 2024, Estimating means of bounded random variables by betting, JRSS B
86(1), 1-27). A fall may begin at any block, so the evidence is the Shiryaev-Roberts sum over all of them,

    R_t = (1 + R_{t-1}) f_t,

for which E[R_t] <= t. An alarm is raised when R_t reaches A. So a person who is at the floor or above has a false alarm
in n blocks with a probability of n / A at most, and on average not before A blocks (Shin, Ramdas & Rinaldo, 2024,
E-detectors: a nonparametric framework for sequential change detection, New England Journal of Statistics in Data
Science 2(2), 229-260). One who keeps to their calibration stays above the floor by its margin, and has far fewer.
"""

from dataclasses import dataclass

import numpy as np

from cotlab.agreement.intervals.wilson import wilson
from cotlab.agreement.ratings import Codes, Mask
from cotlab.agreement.tables import Floats
from cotlab.domain.calibration.results import Baseline, DriftAlarm, DriftResult
from cotlab.domain.projects.gates import DriftTest

BET = 0.7
"""The part of the largest bet that may be made; a faultless block leaves 1 - BET of the evidence."""
BLOCK = 8
"""Steps of a block, at least; a bet on less would be too large for what it shows."""
MARGIN = 1.645
"""Standard errors between what calibration showed and the floor: the lower end of a one-sided 95 % interval."""


def floor(baseline: Baseline, test: DriftTest) -> float:
    """The lowest accuracy that calibration leaves possible, with a confidence of 95 %, less the slack; 0 at least.

    The lower end of the score interval for the number of independent steps that tell as much: n / (1 + (b - 1) r) for
    traces of b steps and a correlation r (L. Kish, 1965, Survey sampling).
    """
    effective = baseline.steps / (1.0 + (baseline.steps / baseline.traces - 1.0) * test.within)
    lower, _ = wilson(baseline.right / baseline.steps, effective, MARGIN)
    return max(0.0, lower - test.slack)


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Right answers and steps of each block in order; shape [..., blocks]."""

    right: Floats
    steps: Floats


def blocks(right: Mask, trace: Codes) -> tuple[Blocks, Codes]:
    """Whole traces, taken together until there are BLOCK steps, and the place of each block's last step.

    Both have the shape [steps], in the order of time; a trace is a run of one code. What remains at the end and is
    too short for a block is left out.
    """
    ends = np.append(np.flatnonzero(np.diff(trace)), len(trace) - 1) if len(trace) else np.empty(0, dtype=np.int64)
    closed: list[int] = []
    for end in ends.tolist():
        if end - (closed[-1] if closed else -1) >= BLOCK:
            closed.append(end)
    last = np.array(closed, dtype=np.int64)
    done = np.append(0, np.cumsum(right))[last + 1]
    return Blocks(np.diff(done, prepend=0).astype(np.float64), np.diff(last, prepend=-1).astype(np.float64)), last


def factors(taken: Blocks, least: Floats) -> Floats:
    """What each block multiplies the evidence by; shape [..., blocks] for floors of shape [...]."""
    under = least[..., None]
    found: Floats = 1.0 + BET * (under - taken.right / taken.steps) / (1.0 - under)
    return found


def evidence(factors: Floats) -> Floats:
    """R_t after each block; shape [..., blocks] as `factors`."""
    found = np.empty_like(factors)
    before = np.zeros(factors.shape[:-1])
    for place in range(factors.shape[-1]):
        before = found[..., place] = (1.0 + before) * factors[..., place]
    return found


def watch(right: Mask, trace: Codes, baseline: Baseline, test: DriftTest) -> DriftResult:
    """What one person's finished gold traces in production say, up to the first alarm.

    `right` tells whether each gold step was labelled as gold says, `trace` is the code of its trace; shape [steps] in
    the order of time, from calibration on (or from where the last alarm was settled).
    """
    least = floor(baseline, test)
    taken, last = blocks(right, trace)
    multiplied = factors(taken, np.array(least))
    sums = evidence(multiplied)
    alarms = np.flatnonzero(sums >= test.alarm_at)
    alarm = _alarm(right, last, multiplied[: alarms[0] + 1]) if len(alarms) else None
    return DriftResult(
        baseline=baseline, floor=least, steps=len(right), right=int(np.count_nonzero(right)), alarm=alarm,
        evidence=float(sums[alarms[0] if len(alarms) else -1]) if len(sums) else 0.0, alarm_at=test.alarm_at,
    )  # fmt: skip


def _alarm(right: Mask, last: Codes, multiplied: Floats) -> DriftAlarm:
    """An alarm at the last of these blocks. The fall began where the product of all factors was lowest."""
    walk = np.append(0.0, np.cumsum(np.log(multiplied)))
    begun = len(walk) - 2 - int(walk[-2::-1].argmin())
    found, good = int(last[len(multiplied) - 1]), int(last[begun - 1]) if begun else -1
    since = right[good + 1 : found + 1]
    return DriftAlarm(found=found, last_good=good, right_since=int(np.count_nonzero(since)), steps_since=len(since))
