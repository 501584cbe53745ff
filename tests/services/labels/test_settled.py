"""When a step's label counts, and as what."""

import re

import pytest

from cotlab.domain.answers import Basis, Unsettled
from cotlab.domain.labels.case_reasons import Latest
from cotlab.domain.labels.settled import Circumstances, Decision, Settled, settle
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.domain.projects.policy import Policy

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
        Latest(
            names[label], "?" in marks, next((kind for kind in "ab" if kind in marks), None), "~" in marks, "+" in marks
        )
        for label, marks in re.findall("([CIR])([^CIR]*)", text)
    ]


@pytest.mark.parametrize(("given", "overlap", "open_on", "bad", "expected"), CASES)
def test_settled(
    given: str, overlap: int, open_on: tuple[CaseReason, ...], bad: bool, expected: Settled | Unsettled
) -> None:
    policy = Policy(open_cases_on=open_on)
    assert settle(answers(given), policy, overlap, Circumstances(bad_problem=bad)) == expected


DECIDED = Settled(C, Basis.ADJUDICATED)
ASKED, NOT_ASKED = True, False
DECISIONS: list[tuple[str, str, int, tuple[CaseReason, ...], bool, Settled | Unsettled]] = [
    # decision, answers (+ given after the decision), overlap, cases opened on, an open question, what comes of it
    ("C", "CI", 2, ALL, NOT_ASKED, DECIDED),
    ("C", "CI", 2, NONE, NOT_ASKED, DECIDED),
    ("C", "II", 2, ALL, NOT_ASKED, DECIDED),
    ("Ca", "II", 2, ALL, NOT_ASKED, Settled(C, Basis.ADJUDICATED, "a")),
    ("C", "C?I", 2, ALL, NOT_ASKED, DECIDED),
    ("C", "C", 2, ALL, NOT_ASKED, Unsettled.WAITING),
    ("C", "", 1, ALL, NOT_ASKED, Unsettled.NOT_LABELLED),
    ("C", "CI+", 2, ALL, NOT_ASKED, Unsettled.DISAGREEMENT),
    ("C", "CI+", 2, (CaseReason.UNSURE,), NOT_ASKED, DECIDED),
    ("C", "IC+", 2, ALL, NOT_ASKED, DECIDED),
    ("C", "ICb+", 2, ALL, NOT_ASKED, DECIDED),
    ("C", "I+I+", 2, ALL, NOT_ASKED, Unsettled.DISAGREEMENT),
    ("C", "IC?+", 2, ALL, NOT_ASKED, Unsettled.UNSURE),
    ("C", "I+~C", 1, ALL, NOT_ASKED, DECIDED),
    ("C", "CI", 2, ALL, ASKED, Unsettled.QUESTION),
    ("C", "CI", 2, (CaseReason.DISAGREEMENT,), ASKED, DECIDED),
    ("C~", "CC", 2, ALL, NOT_ASKED, Settled(C, Basis.UNANIMOUS)),
    ("C~", "CI", 2, ALL, NOT_ASKED, Unsettled.DISAGREEMENT),
    ("C~", "C?C", 2, ALL, NOT_ASKED, Unsettled.UNSURE),
    ("C~", "CCI+", 3, NONE, NOT_ASKED, Settled(C, Basis.MAJORITY)),
    ("", "CC", 2, ALL, ASKED, Unsettled.QUESTION),
    ("", "C", 2, ALL, ASKED, Unsettled.WAITING),
    ("", "CC", 2, (CaseReason.UNSURE,), ASKED, Settled(C, Basis.UNANIMOUS)),
]  # fmt: skip


@pytest.mark.parametrize(("decided", "given", "overlap", "open_on", "asked", "expected"), DECISIONS)
def test_decided(
    decided: str, given: str, overlap: int, open_on: tuple[CaseReason, ...], asked: bool, expected: Settled | Unsettled
) -> None:
    policy = Policy(open_cases_on=open_on)
    made = [Decision(one.value, one.kind, one.stale) for one in answers(decided)]
    assert settle(answers(given), policy, overlap, Circumstances(made[0] if made else None, asked)) == expected


def test_a_problem_that_was_decided_to_be_unusable_settles_nothing() -> None:
    beside = Circumstances(Decision(C), unusable=True)
    assert settle(answers("CC"), Policy(open_cases_on=()), 2, beside) is Unsettled.BAD_PROBLEM
