"""Answers in the killable child, and hostile ones."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotlab.checks.answers.checking import check_answer
from cotlab.checks.answers.judge import judge
from cotlab.checks.running.runner import Checker, Limits
from cotlab.domain.checks import StepToCheck
from cotlab.domain.projects.gates import Setting
from tests.checks.data import rows

HOSTILE = (
    "9^9^9^9^9",
    "10^{10^{10}}",
    "(" * 1_500 + "1" + ")" * 1_500,
    "\\boxed{" * 500 + "1" + "}" * 500,
    "{" * 1_900 + "}" * 1_900,
    "5" + "!" * 500,
    "(x+y+z+w)^{300}",
    "1" * 3_999,
    ", ".join(str(one) for one in range(800)),
    "answer is " * 390,
    "x = " * 900,
    "[" + "1," * 1_900 + "2]",
    "\\sqrt{" * 400 + "2" + "}" * 400,
    "a < " * 900 + "b",
    "\ud800 = 5",
)


def asked(answer: str, reference: str) -> StepToCheck:
    return StepToCheck(previous=(reference,), step=answer)


def test_the_child_answers_as_this_process_does() -> None:
    with Checker(judge=judge) as checker:
        found = list(
            checker.check([asked("1 km", "1000 m"), asked("18", "19"), asked("18", ""), asked("18", "x" * 5_000)])
        )
    assert [str(one.verdict) for one in found] == ["verified", "refuted", "undecided", "undecided"]
    assert [(one.kind, one.start, one.end) for one in found[0].claims] == [("units", 0, 4)]
    assert found[2].claims == ()


def test_hostile_answers_cost_their_own_verdict() -> None:
    """Each beside itself, with a blank, and beside a plain one; nothing is refuted by running out of means."""
    pairs = [asked(one, other) for one in HOSTILE for other in (f"{one} ", "7")]
    with Checker(Setting.DEFAULT, Limits(seconds=2.0), judge) as checker:
        found = [*checker.check([*pairs, asked("18", "18")])]
    assert found[-1].verdict == "verified"
    assert (checker.failures, checker.died, checker.killed) == ([], 0, 0)


TEXT = st.text(st.sampled_from("0123456789.,%$€/\\{}()[]<>=±∞∪^_xyzABC yesno-+!|&\n#"), max_size=40)


@settings(max_examples=400)
@given(TEXT, TEXT)
def test_no_text_raises(answer: str, reference: str) -> None:
    check_answer(answer, reference)


@settings(max_examples=200)
@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_whole_numbers_are_told_apart_however_they_are_written(one: int, two: int) -> None:
    chance = random.Random(one)
    written = chance.choice([f"{one}", f"{one:,}", f"\\boxed{{{one}}}", f"The answer is {one:,}.", f"#### {one}"])
    assert check_answer(written, f"{two}").verdict == ("verified" if one == two else "refuted")


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [("gsm8k", 0, 0), ("gsm8k_model_solutions", 0, 0.01), ("mr_ben", 0, 0), ("bigbench_mistake", 0, 0.05)],
)
def test_public_answers(name: str, right: int, wrong: float) -> None:
    """Known right answers are refuted never, and known wrong ones missed seldom."""
    counted = {True: [0, 0, 0], False: [0, 0, 0]}
    for row in rows(name):
        if row.get("final_answer") is not None and row.get("final_correct") is not None:
            verdict = check_answer(row["final_answer"], row["gold_answer"]).verdict
            counted[row["final_correct"]][["verified", "undecided", "refuted"].index(verdict)] += 1
    assert counted[True][1:] == [right, 0]
    assert sum(counted[False][:2]) <= wrong * sum(counted[False])
