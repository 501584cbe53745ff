"""Weights of traces with which labels speak of all traces of the queue, though points chose many of them.

Which traces are drawn at random is independent of all that is known of them, so that those drawn are a sample of
everything at any time. What a drawn trace stands for is more than itself where its twins that were not drawn are known:

- in front by its points (it would have come without the draw), for all that points had brought before it, and itself:
  its weight of 1 is spread evenly over them;
- without points, for all that came by age alone: all drawn ones' weight is spread evenly over them;
- else for itself: its twins were not handed out.

This is post-stratification (D. Holt & T. M. F. Smith, 1979, JRSS A 142, 33-46) of the drawn traces by how points stood
when they were handed out, the strata of points and of age being known from more than the sample (two-phase sampling).
All of it is within groups (domains), since what is in front in one says nothing of another.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from cotlab.domain.queue.priority import BroughtBy


@dataclass(frozen=True, slots=True)
class Handed:
    """A trace that was handed out; `brought_by` is None where it was not recorded."""

    group: Hashable
    drawn: bool
    brought_by: BroughtBy | None

    @property
    def chosen(self) -> bool:
        """Whether points chose it, as far as one knows."""
        return not self.drawn and self.brought_by is not BroughtBy.AGE


def weights(handed: Sequence[Handed]) -> list[float] | None:
    """A weight for each trace, in the order in which they were handed out; their mean is 1.

    All are 1 where points chose none. None where they did and nothing was drawn.
    """
    if not any(one.chosen for one in handed):
        return [1.0] * len(handed)
    drawn = sum(one.drawn for one in handed)
    if not drawn:
        return None
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for place, one in enumerate(handed):
        groups[one.group].append(place)
    found = {
        place: weight * len(handed) / drawn
        for places in groups.values()
        for place, weight in zip(places, _within([handed[place] for place in places]), strict=True)
    }
    return [found[place] for place in range(len(handed))]


def _within(group: Sequence[Handed]) -> Iterator[float]:
    """The weights within a group, whose sum is the number of those drawn."""
    aged = [one.drawn for one in group if one.brought_by is BroughtBy.AGE]
    share_of_age = sum(aged) / max(1, len(aged))
    *before, at_last = _in_front(group)
    for one, given in zip(group, before, strict=True):
        match one.brought_by:
            case BroughtBy.POINTS:
                yield at_last - given
            case BroughtBy.AGE:
                yield share_of_age
            case _:
                yield float(one.drawn)


def _in_front(group: Sequence[Handed]) -> Iterator[float]:
    """What each trace in front had been given before each trace of the group came, and at last."""
    there, given = 0, 0.0
    for one in group:
        yield given
        if one.brought_by is BroughtBy.POINTS:
            there += 1
            given += one.drawn / there
    yield given
