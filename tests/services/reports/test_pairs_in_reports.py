"""The reports on work in a project of both traces and pairs: each speaks of steps, or counts both."""

import pytest

from cotlab.domain.answers import Purpose
from cotlab.domain.coverage.spread import CoverageBody
from cotlab.domain.errors import BadInput
from cotlab.domain.queue.batches import BatchBody
from cotlab.domain.reports.people import Against
from cotlab.domain.traces.records import Problem
from cotlab.domain.work.views import NextPair
from cotlab.services.calibration import group_drift
from cotlab.services.coverage import spread
from cotlab.services.queue import batches, explanation
from cotlab.services.queue.depth import depth
from cotlab.services.reports import accuracy, pace, quality, sessions
from cotlab.storage import Store
from tests.services.calibration.doubting import hand
from tests.services.gold.comparing_gold import FIELD, bring, choose, gold_pair
from tests.services.work import comparing
from tests.services.work.comparing import pair, prefer
from tests.support import Clock
from tests.world import World, people_and_project, trace

STEPS, TRACES, PAIRS = 3, 2, 4


@pytest.fixture
def both(store: Store, clock: Clock) -> World:
    """Two traces of three steps; pairs come later."""
    world = people_and_project(store, clock)
    comparing.prepare(world)
    world.set_policy(overlap=2, repeat_share=0, gold_every=0)
    problem = Problem(text="Prompt shared", domain="mathematics")
    world.add_traces(trace("s", STEPS, problem=problem, id="s"), trace("t", STEPS, id="t"))
    return world


def item(world: World, name: str) -> str:
    return str(world.value("SELECT id FROM traces WHERE external_id = :name", name=name))


def work(world: World, who: str) -> int:
    """All that is there for somebody, 20 seconds a step and 240 a pair; how many items that was."""
    expert, items = world.expert(who), 0
    while (view := expert.claim().assignment) is not None:
        items += 1
        if isinstance(view.next, NextPair):
            world.clock.advance(seconds=240)
            prefer(expert, view.id, "tie")
            continue
        for position in range(1, STEPS + 1):
            world.clock.advance(seconds=20)
            expert.commit(view.id, position)
        expert.finish(view.id)
    return items


@pytest.fixture
def worked(both: World) -> World:
    """Ann and bob do all that is there, but for one pair that nobody has begun."""
    comparing.add(both, *(pair(f"p{number}", id=f"p{number}") for number in range(1, PAIRS)))
    for who in ("ann", "bob"):
        work(both, who)
    comparing.add(both, pair("shared", problem="Prompt shared", id="p0"))
    both.catch_up()
    return both


def test_sessions_are_of_all_work(worked: World) -> None:
    found = worked.store.read(lambda db: sessions.report(db, worked.project))
    assert [one.person for one in found.sessions] == ["ann", "bob"], "comparing is no break"
    for one in found.sessions:
        assert one.labels == 2 * STEPS + 3, "a pair is one of them, whatever its criteria"
        assert one.minutes == pytest.approx((2 * STEPS * 20 + 3 * 240) / 60)


def test_pace_and_drift_of_all_are_of_steps(worked: World) -> None:
    people = worked.store.read(lambda db: pace.report(db, worked.project)).people
    assert {one.person: one.labels for one in people} == {"ann": 2 * STEPS, "bob": 2 * STEPS}
    assert worked.store.read(lambda db: group_drift.report(db, worked.project, group_drift.Windows())).windows == ()


def test_answers_and_coverage_are_of_traces(worked: World) -> None:
    found = worked.store.read(lambda db: quality.two_level(db, worked.project)).whole
    assert sum(one.traces.count for one in found.cells) + found.undecided + found.unsettled + found.unusable == TRACES
    counted = spread.report(worked.store, worked.project, CoverageBody())
    assert (counted.traces, counted.problems) == (TRACES, 2)


def test_the_queue_holds_both_apart(worked: World) -> None:
    slices = {one.field: one for one in worked.store.read(lambda db: depth(db, worked.project)).slices}
    steps, pairs = slices["mathematics"], slices["pairs: mathematics"]
    assert (steps.pairs, steps.open, steps.done, steps.settled) == (False, 0, TRACES, TRACES)
    assert (pairs.pairs, pairs.open, pairs.done, pairs.settled) == (True, 1, 3, 3)


def why(world: World, name: str) -> dict[str, str]:
    found = world.store.read(lambda db: explanation.explain(db, world.project, item(world, name)))
    assert found.field == ("pairs: mathematics" if name.startswith("p") else "mathematics")
    return {one.person: one.why_not for one in found.who}


