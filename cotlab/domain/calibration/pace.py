"""Pace: labels that came faster than the text can be read, and the run of them that raises an alarm."""

from collections.abc import Sequence
from dataclasses import dataclass

from cotlab.domain.model import Model
from cotlab.domain.projects.gates import PaceTest

SECONDS_A_MINUTE = 60.0
REACH = 5
"""A run lies within so many times its labels."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A first label: the words of its step, and the seconds between the step being sent and the label being received.

    `shown_at` and `received_at` are the server's, in microseconds UTC.
    """

    words: int
    seconds: float
    shown_at: int
    received_at: int

    def unreadable(self, test: PaceTest) -> bool:
        """Whether the step cannot have been read."""
        return self.words * SECONDS_A_MINUTE > self.seconds * test.words_a_minute


class PaceRun(Model):
    """Labels one after the other, `faster` of them faster than can be read; times in microseconds UTC."""

    since: int
    until: int
    labels: int
    faster: int
    words: int
    seconds: float
    words_a_minute: float | None
    """None where the server measured no time at all."""


def words_in(text: str) -> int:
    """The words of a step: what stands between blanks."""
    return len(text.split())


def timed(text: str, shown_at: int, received_at: int, cap_seconds: int) -> Timed:
    """A label on a step with this text; the time counts up to the cap."""
    return timed_words(words_in(text), shown_at, received_at, cap_seconds)


def timed_words(words: int, shown_at: int, received_at: int, cap_seconds: int) -> Timed:
    """The same where the words are counted already."""
    seconds = min(max(0.0, (received_at - shown_at) / 1e6), float(cap_seconds))
    return Timed(words, seconds, shown_at, received_at)


def run_of(labels: Sequence[Timed]) -> PaceRun:
    """What some labels in a row amount to, without how many are faster than can be read; at least one."""
    words, seconds = sum(one.words for one in labels), sum(one.seconds for one in labels)
    return PaceRun(
        since=labels[0].shown_at, until=labels[-1].received_at, labels=len(labels), faster=0, words=words,
        seconds=seconds, words_a_minute=words * SECONDS_A_MINUTE / seconds if seconds else None,
    )  # fmt: skip


def too_fast(labels: Sequence[Timed], test: PaceTest) -> PaceRun | None:
    """The first run in which labels that cannot have been read outnumber the others by the test's number.

    So many of them in a row are such a run, and a pause after each few does not hide one. It lies within REACH times
    as many labels: what is found does not depend on how far back one looks beyond that.
    """
    walk = [0]
    for place, one in enumerate(labels):
        walk.append(walk[-1] + (1 if one.unreadable(test) else -1))
        first = max(0, place + 1 - REACH * test.labels)
        lowest = min(walk[first:])
        if walk[-1] - lowest >= test.labels:
            begun = max(at for at in range(first, place + 2) if walk[at] == lowest)
            run = labels[begun : place + 1]
            return run_of(run).model_copy(update={"faster": sum(one.unreadable(test) for one in run)})
    return None
