"""A version that changes labels brings exactly those back to their people, once they have read it."""

from typing import Any

import pytest

from cotlab.domain.answers import StepSize
from cotlab.domain.errors import AlreadyLabelled, BadInput, ProjectClosed
from cotlab.domain.people import Role
from cotlab.domain.projects.overlap import Overlap
from cotlab.domain.projects.projects import ClosingBody
from cotlab.domain.work.views import AssignmentView, BreakDue, Committed, FinishDue, MyLabel, NextStep, StepView
from cotlab.services.guidelines import staleness, versions
from cotlab.services.projects import projects
from tests.services.guidelines.guideline_texts import LABELS, following, renamed, small
from tests.support import MINUTE
from tests.world import World, trace

CHANGED = small("1.1", affects={"labels": ["incomplete"]})


@pytest.fixture
def followed(world: World) -> World:
    """A project that follows `small 1.0`, in which ann has labelled and finished a trace."""
    following(world, "followed", "ann", "bob")
    world.add_traces(trace("a", 4))
    world.set_policy(overlap=1)
    ann = world.expert("ann")
    work = ann.take()
    for position, label in enumerate(("correct", "incomplete", "redundant", "incomplete"), 1):
        ann.commit(work.id, position, label)
    ann.finish(work.id)
    world.add_traces(trace("b", 2))
    return world


def shown(next_: object) -> StepView:
    assert isinstance(next_, NextStep), next_
    return next_.step


def mine(next_: object) -> MyLabel:
    label = shown(next_).mine
    assert label is not None
    return label


def again(world: World, work: AssignmentView, label: str, **fields: object) -> Committed:
    """Label the step that is shown anew."""
    replaces, position = mine(work.next).id, shown(work.next).position
    return world.expert("ann").commit(work.id, position, label, replaces=replaces, **fields)


def test_the_affected_steps_come_back_once_the_version_is_read(followed: World) -> None:
    ann = followed.expert("ann")
    published = followed.publish(CHANGED, acknowledged=False)
    claimed = ann.claim(acknowledge=False)
    assert (claimed.nothing, claimed.guideline_version_id) == ("new_guideline", published.guideline_version_id)
    work = ann.take()
    assert (work.purpose, work.guideline_version) == ("redo", "1.1")
    assert (shown(work.next).position, mine(work.next).label, mine(work.next).stale) == (2, "incomplete", True)
    second = again(followed, work, "correct").next
    assert shown(second).position == 4
    due = ann.commit(work.id, 4, "incorrect", replaces=mine(second).id).next
    assert isinstance(due, FinishDue)
    assert (due.all_shown, due.final_answer, due.asks) == (True, "answer of a", ())
    with pytest.raises(BadInput, match="this was answered before"):
        ann.finish(work.id)
    ann.finish(work.id, None)
    rows = followed.rows(
        """SELECT n.position, n.value, n.purpose, v.version, n.visible_until FROM answers n
           JOIN guideline_versions v ON v.id = n.guideline_version_id
           WHERE n.item_id = (SELECT item_id FROM assignments WHERE id = :id) AND n.question = 'label'
           AND n.replaces IS NOT NULL ORDER BY n.position""",
        id=work.id,
    )  # fmt: skip
    expected = [(2, "correct", "redo", "1.1", 4), (4, "incorrect", "redo", "1.1", 4)]
    assert [tuple(row.values()) for row in rows] == expected
    assert ann.claim().nothing != "new_guideline"
    assert not followed.rows("SELECT 1 AS one FROM leases l JOIN assignments a ON a.id = l.assignment_id "
                             "WHERE a.purpose = 'redo'")  # fmt: skip


def test_a_label_that_comes_back_names_the_one_it_replaces(followed: World) -> None:
    followed.publish(CHANGED)
    ann = followed.expert("ann")
    work = ann.take()
    with pytest.raises(AlreadyLabelled):
        ann.commit(work.id, 2, "correct")


