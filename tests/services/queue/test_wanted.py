"""Each trace is handed out to, and settled by, as many people as the policy wants for it."""

from collections.abc import Sequence

import pytest

from cotlab.domain.projects.overlap import Overlap
from cotlab.domain.traces.records import Problem
from cotlab.storage import Store
from tests.support import Clock
from tests.world import World, people_and_project, trace

GERMAN = "jurisdiction=DE"
LAW, ONLY_GERMAN = Overlap(domain="law", people=1), Overlap(tag=GERMAN, people=3)


@pytest.fixture
def mixed(store: Store, clock: Clock) -> World:
    """One trace of mathematics, one of law and one of German law, of one step each, and no gold."""
    world = people_and_project(store, clock)
    german = Problem(text="Problem g", domain="law", tags=(GERMAN,))
    world.add_traces(trace("m", 1), trace("l", 1, domain="law"), trace("g", 1, problem=german))
    return world


def places(world: World) -> dict[str, tuple[int, int]]:
    """Each trace's last letter -> places (0: as overlap says) and how many are taken."""
    rows = world.rows(
        """SELECT p.text, q.places, q.taken FROM queue q JOIN traces t ON t.id = q.item_id
           JOIN problems p ON p.id = t.problem_id"""
    )
    return {row["text"][-1]: (row["places"], row["taken"]) for row in rows}


def drain(world: World, names: Sequence[str] = ("ann", "bob", "cyn", "dan")) -> dict[str, int]:
    """Let people label all there is; each trace's letter -> how many people had it."""
    found: dict[str, int] = {}
    for name in names:
        expert = world.expert(name)
        while (claimed := expert.claim()).assignment is not None:
            letter = claimed.assignment.problem.text[-1]
            found[letter] = found.get(letter, 0) + 1
            expert.commit(claimed.assignment.id, 1)
            expert.finish(claimed.assignment.id)
    return found


def settled(world: World) -> set[str]:
    content, _ = world.export("native")
    return {line.split('"text":"Problem ')[1][0] for line in content.decode().splitlines()}


def test_each_slice_has_its_own_number_of_people(mixed: World) -> None:
    mixed.set_policy(overlap=2, overlaps=(LAW, ONLY_GERMAN), gold_every=0)
    mixed.catch_up()
    assert places(mixed) == {"m": (0, 0), "l": (1, 0), "g": (3, 0)}
    assert drain(mixed) == {"m": 2, "l": 1, "g": 3}


def test_a_trace_is_settled_by_as_many_as_it_wants(mixed: World) -> None:
    mixed.set_policy(overlap=2, overlaps=(LAW, ONLY_GERMAN), gold_every=0)
    mixed.catch_up()
    drain(mixed, ["ann"])
    assert settled(mixed) == {"l"}
    drain(mixed, ["bob"])
    assert settled(mixed) == {"l", "m"}
    drain(mixed, ["cyn"])
    assert settled(mixed) == {"l", "m", "g"}
    content, _ = mixed.export("native")
    assert content.count(b'"basis":"single"') == 1 and content.count(b'"basis":"unanimous"') == 2


def test_a_case_waits_for_as_many_as_the_trace_wants(mixed: World) -> None:
    mixed.set_policy(overlap=2, overlaps=(ONLY_GERMAN,), gold_every=0)
    mixed.catch_up()
    for name, label in (("ann", "correct"), ("bob", "redundant")):
        expert = mixed.expert(name)
        while (claimed := expert.claim()).assignment is not None:
            expert.commit(claimed.assignment.id, 1, label)
            expert.finish(claimed.assignment.id)
    mixed.catch_up()
    assert mixed.value("SELECT count(*) AS n FROM cases") == 2
    drain(mixed, ["cyn"])
    mixed.catch_up()
    assert mixed.value("SELECT count(*) AS n FROM cases") == 3


def test_a_case_opens_once_two_differ_where_two_are_enough(mixed: World) -> None:
    mixed.set_policy(overlap=3, overlaps=(Overlap(domain="law", people=2),), gold_every=0)
    mixed.catch_up()
    for name, label in (("ann", "correct"), ("bob", "redundant")):
        expert = mixed.expert(name)
        while (claimed := expert.claim()).assignment is not None:
            expert.commit(claimed.assignment.id, 1, label)
            expert.finish(claimed.assignment.id)
    mixed.catch_up()
    assert mixed.value("SELECT count(*) AS n FROM cases") == 2


def test_no_claim_waits_for_the_rows_to_follow_a_policy_that_wants_fewer(mixed: World) -> None:
    mixed.set_policy(overlap=3, gold_every=0)
    drain(mixed, ["ann"])
    mixed.set_policy(overlap=3, overlaps=(LAW,), gold_every=0)
    assert places(mixed)["l"] == (0, 1)  # the rows follow later
    assert drain(mixed, ["bob"]) == {"m": 1}
    assert places(mixed)["l"] == (0, 1)


def test_another_overlap_acts_at_once(mixed: World) -> None:
    mixed.set_policy(overlap=1, gold_every=0)
    assert drain(mixed) == {"m": 1, "l": 1, "g": 1}
    mixed.set_policy(overlap=2, gold_every=0)
    assert drain(mixed) == {"m": 1, "l": 1, "g": 1}


def test_of_the_share_a_second_person_labels_and_settling_waits_for_them(mixed: World) -> None:
    mixed.set_policy(overlap=1, second_label_share=1.0, gold_every=0)
    mixed.catch_up()
    drain(mixed, ["ann"])
    assert settled(mixed) == set()
    assert drain(mixed) == {"m": 1, "l": 1, "g": 1}
    assert settled(mixed) == {"m", "l", "g"}


def test_a_pilot_phase_then_fewer_people_is_a_change_of_policy_each(mixed: World) -> None:
    mixed.set_policy(overlap=3, gold_every=0)
    assert drain(mixed) == {"m": 3, "l": 3, "g": 3}
    mixed.add_traces(trace("n", 1))
    mixed.set_policy(overlap=2, gold_every=0)
    assert drain(mixed) == {"n": 2}
    mixed.add_traces(trace("o", 1))
    mixed.set_policy(overlap=1, second_label_share=0.0, gold_every=0)
    assert drain(mixed) == {"o": 1}


def test_an_alternative_wants_as_many_as_its_problem(mixed: World) -> None:
    mixed.set_policy(overlap=2, overlaps=(ONLY_GERMAN,), gold_every=0)
    mixed.catch_up()
    ann = mixed.expert("ann")
    while (mine := ann.take()).problem.text != "Problem g":
        ann.commit(mine.id, 1)
        ann.finish(mine.id)
    ann.write(mine.id, 1, "otherwise")
    row = mixed.rows("SELECT q.places, q.field FROM queue q JOIN traces t ON t.id = q.item_id WHERE t.parent_id <> ''")
    assert [tuple(one.values()) for one in row] == [(3, "law")]
