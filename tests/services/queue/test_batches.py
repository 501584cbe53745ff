"""What a lead gives to people by name comes first for them, is handed to nobody else, and holds up nothing."""

from collections.abc import Sequence
from typing import Any

import pytest

from cotlab.domain.calibration.pilots import PilotBody
from cotlab.domain.calibration.qualification import DecisionKind
from cotlab.domain.errors import BadInput, Conflict, LeaseTaken, NotFound
from cotlab.domain.gold import CorrectBody
from cotlab.domain.people import LeavingBody, Role
from cotlab.domain.projects.policy import MINUTE
from cotlab.domain.queue.batches import Batch, BatchBody, BatchFile, WithdrawBody
from cotlab.domain.traces.records import Problem
from cotlab.services.audit.event_data import rows_that_differ
from cotlab.services.calibration import pilots
from cotlab.services.gold import items as gold
from cotlab.services.queue import batches, explanation
from cotlab.services.reports import my_work
from cotlab.services.work import absence
from tests.services.calibration import doubting
from tests.services.calibration.calibrating import bring_gold
from tests.services.guidelines.guideline_texts import following
from tests.world import World, trace

DAY = 24 * 60 * MINUTE


@pytest.fixture
def given(world: World) -> World:
    """Six traces of which two are law; three people label, one a trace."""
    following(world, "given", "ann", "bob", "cyn")
    world.set_policy(overlap=1, gold_every=0)
    world.add_traces(
        *(trace(name, 1, id=name) for name in "abcd"),
        *(trace(name, 1, id=name, problem=_law(name)) for name in ("l1", "l2")),
    )
    return world


def _law(name: str) -> Problem:
    return Problem(text=f"Problem {name}", domain="law", tags=("appeal",) if name == "l1" else (), difficulty=4)


def make(world: World, *people: str, days: float = 3, by: str = "lea", **what: Any) -> Batch:
    due = world.clock() + round(days * DAY)
    body = BatchBody.model_validate({"people": people, "due": due, **what})
    items = world.store.read(lambda db: batches.picked(db, world.project, body))
    return world.write(lambda db: batches.make(db, world.people[by], world.project, body, items))


def listed(world: World) -> list[Batch]:
    return world.store.read(lambda db: batches.listed(db, world.project))


def shown(world: World, batch: Batch) -> BatchFile:
    return world.store.read(lambda db: batches.show(db, world.project, batch.id))


def withdraw(world: World, batch: Batch) -> Batch:
    body = WithdrawBody(reason="no longer wanted")
    return world.write(lambda db: batches.withdraw(db, world.people["lea"], world.project, batch.id, body))


def all_of(world: World, name: str) -> list[str]:
    """What a person labels until nothing is handed to them."""
    found = []
    while (claimed := world.expert(name).claim()).assignment is not None:
        found.append(claimed.assignment.problem.text.removeprefix("Problem "))
        world.expert(name).end(claimed.assignment.id, "bad_problem")
    return found


def due(world: World, name: str) -> int | None:
    person = world.person(name)
    entries = world.store.read(lambda db: my_work.queue(db, person, 0)).projects
    return next(one.due for one in entries if one.project_id == world.project)


def test_a_batch_comes_first_for_its_people_and_never_to_others(given: World) -> None:
    batch = make(given, "ann", items=("c", "l2"))
    assert (batch.traces, batch.waiting, batch.shares[0].waiting) == (2, 2, 2)
    assert sorted(all_of(given, "bob")) == ["a", "b", "d", "l1"]
    assert sorted(all_of(given, "ann")) == ["c", "l2"]
    (done,) = listed(given)
    assert (done.done, done.in_hand, done.waiting, done.given_back) == (2, 0, 0, 0)


def test_what_was_picked_for_others_before_is_not_handed_to_them(given: World) -> None:
    bob = given.expert("bob")
    bob.label_all(finish=True)  # the others are picked ahead for bob now
    left = {"a", "b", "c", "d", "l1", "l2"} - {_name(given, "bob")}
    make(given, "ann", items=tuple(sorted(left)[:3]))
    assert set(all_of(given, "bob")) == set(sorted(left)[3:])


