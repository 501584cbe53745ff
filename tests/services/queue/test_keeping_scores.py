"""The order of the queue follows age, open quotas and disagreement, and what is settled fills the quotas."""

import json
from typing import Any

import pytest

from cotlab.domain.gold import PromoteBody
from cotlab.domain.projects.gates import Checks
from cotlab.domain.projects.overlap import Overlap
from cotlab.domain.projects.priorities import Quota, Weights
from cotlab.domain.traces.records import Problem
from cotlab.services.gold.promotion import promote
from cotlab.services.queue.order import keep_scores
from cotlab.storage import Store
from tests.services.checks.checked import check
from tests.support import Clock
from tests.world import World, people_and_project, trace

LAW = Quota(domain="law", wanted=1)
DAY = 24 * 60


@pytest.fixture
def bare(store: Store, clock: Clock) -> World:
    """All traces stand by their points; the random share has tests of its own."""
    world = people_and_project(store, clock, overlap=1)
    world.set_policy(overlap=1, random_share=1e-9)
    return world


def row(world: World, letter: str) -> dict[str, Any]:
    (found,) = world.rows(
        """SELECT q.* FROM queue q JOIN traces t ON t.id = q.item_id JOIN problems p ON p.id = t.problem_id
           WHERE p.text = :text AND t.parent_id IS NULL""",
        text=f"Problem {letter}",
    )
    return dict(found)


def next_letters(world: World, name: str, most: int) -> str:
    """What a person is handed out, one after the other; each is finished."""
    return "".join(world.expert(name).label_all().problem.text[-1] for _ in range(most))


def test_the_older_trace_comes_first(bare: World) -> None:
    bare.add_traces(trace("a", 1))
    bare.clock.advance(minutes=1)
    bare.add_traces(trace("b", 1))
    assert next_letters(bare, "ann", 2) == "ab"


def test_a_slice_with_an_open_quota_comes_first_until_it_is_filled(bare: World) -> None:
    bare.add_traces(trace("a", 1))
    bare.clock.advance(minutes=DAY)
    bare.add_traces(trace("l", 1, domain="law"), trace("k", 1, domain="law"))
    bare.set_policy(random_share=1e-9, overlap=1, quotas=(LAW,), gold_every=0)
    bare.catch_up()
    assert row(bare, "l")["points"] == 30.0 and row(bare, "a")["points"] == 0.0
    first = next_letters(bare, "ann", 1)
    assert first in "lk"
    bare.catch_up()
    assert bare.rows("SELECT quota, filled FROM quota_counts") == [{"quota": LAW.key, "filled": 1}]
    assert row(bare, first)["settled"] == 1
    assert row(bare, "lk".replace(first, ""))["points"] == 0.0
    assert next_letters(bare, "bob", 1) == "a"


def test_who_is_at_work_is_handed_what_comes_first_now(bare: World) -> None:
    bare.add_traces(*(trace(letter, 1) for letter in "abc"))
    bare.clock.advance(minutes=1)
    bare.add_traces(trace("l", 1, domain="law"))
    bare.set_policy(random_share=1e-9, overlap=1, gold_every=0)
    assert next_letters(bare, "ann", 1) == "a"
    bare.set_policy(random_share=1e-9, overlap=1, quotas=(LAW,), gold_every=0)
    bare.catch_up()
    bare.clock.advance(minutes=1)
    assert next_letters(bare, "ann", 2) == "lb"


def test_what_comes_in_stands_at_once_where_its_quota_says(bare: World) -> None:
    bare.set_policy(random_share=1e-9, overlap=1, quotas=(LAW,), gold_every=0)
    bare.add_traces(trace("a", 1), trace("l", 1, domain="law"))
    assert row(bare, "l")["points"] == 30.0
    assert next_letters(bare, "ann", 2) == "la"


def test_a_quota_that_is_filled_is_open_again_once_more_are_wanted(bare: World) -> None:
    bare.set_policy(random_share=1e-9, overlap=1, quotas=(LAW,), gold_every=0)
    bare.add_traces(trace("l", 1, domain="law"), trace("k", 1, domain="law"))
    done = next_letters(bare, "ann", 1)
    bare.catch_up()
    left = "lk".replace(done, "")
    assert row(bare, left)["points"] == 0.0
    bare.set_policy(random_share=1e-9, overlap=1, quotas=(LAW.model_copy(update={"wanted": 2}),), gold_every=0)
    bare.catch_up()
    assert row(bare, left)["points"] == 30.0


def test_where_people_disagree_a_third_one_looks_first(bare: World) -> None:
    bare.set_policy(random_share=1e-9, overlap=3, gold_every=0)
    bare.add_traces(trace("a", 2), trace("b", 2))
    for name, label in (("ann", "correct"), ("bob", "redundant")):
        expert = bare.expert(name)
        for _ in range(2):
            mine = expert.take()
            differs = mine.problem.text == "Problem b"
            expert.commit(mine.id, 1, label if differs else "correct")
            expert.commit(mine.id, 2)
            expert.finish(mine.id)
    bare.catch_up()
    assert (row(bare, "a")["points"], row(bare, "b")["points"]) == (0.0, 5.0)
    assert json.loads(row(bare, "b")["known"]) == {"disagreement": 0.5}
    assert next_letters(bare, "cyn", 2) == "ba"