def test_it_is_explained_that_a_pair_and_a_path_of_a_problem_are_kept_apart(both: World) -> None:
    comparing.add(both, pair("shared", problem="Prompt shared", id="p0"), pair("p1", id="p1"))
    hand(both, "ann", "p0", Purpose.PRODUCTION)
    hand(both, "bob", "s", Purpose.PRODUCTION)
    both.catch_up()
    assert {who: text for who, text in why(both, "s").items() if text} == {
        "ann": "was given a pair of its problem", "bob": "has it, or had it"
    }  # fmt: skip
    assert {who: text for who, text in why(both, "p0").items() if text} == {
        "ann": "has it, or had it", "bob": "has a path of its problem open"
    }  # fmt: skip
    assert set(why(both, "p1").values()) == {""}


@pytest.mark.parametrize(
    ("names", "what"),
    [(("s", "t", "p1"), "2 traces and 1 pair"), (("p1", "p2"), "2 pairs"), (("t",), "1 trace")],
)
def test_a_batch_tells_traces_from_pairs(both: World, names: tuple[str, ...], what: str) -> None:
    comparing.add(both, *(pair(f"p{number}", id=f"p{number}") for number in range(1, PAIRS)))
    body = BatchBody(people=("ann",), due=both.clock() + 1, items=names)
    items = both.store.read(lambda db: batches.picked(db, both.project, body))
    made = both.write(lambda db: batches.make(db, both.people["lea"], both.project, body, items))
    assert (made.what, made.traces, made.waiting) == (what, len(names), len(names))
    assert work(both, "ann") == TRACES + PAIRS - 1
    (found,) = both.store.read(lambda db: batches.listed(db, both.project))
    assert (found.done, found.in_hand, found.shares[0].done) == (len(names), 0, len(names))


def test_accuracy_is_of_steps_and_of_pairs_by_their_field(worked: World) -> None:
    found = worked.store.read(lambda db: accuracy.report(db, worked.project, Against.SETTLED, ["domain"]))
    assert [(one.slice.get("domain"), one.accuracy.of, one.accuracy.value) for one in found.results] == [
        (None, 4 * STEPS + 6, 1.0), ("mathematics", 4 * STEPS, 1.0), (FIELD, 6, 1.0),
    ]  # fmt: skip
    assert {one.label for one in found.results[2].labels} == {"tie"}


@pytest.fixture
def on_gold(both: World) -> World:
    """Ann and bob meet three gold pairs, with one pair and one trace before each; ann is right twice, bob never."""
    both.set_policy(gold_every=2)
    bring(both, *(gold_pair(f"g{number}", "better") for number in range(3)))
    comparing.add(both, *(pair(f"p{number}") for number in range(12)))
    for who in ("ann", "bob"):
        met = 0
        while (view := both.expert(who).claim().assignment) is not None and met < 3:
            if not isinstance(view.next, NextPair):
                both.expert(who).end(view.id, "give_up")
                continue
            gold = view.problem.text.startswith("Prompt g")
            met += gold
            both.clock.advance(seconds=30)
            right = choose(view.next.pair, "better" if who == "ann" and met < 3 else "worse")
            prefer(both.expert(who), view.id, right if gold else "tie")
    return both


def test_gold_pairs_count_in_accuracy_and_drift(on_gold: World) -> None:
    world = on_gold
    found = world.store.read(lambda db: accuracy.report(db, world.project, Against.GOLD, ["person", "domain"]))
    assert [(one.slice, one.accuracy.of) for one in found.results] == [
        ({}, 6), ({"person": "ann", "domain": FIELD}, 3), ({"person": "bob", "domain": FIELD}, 3),
    ]  # fmt: skip
    assert [one.accuracy.value for one in found.results] == pytest.approx([1 / 3, 2 / 3, 0])
    assert {one.label: one.recall.of for one in found.results[0].labels}.keys() == {"first", "second"}
    assert sum(one.recall.of for one in found.results[0].labels) == 6

    def drift(domain: str | None, steps: int = 2) -> list[tuple[int, float, int]]:
        cut = group_drift.Windows(steps=steps)
        windows = world.store.read(lambda db: group_drift.report(db, world.project, cut, domain)).windows
        return [(one.accuracy.of, one.accuracy.value or 0, one.agreement.people) for one in windows]

    assert [one[:2] for one in drift(FIELD)] == [(2, 1.0), (2, 0.0), (2, 0.0)]
    ((*_, people),) = drift(FIELD, steps=6)
    assert people == 2, "agreement is of the choices on pairs"
    assert drift(None) == drift("mathematics") == []
    with pytest.raises(BadInput, match="no problem of the domain pairs: law"):
        drift("pairs: law")
