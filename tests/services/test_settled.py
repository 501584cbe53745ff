"""When a step's label counts, and as what."""

import re

import pytest

from cotlab.domain.policy import CaseReason, Policy
from cotlab.domain.settled import Basis, Latest, Settled, Unsettled, settle

C, I, R = "correct", "incorrect", "redundant"  # noqa: E741
NONE: tuple[CaseReason, ...] = ()
ALL = tuple(CaseReason)
CASES: list[tuple[str, int, tuple[CaseReason, ...], bool, Settled | Unsettled]] = [
    # answers (? unsure, ~ stale, a and b are kinds), overlap, cases opened on, bad problem said, what comes of it
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
    ("C~", 1, ALL, False, Unsettled.STALE),
    ("C~", 2, ALL, False, Unsettled.WAITING),
    ("CC~", 2, ALL, True, Unsettled.STALE),
    ("C~C~", 2, ALL, False, Unsettled.STALE),
    ("CC~", 3, ALL, False, Unsettled.WAITING),
    ("CCI~", 2, ALL, False, Settled(C, Basis.UNANIMOUS)),
    ("CI~", 1, ALL, False, Settled(C, Basis.SINGLE)),
    ("CC?~", 1, ALL, False, Settled(C, Basis.SINGLE)),
    ("CII~I~", 2, ALL, False, Unsettled.DISAGREEMENT),
    ("Ia", 1, ALL, False, Settled(I, Basis.SINGLE, "a")),
    ("IaIa", 2, ALL, False, Settled(I, Basis.UNANIMOUS, "a")),
    ("IaIb", 2, ALL, False, Settled(I, Basis.UNANIMOUS)),
    ("IaI", 2, ALL, False, Settled(I, Basis.UNANIMOUS)),
    ("IaIaIb", 3, ALL, False, Settled(I, Basis.UNANIMOUS, "a")),
    ("IaIaIbI", 4, ALL, False, Settled(I, Basis.UNANIMOUS)),
    ("IIIa", 3, ALL, False, Settled(I, Basis.UNANIMOUS)),
    ("IaIbI~bIb~", 2, ALL, False, Settled(I, Basis.UNANIMOUS)),
    ("IaIbC", 3, NONE, False, Settled(I, Basis.MAJORITY)),
    ("IaIaCb", 3, NONE, False, Settled(I, Basis.MAJORITY, "a")),
    ("IaIaIC", 4, NONE, False, Settled(I, Basis.MAJORITY, "a")),
    ("IaC", 2, ALL, False, Unsettled.DISAGREEMENT),
]


def answers(text: str) -> list[Latest]:
    """Each answer is a letter for its label with the marks behind it."""
    names = {"C": C, "I": I, "R": R}
    return [
        Latest(names[label], "?" in marks, next((kind for kind in "ab" if kind in marks), None), "~" in marks)
        for label, marks in re.findall("([CIR])([^CIR]*)", text)
    ]


@pytest.mark.parametrize(("given", "overlap", "open_on", "bad", "expected"), CASES)
def test_settled(
    given: str, overlap: int, open_on: tuple[CaseReason, ...], bad: bool, expected: Settled | Unsettled
) -> None:
    assert settle(answers(given), Policy(overlap=overlap, open_cases_on=open_on), bad) == expected
