"""Opinions of traces and pairs: what a model is told of them, and that each is asked for once."""

from typing import Any

import pytest

from cotlab.domain.drafts.opinions import OpinionsAsked
from cotlab.domain.errors import BadInput, NotFound
from cotlab.domain.traces.records import Passage, Problem
from cotlab.drafting.driver import Scores
from cotlab.services.drafts import opinion_requests, requests
from tests.drafting.choosing import Chooser, behind
from tests.services.drafts import drafted, opined
from tests.services.work import comparing
from tests.world import World, guideline_text, trace


def likes(*_: object) -> float:
    return 0.0


def test_a_trace_gets_an_opinion_of_each_step_by_the_guideline_in_force(world: World) -> None:
    drafted.add_model(world)
    made = drafted.ask(world, kind="label_opinion", position=None, number=1)
    assert (made.wanted, made.position, made.answers) == (3, None, 3)
    driver = Chooser(likes)
    opined.give(world, driver)
    found = world.store.read(lambda db: requests.report(db, world.project, made.id))
    assert [(one.item_id, one.position) for one in found.drafts] == [(drafted.item(world), n) for n in (1, 2, 3)]
    assert {*found.drafts[0].document["probabilities"]} == {"correct", "redundant", "incorrect", "incomplete"}
    assert found.drafts[0].document["guideline"] == "step-correctness 1.0"
    rules = driver.asked[0].messages[0].content
    assert "it adds what is false, or does not follow" in rules and "After a wrong step: what follows validly" in rules
    assert len(driver.asked) == 12 and "a, step 3" not in driver.asked[7].messages[1].content


def test_a_prompt_holds_no_answer_no_label_and_no_later_step(world: World) -> None:
    drafted.add_model(world)
    problem = Problem(text="Problem z", domain="mathematics", reference_answer="SECRET")
    world.add_traces(trace("z", problem=problem, final_answer="SECRET", texts=["one", "two", "SECRET step"]))
    world.expert("ann").label_all(["incorrect"], rationale="SECRET", finish=False)
    driver = Chooser(likes)
    drafted.ask(world, "z", kind="label_opinion", position=2)
    opined.give(world, driver)
    assert len(driver.asked) == 4 and not any("SECRET" in prompt.model_dump_json() for prompt in driver.asked)


def test_a_pair_gets_an_opinion_in_its_own_order(world: World) -> None:
    world.set_policy(drafts=[{"task": "pairs"}])
    comparing.prepare(world)
    comparing.add(world, comparing.pair("p"))
    drafted.add_model(world)
    item = world.value("SELECT id FROM traces WHERE task = 'pairs'")
    first = world.value("SELECT first_text FROM pairs")
    driver = Chooser(lambda _, response: 2.0 if response == first else 0.0)
    made = drafted.ask(world, kind="pair_opinion", item_id=item, position=None)
    opined.give(world, driver)
    (found,) = world.store.read(lambda db: requests.report(db, world.project, made.id)).drafts
    assert (found.item_id, found.position, found.document["preference"]) == (item, 1, "first")
    assert "secret" not in "".join(prompt.model_dump_json() for prompt in driver.asked)
    assert {behind(prompt)["A"] for prompt in driver.asked} == {"one of p", "other of p"}


@pytest.mark.parametrize(
    ("wrong", "error", "why"),
    [
        ({"position": 4}, BadInput, "has no step 4"),
        ({"item_id": None}, BadInput, "label_opinion is of a trace"),
        ({"item_id": "x"}, NotFound, "no trace x"),
        ({"kind": "pair_opinion"}, BadInput, "is a trace, and pair_opinion is of a pair"),
        ({"kind": "pair_opinion", "position": 1}, BadInput, "pair_opinion is of a pair"),
    ],
)
def test_what_no_opinion_is_of_is_refused(world: World, wrong: dict[str, Any], error: type, why: str) -> None:
    drafted.add_model(world)
    with pytest.raises(error, match=why):
        drafted.ask(world, **{"kind": "label_opinion", "position": None} | wrong)
    assert world.rows("SELECT * FROM draft_requests") == []


