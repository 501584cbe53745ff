"""Who gets which trace, for how long, and what becomes of a lease."""

import pytest

from cotlab.domain.errors import LeaseTaken, NoGuideline, NotFound, ProjectClosed, Refused
from cotlab.domain.people import Role
from cotlab.domain.projects.policy import MINUTE
from cotlab.domain.projects.projects import ClosingBody
from cotlab.services.projects import projects
from cotlab.storage.queue import queue
from tests.support import Clock
from tests.world import World, guideline_text, step_position, trace


def leases(world: World) -> set[str]:
    return {row["assignment_id"] for row in world.rows("SELECT assignment_id FROM leases")}


def taken(world: World) -> list[int]:
    return sorted(row["taken"] for row in world.rows("SELECT taken FROM queue"))


def test_my_open_trace_comes_first_and_again(world: World) -> None:
    ann = world.expert("ann")
    first = ann.take()
    assert first.expires_at == world.clock.now + 60 * MINUTE
    assert first.problem.text == "Problem a" and step_position(first) == 1 and first.done == ()
    world.clock.advance(minutes=3)
    again = ann.claim()
    assert again.assignment is not None and again.assignment.id == first.id and again.receipt is None
    assert again.assignment.expires_at == world.clock.now + 60 * MINUTE
    assert leases(world) == {first.id} and taken(world) == [0, 0, 1]


def test_what_others_filled_is_no_candidate_any_more(world: World) -> None:
    """In the order in which they were picked; where a trace wants its own number of people, that one counts."""
    picked = [row["item_id"] for row in world.rows("SELECT item_id FROM queue ORDER BY item_id DESC")]
    _, more, free = picked
    world.write(lambda db: db.run("UPDATE queue SET taken = 2 WHERE item_id <> :free", free=free))
    world.write(lambda db: db.run("UPDATE queue SET places = 3 WHERE item_id = :more", more=more))
    assert world.store.read(lambda db: queue.still_free(db, picked, 2)) == [more, free]
    assert world.store.read(lambda db: queue.still_free(db, (), 2)) == []


def test_what_others_began_is_handed_out_before_what_nobody_has_seen(world: World) -> None:
    assert world.expert("ann").take().problem.text == "Problem a"
    assert world.expert("bob").take().problem.text == "Problem a"
    assert world.expert("cyn").take().problem.text == "Problem b"
    assert taken(world) == [0, 1, 2]


def test_nobody_gets_a_trace_twice_and_no_trace_more_people_than_wanted(world: World) -> None:
    for name in ("ann", "bob"):
        expert = world.expert(name)
        assert [expert.label_all().problem.text[-1] for _ in range(3)] == ["a", "b", "c"]
        assert expert.claim().nothing == "nothing_open"
    assert world.expert("cyn").claim().nothing == "nothing_open"
    assert taken(world) == [2, 2, 2]


def test_a_wider_overlap_opens_done_traces_for_others_only(world: World) -> None:
    for name in ("ann", "bob"):
        for _ in range(3):
            world.expert(name).label_all()
    world.set_policy(overlap=3)
    assert world.expert("ann").claim().nothing == "nothing_open"
    assert world.expert("cyn").take().problem.text == "Problem a"


def test_giving_up_frees_the_place_for_others_and_a_bad_problem_fills_it(world: World) -> None:
    world.set_policy(overlap=1)
    ann, bob = world.expert("ann"), world.expert("bob")
    ann.end(ann.take().id, "give_up")
    assert taken(world) == [0, 0, 0]
    assert ann.take().problem.text == "Problem b"
    bad = bob.take()
    assert bad.problem.text == "Problem a"
    bob.end(bad.id, "bad_problem", "it has no question")
    assert bob.take().problem.text == "Problem c"
    assert world.expert("cyn").claim().nothing == "nothing_open"
    said = world.rows("SELECT value, rationale, position FROM answers WHERE question = 'outcome' ORDER BY sequence")
    assert [tuple(row.values()) for row in said] == [
        ("give_up", "it is so", 0),
        ("bad_problem", "it has no question", 0),
    ]


