"""Steps checked in a child process with limits of time and memory, which is replaced where it ends.

This module loads neither sympy nor pint. A process of its own does so once, and forks the child; so a new child is
there in milliseconds, and the process that uses this may itself be forked, threaded, or a daemon.
"""

import os
import socket
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any

from cotlab.checks.computing.budget import MAX_CHARACTERS, MAX_PREVIOUS, TOO_EXPENSIVE
from cotlab.domain.checks import StepToCheck, StepVerdict, Verdict
from cotlab.domain.projects.gates import Setting

BATCH = 64
"""Steps sent to the child at once; each has a deadline of its own."""
TOO_LONG = f"{TOO_EXPENSIVE}: the step is longer than {MAX_CHARACTERS:,} characters"
START = 60.0
"""Seconds that loading sympy may take, before the first answer."""
FORK, KILL, QUIT = b"f", b"k", b"q"
LATE, OTHER = b"l", b"o"
"""How a child ended, the answer to KILL."""
PROGRAM = "import sys; from cotlab.checks.running.child import main; main(int(sys.argv[1]))"
Judge = Callable[[StepToCheck, Setting], StepVerdict]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a step may take: seconds of a core, seconds until it answers, and bytes of address space of the child.

    The first is the limit. The second is far beyond it: on a machine that is busy with other work a child that steps
    aside is seldom run, and what is undecided for that stays so.
    """

    seconds: float = 2.0
    waiting: float = 20.0
    memory: int = 1_500_000_000


class Checker:
    """One child, used for many steps. Close it, or use it in a `with`; one thread at a time.

    `judge` stands in for the check itself; it is a function that a child can import.
    """

    def __init__(
        self, setting: Setting = Setting.DEFAULT, limits: Limits | None = None, judge: Judge | None = None
    ) -> None:
        self.setting = setting
        self.limits = limits or Limits()
        self.killed = 0
        """Children that ended because a step took too long."""
        self.died = 0
        """Children that ended for another reason."""
        self.failures: list[str] = []
        """Errors that a check raised, which are faults of ours."""
        self._judge = judge
        self._forking: Forking | None = None
        self._pipe: Connection[Any, Any] | None = None

    def __enter__(self) -> "Checker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check(self, steps: Iterable[StepToCheck]) -> Iterator[StepVerdict]:
        """A verdict for each step, in order. A hostile step costs its own verdict."""
        remaining = iter(steps)
        while batch := list(islice(remaining, BATCH)):
            yield from self._batch([trimmed(one) for one in batch])

    def close(self) -> None:
        """End the child and its process; the next check starts others."""
        self._drop()
        if self._forking is not None:
            self._forking.end()
        self._forking = None

    def _drop(self) -> bool:
        """Kill the child. Returns whether it had used up its seconds of a core."""
        if self._pipe is not None:
            self._pipe.close()
        self._pipe = None
        return self._forking is not None and self._forking.kill()

    def _batch(self, steps: Sequence[StepToCheck]) -> Iterator[StepVerdict]:
        done = 0
        while done < len(steps):
            if len(steps[done].step) > MAX_CHARACTERS:
                yield StepVerdict(verdict=Verdict.UNDECIDED, reason=TOO_LONG)
                done += 1
                continue
            stop = next(
                (place for place in range(done, len(steps)) if len(steps[place].step) > MAX_CHARACTERS), len(steps)
            )
            for verdict in self._answers(steps[done:stop]):
                yield verdict
                done += 1

    def _answers(self, steps: Sequence[StepToCheck]) -> Iterator[StepVerdict]:
        """Verdicts of one child, up to the step for which it was killed or died."""
        pipe = self._pipe or self._start()
        try:
            pipe.send(steps)
            for _ in steps:
                if not pipe.poll(self.limits.waiting):
                    self._drop()
                    yield self._too_long(self.limits.waiting)
                    return
                yield self._verdict(pipe.recv())
        except (EOFError, OSError):
            if self._drop():
                yield self._too_long(self.limits.seconds)
                return
            self.died += 1
            yield _undecided("the check ended without an answer")

    def _too_long(self, seconds: float) -> StepVerdict:
        self.killed += 1
        return _undecided(f"{TOO_EXPENSIVE}: it took longer than {seconds:g} s")

    def _verdict(self, answer: StepVerdict | str) -> StepVerdict:
        if isinstance(answer, str):
            self.failures.append(answer)
            return _undecided("the check failed")
        return answer

    def _start(self) -> "Connection[Any, Any]":
        """A pipe to a fresh child that is ready. RuntimeError where none can be started."""
        if self._forking is None or not self._forking.lives:
            self._forking = Forking()
        pipe = self._forking.child()
        try:
            pipe.send((self.setting, self.limits.memory, self.limits.seconds, self._judge))
            ready = pipe.poll(START) and pipe.recv() is None
        except (EOFError, OSError):
            ready = False
        if not ready:
            pipe.close()
            raise RuntimeError("the process that checks steps did not start")
        self._pipe = pipe
        return pipe


class Forking:
    """The process that has all loaded and forks children; it ends with this object."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(theirs.fileno())],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self.end = weakref.finalize(self, _end, self._control, self._process, os.getpid())

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def child(self) -> "Connection[Any, Any]":
        """A pipe to a new child; the one before is killed."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [FORK], [theirs.fileno()])
        return Connection(ours.detach())

    def kill(self) -> bool:
        """Kill the child there is. Returns whether it had ended by itself, with its seconds of a core used up."""
        try:
            self._control.send(KILL)
            return self._control.recv(1) == LATE
        except OSError:
            return False


def _end(control: socket.socket, process: "subprocess.Popen[bytes]", owner: int) -> None:
    """End the process; not from a fork of its owner, which only has a copy of the socket."""
    if os.getpid() == owner:
        with suppress(OSError):
            control.send(QUIT)
        process.wait()
    control.close()


def _undecided(reason: str) -> StepVerdict:
    return StepVerdict(verdict=Verdict.UNDECIDED, reason=reason)


def trimmed(asked: StepToCheck) -> StepToCheck:
    """Without the earlier steps that no check reads; blank ones are in their places."""
    first = len(asked.previous) - MAX_PREVIOUS
    if first <= 0 and all(len(text) <= MAX_CHARACTERS for text in asked.previous):
        return asked
    kept = tuple(
        "" if place < first or len(text) > MAX_CHARACTERS else text for place, text in enumerate(asked.previous)
    )
    return asked.model_copy(update={"previous": kept})