def test_a_stale_label_can_be_given_once_more_and_is_then_no_longer_stale(followed: World) -> None:
    followed.publish(CHANGED)
    work = followed.expert("ann").take()
    assert shown(again(followed, work, "incomplete").next).position == 4


def test_the_open_trace_comes_first_and_keeps_its_version(followed: World) -> None:
    bob = followed.expert("bob")
    open_ = bob.take()
    bob.commit(open_.id, 1, "incomplete")
    followed.publish(CHANGED)
    resumed = bob.take()
    assert (resumed.id, resumed.purpose, resumed.guideline_version) == (open_.id, "production", "1.0")
    bob.commit(open_.id, 2, "correct")
    bob.finish(open_.id)
    assert bob.take().purpose == "redo"


def test_nothing_comes_back_in_another_domain(followed: World) -> None:
    followed.publish(small("1.1", affects={"labels": ["incomplete"], "domains": ["law"]}))
    assert followed.expert("ann").take().purpose == "production"


def test_nobody_else_is_given_what_comes_back(followed: World) -> None:
    bob = followed.expert("bob")
    work = bob.take()
    for position in (1, 2):
        bob.commit(work.id, position)
    bob.finish(work.id)
    followed.publish(CHANGED)
    followed.expert("ann").take()
    followed.clock.advance(minutes=600)
    assert bob.claim().assignment is None


def test_after_the_first_error_that_is_none_any_more_the_steps_go_on(world: World) -> None:
    following(world, "stopping", "ann")
    world.add_traces(trace("a", 3))
    world.set_policy(overlap=1, stop_at_first_error=True)
    ann = world.expert("ann")
    work = ann.take()
    assert isinstance(ann.commit(work.id, 1, "incomplete").next, FinishDue)
    ann.finish(work.id, None)
    world.publish(CHANGED)
    work = ann.take()
    step = shown(again(world, work, "correct").next)
    assert (step.position, step.mine) == (2, None)
    ann.commit(work.id, 2)
    due = ann.commit(work.id, 3).next
    assert isinstance(due, FinishDue) and due.asks == ("complete", "strategy")


def test_a_renamed_label_reads_under_its_new_name(followed: World) -> None:
    names = {label["name"]: [label["name"]] for label in LABELS}
    followed.publish(
        small("1.1", affects={"labels": ["incomplete"]}, label_map={**names, "redundant": ["idle"]},
              schema={"labels": renamed("redundant", "idle")})
    )  # fmt: skip
    work = followed.expert("ann").take()
    assert [step.mine.label for step in work.done if step.mine] == ["correct", "incomplete", "idle", "incomplete"]


def test_what_was_cited_and_said_of_the_step_comes_back_with_it(followed: World) -> None:
    followed.publish(CHANGED)
    work = followed.expert("ann").take()
    cited = ({"kind": "rule", "name": "M2"},)
    again(followed, work, "incorrect", citations=cited, step_size=StepSize.TOO_COARSE)
    followed.publish(small("1.2", affects={"rules": ["M2"]}))
    ann = followed.expert("ann")
    second = ann.take().next  # what is open keeps its version
    assert shown(second).position == 4
    ann.commit(work.id, 4, "correct", replaces=mine(second).id)
    ann.finish(work.id, None)
    work = ann.take()
    label = mine(work.next)
    assert (shown(work.next).position, label.label, label.step_size) == (2, "incorrect", StepSize.TOO_COARSE)
    assert [citation.name for citation in label.citations] == ["M2"]


def test_step_size_is_kept_beside_the_label_and_can_be_taken_back(world: World) -> None:
    world.add_traces(trace("c", 2))
    bob = world.expert("bob")
    work = bob.take()
    label = bob.commit(work.id, 1, step_size=StepSize.TOO_FINE).label_id
    bob.commit(work.id, 1, "redundant", replaces=label)
    rows = world.rows("SELECT value, replaces FROM answers WHERE question = 'step_size' ORDER BY sequence")
    assert [row["value"] for row in rows] == ["too_fine", "fits"]
    assert rows[0]["replaces"] is None and rows[1]["replaces"] is not None


