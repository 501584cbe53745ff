"""A choice, then a decision: what is asked for, what counts, and what follows for the queue."""

import json
from typing import Any

import pytest

from cotlab.domain.answers import Citation
from cotlab.domain.errors import AlreadyLabelled, BadInput, Conflict, OutOfOrder
from cotlab.domain.gold import GoldOrigin
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.services.audit.verification import verify
from cotlab.services.gold.items import add_gold
from tests.adjudicator import RULE, Adjudicator, adjudicators, case_on
from tests.services.cases.adjudicating import open_cases
from tests.services.cases.test_case_report import listed as cases_listed
from tests.services.cases.test_cases import PLAIN, labelled
from tests.services.datasets.test_exports_by_version import idle
from tests.services.guidelines.guideline_texts import following, small
from tests.support import SIGNER
from tests.world import World, trace

OUTCOMES = (
    "SELECT o.answer_id, n.value FROM case_outcomes o LEFT JOIN answers n ON n.id = o.answer_id ORDER BY o.sequence"
)


def outcomes(world: World) -> list[str | None]:
    return [row["value"] for row in world.rows(OUTCOMES)]


def queued(world: World) -> dict[str, int]:
    """Problem's letter -> places taken, of the traces in the queue."""
    rows = world.rows(
        """SELECT p.text, q.taken FROM queue q JOIN traces t ON t.id = q.item_id JOIN problems p ON p.id = t.problem_id
           WHERE q.project_id = :p""",
        p=world.project,
    )
    return {row["text"][-1]: row["taken"] for row in rows}


@pytest.fixture
def adj(world: World) -> Adjudicator:
    return Adjudicator(world, "adj")


@pytest.fixture
def disputed(world: World) -> World:
    labelled(world, ["redundant"], ["correct"])
    return world


PASSAGE = Citation(kind="passage", name="note", start=0, stop=2)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"label": "superb"}, "label: superb is no label of step-correctness 1.0"),
        ({"label": "usable"}, "label: usable is no label"),
        ({"label": "incorrect", "rationale": None}, "rationale: the label incorrect needs a reason"),
        ({"citations": [{"kind": "rule", "name": "M99"}]}, "citations.0.name: step-correctness 1.0 has no rule M99"),
        ({"citations": [{"kind": "passage", "name": "x"}]}, "citations.0.name: the problem has no passage x"),
    ],
)
def test_what_is_no_choice(disputed: World, adj: Adjudicator, said: dict[str, Any], sentence: str) -> None:
    case = adj.take_case()
    with pytest.raises(BadInput) as refused:
        adj.choose(case.id, **said)
    assert refused.value.sentence.startswith(sentence)
    assert disputed.value("SELECT count(*) AS n FROM answers WHERE actor_id = :me", me=adj.id) == 0


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"citations": ()}, "citations: cite the rule that decides, or say in gap"),
        ({"citations": (PASSAGE,)}, "citations: cite the rule that decides, or say in gap"),
        ({"label": "superb"}, "label: superb is no label"),
        ({"citations": ({"kind": "rule", "name": "M99"},)}, "citations.0.name: step-correctness 1.0 has no rule M99"),
    ],
)
def test_what_is_no_decision(disputed: World, adj: Adjudicator, said: dict[str, Any], sentence: str) -> None:
    case = adj.take_case()
    adj.choose(case.id)
    with pytest.raises(BadInput) as refused:
        adj.decide(case.id, **said)
    assert refused.value.sentence.startswith(sentence)
    assert outcomes(disputed) == [] and adj.case(case.id).choice is not None


