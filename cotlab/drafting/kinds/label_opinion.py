"""What a model thinks of each step of a trace, given the problem and the steps before it. A document is a LabelOpinion.

Problem and steps come first in a prompt and the order of the labels last, so that the prompts of one trace begin alike.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from cotlab.domain.drafts.opinions import LabelOpinion, OpinionKind
from cotlab.domain.provenance import Prompt
from cotlab.drafting.driver import Cancelled, Driver
from cotlab.drafting.kinds.choosing import Order, chosen, shown
from cotlab.drafting.kinds.kind import Drafted, Judging, Kind, Work, asked, seed_of

SYSTEM = (
    "You judge solutions by a guideline, one step at a time. You see the problem and the steps up to the one that is "
    "judged, and say which label this step has. Judge this step alone, by what stands before it."
)
APART = 1_000
"""Seeds between two steps, so that no two answers share one."""


def options(judging: Judging) -> list[str]:
    return [f"{name} - {meaning}" for name, meaning in judging.labels]


def prompt(work: Work, judging: Judging, position: int, order: Order, number: int) -> Prompt:
    """What stands after the step is not in it."""
    steps = "\n".join(f"Step {place}: {step}" for place, step in enumerate(work.steps[:position], 1))
    said = (
        f"Problem:\n{work.problem}\n\nSteps:\n{steps}\n\nWhich label does step {position} have?\n"
        f"{shown(options(judging), order)}\nAnswer with one letter."
    )
    return asked(f"{SYSTEM}\n\n{judging.rules}", said, seed_of(work, position * APART + number))


def draft(driver: Driver, work: Work, ordinals: Sequence[int], cancelled: Cancelled) -> Iterator[Drafted]:
    judging = work.judging
    assert judging is not None
    names = [name for name, _ in judging.labels]
    for ordinal in ordinals:
        position = judging.first + ordinal - 1
        asking = partial(prompt, work, judging, position)
        found = chosen(driver, names, asking, judging.answers, work.sampling, cancelled)
        if found is None:
            return
        opinion = LabelOpinion.model_validate({
            **found.about(judging.guideline), "probabilities": dict(zip(names, found.probabilities, strict=True)),
        })  # fmt: skip
        yield Drafted(ordinal, opinion.model_dump(mode="json"), found.provenance, position)


KIND = Kind(OpinionKind.LABEL.value, "trace", draft)
