"""Cases that a check opens: what it says against labels, whichever of both came first."""

import json
from collections.abc import Sequence

import pytest

from cotlab.domain.answers import Citation
from cotlab.domain.cases import ChoiceBody, ClaimCaseBody
from cotlab.domain.projects.case_reasons import USUAL, CaseReason
from cotlab.domain.projects.gates import Checks
from cotlab.domain.traces.records import Problem, Trace
from cotlab.services.cases import adjudication, case_files, decision
from tests.services.cases.adjudicating import case_on, decide
from tests.services.checks.checked import check
from tests.world import World, guideline_text, trace

SUMS = ["1 + 1 = 2", "2 + 2 = 5", "So it is 5."]
PROBLEM = Problem(text="What is 2 + 2?", domain="mathematics", reference_answer="4")
CALCULATING = guideline_text("1.1", "clarification\ncalculation: [M1]")


def sums(name: str = "sums", texts: Sequence[str] = SUMS, answer: str | None = "5") -> Trace:
    return trace(name, texts=list(texts), problem=PROBLEM, final_answer=answer)


def label(world: World, *labels: str, people: Sequence[str] = ("ann", "bob"), rules: Sequence[str] = ()) -> None:
    citations = tuple(Citation(kind="rule", name=rule) for rule in rules)
    for name in people:
        world.expert(name).label_all(labels, citations=citations)


def opened(world: World) -> dict[int, list[str]]:
    """Position -> why the newest case there is due."""
    world.catch_up()
    rows = world.rows(
        "SELECT position, reasons FROM due_cases WHERE project_id = :p ORDER BY position", p=world.project
    )
    return {row["position"]: json.loads(row["reasons"]) for row in rows}


@pytest.fixture
def bare(world: World) -> World:
    """The project under the shipped guideline, with one trace whose second step and answer are wrong."""
    world.write(lambda db: db.run("DELETE FROM queue"))
    world.add_traces(sums())
    return world


@pytest.mark.parametrize("labels_first", [True, False])
def test_a_refuted_claim_under_a_right_label_opens_a_case_whichever_came_first(bare: World, labels_first: bool) -> None:
    for act in (label, check) if labels_first else (check, label):
        bare.catch_up()
        act(bare)
    assert opened(bare) == {2: ["refuted_claim"]}


def test_a_refuted_claim_keeps_a_step_unsettled_until_somebody_decides(bare: World) -> None:
    label(bare)
    check(bare)
    bare.catch_up()
    assert bare.export()[1].steps_dropped["refuted_claim"] == 1
    decide(bare, case_on(bare, 2), "incorrect")
    assert opened(bare) == {}, "with a bad step the wrong answer is explained"
    assert "refuted_claim" not in bare.export()[1].steps_dropped


def test_a_decision_that_knew_the_verdict_stands(bare: World) -> None:
    label(bare)
    check(bare)
    bare.catch_up()
    decide(bare, case_on(bare, 2), "correct")
    assert opened(bare) == {0: ["wrong_answer_no_bad_step"]}


def test_the_same_found_under_another_setting_opens_no_case_again(bare: World) -> None:
    label(bare)
    check(bare)
    bare.catch_up()
    decide(bare, case_on(bare, 2), "correct")
    bare.catch_up()
    decide(bare, case_on(bare, 0), "usable", rules=())
    assert opened(bare) == {}
    bare.set_policy(checks=Checks.ALL_KINDS)
    check(bare)
    assert opened(bare) == {}
    assert "refuted_claim" not in bare.export()[1].steps_dropped


def test_what_only_another_setting_refutes_is_new_to_a_decision(world: World) -> None:
    world.write(lambda db: db.run("DELETE FROM queue"))
    world.add_traces(sums(texts=["3x + 6 = 15", "So 3x = 10."], answer=None))
    label(world, people=("ann",))
    label(world, "correct", "redundant", people=("bob",))
    check(world)
    assert opened(world) == {2: ["disagreement"]}
    decide(world, case_on(world, 2), "correct")
    assert opened(world) == {}
    world.set_policy(checks=Checks.ALL_KINDS)
    check(world)
    assert opened(world) == {2: ["refuted_claim"]}


