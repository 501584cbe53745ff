"""The process that checks steps: it loads all that a check may need once, and forks a child whenever it is asked to.

Its parent talks to the child over a socket that it sends along; the child is killed when the next one is asked for, and
everything ends when the parent closes its end or dies.
"""

import os
import resource
import signal
import socket
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from cotlab.checks.answers import checking as answers
from cotlab.checks.computing import symbolic, units, vanishing
from cotlab.checks.computing.budget import TOO_EXPENSIVE
from cotlab.checks.running.checking import check, undecided
from cotlab.checks.running.runner import FORK, KILL, LATE, OTHER, QUIT, Judge
from cotlab.domain.checks import StepToCheck, StepVerdict
from cotlab.domain.projects.gates import Setting

PRELOADED = (symbolic, units.registry(), vanishing, answers)
NICE = 10


def main(control_number: int) -> None:
    """Fork a child for each socket that comes over the control socket, until that is closed."""
    control = socket.socket(fileno=control_number)
    _step_aside()
    child = 0
    try:
        while True:
            said, numbers, _, _ = socket.recv_fds(control, 1, 1)
            late = child and _end(child)
            child = 0
            if said in (b"", QUIT):
                return
            if said == KILL:
                control.send(LATE if late else OTHER)
            if said == FORK:
                child = os.fork()
                if child == 0:
                    control.close()
                    serve(Connection(numbers[0]))
                    os._exit(0)
                os.close(numbers[0])
    finally:
        if child:
            _end(child)


def _step_aside() -> None:
    """Leave the processor to whoever waits for it, and the one core that a server keeps itself to."""
    with suppress(OSError):
        os.nice(NICE)
        if sys.platform == "linux":
            os.sched_setaffinity(0, range(os.cpu_count() or 1))


def _end(child: int) -> bool:
    """Kill a child. Returns whether it had ended before, at its limit of time."""
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF


def limit_memory(size: int) -> None:
    """Let this process have no more than `size` bytes of addresses; beyond it Python raises MemoryError."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    least = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_AS, (least, least))


def limit_time(seconds: float) -> None:
    """End this process, by the signal SIGPROF, when it has had so many more seconds of a core; 0 for no limit.

    Time in which other processes run does not count, and it holds where nobody is left to kill the process.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)


def serve(pipe: "Connection[Any, Any]") -> None:
    """Answer lists of steps, each step with a verdict or the name of what went wrong, until the pipe is closed."""
    try:
        setting, memory, seconds, judge = pipe.recv()
        limit_memory(memory)
        pipe.send(None)
        while True:
            asked: list[StepToCheck] = pipe.recv()
            for one in asked:
                limit_time(seconds)
                answer = _answer(one, setting, judge or check)
                limit_time(0)
                pipe.send(answer)
    except (EOFError, OSError):
        return


def _answer(asked: StepToCheck, setting: Setting, judge: Judge) -> StepVerdict | str:
    try:
        return judge(asked, setting)
    except MemoryError:
        return undecided(f"{TOO_EXPENSIVE}: the memory limit was reached")
    except RecursionError:
        return undecided(f"{TOO_EXPENSIVE}: it nests too deep")
    except Exception as error:
        return f"{type(error).__name__}: {error}"
