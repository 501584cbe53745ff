"""When a step's label counts, and as what."""

import pytest

from cotlab.domain.policy import CaseReason, Policy
from cotlab.domain.settled import Basis, Latest, Settled, Unsettled, settle

C, I, R = "correct", "incorrect", "redundant"  # noqa: E741
NONE: tuple[CaseReason, ...] = ()
ALL = tuple(CaseReason)
CASES: list[tuple[str, int, tuple[CaseReason, ...], bool, Settled | Unsettled]] = [
    # the answers (? is unsure), overlap, cases opened on, bad problem said, what becomes of it
    ("", 1, NONE, False, Unsettled.NOT_LABELLED),
    ("", 1, ALL, True, Unsettled.NOT_LABELLED),
    ("C", 1, ALL, False, Settled(C, Basis.SINGLE)),
    ("C", 2, ALL, False, Unsettled.WAITING),
    ("CI", 3, ALL, True, Unsettled.WAITING),
    ("CC", 2, ALL, False, Settled(C, Basis.UNANIMOUS)),
    ("CC", 1, ALL, False, Settled(C, Basis.UNANIMOUS)),
    ("CI", 2, ALL, False, Unsettled.DISAGREEMENT),
    ("CI", 2, NONE, False, Unsettled.TIE),
    ("CCI", 3, NONE, False, Settled(C, Basis.MAJORITY)),
    ("ICC", 3, NONE, False, Settled(C, Basis.MAJORITY)),
    ("CCI", 3, ALL, False, Unsettled.DISAGREEMENT),
    ("CIR", 3, NONE, False, Unsettled.TIE),
    ("CCIR", 4, NONE, False, Unsettled.TIE),
    ("CCCI", 3, NONE, False, Settled(C, Basis.MAJORITY)),
    ("C?", 1, ALL, False, Unsettled.UNSURE),
    ("C?", 1, NONE, False, Settled(C, Basis.SINGLE)),
    ("CC?", 2, (CaseReason.UNSURE,), False, Unsettled.UNSURE),
    ("CC?", 2, (CaseReason.DISAGREEMENT,), False, Settled(C, Basis.UNANIMOUS)),
    ("CI?", 2, ALL, False, Unsettled.DISAGREEMENT),
    ("CC", 2, ALL, True, Unsettled.BAD_PROBLEM),
    ("CC", 2, NONE, True, Settled(C, Basis.UNANIMOUS)),
    ("CI?", 2, ALL, True, Unsettled.BAD_PROBLEM),
]


def answers(text: str) -> list[Latest]:
    names = {"C": C, "I": I, "R": R}
    return [
        Latest(names[letter], text[place + 1 : place + 2] == "?")
        for place, letter in enumerate(text)
        if letter != "?"
    ]  # fmt: skip


@pytest.mark.parametrize(("given", "overlap", "open_on", "bad", "expected"), CASES)
def test_settled(
    given: str, overlap: int, open_on: tuple[CaseReason, ...], bad: bool, expected: Settled | Unsettled
) -> None:
    assert settle(answers(given), Policy(overlap=overlap, open_cases_on=open_on), bad) == expected
