"""Runs of labels that came faster than their steps can be read."""

import pytest

from cotlab.domain.calibration.pace import Timed, timed, too_fast, words_in
from cotlab.domain.projects.gates import PaceTest

TEST = PaceTest(words_a_minute=600, labels=5)
"""A step of 10 words takes a second."""


def labels(pattern: str) -> list[Timed]:
    """`f` for a label that came too fast, `s` for one that did not; a second apart."""
    return [Timed(10, 0.9 if one == "f" else 1.0, at, at + 1) for at, one in enumerate(pattern)]


@pytest.mark.parametrize(
    ("pattern", "begun", "faster", "why"),
    [
        ("ffff", None, 0, "one too few"),
        ("fffff", 0, 5, "as many as the test says"),
        ("sssfffff", 3, 5, "the run begins with the first of them"),
        ("ssss", None, 0, "none"),
        ("ffffsf", None, 0, "a slow one ends what was one too few"),
        ("ffffsff", 0, 6, "a pause in between does not hide a run"),
        ("ffsffsffsffsff", 0, 8, "nor does one after each two"),
        ("fs" * 100, None, 0, "half of them are no run"),
        ("fff" + "sf" * 100 + "ff", None, 0, "what lies further back than the reach does not count"),
    ],
)
def test_runs(pattern: str, begun: int | None, faster: int, why: str) -> None:
    found = too_fast(labels(pattern), TEST)
    assert (None if found is None else (found.since, found.faster)) == (
        None if begun is None else (begun, faster)
    ), why  # fmt: skip


def test_what_is_found_does_not_depend_on_what_lies_before_the_reach() -> None:
    for pattern in ("fs" * 40 + "fffff", "ssf" * 30 + "ffffsfff", "s" * 50 + "fffff"):
        whole, part = labels(pattern), labels(pattern)[-25:]
        assert too_fast(whole, TEST) == too_fast(part, TEST) is not None


def test_a_run_says_how_fast_it_was() -> None:
    found = too_fast([Timed(20, 0.5, 0, 500_000)] * 5, TEST)
    assert found is not None
    assert (found.words, found.seconds, found.words_a_minute, found.labels) == (100, 2.5, 2400.0, 5)


def test_no_time_at_all_is_no_pace() -> None:
    found = too_fast([Timed(1, 0.0, 0, 0)] * 5, TEST)
    assert found is not None and found.words_a_minute is None


def test_time_counts_from_the_step_being_sent_up_to_the_cap() -> None:
    one = timed("we  add\nboth sides", 1_000_000, 3_500_000, 600)
    assert (one.words, one.seconds) == (4, 2.5)
    assert timed("x", 0, 9_000_000, 5).seconds == 5.0
    assert words_in("") == 0
