"""What the policy says of drafts, and who is of the arm that never sees one."""

from typing import Any

import pytest

from cotlab.domain.people import Role
from cotlab.domain.projects.draft_policy import Drafters, DraftRule, Reveal, blind, drawn_at_claim, may_ask
from cotlab.domain.projects.policy import Policy, draft_rule

MATHS = {"domain": "mathematics", "reveal": "always"}
HARD = {"tag": "hard", "reveal": "on_key"}
BOTH = {"domain": "mathematics", "tag": "hard", "who": "lead+adjudicator"}
HARM = {"tag": "safety=harm", "reveal": "on_key"}
CARE = {"tag": "safety=care", "reveal": "always", "who": "none", "blind_share": 0.2}
PAIRS = {"task": "pairs", "reveal": "always"}
ALL = {"reveal": "always"}


@pytest.mark.parametrize(
    ("entries", "task", "domain", "tags", "who", "reveal"),
    [
        ((), "steps", "law", (), "lead", "never"),
        ((), "pairs", "law", (), "none", "never"),
        ((), "steps", "law", ("safety",), "none", "never"),
        ((), "steps", "law", ("safety=harm",), "none", "never"),
        ((), "steps", "law", ("safetyfirst",), "lead", "never"),
        ((ALL,), "steps", "law", (), "lead", "always"),
        ((ALL,), "pairs", "law", (), "none", "never"),
        ((ALL, MATHS), "steps", "mathematics", ("safety",), "none", "never"),
        ((HARM, MATHS), "steps", "mathematics", ("safety=harm",), "lead", "on_key"),
        ((HARM,), "steps", "mathematics", ("safety=other",), "none", "never"),
        ((HARM,), "steps", "mathematics", ("safety=harm", "safety=other"), "none", "never"),
        ((HARM,), "steps", "mathematics", ("safety=harm", "safety"), "none", "never"),
        ((HARM, CARE, ALL), "steps", "mathematics", ("safety=care", "safety=harm"), "none", "on_key"),
        ((HARM, HARD, ALL), "steps", "mathematics", ("hard", "safety=harm"), "lead", "on_key"),
        ((PAIRS,), "pairs", "mathematics", ("hard",), "lead", "always"),
        ((PAIRS,), "steps", "mathematics", (), "lead", "never"),
        ((PAIRS,), "pairs", "mathematics", ("safety",), "none", "never"),
        ((ALL, MATHS, HARD), "steps", "mathematics", ("hard",), "lead", "on_key"),
        ((ALL, MATHS, HARD, BOTH), "steps", "mathematics", ("hard",), "lead+adjudicator", "never"),
        ((MATHS, HARD), "steps", "law", (), "lead", "never"),
        (({"tag": "a", "reveal": "always"}, {"tag": "b"}), "steps", "law", ("a", "b"), "lead", "never"),
        (({"tag": "a", "who": "lead+adjudicator"}, {"tag": "b"}), "steps", "law", ("a", "b"), "lead", "never"),
        ((HARD,), "steps", "law", ("hard", "safety"), "none", "never"),
    ],
)
def test_the_most_exact_entry_counts_and_safety_and_pairs_have_none_by_default(
    entries: tuple[dict[str, Any], ...], task: Any, domain: str, tags: tuple[str, ...], who: str, reveal: str
) -> None:
    policy = Policy(drafts=tuple(DraftRule.model_validate(one) for one in entries))
    rule = draft_rule(policy, task, domain, tags)
    assert (rule.who, rule.reveal) == (who, reveal) and rule.blind_share == 0.2


@pytest.mark.parametrize(
    ("loose", "strict"),
    [
        ({"rationales": "small"}, {"rationales": None}),
        ({"rationales": "small", "blind_share": 0.9}, {"reveal": "always"}),
        ({"blind_share": 0.1}, {"blind_share": 0.3}),
    ],
)
def test_of_entries_as_exact_the_one_without_rationales_counts_and_else_the_one_with_more_in_the_blind_arm(
    loose: dict[str, Any], strict: dict[str, Any]
) -> None:
    entries = [DraftRule.model_validate({"tag": tag, **more}) for tag, more in (("a", loose), ("b", strict))]
    assert draft_rule(Policy(drafts=tuple(entries)), "steps", "law", ("a", "b")) == entries[1]


@pytest.mark.parametrize(
    ("one", "other", "share", "rationales"),
    [
        ({"rationales": "small", "blind_share": 0.1}, {"rationales": "small", "blind_share": 0.4}, 0.4, "small"),
        ({"rationales": "small"}, {"rationales": "large"}, 0.2, None),
        ({"rationales": "small"}, {}, 0.2, None),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_of_several_safety_tags_what_any_refuses_is_refused(
    one: dict[str, Any], other: dict[str, Any], share: float, rationales: str | None, turned: bool
) -> None:
    entries = [DraftRule.model_validate({"tag": tag, **more}) for tag, more in (("safety=a", one), ("safety=b", other))]
    tags = ("safety=b", "safety=a") if turned else ("safety=a", "safety=b")
    rule = draft_rule(Policy(drafts=tuple(entries)), "steps", "law", tags)
    assert (rule.blind_share, rule.rationales) == (share, rationales)


@pytest.mark.parametrize(
    ("who", "roles", "may"),
    [
        ("none", {Role.LEAD, Role.ADMIN}, False), ("lead", {Role.LEAD}, True), ("lead", {Role.ADMIN}, True),
        ("lead", {Role.ADJUDICATOR}, False), ("lead+adjudicator", {Role.ADJUDICATOR}, True),
        ("lead+adjudicator", {Role.ANNOTATOR, Role.EXPORTER}, False),
    ],
)  # fmt: skip
def test_who_may_ask(who: str, roles: set[Role], may: bool) -> None:
    assert may_ask(DraftRule(who=Drafters(who)), roles) is may


def test_the_arm_is_drawn_of_people_and_items_and_a_greater_share_holds_a_smaller_one() -> None:
    places = [(f"person {one % 20}", f"item {one // 20}") for one in range(20_000)]
    fifth = {place for place in places if blind(*place, 0.2)}
    assert 0.19 < len(fifth) / len(places) < 0.21
    assert fifth < {place for place in places if blind(*place, 0.5)}
    assert not any(blind(*place, 0.0) for place in places) and all(blind(*place, 1.0) for place in places)
    of_one = [sum(place[0] == f"person {one}" for place in fifth) for one in range(20)]
    assert min(of_one) > 150 and max(of_one) < 250, "everybody is in the arm for some items"


@pytest.mark.parametrize(
    ("then", "share"),
    [
        (DraftRule(reveal=Reveal.ALWAYS, blind_share=0.5), 0.5),
        (DraftRule(reveal=Reveal.ON_KEY, blind_share=0.1), 0.2),
        (DraftRule(reveal=Reveal.NEVER, blind_share=0.5), 0.2),
    ],
)
def test_the_arm_that_was_drawn_at_the_claim_is_not_made_smaller_where_drafts_were_shown(
    then: DraftRule, share: float
) -> None:
    now = DraftRule(reveal=Reveal.ALWAYS, rationales="small")
    assert drawn_at_claim(now, then) == now.model_copy(update={"blind_share": share})


def test_what_is_revealed_is_said_in_the_words_of_the_policy() -> None:
    assert [one.value for one in Reveal] == ["never", "on_key", "always"]
