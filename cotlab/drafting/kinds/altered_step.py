"""A correct step, altered in a named way of prose. A document is `{"text": step, "way": name, "label": label}`, where
the label is the one that the step is meant to get.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from cotlab.domain.errors import BadInput, ModelFailed
from cotlab.domain.provenance import Prompt
from cotlab.drafting.altering.prose import PROSE, PROSE_BY_NAME, Prose
from cotlab.drafting.driver import Cancelled, Driver
from cotlab.drafting.kinds.kind import Drafted, Kind, Work, asked, completed, seed_of
from cotlab.drafting.kinds.lines import steps_of, whole_lines

SYSTEM = (
    "You alter one step of a solution on purpose, so that people can be taught to find what is wrong. Write only the "
    "altered step, in one line, in the voice of the solution: without a number in front, without saying what you "
    "changed, and without going on to the step after it."
)


def way_of(work: Work, ordinal: int) -> Prose:
    """The way that was asked for, else each in turn. Raises BadInput for one that takes a step before the first."""
    able = [way for way in PROSE if work.steps or not way.of_earlier]
    if work.strategy is None:
        return able[(ordinal - 1) % len(able)]
    if PROSE_BY_NAME[work.strategy] not in able:
        raise BadInput(f"strategy: there is no step before the first one, which {work.strategy} takes")
    return PROSE_BY_NAME[work.strategy]


def prompt(work: Work, ordinal: int) -> Prompt:
    steps = "\n".join(f"Step {number}: {step}" for number, step in enumerate(work.steps, 1)) or "(none)"
    said = (
        f"Problem:\n{work.problem}\n\nSteps before:\n{steps}\n\nThe step to alter:\n{work.step}\n\n"
        f"How to alter it: {way_of(work, ordinal).told}"
    )
    return asked(SYSTEM, said, seed_of(work, ordinal))


def read(work: Work, ordinal: int, text: str) -> dict[str, Any]:
    steps, way = steps_of(text), way_of(work, ordinal)
    if not steps:
        raise ModelFailed(f"Draft {ordinal} is empty.")
    return {"text": steps[0], "way": way.name, "label": way.label}


def draft(driver: Driver, work: Work, ordinals: Sequence[int], cancelled: Cancelled) -> Iterator[Drafted]:
    prompts = [(one, prompt(work, one)) for one in ordinals]
    return completed(driver, work, prompts, partial(read, work), cancelled, whole_lines)


KIND = Kind("altered_step", "step", draft, tuple(PROSE_BY_NAME), enters_pool=True)
