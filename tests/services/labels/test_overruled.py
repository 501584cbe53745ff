"""An error that a decision overrules: the steps behind it come back to whoever stopped there, or to another."""

import json
from typing import Any

import pytest

from cotlab.domain.people import Role
from cotlab.domain.work.views import AssignmentView, FinishDue, NextStep
from cotlab.services.cases import shared_decisions
from cotlab.services.labels.redo import coming_back
from cotlab.services.reports import my_work
from tests.services.cases.adjudicating import case_on, decide
from tests.services.guidelines.guideline_texts import following, small
from tests.world import World, step_position, trace


@pytest.fixture
def stopped(world: World) -> World:
    """Traces end at their first error. On one of four steps ann stopped at step 2, and bob labelled all of it."""
    following(world, "stopping", "ann", "bob", "cyn")
    world.join("adj", Role.ADJUDICATOR)
    world.set_policy(overlap=2, stop_at_first_error=True)
    world.add_traces(trace("a", 4))
    stop(world, "ann", 2)
    world.expert("bob").label_all()
    world.catch_up()
    return world


def stop(world: World, name: str, position: int, label: str = "incorrect") -> AssignmentView:
    """Claim a trace and end it at an error."""
    expert = world.expert(name)
    mine = expert.take()
    for before in range(1, position):
        expert.commit(mine.id, before)
    due = expert.commit(mine.id, position, label).next
    assert isinstance(due, FinishDue) and not due.all_shown
    expert.finish(mine.id, None)
    return mine


def back(world: World, name: str) -> list[int]:
    """The positions of what comes back to a person; asserts that the queue counts as many."""
    person = world.person(name)
    rows = world.store.read(lambda db: coming_back(db, person.id, world.project))
    entries = world.store.read(lambda db: my_work.queue(db, person, 0)).projects
    (entry,) = [entry for entry in entries if entry.project_id == world.project]
    assert entry.coming_back == len(rows) and (entry.waiting or not rows)
    return [row["position"] for row in rows]


def settled(world: World) -> tuple[list[tuple[str, str]], dict[str, int]]:
    """Label and basis of each settled step of the one trace, and what was left out."""
    content, manifest = world.export()
    labels = [
        (label["value"], label["basis"])
        for line in content.splitlines()
        for step in json.loads(line)["steps"]
        for label in step["labels"]
    ]
    return labels, manifest.steps_dropped or manifest.traces_dropped


def test_the_steps_behind_an_overruled_error_come_back(stopped: World) -> None:
    assert back(stopped, "ann") == [] and settled(stopped)[0] == [("correct", "unanimous")]
    decide(stopped, case_on(stopped, 2), "correct")
    assert back(stopped, "ann") == [2] and back(stopped, "bob") == []
    assert settled(stopped) == (
        [("correct", "unanimous"), ("correct", "adjudicated")],
        {"waiting_for_people": 1, "after_an_unsettled_step": 1},
    )
    ann = stopped.expert("ann")
    work = ann.take()
    assert (work.purpose, step_position(work)) == ("redo", 3)
    assert [(step.position, step.mine.label) for step in work.done if step.mine] == [(1, "correct"), (2, "incorrect")]
    assert isinstance(work.next, NextStep) and work.next.step.mine is None
    assert back(stopped, "ann") == [], "it is in her hands"
    assert step_position(ann.view(work.id)) == 3, "what was shown is kept"
    assert step_position(ann.take()) == 3
    assert step_position(ann.commit(work.id, 3)) == 4
    due = ann.commit(work.id, 4).next
    assert isinstance(due, FinishDue) and due.all_shown and due.final_answer and "complete" in due.asks
    ann.finish(work.id)
    assert back(stopped, "ann") == []
    expected = ["unanimous", "adjudicated", "unanimous", "unanimous"]
    assert settled(stopped) == ([("correct", basis) for basis in expected], {})
    purposes = stopped.rows("SELECT purpose FROM answers WHERE actor_id = :a AND question = 'label' ORDER BY position",
                            a=ann.id)  # fmt: skip
    assert [row["purpose"] for row in purposes] == ["production", "production", "redo", "redo"]


def test_the_next_error_stops_again_and_can_be_overruled_too(stopped: World) -> None:
    decide(stopped, case_on(stopped, 2), "redundant")
    ann = stopped.expert("ann")
    work = ann.take()
    due = ann.commit(work.id, 3, "incomplete").next
    assert isinstance(due, FinishDue) and not due.all_shown
    ann.finish(work.id, None)
    stopped.catch_up()
    assert back(stopped, "ann") == []
    decide(stopped, case_on(stopped, 3), "correct")
    assert back(stopped, "ann") == [3]
    assert step_position(ann.take()) == 4


@pytest.mark.parametrize("decision", ["incorrect", "incomplete", "wrong-operation"])
def test_a_decision_that_says_error_too_brings_nothing_back(stopped: World, decision: str) -> None:
    decide(stopped, case_on(stopped, 2), decision)
    assert back(stopped, "ann") == []
    assert stopped.expert("ann").claim().assignment is None


def test_a_corrected_decision_counts_as_it_stands(stopped: World) -> None:
    decide(stopped, case_on(stopped, 2), "correct")
    assert back(stopped, "ann") == [2]
    decide(stopped, case_on(stopped, 2), "incorrect")
    assert back(stopped, "ann") == []
    decide(stopped, case_on(stopped, 2), "redundant")
    assert back(stopped, "ann") == [2]


def test_a_stale_decision_brings_nothing_back(stopped: World) -> None:
    decide(stopped, case_on(stopped, 2), "redundant")
    stopped.publish(small("1.1", affects={"labels": ["redundant"]}))
    assert back(stopped, "ann") == []


