"""What models think of the labels of steps, in numbers that the queue can be ordered by.

An opinion of a step maps labels to probabilities that add up to 1. All amounts are means over the steps that have an
opinion, and lie between 0 and 1: people label a trace step by step, so that an amount a step is what their time buys.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations
from math import log
from typing import NamedTuple

Opinion = Mapping[str, float]
Step = Sequence[Opinion]
"""The opinions of one step, one a source."""


class Amounts(NamedTuple):
    """What sources say of a trace; each is 0 where none says anything."""

    uncertainty: float = 0.0
    sources: float = 0.0
    rarity: float = 0.0


def amounts(steps: Sequence[Step], rare: Collection[str]) -> Amounts:
    """How unsure sources are of a trace, how far they differ, and how probable they think the labels of `rare`."""
    given = [step for step in steps if step]
    return Amounts(
        uncertainty=_mean(unsure, given),
        sources=_mean(differing, [step for step in given if len(step) > 1]),
        rarity=_mean(lambda step: sum(_together(step).get(label, 0.0) for label in set(rare)), given),
    )


def _mean(of: Callable[[Step], float], steps: Sequence[Step]) -> float:
    return min(sum(map(of, steps)) / len(steps), 1.0) if steps else 0.0


def unsure(step: Step) -> float:
    """The entropy of what sources think together, of that of knowing nothing: 0 is sure, 1 knows nothing."""
    together = _together(step)
    if len(together) < 2:
        return 0.0
    return -sum(p * log(p) for p in together.values() if p > 0.0) / log(len(together))


def differing(step: Step) -> float:
    """The share of pairs of sources that think another label most probable; 0 of one source."""
    first = [max(sorted(opinion), key=opinion.__getitem__) for opinion in step]
    pairs = list(combinations(first, 2))
    return sum(one != other for one, other in pairs) / len(pairs) if pairs else 0.0


def _together(step: Step) -> dict[str, float]:
    """The mean of the opinions on each label."""
    labels = dict.fromkeys(label for opinion in step for label in opinion)
    return {label: sum(opinion.get(label, 0.0) for opinion in step) / len(step) for label in labels}
