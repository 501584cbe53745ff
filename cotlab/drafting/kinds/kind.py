"""What a kind of drafts is: prompts made of what a request is about, and answers read."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cotlab.domain.drafts.requests import UNSAID
from cotlab.domain.errors import ModelFailed
from cotlab.domain.provenance import Message, Prompt, Provenance, Sampling
from cotlab.domain.text import MAX_TEXT
from cotlab.drafting.driver import Cancelled, Driver


@dataclass(frozen=True, slots=True)
class Judging:
    """What opinions are given by: the version's name, its rules in short, and the labels (name, meaning) of the first
    level, of which a pair has none.

    `first` is the position of the first step that is judged. `answers` is how many are asked for each order of the
    options where the model gives no log-probabilities. `responses` are those of a pair, in its own order.
    """

    guideline: str
    rules: str
    labels: tuple[tuple[str, str], ...] = ()
    first: int = 1
    answers: int = 1
    responses: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What a request is about, as far as a model may see it: the problem, and the accepted steps before the target.

    Of an opinion `steps` holds the steps that are judged too, each of which is shown with those before it alone. `step`
    is the step at the position itself, which only a kind that is about it may put into a prompt.
    """

    problem: str
    steps: tuple[str, ...]
    position: int | None
    seed: int
    sampling: Sampling
    strategy: str | None = None
    step: str | None = None
    label: str | None = None
    """Somebody's label of the step, where a reason for that is drafted."""
    judging: Judging | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft by its ordinal (from 1); `document` is JSON of the form that its kind says.

    `position` is the step that it is of, where the request is of several. `cut_off`: the model did not come to the end
    of what is in the document.
    """

    ordinal: int
    document: dict[str, Any]
    provenance: Provenance
    position: int | None = None
    cut_off: bool = False


ENDED = frozenset({"stop", "stop_sequence", "eos", "eos_token", "end_turn", "complete", UNSAID})
"""The finish reasons, in small letters, of an answer that the model itself ended, as servers name them. Any other, as
`length` or `content_filter`, may have cut it off.
"""
Drafting = Callable[[Driver, Work, Sequence[int], Cancelled], Iterator[Drafted]]
"""Draft the ordinals that are still wanted, in order; each has a seed of its own, so that a rerun gives the same. Ends
early where it was cancelled, without what was not finished. Raises ModelFailed.
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of drafts; `target` is what a request of it names, and `strategies` what it may ask for.

    A `trace` is named with or without a position: one step of it is meant, or each. `asked_by_labellers`: not leads ask
    for it, but who has labelled the step. `enters_pool`: what was drafted can become a trace that people label.
    """

    name: str
    target: Literal["step", "problem", "trace", "pair"]
    draft: Drafting
    strategies: tuple[str, ...] = ()
    asked_by_labellers: bool = False
    enters_pool: bool = False


def asked(system: str, user: str, seed: int) -> Prompt:
    """Raises ModelFailed for a prompt that is longer than any text may be."""
    if max(len(system), len(user)) > MAX_TEXT:
        raise ModelFailed(f"The prompt is longer than {MAX_TEXT:,} characters.")
    return Prompt(messages=(Message(role="system", content=system), Message(role="user", content=user)), seed=seed)


def seed_of(work: Work, ordinal: int) -> int:
    """The seed of one draft of a request."""
    return (work.seed * 1_000_003 + ordinal) % 2**31


def completed(
    driver: Driver,
    work: Work,
    prompts: Sequence[tuple[int, Prompt]],
    read: Callable[[int, str], dict[str, Any]],
    cancelled: Cancelled,
    whole: Callable[[str], str] = lambda _: "",
) -> Iterator[Drafted]:
    """Run prompts by their ordinals, and read each answer, of one that was cut off what is `whole` of it, if anything.

    Raises ModelFailed for one that holds nothing to read.
    """
    about = driver.describe()
    answers = driver.generate([prompt for _, prompt in prompts], work.sampling, cancelled)
    for (ordinal, prompt), answer in zip(prompts, answers, strict=False):
        if answer.finish_reason == "cancelled":
            return
        text, ended = plain(answer.text, ordinal), answer.finish_reason.lower() in ENDED
        part = text if ended else whole(text)
        document = read(ordinal, part or text)
        yield Drafted(ordinal, document, about.of(prompt, work.sampling, answer), cut_off=not (ended or part))


def plain(text: str, ordinal: int) -> str:
    """An answer as it is. Raises ModelFailed for control characters, and where it is longer than any text may be."""
    if len(text) > MAX_TEXT:
        raise ModelFailed(f"Draft {ordinal} is longer than {MAX_TEXT:,} characters.")
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\r\t" for sign in text):
        raise ModelFailed(f"Draft {ordinal} holds control characters.")
    return text
