"""Which case an adjudicator gets, when not, and what of it they see."""

import threading
from collections import Counter
from collections.abc import Sequence

import pytest

from cotlab.domain.cases import CaseState, ClaimCaseBody
from cotlab.domain.errors import BadInput, Conflict, CotlabError, LeaseTaken, NotFound, ProjectClosed, Refused
from cotlab.domain.guidelines.questions import AnswerBody, QuestionBody, Resolution
from cotlab.domain.people import Role
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.domain.projects.policy import MINUTE
from cotlab.domain.projects.projects import ClosingBody
from cotlab.services.cases import adjudication
from cotlab.services.guidelines import questions
from cotlab.services.projects import projects
from cotlab.services.reports import my_work
from cotlab.services.work import step_questions
from tests.adjudicator import Adjudicator, adjudicators, case_on
from tests.services.cases.adjudicating import open_cases
from tests.services.guidelines.guideline_texts import following, small
from tests.world import World, guideline_text, step_position, trace

PLAIN = {"second_adjudicator_share": 0}


def labelled(world: World, *by_person: Sequence[str], **policy: object) -> None:
    """Trace a labelled by ann, bob, ... with these labels, and the cases that follow."""
    world.set_policy(overlap=len(by_person), **PLAIN, **policy)
    for name, labels in zip(("ann", "bob", "cyn", "dan"), by_person, strict=False):
        world.expert(name).label_all(labels, rationale=f"{name} says so")
    open_cases(world)


@pytest.fixture
def adj(world: World) -> Adjudicator:
    return Adjudicator(world, "adj")


def test_the_step_is_shown_as_the_annotators_saw_it_and_what_they_said_after_the_choice(
    world: World, adj: Adjudicator
) -> None:
    labelled(world, ["correct", "redundant"], ["correct", "incorrect"])
    case = adj.take_case()
    assert (case.asks, case.problem.text, case.guideline_version) == ("label", "Problem a", "1.0")
    assert [passage.name for passage in case.problem.passages] == ["note"]
    assert [(step.text, step.mine) for step in case.before] == [("a, step 1", None)]
    assert case.step is not None and (case.step.position, case.step.text) == (2, "a, step 2")
    assert (case.choice, case.evidence, case.decision) == (None, None, None)
    told = case.model_dump_json()
    assert not any(word in told for word in ("step 3", "answer of", "redundant", "disagreement", "says so", "ann"))
    chosen = adj.choose(case.id, "redundant")
    evidence = chosen.evidence
    assert evidence.reasons == (CaseReason.DISAGREEMENT,)
    assert [(one.label, one.rationale) for one in evidence.labels] == [
        ("redundant", "ann says so"), ("incorrect", "bob says so"),
    ]  # fmt: skip
    assert len({one.name for one in evidence.labels}) == 2
    assert not {one.name for one in evidence.labels} & set(world.people)
    assert {one.guideline_version for one in evidence.labels} == {"step-correctness 1.0"}
    again = adj.case(case.id)
    assert again.choice is not None and (again.choice.label, again.choice.id) == ("redundant", chosen.label_id)
    assert again.evidence == evidence and again.decision is None and again.before == case.before


def test_the_pseudonyms_are_the_same_on_every_case_of_a_trace(world: World, adj: Adjudicator) -> None:
    labelled(world, ["redundant", "redundant"], ["correct", "correct"])
    names = []
    for _ in range(2):
        case = adj.take_case()
        found = adj.choose(case.id).evidence.labels
        names.append({one.rationale: one.name for one in found})
        adj.decide(case.id)
    assert names[0] == names[1] and names[0].keys() == {"ann says so", "bob says so"}