def test_a_later_label_that_says_what_was_decided_opens_no_case_again(bare: World) -> None:
    ann = bare.expert("ann")
    taken = ann.take()
    first = [ann.commit(taken.id, position) for position in (1, 2)][1]
    label(bare, people=("bob",))
    check(bare)
    assert opened(bare) == {2: ["refuted_claim"]}
    decide(bare, case_on(bare, 2), "correct")
    ann.commit(taken.id, 2, replaces=first.label_id, rationale="I looked again")
    assert opened(bare) == {}
    ann.commit(taken.id, 3)
    ann.finish(taken.id)
    assert opened(bare) == {0: ["wrong_answer_no_bad_step"]}
    assert "refuted_claim" not in bare.export()[1].steps_dropped


def test_a_label_that_says_so_needs_no_case(bare: World) -> None:
    label(bare, "correct", "incorrect", "correct")
    check(bare)
    assert opened(bare) == {}


def test_where_checks_are_off_nothing_opens(bare: World) -> None:
    label(bare)
    check(bare)
    bare.set_policy(checks=Checks.OFF)
    assert opened(bare) == {}
    bare.set_policy(checks=Checks.DEFAULT)
    assert set(opened(bare)) == {2}


def test_an_older_export_does_not_know_what_was_found_later(bare: World) -> None:
    label(bare)
    before = bare.value("SELECT max(sequence) FROM events WHERE chain = :p", p=bare.project)
    check(bare)
    assert "refuted_claim" not in bare.export(as_of=before)[1].steps_dropped
    assert bare.export()[1].steps_dropped["refuted_claim"] == 1


@pytest.mark.parametrize(("rules", "reasons"), [(("M1",), {1: ["verified_error"]}), (("M2",), {}), ((), {})])
def test_a_sum_that_holds_under_an_error_of_calculation(
    bare: World, rules: Sequence[str], reasons: dict[int, list[str]]
) -> None:
    bare.publish(
        CALCULATING.replace('version: "1.0"', 'version: "1.1"').replace("change: initial", "change: clarification")
    )
    label(bare, "incorrect", "incorrect", "correct", rules=rules)
    check(bare)
    assert opened(bare) == reasons


def test_the_answer_is_decided_and_the_case_does_not_come_back(bare: World) -> None:
    label(bare)
    check(bare)
    bare.catch_up()
    decide(bare, case_on(bare, 2), "correct")
    bare.catch_up()
    decide(bare, case_on(bare, 0), "answer_right", rules=())
    assert opened(bare) == {}
    assert bare.expert("cyn").claim().nothing == "nothing_open", "it needs no more labels"


def test_a_right_answer_with_a_bad_step_opens_only_where_it_is_asked_for(world: World) -> None:
    world.write(lambda db: db.run("DELETE FROM queue"))
    world.add_traces(sums(answer="4"))
    label(world, "correct", "incorrect", "correct")
    check(world)
    assert opened(world) == {}
    world.set_policy(open_cases_on=(*USUAL, CaseReason.RIGHT_ANSWER_BAD_STEP))
    assert opened(world) == {0: ["right_answer_bad_step"]}


def test_a_wrong_answer_without_a_bad_step_opens_a_case_on_the_whole_trace(world: World) -> None:
    world.write(lambda db: db.run("DELETE FROM queue"))
    world.add_traces(sums(texts=["We add.", "So it is 5."]))
    label(world)
    assert opened(world) == {}
    check(world)
    assert opened(world) == {0: ["wrong_answer_no_bad_step"]}
    assert world.export()[1].steps_dropped == {}, "it holds back no settled step"


