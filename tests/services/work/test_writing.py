"""Paths that people write: asked for, claimed, sent whole, given back, and labelled by others."""

import pytest

from cotlab.domain.coverage.writing import AskBody, TaskState
from cotlab.domain.errors import AlreadyExists, BadInput, Conflict, CotlabError, LeaseTaken, NotFound, Refused
from cotlab.domain.people import Role
from cotlab.domain.projects.gates import Gate
from cotlab.domain.projects.projects import ClosingBody
from cotlab.services.audit.event_data import rows_that_differ
from cotlab.services.audit.texts import texts_that_differ
from cotlab.services.coverage import writing_tasks
from cotlab.services.projects import projects
from cotlab.storage import Db
from cotlab.storage.calibration import calibration
from cotlab.storage.cases import cases
from cotlab.storage.work import assignments
from tests.adjudicator import adjudicators, case_on
from tests.services.work import writing
from tests.world import World

STEPS = ("let x be it", "so x = 12")


@pytest.fixture
def asked(world: World) -> World:
    """The problem w1 with one path under `algebra`, and one under `drawing` asked for; the world's own are done."""
    writing.prepare(world)
    writing.ask(world, "w1", "drawing")
    return world


def written(world: World, name: str = "ann", *steps: str) -> str:
    """The id of the trace that somebody writes."""
    writing.write(world, name, *(steps or STEPS))
    return str(world.rows("SELECT id FROM traces ORDER BY sequence")[-1]["id"])


def test_a_path_becomes_a_trace_of_its_author_and_strategy(asked: World) -> None:
    view = writing.take(asked, "ann")
    assert (view.problem.text, view.strategy.name, view.reference_answer) == ("Problem w1", "drawing", None)
    assert "12" not in view.model_dump_json() and "step" not in view.problem.model_dump_json()
    trace_id = written(asked)
    (row,) = asked.rows("SELECT * FROM traces WHERE id = :id", id=trace_id)
    assert (row["origin"], row["strategy"], row["author_id"]) == ("human", "drawing", asked.people["ann"])
    assert (row["final_answer"], row["first_position"], row["last_position"]) == ("12", 1, 2)
    steps = asked.rows("SELECT text FROM steps WHERE trace_id = :id ORDER BY position", id=trace_id)
    assert tuple(step["text"] for step in steps) == STEPS
    assert asked.value("SELECT taken FROM queue WHERE item_id = :id", id=trace_id) == 0
    assert asked.kinds()[-2:] == ["path.written", "assignment.ended"]
    assert asked.store.read(lambda db: list(texts_that_differ(db, asked.project))) == []
    assert asked.store.read(lambda db: list(rows_that_differ(db, asked.project))) == []
    assert writing.claim(asked, "ann").nothing == "nothing_open"


def test_others_label_it_and_never_its_author(asked: World) -> None:
    trace_id = written(asked)
    given: dict[str, set[str]] = {name: set() for name in ("ann", "bob", "cyn")}
    for name, items in given.items():
        expert = asked.expert(name)
        while expert.claim().assignment is not None:
            items.add(asked.value("SELECT item_id FROM leases WHERE actor_id = :id", id=expert.id))
            expert.label_all()
    assert trace_id not in given["ann"] and len(given["ann"]) == 4
    assert trace_id in given["bob"] and trace_id in given["cyn"]


def test_nor_does_the_author_decide_its_cases_or_meet_it_as_gold(asked: World) -> None:
    trace_id = written(asked)
    assert asked.store.read(lambda db: cases.worked_on(db, trace_id, asked.people["ann"]))
    assert not asked.store.read(lambda db: cases.worked_on(db, trace_id, asked.people["bob"]))
    asked.write(lambda db: _golden(db, asked, trace_id))
    for name, touched in (("ann", True), ("bob", False)):
        (row,) = asked.store.read(
            lambda db: calibration.items(db, asked.project, "mathematics", asked.people[name])  # noqa: B023
        )
        assert (row["touched"] is not None) is touched


