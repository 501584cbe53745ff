"""How many people label a trace, by policy, domain, tags and the draw of a share."""

import pytest
from pydantic import ValidationError

from cotlab.domain.projects.overlap import Overlap, drawn
from cotlab.domain.projects.policy import Policy, fewest_people, own_people, people_for

LAW = Overlap(domain="law", people=3)
GERMAN = Overlap(tag="jurisdiction=DE", people=4)
GERMAN_LAW = Overlap(domain="law", tag="jurisdiction=DE", people=1)
HARD = Overlap(tag="hard", people=5)
IDS = [f"{number:032x}" for number in range(4000)]

PEOPLE: list[tuple[tuple[Overlap, ...], str, tuple[str, ...], int, str]] = [
    ((), "law", (), 2, "the project's overlap"),
    ((LAW,), "law", (), 3, "its domain"),
    ((LAW,), "medicine", (), 2, "another domain"),
    ((LAW, GERMAN), "law", ("jurisdiction=DE",), 4, "a tag is more exact than a domain"),
    ((LAW, GERMAN, GERMAN_LAW), "law", ("jurisdiction=DE",), 1, "both are more exact than one"),
    ((GERMAN_LAW,), "medicine", ("jurisdiction=DE",), 2, "both have to fit"),
    ((GERMAN, HARD), "law", ("jurisdiction=DE", "hard"), 5, "of two tags the one with more people"),
    ((LAW, Overlap(domain="law", people=2)), "law", (), 3, "of two domains too"),
]


@pytest.mark.parametrize(("overlaps", "domain", "tags", "people", "why"), PEOPLE, ids=[row[-1] for row in PEOPLE])
def test_the_most_exact_entry_counts(
    overlaps: tuple[Overlap, ...], domain: str, tags: tuple[str, ...], people: int, why: str
) -> None:
    policy = Policy(overlaps=overlaps)
    assert people_for(policy, domain, tags, IDS[0]) == people
    fitting = any(one.fits(domain, tags) for one in overlaps)
    assert own_people(policy, domain, tags, IDS[0]) == (people if fitting else 0)


def test_a_share_is_labelled_by_a_second_person_and_a_greater_share_holds_a_smaller_one() -> None:
    few, many = (
        {one for one in IDS if people_for(Policy(overlap=1, second_label_share=share), "law", (), one) == 2}
        for share in (0.1, 0.3)
    )
    assert few < many
    assert 0.07 < len(few) / len(IDS) < 0.13 and 0.26 < len(many) / len(IDS) < 0.34


def test_the_share_is_of_traces_that_one_person_labels_alone() -> None:
    policy = Policy(overlap=2, overlaps=(Overlap(domain="law", people=1),), second_label_share=1.0)
    assert people_for(policy, "law", (), IDS[0]) == 2 and own_people(policy, "law", (), IDS[0]) == 2
    assert own_people(policy, "medicine", (), IDS[0]) == 0
    assert people_for(Policy(overlap=3, second_label_share=1.0), "law", (), IDS[0]) == 3


def test_no_share_draws_nothing_and_all_of_it_draws_everything() -> None:
    assert not any(drawn(one, 0.0) for one in IDS) and all(drawn(one, 1.0) for one in IDS)


def test_the_least_number_is_over_all_entries() -> None:
    assert fewest_people(Policy(overlap=3, overlaps=(LAW, GERMAN_LAW))) == 1
    assert fewest_people(Policy(overlap=2, overlaps=(LAW,))) == 2


def test_an_entry_is_of_something() -> None:
    with pytest.raises(ValidationError, match="names a domain, a tag or both"):
        Overlap(people=2)