def _name(world: World, who: str) -> str:
    return str(world.value(
        """SELECT t.external_id FROM assignments a JOIN traces t ON t.id = a.item_id WHERE a.actor_id = :w
           AND a.project_id = :p""",
        w=world.people[who], p=world.project,
    ))  # fmt: skip


def test_the_batch_that_is_due_first_comes_first(given: World) -> None:
    make(given, "ann", items=("a", "b"), days=9)
    assert due(given, "ann") == given.clock() + 9 * DAY and due(given, "bob") is None
    make(given, "ann", items=("d",), days=2)
    assert all_of(given, "ann")[0] == "d"
    assert due(given, "ann") == given.clock() + 2 * DAY, "it says nothing of what is done"
    given.clock.advance(minutes=10 * 24 * 60)
    assert due(given, "ann") == given.clock() - DAY


def test_a_second_place_waits_until_nobody_of_the_batch_is_left(given: World) -> None:
    given.set_policy(overlap=2, gold_every=0)
    make(given, "ann", "bob", items=("a",))
    assert "a" not in all_of(given, "cyn")
    assert all_of(given, "ann")[0] == "a" and all_of(given, "bob")[0] == "a"
    given.add_traces(trace("e", 1, id="e"))
    make(given, "ann", items=("e",))
    assert all_of(given, "bob") == [] and all_of(given, "ann") == ["e"] and all_of(given, "bob") == []
    given.catch_up()
    assert all_of(given, "bob") == ["e"] and listed(given)[-1].given_back == 0


@pytest.mark.parametrize("how", ["deactivated", "no longer a member", "suspended", "gave it up"])
def test_what_nobody_of_the_batch_can_take_goes_back_to_everybody(given: World, how: str) -> None:
    batch = make(given, "ann", items=("a",))
    assert "a" not in all_of(given, "bob")
    match how:
        case "deactivated":
            body = LeavingBody(person="ann", reason="left")
            (missed,) = absence.deactivate(given.store, given.host, body).missed
            assert missed.batches == (batch.id,) and missed.fields == ()
        case "no longer a member":
            given.leave("ann", Role.ANNOTATOR)
        case "suspended":
            doubting.decide(given, "ann", DecisionKind.SUSPEND)
        case _:
            given.expert("ann").end(given.expert("ann").take().id, "give_up")
    if how != "deactivated":
        given.catch_up()
    assert all_of(given, "bob") == ["a"]
    (one,) = listed(given)
    assert (one.given_back, one.waiting, one.late) == (1, 0, False)
    assert [share.away for share in one.shares] == [how == "deactivated"]


def test_a_batch_of_several_goes_on_without_one(given: World) -> None:
    make(given, "ann", "bob", items=("a", "b"), note="appeals")
    assert absence.deactivate(given.store, given.host, LeavingBody(person="ann", reason="left")).missed == ()
    assert "a" not in all_of(given, "cyn") and all_of(given, "bob") == ["a", "b"]


def test_withdrawing_ends_what_is_in_hand_and_keeps_its_labels(given: World) -> None:
    given.add_traces(trace("long", 2, id="long"))
    batch = make(given, "ann", items=("long", "a"))
    work = given.expert("ann").take()
    while work.problem.text != "Problem long":
        given.expert("ann").end(work.id, "bad_problem")
        work = given.expert("ann").take()
    given.expert("ann").commit(work.id, 1)
    ended = withdraw(given, batch)
    assert (ended.reason, ended.in_hand, ended.waiting, ended.late) == ("no longer wanted", 0, 0, False)
    with pytest.raises(LeaseTaken):
        given.expert("ann").commit(work.id, 2)
    ending = given.value("SELECT ending FROM assignment_ends WHERE assignment_id = :id", id=work.id)
    labels = given.value(
        "SELECT count(*) AS n FROM answers WHERE assignment_id = :id AND question = 'label'", id=work.id
    )
    assert (ending, labels) == ("withdrawn", 1)
    assert "long" in all_of(given, "bob") and due(given, "ann") is None
    with pytest.raises(Conflict, match="withdrawn already"):
        withdraw(given, batch)