def test_first_a_choice_and_one_alone_then_the_decision(disputed: World, adj: Adjudicator) -> None:
    case = adj.take_case()
    with pytest.raises(OutOfOrder):
        adj.decide(case.id)
    chosen = adj.choose(case.id, "redundant")
    with pytest.raises(AlreadyLabelled) as again:
        adj.choose(case.id)
    assert again.value.details == {"label_id": chosen.label_id}
    stood = len(disputed.kinds())
    decided = adj.decide(case.id, "wrong-operation", gap="M1 does not say it", citations=(RULE, PASSAGE))
    assert decided.decided and outcomes(disputed) == ["wrong-operation"]
    assert disputed.kinds()[stood:] == ["answer.given", "gap.marked", "case.decided", "assignment.ended"]
    assert adj.claim_case().nothing == "nothing_open" and open_cases(disputed) == 0


def test_the_rows_of_a_case_hold_all_and_stand_in_the_audit_trail(disputed: World, adj: Adjudicator) -> None:
    case = adj.take_case()
    shown = disputed.clock.now
    disputed.clock.advance(seconds=20)
    adj.choose(case.id, "redundant", unsure=True, elapsed_ms=19_000, chosen_at=shown + 1)
    disputed.clock.advance(seconds=30)
    adj.decide(case.id, "incorrect", citations=(), gap="no rule says it", elapsed_ms=50_000)
    choice, decision = disputed.rows("SELECT * FROM answers WHERE actor_id = :me ORDER BY sequence", me=adj.id)
    for row in (choice, decision):
        assert (row["purpose"], row["position"], row["visible_until"], row["assignment_id"], row["shown_at"]) == (
            "adjudication", 1, 1, case.id, shown,
        )  # fmt: skip
    assert (choice["question"], choice["value"], choice["unsure"]) == ("label", "redundant", 1)
    assert (choice["received_at"], choice["elapsed_ms"], choice["chosen_at"]) == (shown + 20_000_000, 19_000, shown + 1)
    assert (decision["question"], decision["value"], decision["rationale"]) == ("decision", "incorrect", "by the rule")
    assert (decision["received_at"], decision["elapsed_ms"]) == (shown + 50_000_000, 50_000)
    (gap,) = disputed.rows("SELECT * FROM guideline_gaps")
    assert (gap["answer_id"], gap["case_id"], gap["text"]) == (decision["id"], case.case_id, "no rule says it")
    claimed = [
        json.loads(row["body"])["data"]
        for row in disputed.rows("SELECT body FROM events WHERE chain = :p ORDER BY sequence", p=disputed.project)
        if json.loads(row["body"])["kind"] == "assignment.claimed"
    ][-1]
    assert (claimed["case"], claimed["purpose"], claimed["assignment"]) == (case.case_id, "adjudication", case.id)
    verdicts = disputed.store.read(lambda db: verify(db, [SIGNER.public_key], [], []))
    assert {chain: verdict.findings for chain, verdict in verdicts.items() if not verdict.good} == {}


def test_a_share_of_cases_is_decided_by_two_who_do_not_see_each_other(world: World) -> None:
    world.set_policy(overlap=2, second_adjudicator_share=1)
    one, two, three = adjudicators(world, ["one", "two", "three"])
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        world.expert(name).label_all([label])
    open_cases(world)
    first, second = one.take_case(), two.take_case()
    assert first.case_id == second.case_id and three.claim_case().nothing == "nothing_open"
    one.choose(first.id, "redundant")
    assert not one.decide(first.id, "redundant", rationale="one's reason").decided
    assert outcomes(world) == [] and one.claim_case().nothing == "nothing_open" and three.waiting() == 0
    evidence = two.choose(second.id).evidence
    assert evidence.earlier == () and "one's reason" not in evidence.model_dump_json()
    assert [one.split for one in cases_listed(world)] == [False]
    assert not two.decide(second.id, "correct").decided
    assert [one.split for one in cases_listed(world)] == [True]
    third = three.take_case()
    assert third.case_id == first.case_id
    three.choose(third.id)
    assert three.decide(third.id, "correct").decided
    assert outcomes(world) == ["correct"]
    assert [one.split for one in cases_listed(world)] == [False]
    carries = world.value("SELECT n.actor_id FROM case_outcomes o JOIN answers n ON n.id = o.answer_id")
    assert carries == three.id, "the latest opinion that agrees"


