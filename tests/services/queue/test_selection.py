"""Terms that a lead switches on: models' opinions, checks that contradict, new strategies; and the random share."""

import json
from typing import Any

import pytest

from cotlab.domain.errors import BadInput
from cotlab.domain.projects.gates import Checks
from cotlab.domain.projects.policy import Policy
from cotlab.domain.projects.priorities import Quota, Weights
from cotlab.domain.queue.depth import Explanation
from cotlab.domain.queue.priority import of_random_share
from cotlab.services.queue import opinion_sources
from cotlab.services.queue.explanation import explain
from cotlab.services.queue.opinion_sources import take_sources
from cotlab.services.queue.order import keep_scores
from cotlab.storage import Store
from cotlab.storage.projects import projects
from tests.services.checks.checked import check
from tests.services.drafts.opining import opine
from tests.support import Clock
from tests.world import World, people_and_project, trace

SURE = {"correct": 0.97, "incorrect": 0.01, "redundant": 0.01, "incomplete": 0.01}
EVEN = dict.fromkeys(SURE, 0.25)
RARE = {"correct": 0.1, "incorrect": 0.0, "redundant": 0.0, "incomplete": 0.9}
QUIET: dict[str, Any] = {"overlap": 1, "gold_every": 0, "random_share": 1e-9}


@pytest.fixture
def world(store: Store, clock: Clock) -> World:
    """a to d, each a minute younger, of two steps each; no share is drawn at random."""
    made = people_and_project(store, clock, overlap=1)
    made.set_policy(**QUIET)
    for letter in "abcd":
        made.add_traces(trace(letter, 2, id=letter))
        made.clock.advance(minutes=1)
    return made


def item(world: World, letter: str) -> str:
    return str(world.value("SELECT id FROM traces WHERE external_id = :letter", letter=letter))


def explained(world: World, letter: str) -> Explanation:
    return world.store.read(lambda db: explain(db, world.project, item(world, letter)))


def amounts(world: World, term: str, letters: str = "abcd") -> list[float]:
    return [next(one.amount for one in explained(world, each).terms if one.term == term) for each in letters]


def follow(world: World, **better: bool) -> None:
    """Let the queue follow, where these sources are better than chance, or are not."""
    take_sources(world.store, world.project, lambda db, project_id, as_of: better)
    keep_scores(world.store, world.project)


def handed(world: World, name: str, most: int) -> str:
    return "".join(world.expert(name).label_all().problem.text[-1] for _ in range(most))


def test_what_models_think_orders_the_queue_where_they_passed(world: World) -> None:
    for letter, thought in (("b", SURE), ("c", EVEN), ("d", RARE)):
        opine(world, "small", item(world, letter), [SURE, thought])
    opine(world, "chance", item(world, "a"), [EVEN, EVEN])
    weights = Weights(uncertainty=10, rarity=100)
    world.set_policy(**QUIET, priority=weights, rare_labels=("incomplete",))
    follow(world, small=True, chance=False)
    assert amounts(world, "uncertainty") == [0.0, pytest.approx(0.121, abs=1e-3), 0.56, 0.178]
    assert amounts(world, "rarity") == [0.0, 0.01, 0.13, 0.455]
    assert amounts(world, "sources") == [0.0] * 4
    assert handed(world, "ann", 4) == "dcba"


def test_it_is_said_that_no_model_passed_where_terms_read_opinions(world: World) -> None:
    assert explained(world, "a").unread is None, "no term reads them"
    world.set_policy(**QUIET, priority=Weights(rarity=10), rare_labels=("incomplete",))
    assert (explained(world, "a").unread or "").startswith("No model orders the queue: none was found better")
    follow(world, one=False)
    assert explained(world, "a").unread
    world.set_policy(**QUIET, priority=Weights(uncertainty=10))
    follow(world, one=True)
    assert explained(world, "a").unread is None