def _golden(db: Db, world: World, trace_id: str) -> None:
    """The trace as the one gold item of a calibration set."""
    by, project = world.people["lea"], world.project
    db.add("gold_items", item_id=trace_id, project_id=project, actor_id=by, origin="imported", at=1, sequence=900)
    calibration.add_set(
        db, [(trace_id, True)], id="s" * 32, project_id=project, domain="mathematics", actor_id=by, seed=1, at=1,
        sequence=901,
    )  # fmt: skip


def test_who_labelled_other_paths_of_the_problem_is_recorded(asked: World) -> None:
    for _ in range(4):
        asked.expert("ann").label_all()
    written(asked)
    assert [one.labelled_others for one in writing.tasks(asked).tasks] == [1]
    writing.ask(asked, "w1", "guess")
    written(asked, "dan")
    assert [one.labelled_others for one in writing.tasks(asked).tasks] == [0, 1]


def test_a_problem_that_somebody_is_labelling_waits(asked: World) -> None:
    expert = asked.expert("ann")
    while True:
        open_ = expert.take()
        if open_.problem.text == "Problem w1":
            break
        expert.label_all()
    assert writing.claim(asked, "ann").nothing == "nothing_open"
    assert writing.claim(asked, "bob").writing is not None


def test_a_task_in_somebodys_hand_is_nobody_elses(asked: World) -> None:
    first = writing.take(asked, "ann")
    assert writing.take(asked, "ann").id == first.id
    assert writing.claim(asked, "bob").nothing == "nothing_open"
    (one,) = writing.tasks(asked).tasks
    assert (one.state, one.person) == (TaskState.IN_HAND, "ann")
    with pytest.raises(NotFound):
        writing.write(asked, "bob", *STEPS, assignment=first.id)


def test_a_lease_that_ran_out_goes_to_another_and_counts_until_then(asked: World) -> None:
    mine = writing.take(asked, "ann").id
    asked.clock.advance(minutes=61)
    theirs = writing.take(asked, "bob").id
    with pytest.raises(LeaseTaken):
        writing.write(asked, "ann", *STEPS, assignment=mine)
    asked.clock.advance(minutes=61)
    writing.write(asked, "bob", *STEPS, assignment=theirs)
    (one,) = writing.tasks(asked).tasks
    assert (one.state, one.person) == (TaskState.WRITTEN, "bob")


def test_opening_it_again_renews_the_lease(asked: World) -> None:
    writing.take(asked, "ann")
    asked.clock.advance(minutes=50)
    writing.take(asked, "ann")
    asked.clock.advance(minutes=50)
    assert writing.claim(asked, "bob").nothing == "nothing_open"


def test_what_was_given_back_goes_to_somebody_else(asked: World) -> None:
    writing.take(asked, "ann")
    writing.give_back(asked, "ann", "I cannot draw")
    assert writing.claim(asked, "ann").nothing == "nothing_open"
    (one,) = writing.tasks(asked).tasks
    assert one.state is TaskState.OPEN
    assert [(back.person, back.reason) for back in one.given_back] == [("ann", "I cannot draw")]
    assert writing.take(asked, "bob").strategy.name == "drawing"


def test_a_withdrawn_path_is_not_taken_and_makes_room_for_the_next(asked: World) -> None:
    mine = writing.take(asked, "ann").id
    (task,) = writing.ask(asked, "w1", "drawing")
    writing.withdraw(asked, task, reason="no drawings")
    with pytest.raises(Conflict, match="no longer wanted: no drawings"):
        writing.write(asked, "ann", *STEPS, assignment=mine)
    with pytest.raises(Conflict):
        writing.withdraw(asked, task)
    writing.ask(asked, "w1", "guess")
    assert writing.take(asked, "ann").strategy.name == "guess"
    assert [one.state for one in writing.tasks(asked).tasks] == [TaskState.IN_HAND, TaskState.WITHDRAWN]


