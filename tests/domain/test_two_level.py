"""What files say of final answers."""

import pytest

from cotlab.domain.labels.two_level import disputes_answer, last_words, said_of_answer

RIGHT, WRONG = "final_answer_correct: true", "final_correct: false"


@pytest.mark.parametrize(
    ("words", "right", "disputed"),
    [
        ((), None, False),
        (("finished",), None, False),
        ((RIGHT, "finished"), True, False),
        ((WRONG, WRONG), False, False),
        ((WRONG, RIGHT), None, True),
        ((RIGHT, WRONG), None, True),
    ],
)
def test_a_contradiction_says_nothing(words: tuple[str, ...], right: bool | None, disputed: bool) -> None:
    assert (said_of_answer(words), disputes_answer(words)) == (right, disputed)


def test_a_source_may_correct_itself() -> None:
    said = [("a", RIGHT), ("b", WRONG), ("a", "finished"), ("a", WRONG), ("c", "finished")]
    assert last_words(said[:3]) == {RIGHT, WRONG} and last_words(said) == {WRONG}
