"""A model made to choose between options in every order in which they are shown: by its probabilities, or by votes.

An option is shown behind a letter, and the letter is the answer. A model likes some letters and places better than
others whatever stands there; since each option is shown behind each letter once, what it likes of them adds the same
to every option's mean log-probability, and falls out (C. Zheng et al., 2024, ICLR, "Large language models are not
robust multiple choice selectors").
"""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cotlab.domain.drafts.opinions import OpinionBy
from cotlab.domain.errors import ModelFailed
from cotlab.domain.provenance import Completion, Prompt, Provenance, Sampling
from cotlab.drafting.driver import Cancelled, Driver, Scores

LETTERS = "ABCDEFGHI"
FLOOR = math.log(1e-6)
"""The log-probability of an option that is less probable than this, or out of sight."""
MOST_TOKENS = 16
"""Of an answer that is a vote."""
ANSWER = re.compile(
    r"\W*(?:(?i:the\s+)?(?i:correct\s+)?(?i:answer|label|option|response)\W+(?i:is\W+)?)?([A-Z])\b(?!['’])\W*(.*)"
)

AROUND = "*_`'\"().: \t"

Order = tuple[int, ...]
"""The places of the options in the order in which they are shown."""
Asking = Callable[[Order, int], Prompt]
"""The prompt that shows the options in an order, with a number from 0 on that tells the seeds of answers apart."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a model thinks of n options; `orders` has for each order the scores of the options by which it chose.

    Scores are log-probabilities, or shares of votes; `probabilities` has the shape [n].
    """

    probabilities: tuple[float, ...]
    orders: tuple[tuple[float, ...], ...]
    provenance: Provenance
    by: OpinionBy
    asked: int
    mass: float | None = None
    unreadable: int = 0

    def about(self, guideline: str) -> dict[str, Any]:
        """The fields that all opinions have."""
        return {
            "by": self.by.value, "asked": self.asked, "mass": self.mass, "unreadable": self.unreadable,
            "guideline": guideline,
        }  # fmt: skip


def rotations(options: int) -> tuple[Order, ...]:
    return tuple(tuple((place + start) % options for place in range(options)) for start in range(options))


def shown(options: Sequence[str], order: Order) -> str:
    """The options, a line each, behind their letters."""
    return "\n".join(f"{letter}: {options[place]}" for letter, place in zip(LETTERS, order, strict=False))


def chosen(
    driver: Driver, names: Sequence[str], asking: Asking, answers: int, sampling: Sampling, cancelled: Cancelled
) -> Chosen | None:
    """Have a model choose between named options, in all rotations of their order; None where it was cancelled.

    Raises BadInput for options that the model cannot tell apart, and ModelFailed where it chooses none.
    """
    orders = rotations(len(names))
    prompts = [asking(order, 0) for order in orders]
    letters, scored = LETTERS[: len(names)], list[Scores]()
    for prompt in prompts:
        if cancelled():
            return None
        found = driver.option_log_probabilities(prompt, letters, cancelled)
        if found is None and cancelled():
            return None
        if found is None:
            return voted(driver, names, asking, answers, sampling, cancelled)
        scored.append(found)
    seen = [one.log_probabilities for one in scored]
    if all(one == -math.inf for found in seen for one in found):
        raise ModelFailed("The model gives none of the options as an answer.")
    scores = [_in_place(order, [max(one, FLOOR) for one in found]) for order, found in zip(orders, seen, strict=True)]
    return Chosen(
        probabilities=_softmax([_mean(each) for each in zip(*scores, strict=True)]), orders=tuple(scores),
        provenance=_provenance(driver, prompts, scored[0].sampling, [one.answer for one in scored if one.answer]),
        by=OpinionBy.LOG_PROBABILITIES, asked=len(prompts),
        mass=_mean([math.fsum(math.exp(one) for one in found) for found in seen]),
    )  # fmt: skip