def test_an_ended_trace_takes_nothing_more(world: World) -> None:
    ann = world.expert("ann")
    assignment = ann.take()
    ann.end(assignment.id, "give_up")
    for attempt in (
        lambda: ann.commit(assignment.id, 1),
        lambda: ann.finish(assignment.id),
        lambda: ann.end(assignment.id, "give_up"),
        lambda: ann.view(assignment.id),
        lambda: ann.write(assignment.id, 1, "another"),
    ):
        with pytest.raises(LeaseTaken):
            attempt()


def test_a_lease_that_ran_out_still_counts_until_it_is_taken_over(world: World) -> None:
    world.set_policy(overlap=1)
    ann, bob = world.expert("ann"), world.expert("bob")
    mine = ann.take()
    for _ in range(2):
        assert bob.label_all().problem.text != "Problem a"
    world.clock.advance(minutes=60)
    assert bob.claim().nothing == "nothing_open"  # at its last moment it still holds
    world.clock.advance(microseconds=1)
    committed = ann.commit(mine.id, 1)
    assert step_position(committed) == 2
    assert bob.claim().nothing == "nothing_open"  # the commit has renewed it
    world.clock.advance(minutes=61)
    theirs = bob.take()
    assert theirs.problem.text == "Problem a" and theirs.id != mine.id and step_position(theirs) == 1
    with pytest.raises(LeaseTaken):
        ann.commit(mine.id, 2)
    assert ann.claim().nothing == "nothing_open"
    assert world.kinds()[-2:] == ["assignment.taken_over", "assignment.claimed"]
    assert taken(world) == [1, 1, 1]
    assert world.value("SELECT ending FROM assignment_ends WHERE assignment_id = :id", id=mine.id) == "taken_over"


def test_an_alternative_and_a_look_renew_nothing_a_commit_does(world: World) -> None:
    ann = world.expert("ann")
    mine = ann.take()
    world.clock.advance(minutes=10)
    ann.view(mine.id)
    ann.write(mine.id, 1, "put otherwise")
    expires = "SELECT expires_at FROM leases WHERE assignment_id = :id"
    assert world.value(expires, id=mine.id) == mine.expires_at
    ann.commit(mine.id, 1)
    assert world.value(expires, id=mine.id) == world.clock.now + 60 * MINUTE


def test_a_free_place_is_taken_before_a_lease_that_ran_out(world: World) -> None:
    world.set_policy(overlap=1)
    first = world.expert("ann").take()
    world.clock.advance(minutes=61)
    assert world.expert("bob").take().problem.text == "Problem b"
    assert first.id in leases(world)


def test_only_the_dead_lease_of_that_trace_is_closed(world: World) -> None:
    world.set_policy(overlap=1)
    holders = [world.expert(name).take() for name in ("ann", "bob", "cyn")]
    world.clock.advance(minutes=61)
    world.expert("dan").take()
    ended = {row["assignment_id"] for row in world.rows("SELECT assignment_id FROM assignment_ends")}
    assert ended == {holders[0].id}


def test_somebody_elses_assignment_is_not_there(world: World) -> None:
    mine = world.expert("ann").take()
    bob = world.expert("bob")
    for attempt in (lambda: bob.commit(mine.id, 1), lambda: bob.view(mine.id), lambda: bob.end(mine.id, "give_up")):
        with pytest.raises(NotFound):
            attempt()
    with pytest.raises(NotFound):
        bob.view("0" * 32)


def close(world: World) -> None:
    body = ClosingBody(reason="enough was labelled")
    world.write(lambda db: projects.close_project(db, world.host, world.project, body))


