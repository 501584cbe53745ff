"""A version that changes labels brings exactly those back to their people, once they have read it."""

import pytest

from cotlab.domain.answers import StepSize
from cotlab.domain.errors import AlreadyLabelled, BadInput
from cotlab.domain.people import Role
from cotlab.domain.views import AssignmentView, Committed, FinishDue, MyLabel, NextStep, StepView
from tests.services.guideline_texts import LABELS, renamed, small
from tests.world import World, trace

CHANGED = small("1.1", affects={"labels": ["incomplete"]})


@pytest.fixture
def followed(world: World) -> World:
    """A project that follows `small 1.0`, in which ann has labelled and finished a trace."""
    world.project = world.add_project("followed", "lea")
    for name in ("ann", "bob"):
        world.join(name, Role.ANNOTATOR)
    world.publish(small("1.0", "initial"))
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
    world.project = world.add_project("stopping", "lea")
    world.join("ann", Role.ANNOTATOR)
    world.publish(small("1.0", "initial"))
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