def test_an_unfinished_trace_is_not_judged(bare: World) -> None:
    check(bare)
    label(bare, people=("ann",))
    assert opened(bare) == {2: ["refuted_claim"]}


def test_an_adjudicator_sees_what_was_found_after_their_own_choice(bare: World) -> None:
    label(bare)
    check(bare)
    bare.catch_up()
    adj, body = bare.person("adj"), ClaimCaseBody(case_id=case_on(bare, 2))
    view = bare.write(lambda db: adjudication.claim(db, adj, bare.project, body)).case
    assert view is not None and "not 5" not in view.model_dump_json()
    chosen = bare.write(lambda db: decision.choose(db, adj, view.id, ChoiceBody(label="correct")))
    assert chosen.evidence.checked is not None
    assert (chosen.evidence.checked.said, chosen.evidence.checked.reason) == (
        "a sum does not hold",
        "2 + 2 is 4, not 5",
    )


def test_the_list_of_cases_tells_nothing_of_what_was_found_before_the_decision(bare: World) -> None:
    label(bare, people=("ann",))
    label(bare, "correct", "redundant", "correct", people=("bob",))
    check(bare)
    bare.catch_up()
    adj = bare.person("adj")

    def told(reason: CaseReason | None = None) -> list[tuple[CaseReason, ...]]:
        found = bare.store.read(lambda db: adjudication.listed(db, adj, bare.project, reason=reason))
        assert found.total == len(found.cases)
        return [one.reasons for one in found.cases]

    assert opened(bare) == {2: ["disagreement", "refuted_claim"]}
    assert told() == [(CaseReason.DISAGREEMENT,)]
    assert told(CaseReason.REFUTED_CLAIM) == [], "a filter tells no more"
    view = bare.write(lambda db: adjudication.claim(db, adj, bare.project, ClaimCaseBody()))
    assert view.case is not None and told() == [(CaseReason.DISAGREEMENT,)]
    decide(bare, case_on(bare, 2), "incorrect")
    both = (CaseReason.DISAGREEMENT, CaseReason.REFUTED_CLAIM)
    assert told() == told(CaseReason.REFUTED_CLAIM) == [both]


def test_of_a_final_answer_the_reference_is_not_told(world: World) -> None:
    world.write(lambda db: db.run("DELETE FROM queue"))
    secret = Problem(text="What is it?", domain="mathematics", reference_answer="7391")
    world.add_traces(trace("secret", texts=["We think."], problem=secret, final_answer="5"))
    label(world)
    check(world)
    world.catch_up()
    adj, body = world.person("adj"), ClaimCaseBody(case_id=case_on(world, 0))
    view = world.write(lambda db: adjudication.claim(db, adj, world.project, body)).case
    assert view is not None
    chosen = world.write(lambda db: decision.choose(db, adj, view.id, ChoiceBody(label="usable")))
    assert chosen.evidence.checked is not None
    assert chosen.evidence.checked.said == "the final answer is not the reference answer"
    assert "7391" not in view.model_dump_json() + chosen.model_dump_json()
    file = world.store.read(lambda db: case_files.case_file(db, world.project, view.case_id))
    assert file.checked is not None and file.checked.reason == "5 is not 7391"


def test_where_the_answer_is_in_question_the_whole_trace_is_shown_with_it(world: World) -> None:
    world.write(lambda db: db.run("DELETE FROM queue"))
    world.add_traces(sums(texts=["1 + 1 = 2", "So it is 5."]))
    label(world)
    check(world)
    world.catch_up()
    case_id, adjudicator = case_on(world, 0), world.person("adj")
    body = ClaimCaseBody(case_id=case_id)
    claimed = world.write(lambda db: adjudication.claim(db, adjudicator, world.project, body)).case
    assert claimed is not None and claimed.final_answer == "5"
    assert [step.text for step in claimed.before] == ["1 + 1 = 2", "So it is 5."]
    assert claimed.evidence is None
