"""A chunk: plain, for any executor, stopped within a step's limit, and blind to what comes later."""

import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from cotlab.checks.running import chunks
from cotlab.checks.running.chunks import AnswerToCheck, Checked, Stretch, check_chunk
from cotlab.domain.checks import StepToCheck, StepVerdict, Verdict
from cotlab.domain.projects.gates import Setting

VERIFIED, REFUTED, UNDECIDED = Verdict.VERIFIED, Verdict.REFUTED, Verdict.UNDECIDED
ONE = Stretch("one", 1, (), ("1 + 1 = 2", "1 + 1 = 3"))
TWO = Stretch("two", 3, ("3x + 6 = 15",), ("So 3x = 10.",))


def said(found: list[Checked]) -> list[tuple[str, int, Verdict]]:
    return [(one.item_id, one.position, one.verdict.verdict) for one in found]


def judge(asked: StepToCheck, setting: Setting) -> StepVerdict:
    """Whether an answer is the reference, letter by letter; it hangs where it is told to."""
    while asked.step == "hang":
        time.sleep(1)
    verdict = VERIFIED if asked.previous == (asked.step,) else REFUTED
    return StepVerdict(verdict=verdict, reason="the same letters")


@pytest.mark.parametrize("executor", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_runs_a_chunk(executor: type[ThreadPoolExecutor] | type[ProcessPoolExecutor]) -> None:
    with executor(max_workers=2) as pool:
        found = [said(chunk) for chunk in pool.map(check_chunk, [[ONE], [ONE, TWO]])]
    one = [("one", 1, VERIFIED), ("one", 2, REFUTED)]
    assert found == [one, [*one, ("two", 3, UNDECIDED)]]


def test_what_stands_before_is_read_and_the_setting_is_obeyed() -> None:
    (by_default,) = check_chunk([TWO])
    (by_all,) = check_chunk([TWO], setting=Setting.ALL_KINDS)
    assert (by_default.verdict.verdict, by_all.verdict.verdict) == (UNDECIDED, REFUTED)
    assert by_default.verdict.reason.startswith("conflicts with step 1")
    (alone,) = check_chunk([Stretch("two", 3, (), TWO.texts)], setting=Setting.ALL_KINDS)
    assert alone.verdict.verdict is not REFUTED


def test_answers_are_judged_by_the_function_that_is_given_in_a_child_of_its_own() -> None:
    answers = [AnswerToCheck("one", "5", "5"), AnswerToCheck("two", "hang", "5"), AnswerToCheck("three", "4", "5")]
    found = check_chunk([ONE], answers, judge=judge)
    assert said(found)[2:] == [("one", 0, VERIFIED), ("two", 0, UNDECIDED), ("three", 0, REFUTED)]
    assert check_chunk((), answers) == []


def test_a_chunk_that_is_stopped_gives_what_it_has_and_the_next_one_is_right() -> None:
    stopping = threading.Event()
    stopping.set()
    many = Stretch("many", 1, (), ("1 + 1 = 2",) * 50)
    assert said(check_chunk([many], stopping=stopping)) == [("many", 1, VERIFIED)]
    assert said(check_chunk([ONE])) == [("one", 1, VERIFIED), ("one", 2, REFUTED)]


def test_a_chunk_that_takes_too_long_gives_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_SECONDS", 0.0)
    assert said(check_chunk([ONE])) == [("one", 1, VERIFIED)]
