"""Opinions: what is asked, that no order of the options decides, and how answers are counted as votes."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from cotlab.domain.drafts.opinions import LabelOpinion, PairOpinion
from cotlab.domain.errors import BadInput, ModelFailed
from cotlab.domain.provenance import Completion, Prompt, Sampling
from cotlab.drafting import open_driver
from cotlab.drafting.driver import Driver, Scores, Surroundings
from cotlab.drafting.kinds import Judging, Work, label_opinion, pair_opinion
from cotlab.drafting.kinds.choosing import FLOOR, read
from tests.drafting.choosing import Chooser, behind
from tests.drafting.endpoint import Stub, serving

LABELS = (("correct", "it holds"), ("redundant", "it adds nothing"), ("incorrect", "it is false"))
JUDGING = Judging("steps 1.0", "RULES", LABELS, first=1, answers=2)
WORK = Work("What is 2 + 3?", ("2 is given", "3 is given", "it is 6"), None, 4, Sampling(), judging=JUDGING)
PAIR = replace(WORK, steps=(), judging=Judging("pairs 1.0", "RULES", responses=("the long one", "it"), answers=3))
LIKES = {"correct": 1.0, "redundant": 0.0, "incorrect": -1.0}


def never() -> bool:
    return False


def label(driver: Driver, work: Work = WORK, ordinal: int = 2) -> LabelOpinion:
    (found,) = label_opinion.draft(driver, work, [ordinal], never)
    return LabelOpinion.model_validate(found.document)


def preference(driver: Driver, work: Work = PAIR) -> PairOpinion:
    (found,) = pair_opinion.draft(driver, work, [1], never)
    assert found.position == 1
    return PairOpinion.model_validate(found.document)


def by_name(prompt: Prompt, name: str) -> float:
    return LIKES.get(name, 0.0)


def test_a_step_is_judged_by_the_problem_the_rules_and_what_stands_before_it() -> None:
    driver = Chooser(by_name)
    drafted = list(label_opinion.draft(driver, WORK, [1, 2], never))
    assert [(one.ordinal, one.position) for one in drafted] == [(1, 1), (2, 2)]
    system, user = driver.asked[3].messages
    assert "RULES" in system.content and user.content == (
        "Problem:\nWhat is 2 + 3?\n\nSteps:\nStep 1: 2 is given\nStep 2: 3 is given\n\nWhich label does step 2 have?\n"
        "A: correct - it holds\nB: redundant - it adds nothing\nC: incorrect - it is false\nAnswer with one letter."
    )
    assert not any("it is 6" in prompt.messages[1].content for prompt in driver.asked)
    assert [behind(prompt)["A"] for prompt in driver.asked[3:]] == ["correct", "redundant", "incorrect"]
    shared = driver.asked[0].messages[1].content.index("\n\nWhich")
    assert len({prompt.messages[1].content[:shared] for prompt in driver.asked}) == 1


def test_what_a_model_likes_of_letters_falls_out_and_its_order_of_labels_does_not_matter() -> None:
    plain = label(Chooser(by_name))
    total = sum(math.exp(one) for one in LIKES.values())
    assert plain.probabilities == pytest.approx({name: math.exp(one) / total for name, one in LIKES.items()})
    assert (plain.by, plain.asked, plain.guideline, plain.label) == ("log-probabilities", 3, "steps 1.0", "correct")
    assert label(Chooser(by_name, (3.0, 0.0, -2.0))).probabilities == pytest.approx(plain.probabilities)
    turned = replace(WORK, judging=replace(JUDGING, labels=(*LABELS[1:], LABELS[0])))
    assert (
        label(Chooser(by_name, (3.0, 0.0, -2.0)), turned).probabilities
        == label(Chooser(by_name, (3.0, 0.0, -2.0))).probabilities
    )  # to the last bit


def test_the_mass_on_all_options_is_kept() -> None:
    assert label(Chooser(by_name, mass=0.44)).mass == pytest.approx(0.44)
    assert preference(Chooser(by_name, mass=0.5)).mass == pytest.approx(0.5)


def test_an_option_out_of_sight_counts_as_very_improbable_and_none_at_all_is_no_opinion() -> None:
    found = label(Chooser(lambda _, name: 0.0 if name == "correct" else -math.inf))
    assert found.probabilities["redundant"] == pytest.approx(math.exp(FLOOR), rel=1e-3)
    assert found.mass == pytest.approx(1.0, abs=1e-9)

    class Silent(Chooser):
        def option_log_probabilities(self, prompt: Prompt, options: Any, *_: object) -> Scores:
            return Scores([-math.inf] * len(options))

    with pytest.raises(ModelFailed, match="none of the options"):
        label(Silent(by_name))


def test_options_that_cannot_be_told_apart_are_one_sentence() -> None:
    class Blind(Chooser):
        def option_log_probabilities(self, prompt: Prompt, options: Any, *_: object) -> Scores:
            raise BadInput("options: two of them cannot be told apart")

    with pytest.raises(BadInput, match="cannot be told apart"):
        label(Blind(by_name))


def test_the_step_alone_decides_which_probabilities_it_gets() -> None:
    """A swapped label or a step too early or too late would give other numbers."""

    def likes(prompt: Prompt, name: str) -> float:
        last = prompt.messages[1].content.split("\n\nWhich")[0].rsplit(": ", 1)[1]
        return {"2 is given": "correct", "3 is given": "redundant", "it is 6": "incorrect"}[last] == name

    assert [label(Chooser(likes), WORK, ordinal).label for ordinal in (1, 2, 3)] == [
        "correct", "redundant", "incorrect",
    ]  # fmt: skip
    later = replace(WORK, judging=replace(JUDGING, first=3), position=3)
    (found,) = label_opinion.draft(Chooser(likes), later, [1], never)
    assert found.position == 3 and LabelOpinion.model_validate(found.document).label == "incorrect"


def test_an_endpoint_gives_probabilities_or_is_asked_for_votes() -> None:
    with serving(Stub(texts=("A",), top={"A": -0.5, " A": -2.0, "B": -1.5, "C": -4.0})) as stub:
        driver = open_driver(stub.model(), Surroundings())
        found = label(driver)
        assert (found.by, found.label) == ("log-probabilities", "correct") and found.mass == pytest.approx(
            0.983, abs=1e-3
        )
        assert found.probabilities == pytest.approx(dict.fromkeys(LIKES, 1 / 3)), "it knows letters alone"
        assert preference(driver).flipped
        for stub.fault in ("no logprobs", "logprobs refused"):
            by_votes = preference(driver)
            assert (by_votes.by, by_votes.asked, by_votes.preference, by_votes.flipped) == ("votes", 6, "none", True)
        assert {one["max_tokens"] for one in stub.asked if one.get("stream")} == {16}


def test_what_is_too_long_for_any_prompt_is_one_sentence() -> None:
    long = replace(PAIR, judging=replace(PAIR.judging or JUDGING, responses=("x" * 200_000, "y")))
    with pytest.raises(ModelFailed, match=r"The prompt is longer than 200,000 characters\."):
        preference(Chooser(by_name), long)


def test_a_cancelled_opinion_is_not_kept() -> None:
    driver = Chooser(by_name)
    drafts = label_opinion.draft(driver, WORK, [1, 2], lambda: len(driver.asked) >= 4)
    assert [one.ordinal for one in drafts] == [1] and len(driver.asked) == 4


def votes(answer: Callable[[Prompt], str]) -> Chooser:
    return Chooser(by_name, answer=answer)


def test_votes_are_counted_where_a_model_gives_no_log_probabilities() -> None:
    said = {"correct": "it does not matter", "redundant": "redundant", "incorrect": "incorrect"}
    driver = votes(lambda prompt: said[behind(prompt)["A"]])
    (drafted,) = label_opinion.draft(driver, WORK, [1], never)
    found = LabelOpinion.model_validate(drafted.document)
    assert found.probabilities == {"correct": 0.0, "redundant": 0.5, "incorrect": 0.5}
    assert (found.by, found.asked, found.unreadable, found.mass) == ("votes", 6, 2, None)
    assert len({prompt.seed for prompt in driver.asked}) == 6
    assert drafted.provenance.tokens == 6 * 16 and drafted.provenance.sampling is not None
    always = label(votes(lambda _: "A"))
    assert always.probabilities == pytest.approx(dict.fromkeys(LIKES, 1 / 3))
    with pytest.raises(ModelFailed, match="None of 6 answers"):
        label(votes(lambda _: "It depends."))


def test_an_answer_that_cannot_be_read_takes_no_weight_from_its_order() -> None:
    def answer(prompt: Prompt) -> str:
        if behind(prompt)["A"] != "correct":
            return "redundant"
        return "?" if prompt.seed % 2 else "correct"

    found = label(votes(answer))
    assert found.unreadable == 1
    assert found.probabilities == pytest.approx({"correct": 1 / 3, "redundant": 2 / 3, "incorrect": 0.0})


def test_votes_that_are_not_all_there_are_no_opinion() -> None:
    class Short(Chooser):
        def generate(self, prompts: Sequence[Prompt], *given: Any) -> Iterator[Completion]:
            return islice(super().generate(prompts, *given), len(prompts) - 1)

    with pytest.raises(ModelFailed, match="before all answers were there"):
        label(Short(by_name, answer=lambda _: "A"))


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ("B", 1), (" b", None), ("(B)", 1), ("**B**.", 1), ("Answer: B", 1), ("The answer is B.", 1), ("Label B", 1),
        ("B: redundant", 1), ("B. redundant - it adds nothing", 1), ("B: correct", None), ("redundant", 1),
        ("Redundant.", 1), ("A or B", None), ("A step is redundant", None), ("B\n\nbecause", 1), ("\n\nB", 1),
        ("D", None), ("", None), ("...", None), ("I'm sure", None), ("not redundant", None), ("incorrect", 2),
        ("B: redundant-step", None), ("Because", None),
    ],
)  # fmt: skip
def test_an_answer_is_read_as_exactly_one_option(answer: str, place: int | None) -> None:
    assert read(answer, ["correct", "redundant", "incorrect"]) == place


def test_a_pair_is_asked_both_ways_and_half_the_difference_counts() -> None:
    driver = Chooser(lambda _, response: 0.4 if response == "it" else 0.0, letters=(0.3, 0.0))
    found = preference(driver)
    assert [behind(prompt) for prompt in driver.asked] == [
        {"A": "the long one", "B": "it"}, {"A": "it", "B": "the long one"},
    ]  # fmt: skip
    assert found.preference == "second" and found.second == pytest.approx(1 / (1 + math.exp(-0.4)))
    assert found.first + found.second == pytest.approx(1) and not found.flipped
    turned = replace(PAIR, judging=replace(PAIR.judging or JUDGING, responses=("it", "the long one")))
    other = preference(Chooser(driver.likes, letters=(0.3, 0.0)), turned)
    assert other.preference == "first" and other.first == pytest.approx(found.second)


def test_a_sign_that_flips_is_no_preference() -> None:
    found = preference(Chooser(lambda _, response: 0.4 if response == "it" else 0.0, letters=(0.5, 0.0)))
    assert (found.preference, found.flipped) == ("none", True) and found.second > 0.5
    even = preference(Chooser(lambda *_: 0.0))
    assert (even.preference, even.flipped, even.first) == ("none", False, 0.5)


@pytest.mark.parametrize(("better", "preferred"), [("it", "second"), ("the long one", "first")])
def test_an_order_that_says_nothing_flips_nothing(better: str, preferred: str) -> None:
    found = preference(Chooser(lambda prompt, one: 0.4 if one == better == behind(prompt)["A"] else 0.0))
    assert (found.preference, found.flipped) == (preferred, False)


def test_no_two_answers_share_a_seed_and_the_first_one_is_told() -> None:
    """Neither of one order, nor of two, nor of two steps."""
    often, driver = replace(JUDGING, answers=5), votes(lambda _: "A")
    drafts = list(label_opinion.draft(driver, replace(WORK, judging=often), [1, 2], never))
    assert len({prompt.seed for prompt in driver.asked}) == len(driver.asked) == 2 * 3 * 5
    assert drafts[0].provenance.seed == driver.asked[0].seed
    pair = votes(lambda prompt: "A" if behind(prompt)["A"] == "it" else "B")
    preference(pair, replace(PAIR, judging=replace(PAIR.judging or JUDGING, answers=5)))
    assert len({prompt.seed for prompt in pair.asked}) == len(pair.asked) == 2 * 5


def test_votes_of_a_pair_are_held_both_ways_too() -> None:
    found = preference(votes(lambda prompt: "A" if behind(prompt)["A"] == "it" else "B"))
    assert (found.preference, found.second, found.asked) == ("second", 1.0, 6)
    found = preference(votes(lambda _: "A"))
    assert (found.preference, found.first, found.flipped) == ("none", 0.5, True)
    unheard = preference(votes(lambda prompt: "A" if behind(prompt)["A"] == "it" else "?"))
    assert (unheard.preference, unheard.unreadable) == ("none", 3)
    assert preference(votes(lambda _: "Response B")).flipped
