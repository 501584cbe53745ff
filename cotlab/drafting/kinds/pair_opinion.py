"""Which response of a pair a model prefers, asked with either one first. A document is a PairOpinion."""

import math
from collections.abc import Iterator, Sequence
from functools import partial

from cotlab.domain.drafts.opinions import OpinionBy, OpinionKind, PairOpinion
from cotlab.domain.provenance import Prompt
from cotlab.domain.traces.pairs import THE_PAIR
from cotlab.drafting.driver import Cancelled, Driver
from cotlab.drafting.kinds.choosing import Chosen, Order, chosen
from cotlab.drafting.kinds.kind import Drafted, Judging, Kind, Work, asked, seed_of

SYSTEM = (
    "You compare two responses to one prompt by a guideline, and say which one is better as a whole. The order in "
    "which they stand says nothing."
)
NAMES = ("", "")
"""Of the responses in the pair's own order: a model can name them by the letters of its prompt alone."""


def prompt(work: Work, judging: Judging, order: Order, number: int) -> Prompt:
    assert judging.responses is not None
    one, other = (judging.responses[place] for place in order)
    said = (
        f"Prompt:\n{work.problem}\n\nResponse A:\n{one}\n\nResponse B:\n{other}\n\nWhich response is better?\n"
        "Answer with one letter, A or B."
    )
    return asked(f"{SYSTEM}\n\n{judging.rules}", said, seed_of(work, number + 1))


def draft(driver: Driver, work: Work, ordinals: Sequence[int], cancelled: Cancelled) -> Iterator[Drafted]:
    judging = work.judging
    assert judging is not None
    for ordinal in ordinals:
        asking = partial(prompt, work, judging)
        found = chosen(driver, NAMES, asking, judging.answers, work.sampling, cancelled)
        if found is None:
            return
        yield Drafted(ordinal, opinion(found, judging.guideline).model_dump(mode="json"), found.provenance, THE_PAIR)


def opinion(found: Chosen, guideline: str) -> PairOpinion:
    """Half the difference of what the two orders say; without a preference where they say the opposite, or nothing.

    Of log-probabilities the difference is that of the two responses, and its half the logit of the first one's
    probability; of votes the shares are averaged.
    """
    leanings = [one - other for one, other in found.orders]
    flipped = min(leanings) < 0 < max(leanings)
    if found.by is OpinionBy.LOG_PROBABILITIES:
        first = 1 / (1 + math.exp(-math.fsum(leanings) / len(leanings)))
    else:
        first = found.probabilities[0]
    even = flipped or len(leanings) < 2 or math.fsum(leanings) == 0
    return PairOpinion.model_validate({
        **found.about(guideline), "first": first, "second": 1 - first, "flipped": flipped,
        "preference": "none" if even else "first" if first > 0.5 else "second",
    })  # fmt: skip


KIND = Kind(OpinionKind.PAIR.value, "pair", draft)