def test_weights_are_of_the_policy_and_the_rows_follow_them(bare: World) -> None:
    bare.add_traces(trace("l", 1, domain="law"))
    bare.set_policy(random_share=1e-9, overlap=1, quotas=(LAW,), priority=Weights(coverage=7.0), gold_every=0)
    assert row(bare, "l")["points"] == 0.0
    bare.catch_up()
    assert row(bare, "l")["points"] == 7.0


def test_a_policy_that_says_nothing_else_of_the_queue_writes_no_row(
    bare: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare.add_traces(trace("a", 1))
    bare.catch_up()
    looks: list[object] = []

    def page(*about: object) -> list[object]:
        looks.append(about)
        return []

    monkeypatch.setattr("cotlab.storage.queue.queue.page", page)
    bare.set_policy(random_share=1e-9, overlap=1, lease_minutes=30)
    bare.catch_up()
    assert looks == [], "no look at every row"
    bare.set_policy(random_share=1e-9, overlap=2, lease_minutes=30)
    bare.catch_up()
    assert looks != []


def test_done_twice_and_after_a_crash_it_comes_to_the_same(bare: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cotlab.services.queue.order.ROWS_A_WRITE", 1)
    bare.add_traces(*(trace(letter, 1, domain="law") for letter in "abcde"))
    bare.set_policy(
        random_share=1e-9, overlap=1, overlaps=(Overlap(domain="law", people=3),), quotas=(LAW,), gold_every=0
    )

    class Failing:
        left = 3  # what was in front is kept first

        def read(self, fn: Any) -> Any:
            return bare.store.read(fn)

        def write(self, scope: Any, fn: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise ConnectionError
            return bare.store.write(scope, fn)

    with pytest.raises(ConnectionError):
        keep_scores(Failing(), bare.project)  # type: ignore[arg-type]
    assert sorted(row(bare, letter)["places"] for letter in "abcde") == [0, 0, 0, 3, 3]
    for _ in range(2):
        keep_scores(bare.store, bare.project)
        assert [(row(bare, letter)["places"], row(bare, letter)["points"]) for letter in "abcde"] == [(3, 30.0)] * 5


def test_gold_leaves_the_count_of_a_quota(bare: World) -> None:
    bare.set_policy(random_share=1e-9, overlap=2, quotas=(LAW,), gold_every=0)
    bare.add_traces(trace("l", 1, domain="law"))
    for name in ("ann", "bob"):
        bare.expert(name).label_all()
    bare.catch_up()
    assert bare.value("SELECT filled FROM quota_counts") == 1
    body = PromoteBody(item_id=row(bare, "l")["item_id"], justifications={1: "it is so"})
    bare.write(lambda db: promote(db, bare.people["lea"], bare.project, body))
    bare.catch_up()
    assert bare.value("SELECT filled FROM quota_counts") == 0


def test_a_quota_that_is_set_late_counts_what_is_settled_already(bare: World) -> None:
    bare.set_policy(random_share=1e-9, overlap=1, gold_every=0)
    bare.add_traces(trace("l", 1, domain="law"), trace("k", 1, domain="law"))
    bare.expert("ann").label_all()
    bare.catch_up()
    bare.set_policy(random_share=1e-9, overlap=1, quotas=(LAW,), gold_every=0)
    bare.catch_up()
    assert bare.value("SELECT filled FROM quota_counts") == 1
    assert {row(bare, letter)["points"] for letter in "lk"} == {0.0}


def test_a_trace_that_ends_with_its_first_error_is_settled(bare: World) -> None:
    bare.set_policy(
        random_share=1e-9,
        overlap=1,
        quotas=(Quota(domain="mathematics", wanted=9),),
        stop_at_first_error=True,
        gold_every=0,
    )
    bare.add_traces(trace("a", 3), trace("b", 3))
    bare.expert("ann").label_all(["correct", "incorrect"])
    mine = bare.expert("ann").take()
    bare.expert("ann").commit(mine.id, 1)
    bare.catch_up()
    assert (row(bare, "a")["settled"], row(bare, "b")["settled"]) == (1, 0)


def test_a_field_is_the_domain_with_its_calibrated_tags(bare: World) -> None:
    problem = Problem(text="Problem g", domain="law", tags=("jurisdiction=DE", "hard"))
    bare.add_traces(trace("g", 1, problem=problem), trace("l", 1, domain="law"))
    assert row(bare, "g")["field"] == "law"
    bare.set_policy(random_share=1e-9, overlap=1, calibrated_tags=("jurisdiction=DE", "language=fr"))
    bare.catch_up()
    assert (row(bare, "g")["field"], row(bare, "l")["field"]) == ("law + jurisdiction=DE", "law")


def test_a_trace_with_refuted_steps_comes_first_before_anybody_has_labelled_it(bare: World) -> None:
    bare.add_traces(trace("a", 2))
    bare.clock.advance(minutes=DAY)
    wrong = trace("b", 2)
    steps = tuple(step.model_copy(update={"text": f"{place} + 1 = 9"}) for place, step in enumerate(wrong.steps))
    bare.add_traces(wrong.model_copy(update={"steps": steps}))
    bare.catch_up()
    assert row(bare, "b")["points"] == 0.0
    check(bare)
    bare.catch_up()
    assert (row(bare, "a")["points"], row(bare, "b")["points"]) == (0.0, 6.0)
    assert next_letters(bare, "ann", 1) == "b"
    bare.set_policy(random_share=1e-9, overlap=1)
    bare.catch_up()
    assert row(bare, "b")["points"] == 6.0
    bare.set_policy(random_share=1e-9, overlap=1, checks=Checks.OFF)
    bare.catch_up()
    assert row(bare, "b")["points"] == 0.0
