"""Why a step goes to an adjudicator, and when it does not any more."""

import pytest

from cotlab.domain.reasons import REASONS, CaseReason, Facts, Latest, due, due_on, title
from cotlab.domain.settled import Unsettled

C, I = Latest("correct", False), Latest("incorrect", False)  # noqa: E741
UNSURE, NEW_C, NEW_I = (
    Latest("correct", True),
    Latest("correct", False, newer=True),
    Latest("incorrect", False, newer=True),
)
NEW_UNSURE = Latest("correct", True, newer=True)
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
]  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), CASES)
def test_reasons(facts: Facts, expected: tuple[str, ...]) -> None:
    assert due(facts, list(CaseReason)) == expected
    for one in CaseReason:
        assert due(facts, [one]) == tuple(name for name in expected if name == one)


def test_a_step_is_not_asked_about_its_whole_trace() -> None:
    facts = Facts([UNSURE], bad_problem=True)
    assert due_on(0, facts, list(CaseReason)) == ("bad_problem",)
    assert due_on(3, facts, list(CaseReason)) == ("unsure",)
    assert due_on(0, facts, [CaseReason.UNSURE]) == ()


def test_every_reason_is_registered_has_words_and_leaves_a_step_unsettled() -> None:
    assert sorted(reason.name for reason in REASONS) == sorted(CaseReason)
    assert all(title(name) and Unsettled(name.value) for name in CaseReason)