def test_remarks_come_with_the_evidence(world: World, adj: Adjudicator) -> None:
    world.set_policy(overlap=3, **PLAIN)
    ann, bob, cyn = (world.expert(name) for name in ("ann", "bob", "cyn"))
    mine = ann.take()
    body = QuestionBody(position=1, text="is it said twice?")
    world.write(lambda db: step_questions.ask_about_work(db, world.person("ann"), mine.id, body))
    ann.commit(mine.id, 1, "redundant", unsure=True, step_size="too_coarse")
    theirs = bob.take()
    bob.commit(theirs.id, 1)
    bob.end(theirs.id, "bad_problem", "it has no question")
    gone = cyn.take()
    cyn.commit(gone.id, 1, "incorrect", rationale="gave up")
    cyn.end(gone.id, "give_up")
    world.set_policy(overlap=3, open_cases_on=(CaseReason.QUESTION, CaseReason.UNSURE), **PLAIN)
    assert open_cases(world) == 1
    question = world.value("SELECT id FROM questions")
    case = adj.take_case()
    said = AnswerBody(resolution=Resolution.RULE, rule="M3", text="it is")
    world.write(lambda db: questions.answer(db, world.host, world.project, question, said))
    evidence = adj.choose(case.id).evidence
    assert [(one.label, one.unsure, one.step_size.value) for one in evidence.labels] == [
        ("redundant", True, "too_coarse"), ("correct", False, "fits"),
    ]  # fmt: skip
    trees = [one.name for one in evidence.labels]
    assert [(one.name, one.text) for one in evidence.bad_problem] == [(trees[1], "it has no question")]
    ((asked),) = evidence.questions
    assert (asked.name, asked.text) == (trees[0], "is it said twice?")
    assert asked.answer is not None and asked.answer.rule == "M3"
    assert evidence.reasons == (CaseReason.UNSURE,), "the question is answered by now"


def test_stale_labels_are_flagged_and_read_by_the_schema_of_today(world: World) -> None:
    following(world, "changing", "ann", "bob")
    (judge,) = adjudicators(world, ["judge"])
    world.add_traces(trace("s", 1))
    world.set_policy(overlap=2, **PLAIN)
    world.expert("ann").label_all(["redundant"])
    world.expert("bob").label_all(["incorrect"], unsure=True)
    open_cases(world)
    world.publish(small("1.1", affects={"labels": ["redundant"]}))
    evidence = judge.choose(judge.take_case().id).evidence
    assert [(one.label, one.stale, one.guideline_version) for one in evidence.labels] == [
        ("redundant", True, "small 1.0"), ("incorrect", False, "small 1.0"),
    ]  # fmt: skip


def test_an_alternative_is_shown_with_the_steps_it_branches_off_from(world: World, adj: Adjudicator) -> None:
    world.set_policy(overlap=1, label_alternatives=True, **PLAIN)
    ann, bob = world.expert("ann"), world.expert("bob")
    first = ann.take()
    for position in (1, 2, 3):
        ann.commit(first.id, position)
    ann.write(first.id, 2, "put otherwise")
    ann.finish(first.id)
    world.set_policy(overlap=2, label_alternatives=True, **PLAIN)
    bob.label_all()
    claimed = bob.take()
    while claimed.problem.text != "Problem a":
        bob.end(claimed.id, "give_up")
        claimed = bob.take()
    bob.commit(claimed.id, 2, "redundant", unsure=True)
    open_cases(world)
    world.join("ann", Role.ADJUDICATOR)
    writer = Adjudicator(world, "ann")
    assert writer.waiting() == 0 and writer.cases() == ()
    case = adj.take_case()
    assert [(step.text, step.prefix) for step in case.before] == [("a, step 1", True)]
    assert case.step is not None and case.step.text == "put otherwise"
    with pytest.raises(Refused, match="You worked on this trace"):
        writer.claim_case(case.case_id)


def test_nobody_decides_on_their_own_work_and_nobody_labels_what_they_decided(world: World, adj: Adjudicator) -> None:
    labelled(world, ["redundant"], ["correct"])
    world.join("ann", Role.ADJUDICATOR)
    ann = Adjudicator(world, "ann")
    case_id = case_on(world, "a", 1)
    assert (ann.waiting(), ann.cases(), ann.claim_case().nothing) == (0, (), "nothing_open")
    with pytest.raises(Refused, match="You worked on this trace"):
        ann.claim_case(case_id)
    assert adj.waiting() == 1
    adj.settle()
    world.set_policy(overlap=3, **PLAIN)
    assert [adj.label_all().problem.text for _ in range(2)] == ["Problem b", "Problem c"]
    assert adj.claim().nothing == "nothing_open"


def test_who_can_read_answers_decides_only_where_the_policy_allows_it_and_is_informed(
    world: World, adj: Adjudicator
) -> None:
    labelled(world, ["redundant"], ["correct"], readers_may_label=True)
    world.join("adj", Role.EXPORTER)
    adj.settle()
    assert world.value("SELECT min(informed) AS n FROM answers WHERE actor_id = :me", me=adj.id) == 1
    labelled(world, ["redundant"], ["correct"])
    assert adj.waiting() == 0
    with pytest.raises(Refused, match="readers_may_label"):
        adj.claim_case()