def test_a_correction_takes_nobodys_seat(world: World) -> None:
    world.set_policy(overlap=2, second_adjudicator_share=1)
    one, two = adjudicators(world, ["one", "two"])
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        world.expert(name).label_all([label])
    open_cases(world)
    case = one.settle("redundant")
    again = one.take_case(case.case_id)
    two.settle("correct")
    assert one.decide(again.id, "correct").decided


def test_kinds_of_one_label_agree(world: World) -> None:
    world.set_policy(overlap=2, second_adjudicator_share=1)
    one, two = adjudicators(world, ["one", "two"])
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        world.expert(name).label_all([label])
    open_cases(world)
    one.settle("wrong-operation")
    two.settle("invalid-inference")
    assert outcomes(world) == ["invalid-inference"]


def test_a_decision_is_corrected_by_whoever_gave_it(disputed: World, adj: Adjudicator) -> None:
    (other,) = adjudicators(disputed, ["other"])
    first = adj.settle("redundant", rationale="at first")
    with pytest.raises(Conflict, match="is decided"):
        other.claim_case(first.case_id)
    again = adj.take_case(first.case_id)
    assert again.choice is not None and again.evidence is not None and again.decision is not None
    assert (again.decision.label, again.decision.rationale, again.decision.name) == ("redundant", "at first", "")
    assert outcomes(disputed) == ["redundant"], "until the new one comes, the old one stands"
    with pytest.raises(AlreadyLabelled):
        adj.choose(again.id)
    with pytest.raises(Conflict, match="decided"):
        adj.pass_on(again.id, "other")
    assert adj.decide(again.id, "correct").decided
    assert outcomes(disputed) == ["redundant", "correct"]
    replaced = "SELECT o.value FROM answers n JOIN answers o ON o.id = n.replaces WHERE n.question = 'decision'"
    assert disputed.value(replaced) == "redundant"


def test_a_correction_that_is_left_alone_leaves_the_decision(world: World, adj: Adjudicator) -> None:
    labelled(world, ["redundant", "redundant"], ["correct", "correct"])
    first = adj.settle("redundant")
    again = adj.take_case(first.case_id)
    assert adj.take_case(first.case_id).id == again.id
    following_case = adj.take_case()
    assert following_case.case_id == case_on(world, "a", 2)
    assert outcomes(world) == ["redundant"] and world.kinds()[-2:] == ["assignment.ended", "assignment.claimed"]


def test_a_correction_can_undo_a_majority_and_then_others_are_asked(world: World) -> None:
    world.set_policy(overlap=2, second_adjudicator_share=1)
    one, two, three = adjudicators(world, ["one", "two", "three"])
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        world.expert(name).label_all([label])
    open_cases(world)
    case = one.settle("correct")
    two.settle("correct")
    assert outcomes(world) == ["correct"] and three.claim_case().nothing == "nothing_open"
    again = one.take_case(case.case_id)
    assert not one.decide(again.id, "redundant").decided
    assert outcomes(world) == ["correct", None]
    three.settle("redundant")
    assert outcomes(world) == ["correct", None, "redundant"]


def test_a_newer_case_shows_the_old_decision_and_takes_its_place(world: World, adj: Adjudicator) -> None:
    labelled(world, ["redundant"], ["correct"])
    first = adj.settle("redundant", rationale="said above")
    world.set_policy(overlap=3, **PLAIN)
    world.expert("cyn").label_all(["correct"])
    assert open_cases(world) == 1
    (other,) = adjudicators(world, ["other"])
    second = other.take_case()
    assert second.case_id != first.case_id
    ((earlier),) = other.choose(second.id).evidence.earlier
    assert (earlier.label, earlier.rationale, earlier.name, earlier.stale) == ("redundant", "said above", "", False)
    with pytest.raises(Conflict, match="A newer case"):
        adj.claim_case(first.case_id)
    other.decide(second.id, "redundant")
    assert open_cases(world) == 0


