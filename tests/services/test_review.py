"""What looked right and was not: each test is the shortest way to a fault that was there once."""

import pytest

from cotlab.domain.errors import AlreadyExists, BadInput, ProjectClosed
from cotlab.domain.people import Role
from cotlab.domain.projects.projects import ClosingBody
from cotlab.services.projects import projects
from tests.world import World, guideline_text, trace


def close(world: World) -> None:
    body = ClosingBody(reason="it is over")
    world.write(lambda db: projects.close_project(db, world.host, world.project, body))


def test_an_alternative_goes_only_to_those_who_saw_the_steps_before_it(world: World) -> None:
    world.set_policy(overlap=2, stop_at_first_error=True)
    ann, bob = world.expert("ann"), world.expert("bob")
    ann.label_all(["incorrect"])
    assignment = bob.take()
    for position in (1, 2):
        bob.commit(assignment.id, position)
    bob.write(assignment.id, 3, "written by bob")
    ann.label_all(["incorrect"])
    ann.label_all(["incorrect"])
    assert ann.claim().nothing == "nothing_open", "she stopped at step 1 and never saw step 2"


def test_an_alternative_does_not_tell_what_others_wrote(world: World) -> None:
    ann, bob = world.expert("ann"), world.expert("bob")
    for expert in (ann, bob):
        assignment = expert.take()
        expert.write(assignment.id, 1, "the same words")
        with pytest.raises(AlreadyExists):
            expert.write(assignment.id, 1, "the same words")


def test_a_domain_without_a_guideline_does_not_hold_up_the_others(world: World) -> None:
    other = world.add_project("two domains")
    world.join("ann", Role.ANNOTATOR, other)
    world.publish(guideline_text(), other, domain="law")
    world.add_traces(*(trace(f"m{number}", domain="mathematics") for number in range(70)), project=other)
    world.add_traces(trace("l", domain="law"), project=other)
    claimed = world.expert("ann").claim(other)
    assert claimed.assignment is not None and claimed.assignment.problem.domain == "law"


def test_a_label_is_mapped_by_the_version_it_was_given_under(world: World) -> None:
    world.set_policy(overlap=1)
    world.expert("ann").label_all(["redundant"])
    stricter = guideline_text("1.1", "clarification").replace("guideline: step-correctness", "guideline: law-steps")
    head, _, rest = stricter.partition("name: redundant")
    world.publish(head + "name: redundant" + rest.replace("correctness: true", "correctness: false", 1), domain="law")
    content, _ = world.export("trl-stepwise", "settled", "correctness")
    assert b'"labels":[true,true,true]' in content


def test_a_mapping_fits_only_where_every_version_has_it(world: World) -> None:
    world.set_policy(overlap=1)
    world.expert("ann").label_all()
    stricter = guideline_text("1.1", "label-changing").replace("correctness:", "strictness:")
    world.publish(stricter.replace("schema:", "affects: {labels: [incomplete]}\nschema:", 1))
    with pytest.raises(BadInput, match="strictness does not fit"):
        world.export("trl-stepwise", "settled", "strictness")


def test_an_alternative_of_the_first_step_goes_out_once(world: World) -> None:
    world.set_policy(overlap=1)
    ann, bob = world.expert("ann"), world.expert("bob")
    assignment = ann.take()
    ann.write(assignment.id, 1, "in other words")
    for position in (1, 2, 3):
        ann.commit(assignment.id, position)
    ann.finish(assignment.id)
    world.set_policy(overlap=2)
    for _ in range(4):
        bob.label_all()
    content, _ = world.export("native", "each")
    assert content.count(b"in other words") == 1


def test_who_ever_read_the_answers_of_others_is_informed(world: World) -> None:
    world.set_policy(overlap=2, readers_may_label=True)
    ann = world.expert("ann")
    assignment = ann.take()
    ann.commit(assignment.id, 1)
    world.join("ann", Role.EXPORTER)
    ann.commit(assignment.id, 2)
    world.leave("ann", Role.EXPORTER)
    ann.commit(assignment.id, 3)
    rows = world.rows("SELECT informed FROM answers WHERE question = 'label' ORDER BY position")
    assert [row["informed"] for row in rows] == [0, 1, 1]


def test_a_closed_project_takes_the_open_step_alone(world: World) -> None:
    ann = world.expert("ann")
    assignment = ann.take()
    first = ann.commit(assignment.id, 1)
    close(world)
    with pytest.raises(ProjectClosed):
        ann.commit(assignment.id, 1, "redundant", replaces=first.label_id)
    assert ann.commit(assignment.id, 2).next.kind == "withdrawn"
    with pytest.raises(ProjectClosed):
        ann.commit(assignment.id, 2, "redundant")


def test_a_new_project_has_its_policy_as_a_row(world: World) -> None:
    project = world.add_project("fresh")
    assert world.kinds(project) == ["policy.set"]


def test_a_source_cannot_pass_for_an_annotator(world: World) -> None:
    world.set_policy(overlap=1)
    step = {"text": "x", "labels": ({"source": "annotator-0123456789ab", "value": "correct"},)}
    world.add_traces(trace("d").model_validate({"problem": {"text": "d"}, "steps": (step,)}))
    for _ in range(4):
        world.expert("ann").label_all()
    content, _ = world.export("native", "each")
    assert b'"source":"imported annotator-0123456789ab"' in content