def test_a_policy_that_is_set_anew_has_sources_looked_at(world: World) -> None:
    """A lead need not wait for five hundred events."""
    world.set_policy(**QUIET, priority=Weights(uncertainty=10))
    follow(world, one=True)
    follow(world, one=False)
    assert [row["source"] for row in world.rows("SELECT source FROM queue_sources")] == ["one"]
    world.set_policy(**QUIET, priority=Weights(uncertainty=10))
    follow(world, one=False)
    assert world.rows("SELECT source FROM queue_sources") == []


def test_sources_that_differ_are_held_against_each_other(world: World) -> None:
    for letter, thought in (("b", SURE), ("c", RARE)):
        opine(world, "small", item(world, letter), [SURE, SURE])
        opine(world, "large", item(world, letter), [SURE, thought])
    world.set_policy(**QUIET, priority=Weights(sources=10))
    follow(world, small=True, large=True)
    assert amounts(world, "sources") == [0.0, 0.0, 0.5, 0.0]
    assert handed(world, "ann", 1) == "c"


def test_the_latest_opinion_of_a_source_counts(world: World) -> None:
    opine(world, "small", item(world, "b"), [EVEN, EVEN])
    world.set_policy(**QUIET, priority=Weights(uncertainty=10))
    follow(world, small=True)
    assert amounts(world, "uncertainty", "b") == [1.0]
    opine(world, "small", item(world, "b"), [EVEN, SURE])
    follow(world, small=True)
    assert amounts(world, "uncertainty", "b") == [pytest.approx(0.56, abs=1e-3)]


def test_nothing_is_asked_of_models_until_a_term_is_switched_on(world: World) -> None:
    opine(world, "small", item(world, "b"), [EVEN, EVEN])

    def never(*about: object) -> dict[str, bool]:
        raise AssertionError

    take_sources(world.store, world.project, never)
    keep_scores(world.store, world.project)
    assert amounts(world, "uncertainty", "b") == [0.0]


def test_a_source_is_looked_at_again_after_so_many_events_and_what_it_ordered_follows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    opine(world, "small", item(world, "b"), [EVEN, EVEN])
    world.set_policy(**QUIET, priority=Weights(uncertainty=10))
    follow(world, small=True)
    follow(world, small=False)
    assert amounts(world, "uncertainty", "b") == [1.0], "not yet"
    monkeypatch.setattr(opinion_sources, "EACH", 1)
    monkeypatch.setattr(opinion_sources, "GROWN", 0.0)
    world.expert("bob").take()
    follow(world, small=False)
    assert amounts(world, "uncertainty", "b") == [0.0]
    world.expert("ann").take()
    follow(world, small=True)
    assert amounts(world, "uncertainty", "b") == [1.0]


def test_checks_of_answer_and_steps_that_contradict_bring_a_trace_forward(store: Store, clock: Clock) -> None:
    world = people_and_project(store, clock, overlap=1)
    world.set_policy(**QUIET, priority=Weights(refuted=0, contradiction=5))
    right = {"problem": {"text": "What is 2 + 3?", "domain": "mathematics", "reference_answer": "5"}}
    made = [
        trace(letter, 2).model_copy(update={"id": letter, "final_answer": answer})
        for letter, answer in (("a", "5"), ("b", "6"), ("c", "6"))
    ]
    named = [
        one.model_copy(update={"problem": one.problem.model_copy(update=right["problem"])}) for one in made
    ]  # fmt: skip
    wrong = named[2].steps[0].model_copy(update={"text": "2 + 3 = 6"})
    named[2] = named[2].model_copy(update={"steps": (wrong, named[2].steps[1])})
    world.add_traces(*named)
    check(world)
    keep_scores(world.store, world.project)
    assert amounts(world, "contradiction", "abc") == [0.0, 1.0, 0.0]
    assert amounts(world, "refuted", "abc") == [0.0, 0.0, 1.0]
    assert next(one.points for one in explained(world, "b").terms if one.term == "contradiction") == 5.0


