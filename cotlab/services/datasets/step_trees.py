"""The paths of one problem as a tree of steps: paths go together as long as their steps say the same."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cotlab.domain.datasets.exports import ExportedLabel, ExportedStep
from cotlab.domain.text import squeezed


class Standing(StrEnum):
    """What a settled label makes of a step: `weak` is accepted, but not what a chosen step should be."""

    GOOD = "good"
    WEAK = "weak"
    WRONG = "wrong"
    OTHER = "other"


ACCEPTED = (Standing.GOOD, Standing.WEAK)


@dataclass(slots=True)
class Next:
    """A step after some others: its text as the first path has it, the labels that it has on paths, and its paths.

    `roots` are the paths that they are, or branch off from.
    """

    text: str
    labels: list[ExportedLabel] = field(default_factory=list)
    standings: set[Standing] = field(default_factory=set)
    traces: set[str] = field(default_factory=set)
    roots: set[str] = field(default_factory=set)
    after: dict[str, "Next"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fork:
    """The steps that stand beside each other after the same accepted ones (`prefix`, their texts)."""

    prefix: tuple[str, ...]
    steps: Sequence[Next]

    def standing(self, standing: Standing) -> list[Next]:
        """Those of which every path says the same."""
        return [one for one in self.steps if one.standings == {standing}]

    @property
    def contradicted(self) -> list[Next]:
        """Those of which one path says what another one denies."""
        return [one for one in self.steps if len(one.standings) > 1]


def meetings(chosen: Sequence[Next], rejected: Sequence[Next], most: int, seed: str) -> list[tuple[Next, Next]]:
    """Each chosen step with each rejected one; where these are more than `most`, so many of them by the seed."""
    everyone = len(chosen) * len(rejected)
    drawn = range(everyone) if everyone <= most else sorted(random.Random(seed).sample(range(everyone), most))
    return [(chosen[place // len(rejected)], rejected[place % len(rejected)]) for place in drawn]


def grow(
    start: dict[str, Next], trace_id: str, root_id: str, steps: Sequence[ExportedStep], branch: int,
    standing: Callable[[ExportedLabel], Standing],
) -> None:  # fmt: skip
    """Add a path up to its first step that is not accepted. The first `branch` steps are those of another path."""
    level = start
    for place, step in enumerate(steps):
        one = level.setdefault(squeezed(step.text), Next(step.text))
        found = standing(step.labels[0])
        one.roots.add(root_id)
        if place >= branch:
            one.labels.append(step.labels[0])
            one.standings.add(found)
            one.traces.add(trace_id)
        if found not in ACCEPTED:
            return
        level = one.after


Before = tuple["Before", str] | None
"""The texts of the steps before, the last one outside."""


def forks(start: dict[str, Next]) -> Iterator[Fork]:
    """Where several steps stand beside each other. Behind a step that some path does not accept there is none."""
    waiting: list[tuple[Before, dict[str, Next]]] = [(None, start)]
    while waiting:
        before, level = waiting.pop()
        if len(level) > 1:
            yield Fork(_texts(before), list(level.values()))
        waiting += [((before, one.text), one.after) for one in level.values() if one.standings <= set(ACCEPTED)]


def _texts(before: Before) -> tuple[str, ...]:
    found: list[str] = []
    while before is not None:
        before, text = before
        found.append(text)
    return tuple(reversed(found))
