"""The child process: limited in time and memory, replaced where it ended, and one for many steps."""

import os
import resource
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cotlab.checks.running.runner import Checker, Limits, trimmed
from cotlab.domain.checks import StepToCheck, StepVerdict, Verdict
from cotlab.domain.projects.gates import Setting

TRUE = StepToCheck(step="1 + 1 = 2")
FALSE = StepToCheck(step="1 + 1 = 3")
GIGABYTE = 1_000_000_000
LIMITS = Limits(seconds=0.5, waiting=60, memory=2 * GIGABYTE)


def judge(asked: StepToCheck, setting: Setting) -> StepVerdict:
    """Does what the step says, in the child."""
    match asked.step:
        case "hang":
            while True:
                pass
        case "work":
            ends = time.process_time() + LIMITS.seconds / 4
            while time.process_time() < ends:
                pass
        case "wait":
            time.sleep(1)
        case "sleep":
            time.sleep(120)
        case "die":
            os._exit(3)
        case "allocate":
            block = bytearray(3 * GIGABYTE)
            return StepVerdict(verdict=Verdict.VERIFIED, reason=f"{len(block)} bytes")
        case "raise":
            raise KeyError("a fault")
        case "nest":
            return judge(asked, setting)
    return StepVerdict(verdict=Verdict.VERIFIED, reason=f"{os.getpid()}")


@pytest.fixture(scope="module")
def shared() -> Iterator[Checker]:
    """To start one takes a second, for which sympy is loaded."""
    with Checker(Setting.DEFAULT, LIMITS, judge) as made:
        next(made.check([TRUE]))
        yield made


@pytest.fixture
def checker(shared: Checker) -> Checker:
    """One that has checked, with nothing counted yet."""
    shared.killed = shared.died = 0
    shared.failures = []
    return shared


def step(text: str) -> StepToCheck:
    return StepToCheck(step=text)


@pytest.mark.parametrize(
    ("text", "reason", "killed", "died"),
    [
        ("hang", "too expensive: it took longer than 0.5 s", 1, 0),
        ("die", "the check ended without an answer", 0, 1),
        ("allocate", "too expensive: the memory limit was reached", 0, 0),
        ("nest", "too expensive: it nests too deep", 0, 0),
    ],
)
def test_a_hostile_step_costs_its_own_verdict(checker: Checker, text: str, reason: str, killed: int, died: int) -> None:
    before, found, after = checker.check([TRUE, step(text), TRUE])
    assert (found.verdict, found.reason) == (Verdict.UNDECIDED, reason)
    assert (before.verdict, after.verdict) == (Verdict.VERIFIED, Verdict.VERIFIED)
    assert (checker.killed, checker.died) == (killed, died)


def test_seconds_in_which_others_have_the_core_do_not_count(checker: Checker) -> None:
    assert [found.verdict for found in checker.check([step("wait"), TRUE])] == [Verdict.VERIFIED] * 2
    assert (checker.killed, checker.died) == (0, 0)


def test_a_step_is_not_waited_for_without_end() -> None:
    with Checker(Setting.DEFAULT, Limits(waiting=1), judge) as checker:
        [found] = checker.check([step("sleep")])
    assert (found.verdict, found.reason) == (Verdict.UNDECIDED, "too expensive: it took longer than 1 s")
    assert (checker.killed, checker.died) == (1, 0)


def test_steps_have_their_seconds_each(checker: Checker) -> None:
    """Together they take more than one may."""
    found = list(checker.check([step("work")] * 5))
    assert {one.verdict for one in found} == {Verdict.VERIFIED} and checker.killed == 0


def test_a_fault_is_counted_and_hides_behind_no_verdict(checker: Checker) -> None:
    assert next(checker.check([step("raise")])).reason == "the check failed"
    assert checker.failures == ["KeyError: 'a fault'"]


def test_one_child_serves_many_steps_and_another_replaces_it(checker: Checker) -> None:
    first = {found.reason for found in checker.check([TRUE] * 200)}
    assert len(first) == 1
    list(checker.check([step("hang")]))
    second = {found.reason for found in checker.check([TRUE] * 3)}
    assert len(second) == 1 and second != first


def test_a_child_that_is_killed_is_gone(checker: Checker) -> None:
    pid = int(next(checker.check([TRUE])).reason)
    list(checker.check([step("hang")]))
    assert ended(pid)


def test_closing_ends_every_process() -> None:
    with Checker(Setting.DEFAULT, LIMITS, judge) as checker:
        pid = int(next(checker.check([TRUE])).reason)
    assert ended(pid)


def test_a_step_that_is_too_long_never_reaches_the_child(checker: Checker) -> None:
    found = list(checker.check([step("1" * 2_000_000), TRUE, step("1 + " * 2_000)]))
    assert [one.verdict for one in found] == [Verdict.UNDECIDED, Verdict.VERIFIED, Verdict.UNDECIDED]
    assert found[0].reason == "too expensive: the step is longer than 4,000 characters"


def test_the_memory_of_the_parent_stays_flat(checker: Checker) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(2):
        list(checker.check([step("1" * 20_000_000), step("hang")]))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


def test_only_the_latest_steps_are_sent_and_places_hold() -> None:
    asked = StepToCheck(previous=(*("x = 1",) * 50, "y" * 5_000, "x = 2"), step="x = 2")
    kept = trimmed(asked).previous
    assert len(kept) == 52 and kept[:12] == ("",) * 12 and kept[12] == "x = 1" and kept[50:] == ("", "x = 2")


def test_a_step_names_the_earlier_step_it_conflicts_with_by_its_place() -> None:
    previous = (*("Nothing here.",) * 60, "3x + 6 = 15", "We go on.")
    with Checker(Setting.DEFAULT) as checker:
        [found] = checker.check([StepToCheck(previous=previous, step="So 3x = 10.")])
    assert found.verdict is Verdict.UNDECIDED
    assert [(one.conflicts_with, one.verdict) for one in found.claims] == [(60, Verdict.UNDECIDED)]
    assert found.reason.startswith("conflicts with step 61")


def test_a_child_that_nobody_is_left_to_kill_ends_by_itself() -> None:
    with Checker(Setting.DEFAULT, LIMITS, judge) as checker:
        (alive,) = checker.check([TRUE])
        child = int(alive.reason)
        assert checker._forking is not None and checker._pipe is not None
        os.kill(checker._forking._process.pid, signal.SIGKILL)
        checker._pipe.send([step("hang")])
        assert ended(child)


def ended(pid: int) -> bool:
    """Whether a process ends within a minute, if it has not yet."""
    until = time.monotonic() + 60
    while runs(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not runs(pid)


def runs(pid: int) -> bool:
    """Whether a process is there and more than an entry that nobody has asked for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