@pytest.mark.parametrize(("strategy", "kept"), [("forward chaining", True), ("by magic", False), (None, True)])
def test_a_strategy_is_one_of_the_guideline(followed: World, strategy: str | None, kept: bool) -> None:
    bob = followed.expert("bob")
    work = bob.take()
    for position in (1, 2):
        bob.commit(work.id, position)
    if not kept:
        with pytest.raises(BadInput, match="by magic is not asked for here"):
            bob.finish(work.id, strategy=strategy)
        return
    bob.finish(work.id, strategy=strategy)
    rows = followed.rows("SELECT value FROM answers WHERE question = 'strategy'")
    assert [row["value"] for row in rows] == ([strategy] if strategy else [])


@pytest.mark.parametrize("ending", ["give_up", "bad_problem"])
def test_what_is_handed_on_in_a_redo_does_not_come_back(followed: World, ending: str) -> None:
    followed.publish(CHANGED)
    ann = followed.expert("ann")
    work = ann.take()
    ann.end(work.id, ending)
    assert ann.take().purpose == "production"
    others = followed.expert("bob").claim().assignment
    assert (others is not None) == (ending == "give_up"), "a place is free for others where it was given up"


def test_who_no_longer_labels_leaves_the_trace_to_others(followed: World) -> None:
    followed.publish(CHANGED)
    bob, cyn = followed.expert("bob"), followed.expert("cyn")
    followed.join("cyn", Role.ANNOTATOR)
    bob.label_all()
    assert bob.claim().assignment is None, "ann can still give her labels anew"
    followed.leave("ann", Role.ANNOTATOR)
    work = bob.take()
    assert (work.purpose, shown(work.next).position, shown(work.next).mine) == ("production", 1, None)
    assert cyn.claim().assignment is None, "one person takes the place of one"
    ann_again = followed.rows("SELECT DISTINCT actor_id FROM leases WHERE project_id = :p", p=followed.project)
    assert [row["actor_id"] for row in ann_again] == [bob.id]


def test_as_many_others_take_their_place_as_the_trace_wants(followed: World) -> None:
    followed.publish(CHANGED)
    followed.join("cyn", Role.ANNOTATOR)
    followed.expert("bob").label_all()
    followed.leave("ann", Role.ANNOTATOR)
    followed.set_policy(overlap=1, overlaps=(Overlap(domain="mathematics", people=2),))
    followed.catch_up()
    for name in ("bob", "cyn"):
        assert followed.expert(name).take().purpose == "production"


def test_traces_set_aside_are_not_counted_as_coming_back(followed: World) -> None:
    bob = followed.expert("bob")
    work = bob.take()
    bob.commit(work.id, 1, "incomplete")
    bob.end(work.id, "bad_problem")
    followed.publish(CHANGED)
    rows = followed.store.read(lambda db: staleness.stale_in(db, followed.project))
    assert {row["actor_id"] for row in rows} == {followed.people["ann"]}


def test_a_label_of_another_schema_still_stops_the_trace(world: World) -> None:
    """What was an error under a guideline is one under the guideline that took its place, also without its kinds."""
    following(world, "stopping", "ann")
    world.add_traces(trace("a", 3))
    world.set_policy(overlap=1)
    ann = world.expert("ann")
    work = ann.take()
    ann.commit(work.id, 1, "incomplete")
    ann.commit(work.id, 2, "wrong-operation", rationale="it is so")
    ann.commit(work.id, 3)
    ann.finish(work.id)
    first_level = [label for label in LABELS if "parent" not in label]
    other: dict[str, Any] = {"guideline": "other", "schema": {"labels": first_level}}
    world.publish(small("1.0", "initial", **other))
    world.publish(small("1.1", affects={"labels": ["incomplete"]}, **other))
    world.set_policy(overlap=1, stop_at_first_error=True)
    work = ann.take()
    due = again(world, work, "correct").next
    assert isinstance(due, FinishDue) and not due.all_shown
    world.publish(small("1.2", affects={"labels": ["incorrect"]}, **other))
    rows = world.store.read(lambda db: staleness.stale_in(db, world.project))
    assert [row["value"] for row in rows] == ["wrong-operation"]