@pytest.mark.parametrize("left", [True, False])
def test_gold_in_hand_ends_as_a_trace_of_the_batch_would(given: World, left: bool) -> None:
    bring_gold(given, "g1")
    batch = make(given, "ann", items=("a", "b"))
    if not left:
        assert all_of(given, "ann")[:2] in (["a", "b"], ["b", "a"])
        given.add_traces(trace("later", 1))
    given.set_policy(overlap=1, gold_every=1)
    work = given.expert("ann").take()
    assert work.problem.text == "Problem g1"
    withdraw(given, batch)
    if left:
        with pytest.raises(LeaseTaken):
            given.expert("ann").commit(work.id, 1)
    else:
        given.expert("ann").commit(work.id, 1)
    assert given.store.read(lambda db: list(rows_that_differ(db, given.project))) == []


def test_a_correction_of_gold_that_costs_a_qualification_gives_back_what_is_of_a_batch(world: World) -> None:
    doubting.prepare(world)
    doubting.qualify(world, "ann", "bob")
    make(world, "ann", items=("w1",))
    world.catch_up()
    for position in range(1, 5):
        body = CorrectBody(position=position, label="incomplete", justification="it is so")
        for name in ("g1", "g2"):
            item_id = doubting.item(world, name)
            world.write(lambda db: gold.correct(db, world.people["lea"], world.project, item_id, body))  # noqa: B023
    assert not doubting.stands(world, "ann").may_label
    world.catch_up()
    assert world.value("SELECT batch_id FROM queue WHERE item_id = :w", w=doubting.item(world, "w1")) is None


def test_what_others_hold_of_a_batch_since_before_is_theirs(given: World) -> None:
    given.set_policy(overlap=2, gold_every=0)
    work = given.expert("bob").take()
    name = _name(given, "bob")
    batch = make(given, "ann", items=(name,))
    withdraw(given, batch)
    given.expert("bob").commit(work.id, 1)
    labels = given.rows("SELECT assignment_id FROM answers WHERE question = 'label' AND actor_id = :b",
                        b=given.people["bob"])  # fmt: skip
    assert [row["assignment_id"] for row in labels] == [work.id]


def test_a_batch_is_late_once_its_date_is_over_and_something_is_left(given: World) -> None:
    make(given, "ann", items=("a", "b"), days=1)
    given.expert("ann").label_all()
    given.clock.advance(minutes=24 * 60 + 1)
    (one,) = listed(given)
    assert one.late and (one.done, one.waiting) == (1, 1)
    all_of(given, "ann")
    assert not listed(given)[0].late