def test_what_was_said_against_a_decision_is_not_outvoted_by_a_correction_in_somebodys_hands(
    world: World, adj: Adjudicator
) -> None:
    labelled(world, ["redundant"], ["correct"])
    again = adj.take_case(adj.settle("redundant").case_id)
    world.set_policy(overlap=3, **PLAIN)
    world.expert("cyn").label_all(["correct"])
    assert open_cases(world) == 1
    with pytest.raises(Conflict, match="A newer case"):
        adj.decide(again.id, "redundant")
    assert outcomes(world) == ["redundant"] and Adjudicator(world, "adj").waiting() == 1
    assert adj.take_case().case_id != again.case_id, "the correction is put aside"


def test_opinions_are_read_by_the_labels_of_today(world: World) -> None:
    """Two names of one label agree, once a version has renamed it."""
    following(world, "changing", "ann", "bob")
    one, two = adjudicators(world, ["one", "two"])
    world.set_policy(overlap=2, second_adjudicator_share=1)
    world.add_traces(trace("s", 1))
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        world.expert(name).label_all([label])
    open_cases(world)
    one.settle("redundant")
    world.publish(idle())
    two.settle("idle")
    assert outcomes(world) == ["idle"]


@pytest.fixture
def reported(world: World) -> World:
    """Ann says after step 2, and bob after step 1, that problem a cannot be used; one place is wanted beside theirs."""
    world.set_policy(overlap=3, open_cases_on=(CaseReason.BAD_PROBLEM,), **PLAIN)
    ann, bob = world.expert("ann"), world.expert("bob")
    mine, theirs = ann.take(), bob.take()
    ann.commit(mine.id, 1, unsure=True)
    ann.end(mine.id, "bad_problem", "it asks nothing")
    bob.end(theirs.id, "bad_problem", "nothing is asked")
    assert open_cases(world) == 1
    return world


def test_whether_a_problem_can_be_used_is_asked_of_the_whole_trace(reported: World, adj: Adjudicator) -> None:
    case = adj.take_case()
    assert (case.asks, case.step, [step.text for step in case.before]) == ("outcome", None, ["a, step 1", "a, step 2"])
    assert "asks nothing" not in case.model_dump_json()
    for wrong in ("correct", "give_up"):
        with pytest.raises(BadInput, match="none of usable, bad_problem, answer_right, answer_wrong"):
            adj.choose(case.id, wrong)
    evidence = adj.choose(case.id, "usable", rationale=None).evidence
    assert evidence.labels == () and [one.text for one in evidence.bad_problem] == [
        "it asks nothing",
        "nothing is asked",
    ]
    with pytest.raises(BadInput, match="none of usable, bad_problem, answer_right, answer_wrong"):
        adj.decide(case.id, "correct")
    assert adj.decide(case.id, "bad_problem", citations=()).decided
    said = reported.rows(
        "SELECT question, value, position FROM answers WHERE actor_id = :me ORDER BY sequence", me=adj.id
    )
    assert [tuple(row.values()) for row in said] == [("outcome", "usable", 0), ("decision", "bad_problem", 0)]


def test_a_bad_problem_leaves_the_queue_and_a_usable_one_frees_the_places_of_those_who_said_no(
    reported: World, adj: Adjudicator
) -> None:
    cyn, dan = reported.expert("cyn"), reported.expert("dan")
    assert queued(reported) == {"a": 2, "b": 0, "c": 0}
    case = adj.settle("bad_problem", citations=())
    assert queued(reported) == {"b": 0, "c": 0}
    assert cyn.take().problem.text == "Problem b"
    for decision, left in (("usable", 0), ("bad_problem", None), ("usable", 0), ("usable", 0)):
        again = adj.take_case(case.case_id)
        adj.decide(again.id, decision, citations=())
        assert queued(reported).get("a") == left, decision
    assert open_cases(reported) == 0
    first = dan.take()
    while first.problem.text != "Problem a":
        dan.end(first.id, "give_up")
        first = dan.take()
    assert queued(reported)["a"] == 1
    dan.end(first.id, "bad_problem", "still nothing")
    assert open_cases(reported) == 1
    (other,) = adjudicators(reported, ["other"])
    evidence = other.choose(other.take_case().id, "usable").evidence
    assert [one.label for one in evidence.earlier] == ["usable"]


