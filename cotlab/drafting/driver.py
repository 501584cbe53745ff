"""What every driver of a model offers, and how one is opened."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from cotlab.domain.drafts.requests import NewModel
from cotlab.domain.provenance import Completion, Prompt, Provenance, Sampling

Cancelled = Callable[[], bool]
"""Asked at least at every token, from the thread that generates; True ends the answer there."""


def never() -> bool:
    """An answer is wanted to its end."""
    return False


@dataclass(frozen=True, slots=True)
class Scores:
    """The natural logarithm of the probability of each option, and the answer of which they were read with the sampling
    that it was asked with; None where nothing is sampled for them.
    """

    log_probabilities: list[float]
    answer: Completion | None = None
    sampling: Sampling | None = None


class Driver(Protocol):
    """A model that is ready. One thread uses it, for one thing at a time."""

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling, cancelled: Cancelled) -> Iterator[Completion]:
        """A completion a prompt, in order, each as soon as it is there.

        The same prompt (with its seed) and sampling give the same text on the same machine, whatever is beside it. One
        that was cancelled has the finish reason `cancelled`, holds what was there by then, and is the last. Raises
        ModelFailed with one sentence.
        """
        ...

    def option_log_probabilities(
        self, prompt: Prompt, options: Sequence[str], cancelled: Cancelled = never
    ) -> Scores | None:
        """The log-probability of each option as the answer, in the order given; None: it cannot, or it was cancelled.

        Nothing is normalised, so that the mass on all options can be told; -inf is an option out of sight. For one of
        several tokens it is the mean over its tokens, so that a long one is not at a disadvantage: the mass is one of
        probabilities where options are single tokens, such as letters. What an option gets depends on the prompt and
        the option alone. Prompts that begin alike and come one after the other may share the work on their beginning.
        Raises BadInput for options that cannot be told apart.
        """
        ...

    def describe(self) -> Provenance:
        """What is known of the model, with the fields of a single draft None."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the host says of how models may be reached: `hosts` beyond this machine that were named for it."""

    hosts: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class DriverKind:
    """A driver by its name. `check` raises BadInput for what cannot be its model and `open` makes it ready, which may
    take long. `leaves` says whether what it is asked goes to another host. `fingerprint` reads the model's files, as
    far as they are on this machine, and gives the SHA-256 (hex) of each by its name. `outside` says whether answers are
    made outside of the process that asks, which can then wait for many at once.
    """

    name: str
    check: Callable[[NewModel, Surroundings], None]
    open: Callable[[NewModel, Surroundings], Driver]
    leaves: Callable[[NewModel], bool]
    fingerprint: Callable[[NewModel], dict[str, str]] = lambda _: {}
    outside: bool = False