def voted(
    driver: Driver, names: Sequence[str], asking: Asking, answers: int, sampling: Sampling, cancelled: Cancelled
) -> Chosen | None:
    """The same by so many answers for each order; one that does not name exactly one option counts as unreadable."""
    sampling = sampling.model_copy(update={"max_tokens": min(sampling.max_tokens, MOST_TOKENS)})
    asked = [
        (order, asking(order, number * answers + again))
        for number, order in enumerate(rotations(len(names))) for again in range(answers)
    ]  # fmt: skip
    prompts, said, votes = [prompt for _, prompt in asked], list[Completion](), Counter[tuple[Order, int]]()
    for (order, _), answer in zip(asked, driver.generate(prompts, sampling, cancelled), strict=False):
        if answer.finish_reason == "cancelled":
            return None
        said.append(answer)
        named = read(answer.text, [names[place] for place in order])
        if named is not None:
            votes[order, order[named]] += 1
    if len(said) < len(asked):
        raise ModelFailed("The model ended before all answers were there.")
    if not votes:
        raise ModelFailed(f"None of {len(said)} answers names exactly one of the options.")
    heard = Counter[Order]()
    for (order, _), count in votes.items():
        heard[order] += count
    orders = tuple(
        tuple(votes[order, place] / heard[order] for place in range(len(names)))
        for order in rotations(len(names)) if heard[order]
    )  # fmt: skip
    return Chosen(
        probabilities=tuple(_mean(each) for each in zip(*orders, strict=True)), orders=orders,
        provenance=_provenance(driver, prompts, sampling, said), by=OpinionBy.VOTES, asked=len(said),
        unreadable=len(said) - votes.total(),
    )  # fmt: skip


def read(text: str, names: Sequence[str]) -> int | None:
    """The place of the one option that the first line of an answer is: its letter, its name, or both, the name with
    anything after it; None for anything else. Options without a name have an empty one.
    """
    line = next((line for line in text.splitlines() if line.strip()), "")
    said = line.strip(AROUND).casefold()
    if said and said in names:
        return names.index(said)
    found = ANSWER.fullmatch(line)
    if found is None or found[1] not in LETTERS[: len(names)]:
        return None
    place, rest = LETTERS.index(found[1]), found[2].strip(AROUND).casefold()
    begins = re.match(r"[\w-]*", rest)
    return place if not rest or (begins and begins[0] == names[place]) else None


def _in_place(order: Order, scores: Sequence[float]) -> tuple[float, ...]:
    """Scores in the order of the options, from those in the order in which they were shown."""
    by_place = dict(zip(order, scores, strict=True))
    return tuple(by_place[place] for place in range(len(order)))


def _mean(values: Sequence[float]) -> float:
    """Exact up to one rounding, so that it does not hang on the order."""
    return math.fsum(values) / len(values)


def _softmax(scores: Sequence[float]) -> tuple[float, ...]:
    most = max(scores)
    weights = [math.exp(one - most) for one in scores]
    total = math.fsum(weights)
    return tuple(weight / total for weight in weights)


def _provenance(
    driver: Driver, prompts: Sequence[Prompt], sampling: Sampling | None, said: Sequence[Completion]
) -> Provenance:
    """Of all prompts of an opinion together: the digest is that of their digests, one after the other."""
    digest = hashlib.sha256("".join(prompt.digest() for prompt in prompts).encode()).hexdigest()
    tokens = [one.tokens for one in said if one.tokens is not None]
    last = said[-1] if said else None
    return driver.describe().model_copy(update={
        "prompt_sha256": digest, "sampling": sampling, "seed": prompts[0].seed,
        "finish_reason": last.finish_reason if last else None,
        "tokens": sum(tokens) if said and len(tokens) == len(said) else None,
        "answered_by": last.answered_by if last else None, "fingerprint": last.fingerprint if last else None,
    })  # fmt: skip
