"""When two texts say the same, and how alike the numbers of two paths are."""

import pytest

from cotlab.domain.drafts.duplicates import numbers, plain, plain_path, shared


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("So there are 12 eggs.", "so there are  12 eggs", True),
        ("“Half” of it, 6.", "'half' of it 6", True),
        ("It is $x + 1$.", "it is x+1", True),
        ("ﬁve", "FIVE", True),
        ("3 + 2 = 5", "3 - 2 = 5", False),
        ("x ≤ 3", "x ≥ 3", False),
        ("1.5 eggs", "15 eggs", False),
        ("(2 + 3) * 4", "2 + (3 * 4)", False),
        ("4! is 24", "4 is 24", False),
        ("not all", "all", False),
    ],
)
def test_points_case_and_white_space_do_not_matter_and_signs_do(one: str, other: str, same: bool) -> None:
    assert (plain(one) == plain(other)) is same


def test_how_a_path_is_parted_does_not_matter() -> None:
    assert plain_path(["One. Two", "three"]) == plain_path(["one", "two, three."])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,200.0 and 1200", {"1200"}),
        ("0.50 of 100", {"0.5", "100"}),
        ("5 - 3 = -2", {"5", "3", "2"}),
        ("1, 2 and 30,5", {"1", "2", "30", "5"}),
        (".25 or 1/4", {"0.25", "1", "4"}),
        ("1000000 and 1,000,000", {"1000000"}),
        ("none", set()),
    ],
)
def test_numbers_are_told_by_their_values(text: str, found: set[str]) -> None:
    assert numbers([text]) == found


def test_few_numbers_tell_nothing() -> None:
    two, three = numbers(["1 and 2"]), numbers(["1, 2, 3"])
    assert shared(two, two) == 0.0 and shared(two, three) == 0.0 and shared(three, three) == 1.0
    assert shared(three, numbers(["2, 3, 4"])) == 0.5
