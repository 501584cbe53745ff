"""What labellers learn of decisions on their steps, when they do, and what it does to labels that they give anew."""

import json
from typing import Any

import pytest

from cotlab.domain.cases import DecidedCase, DecidedEntry
from cotlab.domain.errors import NotFound
from cotlab.domain.people import Role
from cotlab.services.agreement.measurement import order, report
from cotlab.services.cases import shared_decisions
from cotlab.services.reports import my_work
from tests.services.calibration import piloting
from tests.services.cases.adjudicating import case_on, decide, open_cases, to_panel
from tests.services.guidelines.guideline_texts import following, small
from tests.world import World, trace


@pytest.fixture
def split(world: World) -> World:
    """A project that follows `small 1.0`: ann says redundant and bob correct of step 2; adj has decided on correct."""
    following(world, "followed", "ann", "bob", "cyn")
    world.join("adj", Role.ADJUDICATOR)
    world.set_policy(overlap=2, second_adjudicator_share=0)
    world.add_traces(trace("a", 3))
    world.expert("ann").label_all(["correct", "redundant"], rationale="it stands above")
    world.expert("bob").label_all()
    open_cases(world)
    decide(world, case_on(world, 2), "correct", rules=("M1",), gap="nothing says when a step adds something")
    return world


def mine(world: World, name: str) -> list[DecidedEntry]:
    person = world.person(name)
    return world.store.read(lambda db: shared_decisions.mine(db, person, world.project))


def read(world: World, name: str, case_id: str) -> DecidedCase:
    person = world.person(name)
    return world.write(lambda db: shared_decisions.read(db, person, world.project, case_id))


def unread(world: World, name: str) -> int:
    person = world.person(name)
    found = world.store.read(lambda db: my_work.queue(db, person, 0))
    return next(entry.decided for entry in found.projects if entry.project_id == world.project)


def test_a_decision_is_told_to_those_who_labelled_the_step(split: World) -> None:
    case_id = case_on(split, 2)
    (one,) = mine(split, "ann")
    assert (one.case_id, one.problem, one.position, one.step) == (case_id, "Problem a", 2, "a, step 2")
    assert (one.mine, one.seen) == ("redundant", False) and one.decided_at > 0
    assert mine(split, "bob")[0].mine == "correct" and mine(split, "cyn") == mine(split, "adj") == []
    assert [unread(split, name) for name in ("ann", "bob", "cyn")] == [1, 1, 0]
    case = read(split, "ann", case_id)
    assert case.problem.text == "Problem a" and [reason.value for reason in case.reasons] == ["disagreement"]
    labels = {label.name: label for label in case.labels}
    assert labels.pop("you").label == "redundant"
    ((tree, peer),) = labels.items()
    assert peer.label == "correct" and tree not in ("ann", "bob", "adj")
    (opinion,) = case.opinions
    assert (opinion.name, opinion.label, opinion.dissent) == ("", "correct", False)
    assert opinion.citations[0].name == "M1" and opinion.rationale and opinion.gap
    other = {label.name: label.label for label in read(split, "bob", case_id).labels}
    assert other["you"] == "correct" and set(other) == {"you", next(name for name in other if name != "you")}
    for name in ("ann", "bob", "adj", *split.people.values()):
        assert name not in case.model_dump_json().replace(case_id, "")


def test_the_first_reading_of_each_decision_is_recorded(split: World) -> None:
    case_id = case_on(split, 2)
    for _ in range(2):
        read(split, "ann", case_id)
    assert split.kinds()[-1] == "decision.seen" and split.kinds().count("decision.seen") == 1
    row = split.rows("SELECT body FROM events WHERE chain = :p ORDER BY sequence DESC LIMIT 1", p=split.project)[0]
    assert json.loads(row["body"])["data"] == {"case": case_id}
    assert json.loads(row["body"])["actor"] == split.people["ann"]
    assert mine(split, "ann")[0].seen and not mine(split, "bob")[0].seen
    assert [unread(split, name) for name in ("ann", "bob")] == [0, 1]
    decide(split, case_id, "redundant")
    assert [unread(split, name) for name in ("ann", "bob")] == [1, 1] and not mine(split, "ann")[0].seen
    assert [one.label for one in read(split, "ann", case_id).opinions] == ["redundant"]
    assert split.kinds().count("decision.seen") == 2 and unread(split, "ann") == 0


def test_dissent_is_told_and_a_majority_that_is_undone_is_not(split: World) -> None:
    for name in ("ada", "art"):
        split.add_person(name)
        split.join(name, Role.ADJUDICATOR)
    split.add_traces(trace("p", 1))
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        split.expert(name).label_all([label])
    open_cases(split)
    case_id = case_on(split, 1)
    to_panel(split, case_id)
    for name, label in (("adj", "correct"), ("ada", "redundant"), ("art", "correct")):
        assert [one.case_id for one in mine(split, "ann")] == [case_on(split, 2)]
        decide(split, case_id, label, by=name)
    assert [(one.label, one.dissent) for one in read(split, "ann", case_id).opinions] == [
        ("correct", False), ("redundant", True), ("correct", False),
    ]  # fmt: skip
    decide(split, case_id, "incorrect", by="art")
    assert [one.case_id for one in mine(split, "ann")] == [case_on(split, 2)], "three think three things"
    with pytest.raises(NotFound):
        read(split, "ann", case_id)