def test_a_batch_shows_its_traces(given: World) -> None:
    given.set_policy(overlap=2, gold_every=0)
    batch = make(given, "ann", "bob", items=("a", "b", "c"))
    given.expert("ann").label_all()
    given.expert("ann").take()
    file = shown(given, batch)
    assert [one.external_id for one in file.traces] == ["a", "b", "c"]
    assert sorted((len(one.done_by), len(one.in_hand_of), one.waits) for one in file.traces) == [
        (0, 0, True), (0, 1, True), (1, 0, True),
    ]  # fmt: skip
    assert [(one.person, one.done, one.in_hand, one.waiting) for one in file.batch.shares] == [
        ("ann", 1, 1, 1), ("bob", 0, 0, 3),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        given.store.read(lambda db: batches.show(db, given.project, "0" * 32))


def test_a_slice_leaves_out_what_nobody_named_could_take(given: World) -> None:
    given.set_policy(overlap=2, gold_every=0)
    done = given.expert("ann").label_all().problem.text.removeprefix("Problem ")
    rest = {*"abcd", "l1", "l2"} - {done}
    batch = make(given, "ann", count=6)
    assert {one.external_id for one in shown(given, batch).traces} == rest
    withdraw(given, batch)
    assert make(given, "ann", "bob", count=6).traces == 6


SLICES: list[tuple[dict[str, Any], set[str]]] = [
    ({"where": {"domain": "law"}}, {"l1", "l2"}),
    ({"where": {"domain": "law", "tags": ("appeal",)}}, {"l1"}),
    ({"where": {"difficulty": 4}}, {"l1", "l2"}),
    ({"count": 6}, {"a", "b", "c", "d", "l1", "l2"}),
]


@pytest.mark.parametrize(("what", "expected"), SLICES)
def test_a_slice_of_the_queue(given: World, what: dict[str, Any], expected: set[str]) -> None:
    assert {one.external_id for one in shown(given, make(given, "ann", **what)).traces} == expected


def test_so_many_of_a_slice_are_the_first_of_the_queue(given: World) -> None:
    first = given.rows("SELECT item_id FROM queue WHERE project_id = :p ORDER BY priority, item_id", p=given.project)
    file = shown(given, make(given, "ann", count=2))
    assert {one.item_id for one in file.traces} == {row["item_id"] for row in first[:2]}


REFUSED: list[tuple[Sequence[str], dict[str, Any], str]] = [
    (("nobody",), {"count": 1}, "people: nobody does not label in this project"),
    (("dan",), {"count": 1}, "people: dan does not label in this project"),
    (("lea",), {"count": 1}, "people: lea does not label in this project"),
    (("ann",), {"count": 1, "days": -1}, "due: this time is over"),
    (("ann",), {"items": ("a", "nothing")}, "items, line 2: nothing: there is no such trace in this project"),
    (("ann",), {"where": {"domain": "chemistry"}}, "where: no trace of this is in the queue"),
    (("cyn",), {"items": ("a", "l1")}, "people: cyn is not qualified for law, of which the batch has 1 trace"),
]


@pytest.mark.parametrize(("people", "what", "sentence"), REFUSED)
def test_who_cannot_and_what_cannot_be_given_is_refused(
    given: World, people: Sequence[str], what: dict[str, Any], sentence: str
) -> None:
    doubting.decide(given, "cyn", DecisionKind.SUSPEND, "law")
    size = len(given.kinds())
    with pytest.raises(BadInput, match=sentence):
        make(given, *people, **what)
    assert len(given.kinds()) == size and given.rows("SELECT * FROM batches") == []


def test_what_is_in_a_batch_done_or_worked_on_is_refused(given: World) -> None:
    make(given, "ann", items=("a",))
    with pytest.raises(BadInput, match="is in another open batch"):
        make(given, "bob", items=("a",))
    make(given, "bob", items=("b",))
    all_of(given, "bob")
    with pytest.raises(BadInput, match="has all its labellers already"):
        make(given, "ann", items=("c",))
    given.set_policy(overlap=2, gold_every=0)
    with pytest.raises(BadInput, match="bob has worked on each of these traces already"):
        make(given, "ann", "bob", items=("c",))
    given.add_traces(trace("e", 1, id="e"))
    with pytest.raises(BadInput, match="everybody named has worked on"):
        make(given, "bob", items=("c", "e"))


def test_it_is_explained_to_the_lead(given: World) -> None:
    make(given, "ann", items=("a",))
    item_id = given.value("SELECT id FROM traces WHERE external_id = 'a' AND project_id = :p", p=given.project)
    explained = given.store.read(lambda db: explanation.explain(db, given.project, item_id))
    others = "is not in the batch that it is of"
    assert {one.person: one.why_not for one in explained.who} == {"ann": "", "bob": others, "cyn": others}


def test_a_pilot_draws_nothing_of_a_batch(given: World) -> None:
    make(given, "ann", items=("a", "b", "c", "d", "l1"))
    body = PilotBody(traces=6)
    (only,) = given.store.read(lambda db: pilots.sample(db, given.project, body))
    assert given.value("SELECT external_id FROM traces WHERE id = :id", id=only) == "l2"


def test_a_lease_of_a_batch_that_ran_out_is_taken_over_by_its_people_alone(given: World) -> None:
    make(given, "ann", "bob", items=("a",))
    given.expert("ann").take()
    given.clock.advance(minutes=61)
    assert "a" not in all_of(given, "cyn")
    assert given.expert("bob").take().problem.text == "Problem a"
