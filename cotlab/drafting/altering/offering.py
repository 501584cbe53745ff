"""What ways offer of the steps of a trace: a plain function, which any `concurrent.futures.Executor` can run."""

from collections.abc import Sequence

from cotlab.drafting.altering.texts import Altered, StepToAlter, Way, drawn, lot

MOST_CHARACTERS = 20_000
"""Of a step; a longer one is left alone."""
Offer = tuple[int, Altered]
"""The position of a step (from 1), and the alteration of it that is drawn."""


def places(steps: int, seed: int, name: str) -> list[int]:
    """The positions of the steps of a trace in the order that a seed draws."""
    return sorted(range(1, steps + 1), key=lambda at: lot(seed, name, str(at)))


def offered(ways: Sequence[Way], steps: Sequence[str], seed: int, name: str, most: int) -> dict[str, list[Offer]]:
    """Way's name -> what it offers of correct steps, at so many positions at most; `name` is the trace's."""
    found: dict[str, list[Offer]] = {way.name: [] for way in ways}
    for at in places(len(steps), seed, name):
        step = StepToAlter(steps[at - 1], tuple(steps[: at - 1]))
        for way in ways:
            if len(found[way.name]) < most and len(step.text) <= MOST_CHARACTERS:
                found[way.name] += [(at, one) for one in drawn(way.alterations(step), seed, name)[:1]]
    return found