def test_a_trace_that_comes_back_tells_nothing_until_it_is_done_again(split: World) -> None:
    case_id = case_on(split, 2)
    read(split, "bob", case_id)
    split.publish(small("1.1", affects={"labels": ["redundant"]}))
    assert mine(split, "ann") == [] and unread(split, "ann") == 0 and unread(split, "bob") == 0
    assert len(mine(split, "bob")) == 1, "no label of bob's is asked for anew"
    with pytest.raises(NotFound):
        read(split, "ann", case_id)
    ann = split.expert("ann")
    work = ann.take()
    assert work.purpose == "redo"
    ann.commit(work.id, 2, "correct", replaces=stale(work))
    with pytest.raises(NotFound):
        read(split, "ann", case_id)  # it could still be taken back
    ann.finish(work.id, None)
    assert [one.mine for one in mine(split, "ann")] == ["correct"]
    assert split.value("SELECT informed FROM answers WHERE purpose = 'redo'") == 0


def stale(work: Any) -> str:
    """The label that is to be given anew."""
    return str(work.next.step.mine.id)


def test_a_label_given_anew_after_reading_the_decision_is_not_blind(split: World) -> None:
    read(split, "ann", case_on(split, 2))
    split.publish(small("1.1", affects={"labels": ["redundant", "correct"]}))
    for name in ("ann", "bob"):
        expert = split.expert(name)
        work = expert.take()
        for position in (1, 2, 3):
            committed = expert.commit(work.id, position, "correct", replaces=stale(work))
            work = work.model_copy(update={"next": committed.next})
        expert.finish(work.id, None)
    rows = split.rows(
        """SELECT a.name, n.position, n.informed FROM answers n JOIN actors a ON a.id = n.actor_id
           WHERE n.purpose = 'redo' AND n.question = 'label' ORDER BY a.name, n.position"""
    )
    assert [tuple(row.values()) for row in rows] == [
        ("ann", 1, 0), ("ann", 2, 1), ("ann", 3, 0), ("bob", 1, 0), ("bob", 2, 0), ("bob", 3, 0),
    ]  # fmt: skip
    measured = split.store.read(
        lambda db: report(db, split.project, order(None, ["percent"], False, "small 1.1", 0, 1))
    )
    assert (measured.ratings, measured.results[0].units) == (5, 2), "step 2 has one blind label only"


def test_what_is_not_mine_or_not_done_is_one_sentence(split: World) -> None:
    split.add_traces(trace("b", 2))
    ann, bob = split.expert("ann"), split.expert("bob")
    works = {expert.name: expert.take().id for expert in (ann, bob)}
    ann.commit(works["ann"], 1, "incorrect")
    ann.commit(works["ann"], 2)
    bob.commit(works["bob"], 1)
    open_cases(split)
    first, second = case_on(split, 2), case_on(split, 1)
    decide(split, second, "incorrect")
    sentences = set()
    for name, case_id in (("ann", second), ("bob", second), ("cyn", first), ("adj", first), ("ann", "0" * 32)):
        with pytest.raises(NotFound) as refused:
            read(split, name, case_id)
        sentences.add(refused.value.sentence)
    assert len(sentences) == 1 and "decision.seen" not in split.kinds()
    ann.finish(works["ann"])
    bob.end(works["bob"], "give_up")
    assert [one.case_id for one in mine(split, "ann")] == [second, first], "the newest first"
    assert [one.case_id for one in mine(split, "bob")] == [first]
    other = split.add_project("other")
    with pytest.raises(NotFound):
        split.write(lambda db: shared_decisions.read(db, split.person("ann"), other, second), other)


def test_labels_of_a_pilot_are_told_nothing(world: World) -> None:
    following(world, "followed", "ann", "bob", "cyn", "dan")
    world.join("adj", Role.ADJUDICATOR)
    world.add_traces(trace("a", 1))
    piloting.start(world, traces=1)
    world.expert("ann").label_all(["redundant"])
    world.expert("bob").label_all()
    piloting.open_production(world, "in time")
    for name, label in (("cyn", "redundant"), ("dan", "correct")):
        world.expert(name).label_all([label])
    open_cases(world)
    decide(world, case_on(world, 1), "correct")
    assert [len(mine(world, name)) for name in ("ann", "bob", "cyn", "dan")] == [0, 0, 1, 1]


@pytest.mark.parametrize("decision", ["usable", "bad_problem"])
def test_whether_a_problem_can_be_used_is_told_to_who_finished_and_who_said_no(split: World, decision: str) -> None:
    split.add_traces(trace("b", 1))
    split.expert("ann").label_all()
    bob = split.expert("bob")
    bob.end(bob.take().id, "bad_problem", "it is blurred")
    open_cases(split)
    case_id = case_on(split, 0)
    decide(split, case_id, decision, rules=())
    entries = [mine(split, name)[0] for name in ("ann", "bob")]
    assert [(one.case_id, one.position, one.step, one.mine) for one in entries] == [
        (case_id, 0, None, None), (case_id, 0, None, "bad_problem"),
    ]  # fmt: skip
    case = read(split, "ann", case_id)
    assert (case.labels, case.step, [one.label for one in case.opinions]) == ((), None, [decision])
    assert "blurred" not in case.model_dump_json()
    assert all(one.case_id != case_id for one in mine(split, "cyn"))
