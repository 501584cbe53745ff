"""A chunk of checks: a plain function that any `concurrent.futures.Executor` can run, also that of a cluster."""

import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from cotlab.checks.running.runner import Checker, Judge
from cotlab.domain.answers import WHOLE_TRACE
from cotlab.domain.checks import StepToCheck, StepVerdict
from cotlab.domain.projects.gates import Setting

VERSION = "1.1"
"""Of the checks of steps. Where another version may say something else of any step, it has another number."""
CHUNK_SECONDS = 30.0
"""After so long a chunk ends with what it has; the rest is still missing, and comes with a later one."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps of a trace that follow each other, the first at position `first`, and those before them, oldest first."""

    item_id: str
    first: int
    previous: tuple[str, ...]
    texts: tuple[str, ...]

    def steps(self) -> Iterator[StepToCheck]:
        """Each step with the text before it, and nothing after it."""
        for place, text in enumerate(self.texts):
            yield StepToCheck.model_construct(previous=(*self.previous, *self.texts[:place]), step=text)


@dataclass(frozen=True, slots=True)
class AnswerToCheck:
    """The final answer of a trace, and what it is held against."""

    item_id: str
    answer: str
    reference: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check says of a step, or (at position 0) of a final answer."""

    item_id: str
    position: int
    verdict: StepVerdict


class Stopping(Protocol):
    """Such as threading.Event."""

    def is_set(self) -> bool: ...


Asked = tuple[str, int, StepToCheck]


class _Own(threading.local):
    def __init__(self) -> None:
        self.checkers: dict[tuple[int, Setting, Judge | None], Checker] = {}


_OWN = _Own()


def check_chunk(
    stretches: Sequence[Stretch],
    answers: Sequence[AnswerToCheck] = (),
    setting: Setting = Setting.DEFAULT,
    stopping: Stopping | None = None,
    judge: Judge | None = None,
) -> list[Checked]:
    """The verdicts on some steps and final answers; fewer where `stopping` was set, or the chunk took too long.

    `judge` is the check of answers, a function that a child can import: it is given the answer as the step, and the
    reference as what stands before it. Each thread that calls this owns children which live on for its next chunk and
    end with the thread or process; a hostile text costs its own verdict.
    """
    until = time.monotonic() + CHUNK_SECONDS
    steps = ((one.item_id, one.first + place, asked) for one in stretches for place, asked in enumerate(one.steps()))
    found = list(_checked(steps, setting, None, stopping, until))
    if answers and judge is not None:
        asked = ((one.item_id, WHOLE_TRACE, _answer(one)) for one in answers)
        found += _checked(asked, setting, judge, stopping, until)
    return found


def _answer(one: AnswerToCheck) -> StepToCheck:
    return StepToCheck(previous=(one.reference,), step=one.answer)


def _checked(
    asked: Iterable[Asked], setting: Setting, judge: Judge | None, stopping: Stopping | None, until: float
) -> Iterator[Checked]:
    places: list[tuple[str, int]] = []

    def steps() -> Iterator[StepToCheck]:
        for item_id, position, step in asked:
            places.append((item_id, position))
            yield step

    checker = _own(setting, judge)
    for number, verdict in enumerate(checker.check(steps())):
        yield Checked(*places[number], verdict)
        if time.monotonic() > until or (stopping is not None and stopping.is_set()):
            checker.close()  # answers that nobody waits for are still on their way
            return


def _own(setting: Setting, judge: Judge | None) -> Checker:
    key = (os.getpid(), setting, judge)
    if key not in _OWN.checkers:
        _OWN.checkers[key] = Checker(setting, judge=judge)
    return _OWN.checkers[key]