def test_nothing_comes_back_where_traces_do_not_stop(stopped: World) -> None:
    decide(stopped, case_on(stopped, 2), "correct")
    stopped.set_policy(overlap=2)
    assert back(stopped, "ann") == []


def test_an_error_on_the_last_step_leaves_nothing_to_come_back(world: World) -> None:
    following(world, "stopping", "ann", "bob")
    world.join("adj", Role.ADJUDICATOR)
    world.set_policy(overlap=2, stop_at_first_error=True)
    world.add_traces(trace("a", 2))
    stop(world, "ann", 2)
    world.expert("bob").label_all()
    world.catch_up()
    decide(world, case_on(world, 2), "correct")
    assert back(world, "ann") == []


def test_an_error_after_the_decision_stops_as_any_other(stopped: World) -> None:
    """Who labels a step that was decided before learns nothing of it."""
    decide(stopped, case_on(stopped, 2), "correct")
    stopped.set_policy(overlap=3, stop_at_first_error=True)
    stop(stopped, "cyn", 2)
    assert back(stopped, "cyn") == []
    stopped.catch_up()
    assert stopped.value("SELECT count(*) AS n FROM cases WHERE position = 2") == 2
    decide(stopped, case_on(stopped, 2), "correct")
    assert back(stopped, "cyn") == [2]


def test_a_trace_that_was_still_open_goes_on_once_it_is_finished(world: World) -> None:
    following(world, "stopping", "ann", "bob")
    world.join("adj", Role.ADJUDICATOR)
    world.set_policy(overlap=2, stop_at_first_error=True)
    world.add_traces(trace("a", 3))
    ann = world.expert("ann")
    mine = ann.take()
    assert isinstance(ann.commit(mine.id, 1, "incorrect").next, FinishDue)
    world.expert("bob").label_all()
    world.catch_up()
    decide(world, case_on(world, 1), "correct")
    resumed = ann.take()
    assert isinstance(resumed.next, FinishDue), "open work tells nothing of the decision"
    assert back(world, "ann") == []
    ann.finish(mine.id, None)
    assert back(world, "ann") == [1]


def test_what_is_taken_back_in_the_redo_stops_again(stopped: World) -> None:
    decide(stopped, case_on(stopped, 2), "correct")
    ann = stopped.expert("ann")
    work = ann.take()
    ann.commit(work.id, 3)
    mine = ann.view(work.id).done[1].mine
    assert mine is not None
    ann.commit(work.id, 2, "incomplete", replaces=mine.id)
    step = ann.view(work.id).next
    assert isinstance(step, NextStep) and step.step.position == 4, "step 4 had been shown"
    due = ann.commit(work.id, 4).next
    assert isinstance(due, FinishDue) and not due.all_shown


def test_what_is_taken_back_at_the_end_of_the_redo_stops_at_once(stopped: World) -> None:
    decide(stopped, case_on(stopped, 2), "correct")
    ann = stopped.expert("ann")
    work = ann.take()
    ann.commit(work.id, 3)
    due = ann.commit(work.id, 4).next
    assert isinstance(due, FinishDue) and due.all_shown
    mine = ann.view(work.id).done[1].mine
    assert mine is not None
    due = ann.commit(work.id, 2, "incomplete", replaces=mine.id).next
    assert isinstance(due, FinishDue) and not due.all_shown


@pytest.mark.parametrize("ending", ["give_up", "bad_problem"])
def test_handing_it_on_is_respected(stopped: World, ending: str) -> None:
    decide(stopped, case_on(stopped, 2), "correct")
    ann = stopped.expert("ann")
    work = ann.take()
    ann.commit(work.id, 3, "redundant")
    ann.end(work.id, ending)
    assert back(stopped, "ann") == [] and ann.claim().assignment is None
    other = stopped.expert("cyn").claim().assignment
    assert (other is not None) == (ending == "give_up")
    if other is not None:
        for position in range(1, 5):
            stopped.expert("cyn").commit(other.id, position)
        assert settled(stopped)[0][2:] == [("correct", "unanimous")] * 2, "what ann gave up has no vote"


def test_who_no_longer_labels_leaves_it_to_others(stopped: World) -> None:
    decide(stopped, case_on(stopped, 2), "correct")
    cyn = stopped.expert("cyn")
    assert cyn.claim().assignment is None
    stopped.leave("ann", Role.ANNOTATOR)
    work = cyn.take()
    assert (work.purpose, step_position(work)) == ("production", 1)


def test_the_decision_is_read_once_the_trace_is_done(stopped: World) -> None:
    decide(stopped, case_on(stopped, 2), "correct")
    ann = stopped.expert("ann")

    def entries() -> list[Any]:
        person = stopped.person("ann")
        return list(stopped.store.read(lambda db: shared_decisions.mine(db, person, stopped.project)))

    assert entries() == []
    work = ann.take()
    assert entries() == []
    for position in (3, 4):
        ann.commit(work.id, position)
    ann.finish(work.id)
    assert len(entries()) == 1


def test_a_redo_for_a_new_version_goes_on_behind_an_overruled_error(stopped: World) -> None:
    decide(stopped, case_on(stopped, 2), "correct")
    stopped.publish(small("1.1", affects={"labels": ["correct"]}))
    assert back(stopped, "ann") == [1], "the decision is stale, and one label is"
    ann = stopped.expert("ann")
    work = ann.take()
    step = work.next
    assert isinstance(step, NextStep) and step.step.mine is not None
    due = ann.commit(work.id, 1, "redundant", replaces=step.step.mine.id).next
    assert isinstance(due, FinishDue) and not due.all_shown
