"""What can be altered in correct steps of public data, way by way, and what the checks say of it.

The data lie where COTLAB_TEST_DATA says, outside the repository. Of each set the steps are taken that stand before the
first one that its source does not call correct; of the steps that can be altered in a way some are drawn, and one
alteration of each is held against the checks as `cotlab alter` does it.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.evidence import NO_DATA, Row, data, rows
from benchmarks.tables import Cell, table
from cotlab.checks.running.runner import Checker
from cotlab.drafting.altering import WAYS, StepToAlter, Way, drawn, lot
from cotlab.services.drafts.altered_step_checks import Outcome, outcome

SETS = ("gsm8k", "gsm8k_model_solutions", "bigbench_mistake", "prmbench")
MOST = 400
"""Steps of a set held against the checks, in each way."""
SEED = 1


@dataclass(slots=True)
class Measured:
    """Of a set and a way: steps that can be altered, and what became of those that were drawn."""

    name: str
    way: str
    steps: int
    alterable: int
    outcomes: Counter[Outcome] = field(default_factory=Counter)


def correct_steps(trace: Row) -> Iterator[StepToAlter]:
    """The steps before the first one that is not called correct; all of a right solution without labels."""
    labels = trace["gold_labels"]
    if labels is None:
        labels = ["correct"] * len(trace["steps"]) if trace.get("final_correct") else []
    texts = tuple(trace["steps"])
    for place, label in enumerate(labels):
        if label != "correct":
            return
        yield StepToAlter(texts[place], texts[:place])


def measure(folder: Path, most: int = MOST, traces: int | None = None) -> Iterator[Measured]:
    with Checker() as checker:
        for name in SETS:
            steps = [
                step for trace in rows(folder / "data" / f"{name}.jsonl")[:traces] for step in correct_steps(trace)
            ]
            for way in WAYS:
                yield _of_way(name, way, steps, most, checker)


def _of_way(name: str, way: Way, steps: Sequence[StepToAlter], most: int, checker: Checker) -> Measured:
    able = [step for step in steps if drawn(way.alterations(step), SEED)]
    found = Measured(name, way.name, len(steps), len(able))
    for step in sorted(able, key=lambda one: lot(SEED, *one.previous, one.text))[:most]:
        one = drawn(way.alterations(step), SEED, *step.previous)[0]
        found.outcomes[outcome(way, step, one, lambda asked: next(checker.check([asked])))] += 1
    return found


def measured(folder: Path, quick: bool = False) -> str:
    """The table, as Markdown."""
    shown: list[tuple[Cell, ...]] = []
    for one in measure(folder, 5, 40) if quick else measure(folder):
        tried = one.outcomes.total()
        kept = one.outcomes[Outcome.REFUTED] + one.outcomes[Outcome.UNDECIDED]
        dropped = [one.outcomes[why] for why in
                   (Outcome.PARENT_REFUTED, Outcome.NOT_REFUTED, Outcome.REFUTED_THOUGH_RIGHT)]  # fmt: skip
        shown.append((one.name, one.way, one.steps, one.alterable, tried, kept, one.outcomes[Outcome.REFUTED],
                      one.outcomes[Outcome.UNDECIDED], *dropped))  # fmt: skip
    head = ("set", "way", "correct steps", "can be altered", "tried", "kept", "of these refuted", "undecided",
            "dropped: parent refuted", "dropped: not refuted", "dropped: refuted though right")  # fmt: skip
    return table(head, shown)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.altering", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rows of each set")
    quick = parser.parse_args().quick
    folder = data()
    print(NO_DATA if folder is None else measured(folder, quick))


if __name__ == "__main__":
    main()
