"""Agreement over a million made-up labels by three people, beside the `krippendorff` package in the same process.

Labels of a trace's 8 steps lean the same way, and each person errs on their own. Both start from arrays in memory:
the package from its `value_counts`, which is made beforehand, and cotlab from its table of codes. CPU seconds are
those of the whole process, all threads; the first turn includes what a fresh process pays for its memory.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import krippendorff
import numpy as np
import numpy.typing as npt

from benchmarks.environment import describe, on_disk
from benchmarks.tables import table
from cotlab.agreement.coefficients import ALPHA, COEFFICIENTS
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Codes, Ratings, from_matrix
from cotlab.agreement.slices import Column, slices
from cotlab.domain.agreement.coefficients import Agreement

LABELS = ("correct", "redundant", "incomplete", "incorrect")
PEOPLE = ("ann", "bob", "eve")
TRACES = 42_000
MILLION = 1_000_000
TURNS = 7
REPLICATES = 1_000
TAGS = 12
VALUES = {"domain": 5, "difficulty": 5, "origin": 3, "strategy": 4, "version": 3}
"""Columns and how many values each has; beside them label, tag, position, annotator, pair, cohort and minutes."""
DIMENSIONS = ("label", "domain", "tag", "difficulty", "origin", "strategy", "position", "annotator", "pair", "cohort",
              "version", "minutes")  # fmt: skip
BUCKETS = 5
"""Of minutes into a session."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Label codes of shape [units, people], each unit's trace, and the same as a table."""

    codes: Codes
    traces: Codes
    ratings: Ratings


def make(labels: int, traces: int) -> Labels:
    """About that many labels by three people, with steps spread evenly over the traces."""
    random = np.random.default_rng(1)
    units = labels // len(PEOPLE)
    trace = np.sort(np.arange(units) % traces)
    odd = random.random(traces)[trace] < 0.3
    truth = np.where(
        odd, random.choice(4, units, p=[0.4, 0.2, 0.1, 0.3]), random.choice(4, units, p=[0.85, 0.1, 0.03, 0.02])
    )
    right = random.random((units, len(PEOPLE))) < 0.85
    codes = np.where(right, truth[:, None], random.integers(0, 4, (units, len(PEOPLE))))
    return Labels(codes, trace, from_matrix(codes, trace, people=PEOPLE, labels=LABELS))


def columns(made: Labels) -> dict[str, Column]:
    """What each rating could be sliced by; domain, tags and the like are those of its trace."""
    random = np.random.default_rng(2)
    people = len(PEOPLE)
    found = {}
    for name, count in VALUES.items():
        of_trace = random.integers(0, count, made.traces.max() + 1)
        found[name] = Column(_names(name, count), np.repeat(of_trace[made.traces], people))
    joined = random.integers(0, 2, made.traces.max() + 1)[made.traces]
    found["cohort"] = Column(_names("cohort", 2), np.stack([0 * joined, 0 * joined, joined], axis=1).ravel())
    pairs = tuple((f"tag {one}", f"tag {one + 1}") for one in range(1, TAGS))
    found["tag"] = Column(pairs, np.repeat(random.integers(0, len(pairs), made.traces.max() + 1)[made.traces], people))
    found["minutes"] = Column(_names("minutes", BUCKETS), random.integers(0, BUCKETS, len(made.traces) * people))
    first = np.searchsorted(made.traces, made.traces)
    positions = np.arange(len(made.traces)) - first
    found["position"] = Column(_names("position", int(positions.max()) + 1), np.repeat(positions, people))
    return found


def _names(name: str, count: int) -> tuple[tuple[str, ...], ...]:
    return tuple((f"{name} {number}",) for number in range(1, count + 1))


@dataclass(frozen=True, slots=True)
class Turn:
    """CPU seconds of the package's point estimate, and of alpha with its interval."""

    package: float
    ours: float


def compare(made: Labels, turns: int) -> list[Turn]:
    """Both, turn by turn. RuntimeError where they do not find the same alpha."""
    counts = np.stack([(made.codes == code).sum(axis=1) for code in range(len(LABELS))], axis=1)
    return [_turn(made, counts) for _ in range(turns)]


def _turn(made: Labels, counts: npt.NDArray[np.int64]) -> Turn:
    start = time.process_time()
    theirs = float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))
    between = time.process_time()
    ours = measure(made.ratings, [ALPHA], replicates=REPLICATES)[0]
    end = time.process_time()
    if ours.value is None or abs(ours.value - theirs) > 1e-9 or ours.interval is None:
        raise RuntimeError(f"the package finds {theirs}, and cotlab {ours.value} with {ours.interval}")
    return Turn(between - start, end - between)


@dataclass(frozen=True, slots=True)
class Slices:
    """What measuring every slice took, and how many there are of each dimension."""

    seconds: float
    cpu: float
    count: dict[str, int]
    values: int
    intervals: int


def every_slice(made: Labels) -> Slices:
    """All coefficients with intervals on the whole and on every one-way slice."""
    known = columns(made)
    start, before = time.perf_counter(), time.process_time()
    results = list(_all(made.ratings, known))
    seconds, cpu = time.perf_counter() - start, time.process_time() - before
    names = [next(iter(one[0].slice), "all") for one in results]
    flat = [one for part in results for one in part]
    return Slices(
        seconds, cpu, {name: names.count(name) for name in dict.fromkeys(names)},
        sum(one.value is not None for one in flat), sum(one.interval is not None for one in flat),
    )  # fmt: skip


def _all(ratings: Ratings, known: dict[str, Column]) -> Iterator[tuple[Agreement, ...]]:
    yield measure(ratings, COEFFICIENTS, replicates=REPLICATES)
    for name in DIMENSIONS:
        for one in slices(ratings, known, [name]):
            yield measure(one.ratings, COEFFICIENTS, replicates=REPLICATES, slice=one.where, label=one.label)


def report(made: Labels, turns: Sequence[Turn], sliced: Slices) -> str:
    """Markdown: both side by side, turn by turn, and the slices."""
    head = ("turn", "krippendorff, point estimate, CPU s", "cotlab, with 1,000 resamples, CPU s", "times")
    rows = [(str(number), one.package, one.ours, one.ours / one.package) for number, one in enumerate(turns, start=1)]
    theirs, ours = (median(values) for values in zip(*((one.package, one.ours) for one in turns), strict=True))
    total = sum(sliced.count.values())
    kinds = ", ".join(f"{name} {count}" for name, count in sliced.count.items())
    return "\n\n".join((
        f"{len(made.ratings):,} labels by {len(PEOPLE)} people on {int(made.traces.max()) + 1:,} traces:",
        table(head, [*rows, ("median", theirs, ours, ours / theirs)]),
        f"{len(COEFFICIENTS)} coefficients on {total} slices ({kinds}): {sliced.values} values and {sliced.intervals}"
        f" intervals in {sliced.seconds:.1f} s, {sliced.cpu:.1f} s of CPU.",
    ))  # fmt: skip


def measured(labels: int = MILLION, traces: int = TRACES, turns: int = TURNS) -> str:
    """The whole report over that many labels."""
    made = make(labels, traces)
    return report(made, compare(made, turns), every_slice(made))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.agreement", description=__doc__)
    parser.add_argument("--labels", type=int, default=MILLION)
    parser.add_argument("--traces", type=int, default=TRACES)
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--folder", type=Path, help="a folder on a disk; else where temporary files lie")
    given = parser.parse_args()
    with on_disk(given.folder) as folder:
        print(describe(folder), end="\n\n", flush=True)
    print(measured(given.labels, given.traces, given.turns))


if __name__ == "__main__":
    main()