def test_the_answer_is_shown_where_the_policy_lets_it_and_makes_labels_informed(asked: World) -> None:
    asked.set_policy(overlap=2, writers_see_answer=True)
    assert writing.take(asked, "ann").reference_answer == "12"
    written(asked)
    expert, informed = asked.expert("ann"), {}
    for _ in range(4):
        view = expert.label_all()
        informed[view.problem.text] = asked.value("SELECT informed FROM assignments WHERE id = :id", id=view.id)
    assert informed == {"Problem w1": 1, "Problem a": 0, "Problem b": 0, "Problem c": 0}


def test_who_saw_no_answer_at_the_claim_sees_none_later(asked: World) -> None:
    writing.take(asked, "ann")
    asked.set_policy(overlap=2, writers_see_answer=True)
    assert writing.take(asked, "ann").reference_answer is None


def test_only_who_may_label_in_the_domain_writes(asked: World) -> None:
    asked.set_policy(overlap=2, gate=Gate())
    assert writing.claim(asked, "ann").nothing == "not_qualified"
    asked.set_policy(overlap=2, readers_may_label=True)
    assert writing.claim(asked, "ann").writing is not None
    asked.join("bob", Role.LEAD)
    asked.set_policy(overlap=2)
    with pytest.raises(Refused):
        writing.claim(asked, "bob")


def test_a_new_guideline_is_read_first(asked: World) -> None:
    asked.publish(writing.with_strategies("1.2", *writing.STRATEGIES), acknowledged=False)
    claimed = writing.claim(asked, "ann")
    assert claimed.nothing == "new_guideline" and claimed.guideline_version_id is not None


def test_labelling_goes_on_beside_writing(asked: World) -> None:
    writing.take(asked, "ann")
    view = asked.expert("ann").take()
    assert view.purpose == "production" and asked.expert("ann").take().id == view.id


def test_the_same_path_is_not_written_twice_by_one_person(asked: World) -> None:
    writing.ask(asked, "w1", "guess")
    written(asked)
    with pytest.raises(AlreadyExists):
        writing.write(asked, "ann", *STEPS)
    writing.give_back(asked, "ann", "nothing new comes to me")
    written(asked, "bob")
    assert asked.value("SELECT count(*) AS n FROM written_paths") == 2


@pytest.mark.parametrize(
    ("problem", "strategy", "why"), [("0" * 32, "drawing", "problem_ids"), (None, "prayer", "strategies: prayer")]
)
def test_what_cannot_be_asked_for(asked: World, problem: str | None, strategy: str, why: str) -> None:
    body = AskBody(problem_ids=(problem or writing.problem_id(asked, "w1"),), strategies=(strategy,))
    with pytest.raises(BadInput, match=why):
        writing_tasks.ask(asked.store, asked.people["lea"], asked.project, body)


def test_asking_again_asks_for_nothing_more(asked: World) -> None:
    body = AskBody(problem_ids=(writing.problem_id(asked, "w1"),), strategies=("drawing", "guess"))
    answer = writing_tasks.ask(asked.store, asked.people["lea"], asked.project, body)
    assert (answer.tasks, answer.there) == (1, 1)


def test_a_closed_project_takes_no_path(asked: World) -> None:
    mine = writing.take(asked, "ann").id
    asked.write(lambda db: projects.close_project(db, asked.people["lea"], asked.project, ClosingBody(reason="done")))
    with pytest.raises(CotlabError, match="closed: done"):
        writing.write(asked, "ann", *STEPS, assignment=mine)


def test_a_path_being_written_is_no_trace_that_is_open(asked: World) -> None:
    writing.take(asked, "ann")
    asked.expert("bob").take()
    assert asked.store.read(lambda db: assignments.open_leases(db, asked.project)) == 1


def test_who_saw_the_answer_decides_no_case_of_the_problem_blind(asked: World) -> None:
    asked.set_policy(overlap=1, writers_see_answer=True)
    assert writing.take(asked, "adj").reference_answer == "12"
    while asked.expert("ann").label_all(unsure=True).problem.text != "Problem w1":
        pass
    asked.catch_up()
    (adj,) = adjudicators(asked, ["adj"])
    case = case_on(asked, "w1", 1)
    adj.take_case(case)
    assert asked.value("SELECT informed FROM assignments WHERE case_id = :c", c=case) == 1