def test_a_strategy_that_was_never_settled_comes_first(store: Store, clock: Clock) -> None:
    world = people_and_project(store, clock, overlap=1)
    world.set_policy(**QUIET, priority=Weights(novelty=10))
    known = store.read(lambda db: db.rows("SELECT head FROM guideline_versions"))
    first, second = [one["name"] for one in json.loads(known[0]["head"])["strategies"]][:2]
    for letter, strategy in (("a", first), ("b", first), ("c", second), ("d", "of no guideline"), ("e", None)):
        world.add_traces(trace(letter, 1, id=letter, strategy=strategy))
        world.clock.advance(minutes=1)
    keep_scores(world.store, world.project)
    assert amounts(world, "novelty", "abcde") == [1.0, 1.0, 1.0, 0.0, 0.0]
    assert handed(world, "ann", 1) == "a"
    keep_scores(world.store, world.project)
    assert amounts(world, "novelty", "abcde") == [0.5, 0.5, 1.0, 0.0, 0.0]
    world.clock.advance(minutes=1)
    assert handed(world, "ann", 2) == "cb"


def test_of_the_random_share_age_alone_counts(world: World) -> None:
    opine(world, "small", item(world, "d"), [EVEN, EVEN])
    world.set_policy(**QUIET | {"random_share": 1.0}, priority=Weights(uncertainty=10))
    follow(world, small=True)
    found = explained(world, "d")
    assert found.at_random and found.points == pytest.approx(60 / 86400, abs=0.01)
    assert next(one for one in found.terms if one.term == "uncertainty").amount == 1.0
    assert handed(world, "ann", 4) == "abcd"


def test_the_random_share_is_handed_out_beside_what_points_chose(world: World) -> None:
    world.add_traces(*(trace(f"n{number}", 1, id=f"n{number}") for number in range(60)))
    names = [row["external_id"] for row in world.rows("SELECT external_id FROM traces")]
    drawn = {name for name in names if of_random_share(item(world, name), 0.2)}
    for name in sorted(set(names) - drawn):
        opine(world, "small", item(world, name), [EVEN, EVEN])
    world.set_policy(**QUIET | {"random_share": 0.2}, priority=Weights(uncertainty=100))
    follow(world, small=True)
    texts = [world.expert("ann").label_all().problem.text for _ in range(30)]
    at_random = sum(text.removeprefix("Problem ") in drawn for text in texts)
    assert 2 <= at_random <= 12 and len(drawn) > at_random


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        ({"priority": Weights(refuted=0, rarity=10)}, "priority.rarity"),
        ({"priority": Weights(refuted=0, uncertainty=1, novelty=1)}, "priority.uncertainty, priority.novelty"),
        ({}, "priority.refuted"),
        ({"checks": Checks.OFF, "quotas": (Quota(domain="law", wanted=1),)}, "priority.coverage"),
        ({"checks": Checks.OFF}, None),
        ({"priority": Weights(refuted=0, disagreement=10)}, None),
    ],
)
def test_points_choose_only_beside_a_random_share(world: World, policy: dict[str, Any], named: str | None) -> None:
    if named is None:
        world.set_policy(**QUIET | policy | {"random_share": 0})
        return
    with pytest.raises(BadInput, match=f"^random_share: .* chosen by {named}, "):
        world.set_policy(**QUIET | policy | {"random_share": 0})
    world.set_policy(**QUIET | policy)


def test_a_policy_that_was_stored_before_is_still_read(world: World) -> None:
    old = Policy(random_share=0, priority=Weights(rarity=10))
    sequence = world.value("SELECT max(sequence) FROM events WHERE chain = :p", p=world.project)
    world.write(lambda db: projects.add_policy(db, world.project, old, sequence))
    assert world.store.read(lambda db: projects.policy(db, world.project)) == old
