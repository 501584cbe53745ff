"""Reminders and breaks: what is shown when, and how a session goes on."""

import pytest

from cotlab.domain.errors import BreakRequired
from cotlab.domain.projects.policy import MINUTE
from cotlab.domain.work.views import BreakDue, FinishDue
from tests.world import Expert, World, step_position, trace


@pytest.fixture
def ann(world: World) -> Expert:
    """Her first trace has twenty steps; nine minutes a step lead to a break after the fourteenth."""
    world.add_traces(trace("long", 20))
    ann = world.expert("ann")
    for _ in range(3):
        ann.end(ann.take().id, "give_up")
    return ann


def work_until_the_break(world: World, ann: Expert, minutes: float = 9.0) -> tuple[str, int]:
    """The assignment's id, and the position of the last step that was labelled."""
    assignment, position = ann.take(), 0
    next_ = assignment.next
    while not isinstance(next_, BreakDue):
        position += 1
        world.clock.advance(minutes=minutes)
        next_ = ann.commit(assignment.id, position).next
    assert next_.until == world.clock.now + 10 * MINUTE
    return assignment.id, position


def test_the_reminder_and_the_break_are_told_beforehand(world: World, ann: Expert) -> None:
    assignment = ann.take()
    start = world.clock.now
    assert (assignment.session.started_at, assignment.session.remind_at, assignment.session.break_at) == (
        start, start + 60 * MINUTE, start + 120 * MINUTE,
    )  # fmt: skip
    world.clock.advance(minutes=9)
    session = ann.commit(assignment.id, 1).session
    assert (session.started_at, session.break_at) == (start, start + 120 * MINUTE)


def test_nothing_new_is_shown_before_the_break_is_over(world: World, ann: Expert) -> None:
    assignment_id, last = work_until_the_break(world, ann)
    assert last == 14  # 13 steps are 117 minutes
    until = world.clock.now + 10 * MINUTE
    for minutes in (0, 1, 8.99):
        world.clock.advance(minutes=minutes)
        assert ann.take().next == BreakDue(until=until)  # asking does not make it longer
        assert isinstance(ann.view(assignment_id).next, BreakDue)
    world.clock.now = until
    again = ann.take()
    assert step_position(again) == last + 1
    assert again.session.started_at == until and again.session.break_at == until + 120 * MINUTE


@pytest.mark.parametrize("minutes", [10, 19.9, 45])
def test_time_on_an_open_step_counts_up_to_the_cap(world: World, ann: Expert, minutes: float) -> None:
    _, last = work_until_the_break(world, ann, minutes)
    assert last == 12


def test_a_pause_between_two_traces_starts_the_session_anew(world: World, ann: Expert) -> None:
    assignment = ann.take()
    for position in range(1, 14):
        world.clock.advance(minutes=9)
        session = ann.commit(assignment.id, position).session
    assert session.started_at == world.clock.now - 117 * MINUTE
    ann.end(assignment.id, "give_up")
    world.add_traces(trace("another"))
    world.clock.advance(minutes=10)
    again = ann.take()
    assert again.session.started_at == world.clock.now
    assert again.session.break_at == world.clock.now + 120 * MINUTE


def test_taking_back_during_a_break_is_work_and_shows_nothing_new(world: World, ann: Expert) -> None:
    assignment_id, last = work_until_the_break(world, ann)
    label = world.value("SELECT id FROM answers WHERE position = :p AND question = 'label'", p=last)
    world.clock.advance(minutes=5)
    next_ = ann.commit(assignment_id, last, "redundant", replaces=label).next
    assert next_ == BreakDue(until=world.clock.now + 10 * MINUTE)


@pytest.mark.parametrize("steps", [14, 15])
def test_a_break_hides_whether_there_is_more_to_come(world: World, steps: int) -> None:
    world.add_traces(trace("x", steps))
    ann = world.expert("ann")
    for _ in range(3):
        ann.end(ann.take().id, "give_up")
    assignment_id, last = work_until_the_break(world, ann)
    assert last == 14
    until = world.clock.now + 10 * MINUTE
    for complete in ("yes", None):
        with pytest.raises(BreakRequired) as refused:
            ann.finish(assignment_id, complete)
        assert refused.value.details == {"until": until}
    world.clock.advance(minutes=10)
    assert isinstance(ann.take().next, FinishDue) == (steps == 14)


def test_a_new_trace_waits_for_the_break_too(world: World) -> None:
    world.set_policy(break_after_minutes=20)
    ann = world.expert("ann")
    assignment = ann.take()
    for position in (1, 2):
        world.clock.advance(minutes=9)
        ann.commit(assignment.id, position)
    ann.end(assignment.id, "give_up")
    world.clock.advance(minutes=1)
    second = ann.take()  # 18 minutes so far
    world.clock.advance(minutes=5)
    ann.commit(second.id, 1)
    ann.end(second.id, "give_up")
    claimed = ann.claim()
    assert (claimed.nothing, claimed.until) == ("break", world.clock.now + 10 * MINUTE)
    world.clock.advance(minutes=10)
    assert ann.take().problem.text == "Problem c"


def test_a_break_holds_in_every_project(world: World, ann: Expert) -> None:
    work_until_the_break(world, ann)
    assert world.expert("bob").claim().assignment is not None
    world.set_policy(break_after_minutes=600)
    assert ann.take().next.kind == "step"  # unless its policy is another