def test_what_is_asked_in_bulk_is_asked_once_and_goes_on_with_what_is_missing(world: World) -> None:
    drafted.add_model(world)
    traces = world.value("SELECT count(*) FROM traces")
    assert traces > 2
    first = opined.ask(world, most=2)
    assert first.asked == 2 and opined.ask(world, most=traces, after=first.next) == OpinionsAsked(asked=traces - 2)
    assert opined.ask(world).asked == 0
    before = opined.progress(world)["label_opinion", "small"]
    assert (before.done, before.waiting, before.failed, before.opinions) == (0, traces, 0, 0)
    assert opined.give(world, Chooser(likes)) == traces
    after = opined.progress(world)["label_opinion", "small"]
    assert (after.done, after.waiting, after.failed) == (traces, 0, 0)
    assert after.opinions == world.value("SELECT count(*) FROM steps")
    assert opined.ask(world).asked == 0
    world.add_traces(trace("new"))
    drafted.add_model(world, "other")
    assert (opined.ask(world).asked, opined.ask(world, model="other").asked) == (1, traces + 1)


def test_what_failed_is_asked_for_again(world: World) -> None:
    drafted.add_model(world)
    opined.ask(world)

    class Blind(Chooser):
        def option_log_probabilities(self, *_: object) -> Scores:
            raise BadInput("options: two of them cannot be told apart")

    worker = drafted.worker(world, Blind(likes))
    assert worker.draft_next()
    found = opined.progress(world)["label_opinion", "small"]
    assert (found.failed, found.sentence) == (1, "options: two of them cannot be told apart")
    opined.give(world, Chooser(likes))
    assert opined.ask(world).asked == 1
    opined.give(world, Chooser(likes))
    assert opined.progress(world)["label_opinion", "small"].failed == 0


def test_new_labels_are_opined_on_anew_and_a_clarification_changes_nothing(world: World) -> None:
    drafted.add_model(world)
    opined.ask(world)
    opined.give(world, Chooser(likes))
    world.publish(guideline_text("1.1", "clarification"))
    assert opined.ask(world).asked == 0
    text = guideline_text("2.0", "label-changing\naffects: {labels: [correct]}")
    world.publish(text)
    assert opined.ask(world).asked == world.value("SELECT count(*) FROM traces")


def test_what_the_policy_refuses_is_left_out_and_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drafted.add_model(world)
    world.set_policy(drafts=[{"domain": "law", "who": "none"}])
    world.add_traces(*(trace(f"l{number}", domain="law") for number in range(5)))
    monkeypatch.setattr(opinion_requests, "ITEMS_A_CALL", 3)
    calls = [opined.ask(world)]
    while calls[-1].next is not None:
        calls.append(opined.ask(world, after=calls[-1].next))
    assert (sum(one.asked for one in calls), sum(one.refused for one in calls)) == (3, 5) and len(calls) > 2
    said = {one.sentence for one in calls if one.refused}
    assert said == {"By the policy (drafts) nobody may ask for drafts of steps of the domain law."}
    comparing.prepare(world)
    comparing.add(world, comparing.pair("p"))
    assert opined.ask(world, "pair_opinion").refused == 1


def test_a_slice_alone_can_be_asked_for(world: World) -> None:
    drafted.add_model(world)
    world.add_traces(*(
        trace(name, problem=Problem(text=name, domain="law", tags=("contract", name))) for name in ("l1", "l2")
    ))  # fmt: skip
    assert opined.ask(world, where={"domain": "law", "tags": ["contract"]}, most=1).next
    assert opined.ask(world, where={"tags": ["l1"]}).asked + opined.ask(world, where={"tags": ["l2"]}).asked == 1
    assert opined.ask(world, where={"tags": ["none"]}) == OpinionsAsked(asked=0)


def test_a_model_reads_the_passages_of_a_problem(world: World) -> None:
    drafted.add_model(world)
    passage = Passage(name="Clause 4", text="Notice is three months.")
    problem = Problem(text="Problem p", domain="mathematics", passages=(passage,))
    world.add_traces(trace("p", problem=problem))
    driver = Chooser(likes)
    drafted.ask(world, "p", kind="label_opinion", position=1)
    opined.give(world, driver)
    asked = driver.asked[0].model_dump_json()
    assert "Problem p" in asked and "Clause 4" in asked and "Notice is three months." in asked
