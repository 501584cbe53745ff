"""Why a step goes to an adjudicator, and when it does not any more."""

import pytest

from cotlab.domain.answers import Unsettled
from cotlab.domain.checks import Verdict
from cotlab.domain.labels.case_reasons import REASONS, Evidence, Facts, Latest, due, due_on, title
from cotlab.domain.labels.two_level import AnswerCell
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.domain.projects.policy import Policy

C, I = Latest("correct", False), Latest("incorrect", False)  # noqa: E741
UNSURE, NEW_C, NEW_I = (
    Latest("correct", True),
    Latest("correct", False, newer=True),
    Latest("incorrect", False, newer=True),
)
NEW_UNSURE = Latest("correct", True, newer=True)
WRONG = Latest("incorrect", False, error=True)
MISCALCULATED = Latest("incorrect", False, error=True, calculation=True)
NEW_MISCALCULATED = Latest("incorrect", False, newer=True, error=True, calculation=True)
REFUTED, VERIFIED = Evidence(Verdict.REFUTED), Evidence(Verdict.VERIFIED)
KIND = Latest("incorrect", False, kind="wrong-unit")
CASES = [
    # what is known, the reasons that hold
    (Facts(), ()),
    (Facts([C, C], True), ()),
    (Facts([C, I], True), ("disagreement",)),
    (Facts([C, I], False), ()),
    (Facts([I, KIND], True), ()),
    (Facts([UNSURE], False), ("unsure",)),
    (Facts([UNSURE, I], True), ("disagreement", "unsure")),
    (Facts(asked=True), ("question",)),
    (Facts([C], bad_problem=True), ("bad_problem",)),
    (Facts([UNSURE, I], True, asked=True, bad_problem=True), ("bad_problem", "disagreement", "unsure", "question")),
    (Facts([C, I], True, decided="correct"), ()),
    (Facts([I, I], True, decided="correct"), ()),
    (Facts([UNSURE, C], True, decided="correct"), ()),
    (Facts([I, NEW_C], True, decided="correct"), ()),
    (Facts([C, NEW_I], True, decided="correct"), ("disagreement",)),
    (Facts([C, NEW_I], False, decided="correct"), ()),
    (Facts([NEW_C, NEW_I], True, decided="redundant"), ("disagreement",)),
    (Facts([I, NEW_UNSURE], True, decided="correct"), ("unsure",)),
    (Facts([C, I], True, decided="correct", asked=True), ("question",)),
    (Facts([C, C], True, evidence=REFUTED), ("refuted_claim",)),
    (Facts([WRONG, WRONG], True, evidence=REFUTED), ()),
    (Facts([C, WRONG], True, evidence=REFUTED), ("disagreement", "refuted_claim")),
    (Facts([C], False, evidence=REFUTED), ("refuted_claim",)),
    (Facts([C, C], True, evidence=VERIFIED), ()),
    (Facts([WRONG, WRONG], True, evidence=VERIFIED), ()),
    (Facts([MISCALCULATED, WRONG], True, evidence=VERIFIED), ("verified_error",)),
    (Facts([MISCALCULATED], True, evidence=REFUTED), ()),
    (Facts([C, C], True, decided="correct", evidence=REFUTED), ()),
    (Facts([C, NEW_C], True, decided="correct", evidence=REFUTED), ()),
    (Facts([C, NEW_C], True, decided="incorrect", evidence=REFUTED), ("disagreement", "refuted_claim")),
    (Facts([NEW_MISCALCULATED], True, decided="incorrect", evidence=VERIFIED), ()),
    (Facts([NEW_MISCALCULATED], True, decided="incorrect", evidence=Evidence(Verdict.VERIFIED, True)),
     ("verified_error",)),
    (Facts([NEW_MISCALCULATED], False, decided="correct", evidence=VERIFIED), ("verified_error",)),
    (Facts([C, C], True, decided="correct", evidence=Evidence(Verdict.REFUTED, newer=True)), ("refuted_claim",)),
    (Facts([C, C], True, decided="incorrect", evidence=Evidence(Verdict.REFUTED, True, decided_error=True)), ()),
    (Facts([MISCALCULATED], True, decided="incorrect", evidence=VERIFIED), ()),
    (Facts(cell=AnswerCell.WRONG_NO_BAD_STEP), ("wrong_answer_no_bad_step",)),
    (Facts(cell=AnswerCell.RIGHT_BAD_STEP), ("right_answer_bad_step",)),
    (Facts(cell=AnswerCell.RIGHT_NO_BAD_STEP), ()),
    (Facts(cell=AnswerCell.WRONG_BAD_STEP), ()),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), CASES)
def test_reasons(facts: Facts, expected: tuple[str, ...]) -> None:
    assert due(facts, list(CaseReason)) == expected
    for one in CaseReason:
        assert due(facts, [one]) == tuple(name for name in expected if name == one)


def test_a_step_is_not_asked_about_its_whole_trace() -> None:
    facts = Facts([UNSURE], bad_problem=True, cell=AnswerCell.WRONG_NO_BAD_STEP)
    assert due_on(0, facts, list(CaseReason)) == ("bad_problem", "wrong_answer_no_bad_step")
    assert due_on(3, facts, list(CaseReason)) == ("unsure",)
    assert due_on(0, facts, [CaseReason.UNSURE]) == ()


def test_every_reason_is_registered_has_words_and_leaves_a_step_unsettled() -> None:
    assert sorted(reason.name for reason in REASONS) == sorted(CaseReason)
    assert all(title(name) for name in CaseReason)
    holding_back = set(CaseReason) - {CaseReason.WRONG_ANSWER_NO_BAD_STEP, CaseReason.RIGHT_ANSWER_BAD_STEP}
    assert all(Unsettled(name.value) for name in holding_back)


def test_the_legitimate_find_opens_no_case_unless_it_is_asked_for() -> None:
    assert set(CaseReason) - set(Policy().open_cases_on) == {CaseReason.RIGHT_ANSWER_BAD_STEP}