def test_the_cases_on_the_steps_of_an_unusable_trace_are_handed_out_no_more(world: World, adj: Adjudicator) -> None:
    world.set_policy(overlap=2, **PLAIN)
    ann = world.expert("ann")
    mine = ann.take()
    ann.commit(mine.id, 1, unsure=True)
    ann.end(mine.id, "bad_problem")
    assert open_cases(world) == 2 and adj.waiting() == 2
    case = adj.settle("bad_problem", citations=())
    assert adj.waiting() == 0 and adj.claim_case().nothing == "nothing_open"
    adj.decide(adj.take_case(case.case_id).id, "usable", citations=())
    assert adj.waiting() == 1


def test_a_usable_trace_that_is_gold_by_now_stays_out_of_the_queue(reported: World, adj: Adjudicator) -> None:
    case = adj.take_case()
    item = reported.value("SELECT item_id FROM cases")
    version = reported.value("SELECT guideline_version_id FROM assignments WHERE id = :id", id=case.id)
    reported.write(
        lambda db: add_gold(db, reported.people["lea"], reported.project, item, GoldOrigin.PROMOTED, version, {})
    )
    adj.choose(case.id, "usable")
    adj.decide(case.id, "usable", citations=())
    assert "a" not in queued(reported)


def test_who_holds_an_unusable_trace_may_end_it_and_nobody_takes_it_over(reported: World, adj: Adjudicator) -> None:
    cyn, dan = reported.expert("cyn"), reported.expert("dan")
    held = cyn.take()
    assert held.problem.text == "Problem a" and queued(reported)["a"] == 3
    case = adj.settle("bad_problem", citations=())
    reported.clock.advance(minutes=61)
    for _ in range(2):
        dan.end(dan.take().id, "bad_problem")
    assert dan.claim().nothing == "nothing_open"
    cyn.end(held.id, "give_up")
    again = adj.take_case(case.case_id)
    adj.decide(again.id, "usable", citations=())
    assert queued(reported)["a"] == 0


def test_an_undone_majority_puts_a_trace_back_as_it_was(world: World) -> None:
    world.set_policy(overlap=1, open_cases_on=(CaseReason.BAD_PROBLEM,), second_adjudicator_share=1)
    one, two = adjudicators(world, ["one", "two"])
    ann = world.expert("ann")
    ann.end(ann.take().id, "bad_problem")
    open_cases(world)
    case = one.settle("bad_problem", citations=())
    assert queued(world)["a"] == 1, "one opinion of two decides nothing"
    two.settle("bad_problem", citations=())
    assert "a" not in queued(world)
    one.decide(one.take_case(case.case_id).id, "usable", citations=())
    assert queued(world)["a"] == 1 and outcomes(world) == ["bad_problem", None]


def test_no_guideline_version_makes_what_was_decided_of_a_whole_trace_stale(world: World) -> None:
    following(world, "changing", "ann", "bob")
    (judge,) = adjudicators(world, ["judge"])
    world.set_policy(overlap=1, **PLAIN)
    world.add_traces(trace("s", 1))
    ann = world.expert("ann")
    ann.end(ann.take().id, "bad_problem")
    open_cases(world)
    case = judge.settle("usable", citations=(RULE,))
    world.publish(small("1.1", affects={"rules": [RULE.name]}))
    again = judge.take_case(case.case_id)
    assert again.decision is not None and (again.decision.label, again.decision.stale) == ("usable", False)