def test_the_order_of_cases(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named first, then those that are labelled enough, then the oldest; those of one trace by its steps."""
    monkeypatch.setattr(adjudication, "AHEAD", 1)
    world.set_policy(overlap=2, **PLAIN)
    one, two, three = adjudicators(world, ["one", "two", "three"])
    ann, bob, cyn, dan = (world.expert(name) for name in ("ann", "bob", "cyn", "dan"))
    cyn.commit(cyn.take().id, 1, unsure=True)
    assert open_cases(world) == 1  # the oldest, and one label is missing
    ann.take()
    bob.label_all(["correct", "redundant", "redundant"])
    world.clock.advance(minutes=1)
    theirs = dan.take()
    first = dan.commit(theirs.id, 1)
    for position in (2, 3):
        dan.commit(theirs.id, position)
    assert open_cases(world) == 2
    world.clock.advance(minutes=1)
    dan.commit(theirs.id, 1, unsure=True, replaces=first.label_id)
    assert open_cases(world) == 1

    def place(judge: Adjudicator) -> tuple[str, int]:
        case = judge.take_case()
        assert case.step is not None
        return case.problem.text[-1], case.step.position

    one.pass_on(one.take_case(case_on(world, "b", 3)).id, "three")
    assert [place(judge) for judge in (two, three, one)] == [("b", 1), ("b", 3), ("b", 2)]
    two.settle()
    assert place(two) == ("a", 1)


def test_a_case_has_one_lease_and_is_taken_over_when_that_ran_out(world: World) -> None:
    labelled(world, ["redundant", "redundant"], ["correct", "correct"])
    one, two, three = adjudicators(world, ["one", "two", "three"])
    first = one.take_case()
    assert first.expires_at == world.clock.now + 60 * MINUTE
    assert [step.position for step in (first.step, two.take_case().step) if step] == [1, 2]
    assert three.claim_case().nothing == "nothing_open" and three.waiting() == 0
    assert [one.taken for one in three.cases()] == [True, True]
    with pytest.raises(Conflict, match="Somebody else"):
        three.claim_case(first.case_id)
    world.clock.advance(minutes=50)
    one.choose(first.id)
    world.clock.advance(minutes=11)
    assert three.waiting() == 1
    theirs = three.take_case()
    assert theirs.step is not None and theirs.step.position == 2, "the choice has renewed the other lease"
    assert world.kinds()[-2:] == ["assignment.taken_over", "assignment.claimed"]
    ended = "SELECT e.ending FROM assignment_ends e JOIN assignments a ON a.id = e.assignment_id WHERE a.actor_id = :me"
    assert world.value(ended, me=two.id) == "taken_over"
    with pytest.raises(LeaseTaken):
        two.case(two.world.value("SELECT id FROM assignments WHERE actor_id = :me", me=two.id))
    one.decide(first.id)
    assert two.claim_case().nothing == "nothing_open"


def test_a_free_case_is_taken_before_a_lease_that_ran_out(world: World) -> None:
    labelled(world, ["redundant", "redundant"], ["correct", "correct"])
    one, two = adjudicators(world, ["one", "two"])
    one.take_case()
    world.clock.advance(minutes=61)
    case = two.take_case()
    assert case.step is not None and case.step.position == 2


def test_my_open_case_comes_back_with_what_i_have_said(world: World, adj: Adjudicator) -> None:
    labelled(world, ["redundant", "redundant"], ["correct", "correct"])
    case = adj.take_case()
    world.clock.advance(minutes=3)
    again = adj.claim_case()
    assert again.case is not None and again.case.id == case.id and again.receipt is None
    assert again.case.expires_at == world.clock.now + 60 * MINUTE and again.case.evidence is None
    evidence = adj.choose(case.id).evidence
    assert adj.take_case(case.case_id).evidence == evidence
    with pytest.raises(Conflict, match="another case in your hands"):
        adj.claim_case(case_on(world, "a", 2))


def test_the_last_decision_is_corrected_while_the_next_case_waits_untouched(world: World, adj: Adjudicator) -> None:
    labelled(world, ["redundant"] * 3, ["correct"] * 3)
    done, untouched = adj.settle(), adj.take_case()
    again = adj.take_case(done.case_id)
    assert again.decision is not None and again.evidence is not None
    adj.decide(again.id, "redundant")
    back = adj.take_case()
    assert back.case_id == untouched.case_id and back.id != untouched.id, "it went back, and nobody else took it"
    with pytest.raises(Conflict, match="another case in your hands"):
        adj.claim_case(case_on(world, "a", 3))
    adj.choose(back.id)
    with pytest.raises(Conflict, match="another case in your hands"):
        adj.claim_case(done.case_id)


def test_what_was_chosen_before_a_lease_ran_out_still_stands(world: World) -> None:
    labelled(world, ["redundant"], ["correct"])
    one, two = adjudicators(world, ["one", "two"])
    one.choose(one.take_case().id, "redundant")
    world.clock.advance(minutes=61)
    two.pass_on(two.take_case().id, "one")
    case = one.take_case()
    assert case.choice is not None and case.choice.label == "redundant" and case.evidence is not None
    with pytest.raises(Conflict):
        one.choose(case.id)
    one.decide(case.id)


def test_a_trace_and_a_case_can_be_open_together_and_are_told_apart(world: World, adj: Adjudicator) -> None:
    labelled(world, ["redundant"], ["correct"])
    (other,) = adjudicators(world, ["other"])
    assert other.take().problem.text == "Problem b" and other.claim_case().case is not None
    world.clock.advance(minutes=61)
    case = adj.take_case()
    work = adj.take()
    assert work.id != case.id and work.problem.text == "Problem b"
    assert adj.take_case().id == case.id and adj.take().id == work.id
    for attempt in (
        lambda: adj.commit(case.id, 1), lambda: adj.finish(case.id), lambda: adj.end(case.id, "give_up"),
        lambda: adj.view(case.id), lambda: adj.write(case.id, 1, "x"), lambda: adj.case(work.id),
        lambda: adj.choose(work.id), lambda: adj.decide(work.id), lambda: adj.pass_on(work.id, "adj"),
    ):  # fmt: skip
        with pytest.raises(Conflict):
            attempt()
    bob = Adjudicator(world, "bob")
    for theirs in (lambda: bob.case(case.id), lambda: bob.choose(case.id), lambda: bob.decide(case.id)):
        with pytest.raises(NotFound):
            theirs()
    assert step_position(adj.view(work.id)) == 1


def test_a_case_whose_reasons_hold_no_longer_is_not_handed_out(world: World, adj: Adjudicator) -> None:
    world.set_policy(overlap=1, **PLAIN)
    ann = world.expert("ann")
    mine = ann.take()
    first = ann.commit(mine.id, 1, unsure=True)
    assert open_cases(world) == 1 and adj.waiting() == 1
    ann.commit(mine.id, 1, replaces=first.label_id)
    assert adj.claim_case().nothing == "nothing_open", "at once"
    with pytest.raises(Conflict, match="settled otherwise"):
        adj.claim_case(case_on(world, "a", 1))
    open_cases(world)
    assert adj.waiting() == 0 and adj.cases() == adj.cases(state=CaseState.OPEN) == ()
    (one,) = adj.cases(state=CaseState.SETTLED_OTHERWISE)
    assert (one.state, one.reasons) == (CaseState.SETTLED_OTHERWISE, (CaseReason.UNSURE,))
    assert adj.cases(state=CaseState.SETTLED_OTHERWISE, domain="law") == ()
    assert adj.cases(state=CaseState.SETTLED_OTHERWISE, reason=CaseReason.QUESTION) == ()
    assert adj.cases(state=CaseState.SETTLED_OTHERWISE, reason=CaseReason.UNSURE) == (one,)
    world.join("ann", Role.ADJUDICATOR)
    assert Adjudicator(world, "ann").cases(state=CaseState.SETTLED_OTHERWISE) == ()


def test_a_claim_goes_past_those_that_have_settled_since_the_last_look(
    world: World, adj: Adjudicator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adjudication, "AHEAD", 1)
    monkeypatch.setattr(adjudication, "LOOKED_AT_IN_A_WRITE", 0)
    world.set_policy(overlap=1, **PLAIN)
    ann = world.expert("ann")
    mine = ann.take()
    labels = [ann.commit(mine.id, position, unsure=True) for position in (1, 2, 3)]
    assert open_cases(world) == 3
    for position in (1, 2):
        ann.commit(mine.id, position, replaces=labels[position - 1].label_id)
    assert adj.waiting() == 3
    case = adj.take_case()
    assert case.step is not None and case.step.position == 3


def test_a_label_that_was_replaced_and_then_given_up_is_no_evidence(world: World) -> None:
    following(world, "changing", "ann", "bob")
    (judge,) = adjudicators(world, ["judge"])
    world.add_traces(trace("s", 1))
    world.set_policy(overlap=2, **PLAIN)
    ann = world.expert("ann")
    ann.label_all(["redundant"])
    world.expert("bob").label_all(["incorrect"], unsure=True)
    world.publish(small("1.1", affects={"labels": ["redundant"]}))
    again = ann.take()
    ann.commit(again.id, 1, "correct", replaces=world.value("SELECT id FROM answers WHERE value = 'redundant'"))
    ann.end(again.id, "give_up")
    open_cases(world)
    assert [one.label for one in judge.choose(judge.take_case().id).evidence.labels] == ["incorrect"]


def test_a_version_that_is_new_is_read_first(world: World, adj: Adjudicator) -> None:
    labelled(world, ["redundant"], ["correct"])
    version = world.publish(guideline_text("1.1", "clarification"), acknowledged=False).guideline_version_id
    claimed = adj.claim_case(acknowledge=False)
    assert (claimed.nothing, claimed.guideline_version_id, claimed.case) == ("new_guideline", version, None)
    assert adj.take_case().guideline_version == "1.1"


def test_a_break_is_kept_and_work_on_a_case_is_work(world: World, adj: Adjudicator) -> None:
    labelled(world, ["redundant", "redundant"], ["correct", "correct"], break_after_minutes=10)
    case = adj.take_case()
    for _ in range(2):
        world.clock.advance(minutes=6)
        if adj.case(case.id).choice is None:
            adj.choose(case.id)
        else:
            adj.decide(case.id)
    claimed = adj.claim_case()
    assert (claimed.nothing, claimed.until) == ("break", world.clock.now + 10 * MINUTE)
    world.clock.advance(minutes=10)
    assert adj.take_case().step is not None


def test_a_closed_project_takes_only_the_decision_that_was_being_written(world: World, adj: Adjudicator) -> None:
    labelled(world, ["redundant", "redundant"], ["correct", "correct"])
    (other,) = adjudicators(world, ["other"])
    case, theirs = adj.take_case(), other.take_case()
    adj.choose(case.id)
    world.write(lambda db: projects.close_project(db, world.host, world.project, ClosingBody(reason="it is over")))
    for attempt in (
        adj.claim_case, lambda: adj.case(case.id), lambda: other.choose(theirs.id),
        lambda: adj.pass_on(case.id, "other"),
    ):  # fmt: skip
        with pytest.raises(ProjectClosed, match="it is over"):
            attempt()
    assert adj.decide(case.id).decided


def test_who_adjudicates_no_more_decides_nothing(world: World, adj: Adjudicator) -> None:
    labelled(world, ["redundant"], ["correct"])
    case = adj.take_case()
    world.join("adj", Role.ANNOTATOR)
    world.leave("adj", Role.ADJUDICATOR)
    for attempt in (lambda: adj.case(case.id), lambda: adj.choose(case.id), lambda: adj.decide(case.id)):
        with pytest.raises(Refused):
            attempt()


@pytest.mark.parametrize(
    ("case_id", "error", "sentence"),
    [
        ("0" * 32, NotFound, "no such case"),
        ("decided", Conflict, "is decided"),
        ("elsewhere", NotFound, "no such case"),
    ],
)
def test_a_case_that_is_not_to_be_had(world: World, case_id: str, error: type[CotlabError], sentence: str) -> None:
    labelled(world, ["redundant"], ["correct"])
    one, two = adjudicators(world, ["one", "two"])
    named = {"decided": case_on(world, "a", 1), "elsewhere": case_on(world, "a", 1)}.get(case_id, case_id)
    one.settle()
    if case_id == "elsewhere":
        following(world, "another")
        two = adjudicators(world, ["two"])[0]
    with pytest.raises(error, match=sentence):
        two.claim_case(named)


def test_the_list_shows_what_i_may_decide_and_what_i_decided(
    world: World, adj: Adjudicator, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.set_policy(overlap=2, **PLAIN)
    (other,) = adjudicators(world, ["other"])
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        for _ in range(3):
            world.expert(name).label_all([label], unsure=name == "ann")
    world.clock.advance(minutes=1)
    assert open_cases(world) == 9
    mine, theirs = adj.settle(), other.settle()
    held = adj.take_case()
    found = {one.case_id: one for one in adj.cases()}
    assert len(found) == 8 and theirs.case_id not in found
    assert (found[mine.case_id].state, found[mine.case_id].mine) == (CaseState.DECIDED, True)
    assert found[mine.case_id].decided_at == world.clock.now
    assert (found[held.case_id].state, found[held.case_id].mine) == (CaseState.OPEN, True)
    assert sum(one.mine for one in found.values()) == 2 and not any(one.taken for one in found.values())
    both = [one for one in found.values() if CaseReason.DISAGREEMENT in one.reasons]
    assert {one.problem for one in both} <= {"Problem a", "Problem b", "Problem c"}
    assert adj.waiting() == 6 and other.waiting() == 6
    assert {one.case_id for one in adj.cases(state=CaseState.DECIDED)} == {mine.case_id}
    assert len(adj.cases(state=CaseState.OPEN)) == 7 and adj.cases(state=CaseState.SETTLED_OTHERWISE) == ()
    assert adj.cases(reason=CaseReason.DISAGREEMENT) == tuple(both) and adj.cases(domain="law") == ()
    assert adj.cases(reason=CaseReason.QUESTION) == ()
    monkeypatch.setattr(adjudication, "PAGE", 3)
    pages, after = [], None
    while True:
        page = world.store.read(lambda db: adjudication.listed(db, world.person("adj"), world.project, after=after))
        assert page.total == 8
        pages.append(page.cases)
        if (after := page.next_cursor) is None:
            break
    assert [len(page) for page in pages] == [3, 3, 2]
    assert [one for page in pages for one in page] == list(found.values())
    with pytest.raises(BadInput, match="cursor"):
        world.store.read(lambda db: adjudication.listed(db, world.person("adj"), world.project, after="x"))


def test_a_choice_is_no_label_of_mine_and_a_decision_is_work_of_today(world: World, adj: Adjudicator) -> None:
    labelled(world, ["redundant"], ["correct"])
    case, person = adj.take_case(), world.person("adj")
    for done, say in ((0, adj.choose), (1, adj.decide)):
        say(case.id)
        assert world.store.read(lambda db: my_work.queue(db, person, 0)).labels_today == done
    assert world.store.read(lambda db: my_work.past_labels(db, person, world.project, None)).labels == ()


def test_a_case_that_somebody_took_since_it_was_picked_gives_another(world: World, adj: Adjudicator) -> None:
    labelled(world, ["redundant"] * 3, ["correct"] * 3)
    (other,) = adjudicators(world, ["other"])
    picked = world.store.read(lambda db: adjudication.ahead(db, world.person("adj"), world.project))
    assert picked == [case_on(world, "a", position) for position in (1, 2, 3)]
    other.take_case()
    body, person = ClaimCaseBody(), world.person("adj")
    claimed = world.write(lambda db: adjudication.claim(db, person, world.project, body, picked[:1]))
    assert claimed.case is not None and claimed.case.case_id == picked[1]


def test_adjudicators_at_once_never_share_a_seat(world: World) -> None:
    world.set_policy(overlap=2, **PLAIN)
    world.add_traces(*(trace(f"many {number}", 1) for number in range(9)))
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        while world.expert(name).claim().assignment is not None:
            world.expert(name).label_all([label] * 3)
    assert open_cases(world) == 18
    judges = adjudicators(world, [f"judge {number}" for number in range(8)])
    got: list[str] = []
    failed: list[BaseException] = []
    barrier = threading.Barrier(len(judges))

    def work(judge: Adjudicator) -> None:
        try:
            barrier.wait(60)
            while (claimed := judge.claim_case()).case is not None:
                got.append(claimed.case.case_id)
                judge.choose(claimed.case.id)
                judge.decide(claimed.case.id)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(judge,)) for judge in judges]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert len(got) == 18 and set(Counter(got).values()) == {1}
