"""Questions to the lead: asked about what was shown, answered by a rule, a default or no change."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from cotlab.domain.errors import BadInput, LeaseTaken, NoGuideline, NotFound, OutOfOrder, ProjectClosed, Refused
from cotlab.domain.guidelines.questions import AnswerBody, QuestionBody
from cotlab.domain.people import Role
from cotlab.domain.projects.projects import ClosingBody
from cotlab.services.audit.verification import sha256_or_none
from cotlab.services.guidelines import questions
from cotlab.services.projects import projects
from tests.services.calibration.piloting import answer, ask, asked
from tests.world import World, guideline_text


def mine(world: World, name: str) -> list[Any]:
    person = world.person(name)
    return world.store.read(lambda db: questions.mine(db, person, world.project))


def answered_count(world: World, name: str) -> int:
    return world.store.read(lambda db: questions.answered_count(db, world.people[name], world.project))


def test_a_question_goes_to_the_lead_with_its_step_and_comes_back_answered(world: World) -> None:
    ann = world.expert("ann")
    assignment = ann.take()
    ann.commit(assignment.id, 1)
    receipt = ask(world, "ann", assignment.id, 2, "is this a leap?")
    (one,) = asked(world)
    item = world.value("SELECT item_id FROM assignments")
    assert (one.person, one.text, one.position, one.step, one.item_id) == (
        "ann", "is this a leap?", 2, "a, step 2", item,
    )  # fmt: skip
    assert (one.guideline_version, one.domain, one.answer, one.asked_at) == (
        "step-correctness 1.0", "mathematics", None, world.clock.now,
    )  # fmt: skip
    event = json.loads(world.value("SELECT body FROM events WHERE hash = :hash", hash=receipt.receipt))
    assert event["data"]["sha256"] == sha256_or_none("is this a leap?") and "leap" not in json.dumps(event)
    world.clock.advance(minutes=5)
    answer(world, one.id, resolution="rule", rule="M6", text="one routine operation is none")
    (back,) = mine(world, "ann")
    assert (back.person, back.item_id) == ("", None), "nothing beyond the question itself comes back"
    assert back.answer.model_dump(mode="json") == {
        "resolution": "rule", "rule": "M6", "text": "one routine operation is none", "to_all": False,
    }  # fmt: skip
    assert back.answered_at == world.clock.now and mine(world, "bob") == []


def test_a_later_answer_counts_and_the_first_is_kept(world: World) -> None:
    ask(world, "ann")
    (one,) = asked(world)
    answer(world, one.id, text="first")
    answer(world, one.id, resolution="default", rule="M4", text="second")
    (found,) = asked(world)
    assert found.answer is not None and found.answer.text == "second"
    assert world.value("SELECT count(*) AS n FROM question_answers") == 2
    assert world.kinds()[-2:] == ["question.answered", "question.answered"]


def test_an_answer_to_all_is_read_by_everybody_without_step_and_name(world: World) -> None:
    assignment = world.expert("ann").take()
    ask(world, "ann", assignment.id, 1, "a leap?")
    ask(world, "bob", text="between the two")
    about_step, between = reversed(asked(world))
    answer(world, about_step.id, text="none, anywhere", to_all=True)
    answer(world, between.id, text="for bob alone")
    rows = world.rows("SELECT body FROM events WHERE chain = :p ORDER BY sequence", p=world.project)
    event = json.loads(rows[-2]["body"])
    assert event["data"]["to_all"] is True
    own, (told,) = mine(world, "ann")[0], mine(world, "cyn")
    assert (own.mine, own.position, own.step is not None, own.person) == (True, 1, True, "")
    assert (told.mine, told.person, told.item_id, told.position, told.step) == (False, "", None, None, None)
    assert (told.text, told.answer.text, told.answer.to_all) == ("a leap?", "none, anywhere", True)
    assert [one.mine for one in mine(world, "bob")] == [True, False]
    assert [answered_count(world, name) for name in ("ann", "bob", "cyn", "adj")] == [1, 2, 1, 1]
    assert {one.person for one in asked(world)} == {"ann", "bob"}
    answer(world, about_step.id, text="on second thoughts")
    assert mine(world, "cyn") == [] and answered_count(world, "cyn") == 0, "the later answer counts"


def test_the_newest_come_first_and_open_ones_can_be_asked_for(world: World) -> None:
    for name in ("ann", "bob", "ann"):
        ask(world, name, text=f"of {name}")
    assert [one.person for one in asked(world)] == ["ann", "bob", "ann"]
    answer(world, asked(world)[0].id)
    assert [one.person for one in asked(world, only_open=True)] == ["bob", "ann"]
    ask(world, "ann", text="the last")
    assert [[one.text for one in mine(world, name)] for name in ("ann", "bob", "cyn")] == [
        ["the last", "of ann", "of ann"], ["of bob"], [],
    ]  # fmt: skip
    counts = [answered_count(world, name) for name in ("ann", "bob")]
    assert counts == [1, 0]


def test_only_what_was_shown_can_be_asked_about(world: World) -> None:
    assignment = world.expert("ann").take()
    for position in (2, 9):
        with pytest.raises(OutOfOrder, match=f"step {position} was not shown"):
            ask(world, "ann", assignment.id, position)
    with pytest.raises(NotFound):
        ask(world, "bob", assignment.id, 1)
    with pytest.raises(BadInput, match="position: "):
        ask(world, "ann", None, 1)
    ask(world, "ann", assignment.id)
    assert asked(world)[0].step is None and asked(world)[0].domain == "mathematics"
    world.expert("ann").end(assignment.id, "give_up")
    with pytest.raises(LeaseTaken):
        ask(world, "ann", assignment.id, 1)
    assert world.value("SELECT count(*) AS n FROM questions") == 1


def test_who_was_removed_and_a_closed_project_ask_nothing(world: World) -> None:
    assignment = world.expert("ann").take()
    world.leave("ann", Role.ANNOTATOR)
    with pytest.raises(Refused):
        ask(world, "ann", assignment.id, 1)
    ask(world, "bob")
    open_trace = world.expert("bob").take()
    closing = ClosingBody(reason="done")
    world.write(lambda db: projects.close_project(db, world.host, world.project, closing))
    with pytest.raises(ProjectClosed):
        ask(world, "bob")
    with pytest.raises(ProjectClosed):
        ask(world, "bob", open_trace.id, 1)
    with pytest.raises(ProjectClosed):
        answer(world, asked(world)[0].id)


def test_the_rule_of_an_answer_is_one_of_the_version_in_force_for_the_item(world: World) -> None:
    assignment = world.expert("ann").take()
    ask(world, "ann", assignment.id, 1)
    ask(world, "ann")
    about_all, about_step = asked(world)
    new = guideline_text("1.1", "clarification").replace("### M4 ", "### X1 ", 1)
    world.publish(new, domain="mathematics")
    for question, rule, version in ((about_step, "M4", r"1\.1"), (about_all, "X1", r"1\.0")):
        with pytest.raises(BadInput, match=rf"rule: step-correctness {version}, which is in force, has no rule {rule}"):
            answer(world, question.id, resolution="rule", rule=rule)
    answer(world, about_step.id, resolution="default", rule="X1")
    answer(world, about_all.id, resolution="rule", rule="M4")
    assert asked(world, only_open=True) == []


def test_a_question_of_another_project_is_not_there(world: World) -> None:
    ask(world, "ann")
    (one,) = asked(world)
    other = world.add_project("other")
    world.join("ann", Role.ANNOTATOR, other)
    body = AnswerBody.model_validate({"resolution": "no_change", "text": "x"})
    for project, question in ((other, one.id), (world.project, "0" * 32)):
        with pytest.raises(NotFound, match="no such question"):
            world.write(lambda db, p=project, q=question: questions.answer(db, world.host, p, q, body), project)  # type: ignore[misc]
    with pytest.raises(NoGuideline):
        world.write(lambda db: questions.ask(db, world.person("ann"), other, QuestionBody(text="x")), other)


@pytest.mark.parametrize(
    ("resolution", "rule", "good"),
    [("rule", "M4", True), ("default", "M4", True), ("no_change", None, True), ("no_change", "M4", False),
     ("rule", None, False), ("default", None, False), ("rule", "no rule", False), ("maybe", "M4", False)],
)  # fmt: skip
def test_an_answer_names_a_rule_exactly_where_one_decides(resolution: str, rule: str | None, good: bool) -> None:
    body = {"resolution": resolution, "rule": rule, "text": "so"}
    if good:
        assert AnswerBody.model_validate(body).rule == rule
    else:
        with pytest.raises(ValidationError):
            AnswerBody.model_validate(body)
