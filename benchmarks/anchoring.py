"""The report on anchoring: how much of it is found among how many problems, and how often where there is none.

Made-up people are right in 85 % of steps at first, drafts in 70 %, in four labels. Whoever sees a draft that differs
from their label takes it over with a fixed probability, right or wrong; a fifth of people times problems sees none.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.tables import Cell, table
from cotlab.agreement.models.anchoring import UNKNOWN, Anchored, arms, compared, said
from cotlab.domain.evaluations.anchoring import Measure

SEEDS = 200
PROBLEMS = (25, 50, 100, 200, 400)
FOLLOWED = (0.0, 0.05, 0.1, 0.2, 0.3)
PEOPLE, STEPS, LABELS, SHARE = 2, 5, 4, 0.2
REPLICATES = 400
FEW_KNOWN = 0.1
"""The share of steps that are gold where there is little of it."""


def simulated(
    seed: int, problems: int = 100, anchor: float = 0.0, people: int = PEOPLE, known: float = 0.5, revise: float = 0.02
) -> Anchored:
    """Labels of people of whom anybody changes a label to another one with the probability `revise`, and who sees a
    draft that differs follows it with `anchor`; of `known` of the steps gold says what is right, and of others a
    decision where people differ at the end.
    """
    random = np.random.default_rng(seed)
    size, units = problems * people * STEPS, problems * STEPS
    problem, person, step = (grid.reshape(-1) for grid in np.indices((problems, people, STEPS)))
    unit = problem * STEPS + step
    truth = random.integers(0, LABELS, units)[unit]
    drafts = random.integers(0, LABELS, units)[unit]
    draft = np.where((random.random(units) < 0.7)[unit], truth, drafts)
    first = np.where(random.random(size) < 0.85, truth, random.integers(0, LABELS, size))
    blind = (random.random((problems, people)) < SHARE)[problem, person]
    last = np.where(random.random(size) < revise, random.integers(0, LABELS, size), first)
    last = np.where(~blind & (last != draft) & (random.random(size) < anchor), draft, last)
    right = np.where((random.random(units) < known)[unit], truth, UNKNOWN)
    said = last.reshape(problems, people, STEPS)
    differ = (said != said[:, :1]).any(axis=1).reshape(-1)[unit]
    decided = np.where(differ & (right == UNKNOWN), truth, UNKNOWN)
    seconds, unknown = random.gamma(4.0, 5.0, size), np.full(size, np.nan)
    return Anchored(first, first, last, draft, right, decided, unit, problem, blind, ~blind, seconds, unknown)


def taken_for_gold(read: Anchored) -> Anchored:
    """Labels of which decisions are taken to say what is right, as gold does."""
    return replace(read, right=np.where(read.right == UNKNOWN, read.decided, read.right))


def right_at_first(problems: int, anchor: float, seeds: int) -> tuple[float, float]:
    """By how much first labels are more often right in the arm with drafts, which they are not: by gold alone, and with
    decisions; means over seeds.
    """
    apart = [
        [
            next(one for one in compared(by, 1) if one.measure is Measure.RIGHT_AT_FIRST).difference.value or 0.0
            for by in (read, taken_for_gold(read))
        ]
        for read in (simulated(seed, problems, anchor, known=FEW_KNOWN) for seed in range(seeds))
    ]
    gold, decided = np.mean(apart, axis=0).tolist()
    return gold, decided


def sentence(read: Anchored) -> str:
    """What the report says of made-up labels."""
    return said(read, compared(read, REPLICATES), list(arms(read, 0.1)))


def found(problems: int, anchor: float, seeds: int) -> tuple[float, float]:
    """The share of seeds in which anchoring is said to be there, and to follow drafts that are wrong."""
    sentences = [sentence(simulated(seed, problems, anchor)) for seed in range(seeds)]
    towards = [one.startswith("People move towards") for one in sentences]
    return float(np.mean(towards)), float(np.mean(["follow drafts that are wrong" in one for one in sentences]))


def measured(seeds: int = SEEDS, problems: Sequence[int] = PROBLEMS) -> str:
    """The whole report, Markdown."""
    rows: list[Sequence[Cell]] = []
    for anchor in FOLLOWED:
        shares = [found(size, anchor, seeds) for size in problems]
        rows.append([f"{anchor:.0%}", *(f"{any_:.0%} ({wrong:.0%})" for any_, wrong in shares)])
    head = ("drafts followed", *(f"{size} problems" for size in problems))
    apart = [
        [f"{anchor:.0%}", *(f"{100 * one:+.1f}" for one in right_at_first(problems[-1], anchor, seeds))]
        for anchor in FOLLOWED
    ]
    return "\n\n".join((
        f"{seeds:,} made-up projects each, {PEOPLE} people a problem, {STEPS} steps, {SHARE:.0%} blind; in how many"
        " people are said to move towards drafts, and in brackets also towards wrong ones:",
        table(head, rows),
        f"By how many points first labels seem right more often in the arm with drafts, where the truth is 0"
        f" ({problems[-1]} problems, {FEW_KNOWN:.0%} of the steps gold, a decision"
        " on others where two people differ at the end):",
        table(("drafts followed", "by gold", "by gold and decisions"), apart),
    ))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.anchoring", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    print(measured(parser.parse_args().seeds))


if __name__ == "__main__":
    main()
