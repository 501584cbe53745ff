"""One step's label: what is taken, what is refused, what is recorded, and what comes next."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from cotlab.domain.answers import Citation, LabelBody
from cotlab.domain.errors import AlreadyExists, AlreadyLabelled, BadInput, Conflict, CotlabError, KeyReused, OutOfOrder
from cotlab.domain.work.views import FinishDue, NextStep
from cotlab.services.audit.idempotency import Request, once
from cotlab.services.reports import my_work
from cotlab.services.work import labelling
from cotlab.storage import Db
from tests.world import Expert, World, step_position, trace

LABELS = "SELECT * FROM answers WHERE question = 'label' ORDER BY sequence"


def passage(name: str, start: int, stop: int) -> tuple[Citation, ...]:
    return (Citation(kind="passage", name=name, start=start, stop=stop),)


@pytest.fixture
def ann(world: World) -> Expert:
    return world.expert("ann")


@pytest.mark.parametrize(
    ("fields", "error", "says"),
    [
        ({"position": 1, "label": "excellent"}, BadInput, "correct, redundant, incorrect, incomplete"),
        ({"position": 1, "label": "Correct"}, BadInput, "no label of step-correctness 1.0"),
        ({"position": 1, "label": "incorrect", "rationale": None}, BadInput, "needs a reason"),
        ({"position": 1, "label": "incomplete", "rationale": " \n"}, BadInput, "needs a reason"),
        ({"position": 1, "citations": passage("other", 0, 1)}, BadInput, "no passage other"),
        ({"position": 1, "citations": passage("note", 0, 99)}, BadInput, "the passage note ends before it"),
        ({"position": 2}, OutOfOrder, "step 2 was not shown"),
        ({"position": 3}, OutOfOrder, "step 3 was not shown"),
        ({"position": 4}, OutOfOrder, "step 4 was not shown"),
        ({"position": 1, "replaces": "0" * 32}, Conflict, "no label of yours"),
        ({"position": 1, "citations": (Citation(kind="passage", name="letter"),)}, BadInput, "no passage letter"),
        (
            {"position": 1, "citations": (Citation(kind="passage", name="note", start=0, stop=8),)},
            BadInput,
            "ends before",
        ),
    ],
)
def test_what_is_refused(
    world: World, ann: Expert, fields: dict[str, Any], error: type[CotlabError], says: str
) -> None:
    assignment = ann.take()
    before = world.kinds()
    with pytest.raises(error, match=says):
        ann.commit(assignment.id, **fields)
    assert world.rows(LABELS) == [] and world.kinds() == before
    assert step_position(ann.view(assignment.id)) == 1


def test_a_label_is_recorded_with_its_times_and_what_was_visible(world: World, ann: Expert) -> None:
    assignment = ann.take()
    shown_at = world.clock.now
    received_at = world.clock.advance(seconds=20)
    citations = (Citation(kind="rule", name="M7"), Citation(kind="passage", name="note", start=0, stop=4))
    committed = ann.commit(
        assignment.id, 1, "incorrect", rationale="three is not four", unsure=True, citations=citations,
        chosen_at=received_at - 5, elapsed_ms=19_000,
    )  # fmt: skip
    (row,) = world.rows(LABELS)
    expected = {
        "id": committed.label_id, "position": 1, "value": "incorrect", "rationale": "three is not four", "unsure": 1,
        "informed": 0, "visible_until": 1, "shown_at": shown_at, "chosen_at": received_at - 5,
        "received_at": received_at, "elapsed_ms": 19_000, "replaces": None, "purpose": "production",
    }  # fmt: skip
    assert {key: row[key] for key in expected} == expected
    cited = world.rows("SELECT kind, name, start, stop FROM citations ORDER BY number")
    assert [tuple(each.values()) for each in cited] == [("rule", "M7", None, None), ("passage", "note", 0, 4)]
    event = world.value("SELECT body FROM events WHERE chain = :c ORDER BY sequence DESC LIMIT 1", c=world.project)
    assert "three is not four" not in event and committed.label_id in event
    assert world.value("SELECT hash FROM events WHERE sequence = :s AND chain = :c", s=row["sequence"],
                       c=world.project) == committed.receipt  # fmt: skip


def test_one_step_after_another_then_the_answer(world: World, ann: Expert) -> None:
    assignment = ann.take()
    texts = [assignment.next.step.text if isinstance(assignment.next, NextStep) else ""]
    next_ = assignment.next
    for position in (1, 2, 3):
        view = ann.view(assignment.id)
        assert [step.text for step in view.done] == texts[:-1] and view.next == next_
        next_ = ann.commit(assignment.id, position).next
        texts += [next_.step.text] if isinstance(next_, NextStep) else []
    assert texts == ["a, step 1", "a, step 2", "a, step 3"]
    assert isinstance(next_, FinishDue)
    assert (next_.all_shown, next_.final_answer, next_.asks) == (True, "answer of a", ("complete", "strategy"))


def test_taking_back_replaces_and_shows_the_hindsight(world: World, ann: Expert) -> None:
    assignment = ann.take()
    first = ann.commit(assignment.id, 1)
    ann.commit(assignment.id, 2)
    person = world.person("ann")
    step = world.store.read(lambda db: labelling.step(db, person, assignment.id, 1))
    assert step.text == "a, step 1" and step.mine is not None and step.mine.id == first.label_id
    with pytest.raises(AlreadyLabelled) as refused:
        ann.commit(assignment.id, 1, "redundant")
    assert refused.value.details == {"label_id": first.label_id}
    world.clock.advance(seconds=9)
    second = ann.commit(assignment.id, 1, "redundant", replaces=first.label_id)
    assert step_position(second) == 3  # the place is kept
    with pytest.raises(AlreadyLabelled):
        ann.commit(assignment.id, 1, "correct", replaces=first.label_id)
    rows = world.rows(LABELS)
    assert [(row["position"], row["value"], row["visible_until"]) for row in rows] == [
        (1, "correct", 1), (2, "correct", 2), (1, "redundant", 3)
    ]  # fmt: skip
    assert rows[2]["replaces"] == first.label_id and rows[2]["shown_at"] == rows[0]["shown_at"]
    done = ann.view(assignment.id).done
    assert [step.mine.label for step in done if step.mine] == ["redundant", "correct"]


def test_an_unshown_step_cannot_be_looked_at(world: World, ann: Expert) -> None:
    assignment, person = ann.take(), world.person("ann")
    for position in (0, 2, 3, 4, 999_999):
        look = partial(labelling.step, person=person, assignment_id=assignment.id, position=position)
        with pytest.raises(OutOfOrder, match=f"step {position} was not shown to you"):
            world.store.read(look)


def test_finishing_asks_whether_every_step_is_there(world: World, ann: Expert) -> None:
    assignment = ann.take()
    with pytest.raises(OutOfOrder):
        ann.finish(assignment.id)
    for position in (1, 2, 3):
        ann.commit(assignment.id, position)
    with pytest.raises(BadInput, match="complete"):
        ann.finish(assignment.id, None)
    ann.finish(assignment.id, "no")
    rows = world.rows("SELECT position, value FROM answers WHERE question = 'complete'")
    assert [tuple(row.values()) for row in rows] == [(0, "no")]
    assert world.kinds()[-2:] == ["answer.given", "assignment.ended"]


def test_stopping_at_the_first_error_shows_neither_the_rest_nor_the_answer(world: World, ann: Expert) -> None:
    world.set_policy(stop_at_first_error=True)
    assignment = ann.take()
    ann.commit(assignment.id, 1)
    wrong = ann.commit(assignment.id, 2, "incorrect")
    stopped = FinishDue(all_shown=False, final_answer=None)
    assert wrong.next == stopped and ann.view(assignment.id).next == stopped
    with pytest.raises(OutOfOrder):
        ann.commit(assignment.id, 3)
    with pytest.raises(BadInput, match="not all steps were shown"):
        ann.finish(assignment.id, "yes")
    corrected = ann.commit(assignment.id, 2, "correct", replaces=wrong.label_id)
    assert step_position(corrected) == 3
    assert ann.commit(assignment.id, 3, "incomplete").next == stopped
    ann.finish(assignment.id, None)
    assert world.rows("SELECT 1 AS one FROM answers WHERE question = 'complete'") == []


Change = Callable[[Db], Any]


def _once(world: World, name: str, key: str | None, digest: str, change: Change) -> str:
    return world.write(lambda db: once(db, Request(world.people[name], key, digest), lambda: change(db)))


def committing(world: World, name: str, assignment_id: str, position: int) -> Change:
    person, body = world.person(name), LabelBody(position=position, label="correct")
    return lambda db: labelling.commit(db, person, assignment_id, body)


def test_the_same_key_is_answered_again_and_not_done_twice(world: World, ann: Expert) -> None:
    assignment = ann.take()
    commit = partial(committing, world, "ann", assignment.id)
    first = _once(world, "ann", "k1", "d1", commit(1))
    world.clock.advance(minutes=1)
    assert _once(world, "ann", "k1", "d1", commit(1)) == first
    with pytest.raises(KeyReused):
        _once(world, "ann", "k1", "d2", commit(2))
    for _ in range(2):  # a failure is not kept
        with pytest.raises(OutOfOrder):
            _once(world, "ann", "k2", "d3", commit(3))
    _once(world, "ann", "k2", "d2", commit(2))
    _once(world, "ann", None, "d3", commit(3))
    assert [row["position"] for row in world.rows(LABELS)] == [1, 2, 3]
    ann.finish(assignment.id)
    assert _once(world, "ann", "k1", "d1", commit(1)) == first  # also when the trace has ended meanwhile


def test_a_key_belongs_to_one_person(world: World) -> None:
    for name in ("ann", "bob"):
        _once(world, name, "k", "d", committing(world, name, world.expert(name).take().id, 1))
    assert len(world.rows(LABELS)) == 2


def test_my_past_labels_come_in_pages_the_newest_first(world: World, ann: Expert) -> None:
    world.add_traces(trace("long", 130))
    for _ in range(3):
        ann.end(ann.take().id, "give_up")
    assignment = ann.take()
    for position in range(1, 131):
        world.clock.advance(seconds=position % 2)
        ann.commit(assignment.id, position)
    bob = world.expert("bob")
    bob.commit(bob.take().id, 1)
    seen, cursor = [], None
    while True:
        read = partial(my_work.past_labels, person=world.person("ann"), project_id=world.project, cursor=cursor)
        page = world.store.read(read)
        seen += [(label.received_at, label.id) for label in page.labels]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == 130 == len(set(seen)) and seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("cursor", ["", "x", "-", "1", "12-", "1-x\x00", "1-é", "1-" + "a" * 90, "１-" + "0" * 32])
def test_a_cursor_that_no_page_gave_is_refused(world: World, cursor: str) -> None:
    with pytest.raises(BadInput, match="cursor"):
        world.store.read(lambda db: my_work.past_labels(db, world.person("ann"), world.project, cursor))


ALTERNATIVES = "SELECT id, first_position, last_position, alternative_kind, author_id FROM traces WHERE parent_id = :p"


def item_of(world: World, assignment_id: str) -> str:
    return str(world.value("SELECT item_id FROM assignments WHERE id = :id", id=assignment_id))


def test_an_alternative_branches_off_a_step_that_was_shown(world: World, ann: Expert) -> None:
    assignment = ann.take()
    ann.commit(assignment.id, 1)
    for position in (0, 3, 4):
        with pytest.raises((OutOfOrder, ValueError)):
            ann.write(assignment.id, position, "x")
    receipt = ann.write(assignment.id, 2, "said better")
    ann.write(assignment.id, 2, "first this", "then that", kind="missing")
    with pytest.raises(AlreadyExists):
        ann.write(assignment.id, 2, "said better")
    rows = sorted(tuple(row.values())[1:] for row in world.rows(ALTERNATIVES, p=item_of(world, assignment.id)))
    assert rows == [(2, 2, "rewording", ann.id), (2, 3, "missing", ann.id)]
    assert receipt.receipt in {row["hash"] for row in world.rows("SELECT hash FROM events")}
    assert step_position(ann.view(assignment.id)) == 2  # the work goes on where it was


def test_an_alternative_is_labelled_by_others_who_have_finished_its_parent(world: World) -> None:
    ann, bob, cyn = (world.expert(name) for name in ("ann", "bob", "cyn"))
    mine = ann.take()
    ann.commit(mine.id, 1)
    ann.write(mine.id, 2, "said better")
    for position in (2, 3):
        ann.commit(mine.id, position)
    ann.finish(mine.id)
    world.set_policy(overlap=1)
    for name, letters in (("ann", "b"), ("cyn", "c")):
        assert world.expert(name).label_all().problem.text == f"Problem {letters}"
    assert ann.claim().nothing == "nothing_open"  # its author
    assert cyn.claim().nothing == "nothing_open"  # has not seen the parent
    assert bob.claim().nothing == "nothing_open"
    world.set_policy(overlap=2)
    parent = bob.label_all(["redundant"], finish=False)
    world.set_policy(overlap=1)
    assert bob.take().id == parent.id
    bob.finish(parent.id)
    branch = bob.take()
    assert isinstance(branch.next, NextStep)
    assert (branch.next.step.position, branch.next.step.text) == (2, "said better")
    (prefix,) = branch.done
    assert (prefix.position, prefix.text, prefix.prefix) == (1, "a, step 1", True)
    assert prefix.mine is not None and prefix.mine.label == "redundant"  # my own label, nobody else's
    with pytest.raises(OutOfOrder):
        bob.commit(branch.id, 1)
    due = bob.commit(branch.id, 2).next
    assert isinstance(due, FinishDue) and due.all_shown and due.final_answer is None


def test_who_gave_the_parent_up_does_not_get_its_alternative(world: World) -> None:
    world.set_policy(overlap=3)
    ann, bob = world.expert("ann"), world.expert("bob")
    mine = ann.take()
    ann.write(mine.id, 1, "said better")
    bob.end(bob.take().id, "give_up")
    assert [bob.label_all().problem.text for _ in range(2)] == ["Problem b", "Problem c"]
    assert bob.claim().nothing == "nothing_open"


def test_policy_keeps_alternatives_out_of_the_queue(world: World, ann: Expert) -> None:
    world.set_policy(label_alternatives=False)
    ann.write(ann.take().id, 1, "said better")
    assert world.value("SELECT count(*) AS n FROM queue") == 3
    assert world.value("SELECT count(*) AS n FROM traces") == 4