def test_a_label_that_became_several_is_shown_as_it_was_given(followed: World) -> None:
    names = {label["name"]: [label["name"]] for label in LABELS}
    followed.publish(
        small("1.1", label_map={**names, "redundant": ["idle", "repeated"]},
              schema={"labels": renamed("redundant", "idle", "repeated")})
    )  # fmt: skip
    work = followed.expert("ann").take()
    assert (mine(work.next).label, mine(work.next).stale) == ("redundant", True)


def test_an_alternative_shows_the_steps_before_it_under_the_names_of_today(world: World) -> None:
    names = {label["name"]: [label["name"]] for label in LABELS}
    following(world, "renaming", "ann", "bob")
    world.set_policy(overlap=2)
    world.add_traces(trace("a", 2))
    ann, bob = world.expert("ann"), world.expert("bob")
    work = ann.take()
    ann.commit(work.id, 1, "redundant")
    ann.commit(work.id, 2)
    ann.write(work.id, 2, "in other words")
    ann.finish(work.id)
    bob.label_all(["redundant"])
    schema = {"labels": renamed("redundant", "idle")}
    world.publish(small("1.1", label_map={**names, "redundant": ["idle"]}, schema=schema))
    branch = bob.take()
    assert [(step.prefix, step.mine.label) for step in branch.done if step.mine] == [(True, "idle")]


def test_each_step_of_a_redo_is_timed_from_when_it_was_shown_again(followed: World) -> None:
    followed.publish(CHANGED)
    followed.clock.advance(minutes=600)
    work = followed.expert("ann").take()
    followed.clock.advance(minutes=5)
    second = again(followed, work, "correct").next
    followed.clock.advance(minutes=3)
    followed.expert("ann").commit(work.id, 4, "correct", replaces=mine(second).id)
    rows = followed.rows("SELECT received_at - shown_at AS took FROM answers WHERE purpose = 'redo' ORDER BY position")
    assert [row["took"] / MINUTE for row in rows] == [5, 3]


def test_a_break_comes_before_the_next_step_of_a_redo(followed: World) -> None:
    followed.set_policy(overlap=1, break_after_minutes=10, remind_after_minutes=5)
    followed.publish(CHANGED)
    work = followed.expert("ann").take()
    followed.clock.advance(minutes=20)
    due = again(followed, work, "correct").next
    assert isinstance(due, BreakDue)
    followed.clock.advance(minutes=11)
    assert shown(followed.expert("ann").take().next).position == 4


def test_a_redo_waits_for_the_pilot_too(followed: World) -> None:
    followed.set_policy(overlap=1, pilot_first=True)
    followed.publish(CHANGED)
    assert followed.expert("ann").claim().nothing == "not_open"


def test_after_closing_only_the_step_that_was_open_is_taken(followed: World) -> None:
    followed.publish(CHANGED)
    ann = followed.expert("ann")
    work = ann.take()
    old = followed.value("SELECT id FROM answers WHERE position = 4 AND value = 'incomplete'")
    body = ClosingBody(reason="done")
    followed.write(lambda db: projects.close_project(db, followed.host, followed.project, body))
    again(followed, work, "correct")
    with pytest.raises(ProjectClosed):
        ann.commit(work.id, 4, "correct", replaces=old)


def test_a_reader_who_skipped_a_version_is_told_what_it_asks_for(followed: World) -> None:
    followed.publish(small("1.1", affects={"labels": ["incomplete"]}), acknowledged=False)
    last = followed.publish(small("1.2", "clarification"), acknowledged=False).guideline_version_id
    ann = followed.person("ann")
    told = followed.store.read(lambda db: versions.changes(db, ann, followed.project, last))
    assert (told.change, told.affects.labels, told.coming_back) == ("label-changing", ("incomplete",), 2)