def test_a_closed_project_keeps_what_was_chosen_and_gives_nothing_more(world: World) -> None:
    ann = world.expert("ann")
    mine = ann.take()
    close(world)
    with pytest.raises(ProjectClosed, match="enough was labelled"):
        world.expert("bob").claim()
    with pytest.raises(ProjectClosed):
        ann.claim()
    committed = ann.commit(mine.id, 1)
    assert committed.next.kind == "withdrawn" and "enough was labelled" in committed.next.reason
    assert world.value("SELECT count(*) AS n FROM answers") == 1
    with pytest.raises(ProjectClosed):
        ann.finish(mine.id)
    with pytest.raises(ProjectClosed):
        ann.write(mine.id, 1, "x")


def test_who_was_removed_labels_no_more_and_what_they_said_stays(world: World) -> None:
    ann = world.expert("ann")
    mine = ann.take()
    ann.commit(mine.id, 1)
    world.leave("ann", Role.ANNOTATOR)
    for attempt in (lambda: ann.commit(mine.id, 2), lambda: ann.view(mine.id), lambda: ann.finish(mine.id)):
        with pytest.raises(Refused):
            attempt()
    assert world.value("SELECT count(*) AS n FROM answers") == 1
    world.join("ann", Role.ANNOTATOR)
    assert step_position(ann.commit(mine.id, 2)) == 3


def test_without_a_guideline_nothing_is_handed_out(world: World) -> None:
    bare = world.add_project("bare")
    world.join("ann", Role.ANNOTATOR, bare)
    world.add_traces(trace("x"), project=bare)
    with pytest.raises(NoGuideline):
        world.expert("ann").claim(bare)
    assert world.value("SELECT taken FROM queue WHERE project_id = :p", p=bare) == 0


def test_a_guideline_for_one_domain_hands_out_that_domain(world: World) -> None:
    bare = world.add_project("bare")
    world.join("ann", Role.ANNOTATOR, bare)
    world.add_traces(trace("law", domain="law"), trace("sums"), project=bare)
    world.publish(guideline_text(), bare, "mathematics")
    claimed = world.expert("ann").claim(bare)
    assert claimed.assignment is not None and claimed.assignment.problem.text == "Problem sums"


def test_the_narrower_guideline_wins(world: World) -> None:
    world.publish(guideline_text("2.0", "clarification"), domain="mathematics")
    world.publish(guideline_text("3.0", "clarification"))
    assert world.expert("ann").take().guideline_version == "2.0"


def test_an_assignment_keeps_the_version_it_was_claimed_under(world: World) -> None:
    ann = world.expert("ann")
    mine = ann.take()
    world.publish(guideline_text("2.0", "clarification"))
    assert ann.view(mine.id).guideline_version == "1.0"
    ann.commit(mine.id, 1)
    used = "SELECT v.version FROM answers n JOIN guideline_versions v ON v.id = n.guideline_version_id"
    assert world.value(used) == "1.0"
    assert world.expert("bob").take().guideline_version == "2.0"


def test_who_can_read_answers_labels_only_where_the_policy_allows_it(world: World) -> None:
    with pytest.raises(Refused, match="readers_may_label"):
        world.join("ann", Role.EXPORTER)
    with pytest.raises(Refused):
        world.join("root", Role.ANNOTATOR)
    world.set_policy(readers_may_label=True)
    world.join("ann", Role.EXPORTER)
    ann = world.expert("ann")
    ann.commit(ann.take().id, 1)
    assert world.value("SELECT informed FROM answers") == 1
    bob = world.expert("bob")
    bob.commit(bob.take().id, 1)
    assert world.value("SELECT informed FROM answers WHERE actor_id = :bob", bob=bob.id) == 0
    world.set_policy(readers_may_label=False)
    with pytest.raises(Refused):
        ann.claim()


def test_projects_keep_their_work_apart(world: World, clock: Clock) -> None:
    other = world.add_project("other")
    world.join("ann", Role.ANNOTATOR, other)
    world.publish(guideline_text(), other)
    world.add_traces(trace("a"), project=other)
    ann = world.expert("ann")
    here, there = ann.take(), ann.claim(other).assignment
    assert there is not None and here.id != there.id and there.project == "other"
    assert ann.take().id == here.id
