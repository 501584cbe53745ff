"""What the lead learns of cases: how they stand, how each adjudicator decides, what repeats, what is missing."""

from typing import Any

import pytest

from cotlab.domain.agreement.coefficients import GapCount
from cotlab.domain.cases import CaseFile, CaseReport, ProjectCase
from cotlab.domain.errors import NotFound
from cotlab.domain.guidelines.questions import AnswerBody
from cotlab.domain.people import Role
from cotlab.services.cases import case_files
from cotlab.services.cases import report as case_report
from tests.services.calibration import piloting
from tests.services.cases.adjudicating import decide, open_cases, to_panel
from tests.services.guidelines.guideline_texts import following, renamed, small
from tests.world import World, trace

PEOPLE = ("ann", "bob", "cyn")


@pytest.fixture
def desk(world: World) -> World:
    """A project that follows `small 1.0`, labelled by three each; one of adj, ada and art decides each case."""
    following(world, "desk", *PEOPLE)
    for name in ("ada", "art"):
        world.add_person(name)
    for name in ("adj", "ada", "art"):
        world.join(name, Role.ADJUDICATOR)
    world.set_policy(overlap=3, second_adjudicator_share=0, step_time_cap_seconds=100)
    return world


def labelled(world: World, name: str, *labels: str, domain: str = "mathematics", **fields: Any) -> str:
    """A trace of one step on which ann, bob and cyn say these labels, in this order; the id of the case on it."""
    world.add_traces(trace(name, 1, domain=domain))
    for person, label in zip(PEOPLE, labels, strict=True):
        world.expert(person).label_all([label], **fields)
    open_cases(world)
    return str(world.rows("SELECT id FROM cases ORDER BY sequence DESC")[0]["id"])


def report(world: World) -> CaseReport:
    return world.store.read(lambda db: case_report.report(db, world.project))


def gap_counts(world: World, version: str | None = None) -> tuple[GapCount, ...]:
    return world.store.read(lambda db: case_report.gap_counts(db, world.project, version))


def listed(world: World, **wanted: Any) -> list[ProjectCase]:
    return world.store.read(lambda db: case_files.entries(db, world.project, case_files.Wanted(**wanted)))


def file(world: World, case_id: str) -> CaseFile:
    return world.store.read(lambda db: case_files.case_file(db, world.project, case_id))


def test_an_empty_project_has_an_empty_report(desk: World) -> None:
    found = report(desk)
    assert found.by_state == {"open": 0, "decided": 0, "settled_otherwise": 0}
    assert (found.by_reason, found.by_domain, found.oldest_open, found.double) == ({}, {}, None, 0)
    assert not (found.adjudicators or found.patterns or found.gaps or listed(desk))
    assert found.agreement.value is None and found.agreement.reason == "no case on a step was decided by two people"


def test_what_is_open_is_counted_by_what_holds_now(desk: World) -> None:
    oldest = labelled(desk, "a", "correct", "redundant", "correct")
    desk.clock.advance(minutes=1)
    decided = labelled(desk, "b", "correct", "redundant", "correct", domain="law")
    unsure = labelled(desk, "c", "correct", "correct", "incorrect", domain="law", unsure=True)
    decide(desk, decided, "redundant")
    found = report(desk)
    assert found.by_state == {"open": 2, "decided": 1, "settled_otherwise": 0}
    assert found.by_reason == {"disagreement": 2, "unsure": 1} and found.by_domain == {"mathematics": 1, "law": 1}
    assert found.oldest_open == next(one.opened_at for one in listed(desk) if one.case_id == oldest)
    assert [one.case_id for one in listed(desk)] == [oldest, decided, unsure]
    for wanted, expected in (
        ({"state": "open"}, [oldest, unsure]), ({"state": "decided"}, [decided]), ({"reason": "unsure"}, [unsure]),
        ({"domain": "law"}, [decided, unsure]), ({"domain": "law", "state": "open"}, [unsure]), ({"most": 1}, [oldest]),
    ):  # fmt: skip
        assert [one.case_id for one in listed(desk, **wanted)] == expected, wanted
    entry = listed(desk)[1]
    assert (entry.problem, entry.domain, entry.state, entry.number) == ("Problem b", "law", "decided", 1)
    assert entry.decided_at is not None and listed(desk)[0].decided_at is None


def test_a_case_whose_reasons_hold_no_longer_is_settled_otherwise(desk: World) -> None:
    desk.set_policy(overlap=1)
    desk.add_traces(trace("a", 1))
    ann = desk.expert("ann")
    work = ann.take()
    label = ann.commit(work.id, 1, "correct", unsure=True).label_id
    open_cases(desk)
    assert report(desk).by_state["open"] == 1
    ann.commit(work.id, 1, "correct", replaces=label)
    found = report(desk)
    assert found.by_state == {"open": 0, "decided": 0, "settled_otherwise": 1} and found.oldest_open is None
    assert found.by_reason == found.by_domain == {}
    (one,) = listed(desk, state="settled_otherwise")
    assert [reason.value for reason in one.reasons] == ["unsure"], "what it was opened for"
    assert file(desk, one.case_id).state == "settled_otherwise"


def test_each_adjudicator_is_measured_on_their_decisions(desk: World) -> None:
    # The labels in the order in which they came, what adj chose before they saw them, what they decided, seconds.
    for name, labels, choice, decision, seconds in (
        ("a", ("correct", "redundant", "redundant"), "redundant", "redundant", 10),
        ("b", ("correct", "redundant", "redundant"), "redundant", "correct", 20),
        ("c", ("correct", "redundant", "incorrect"), "incorrect", "redundant", 5_000),
        ("d", ("correct", "wrong-operation", "incorrect"), "incorrect", "wrong-operation", 40),
    ):  # fmt: skip
        decide(desk, labelled(desk, name, *labels), decision, choice=choice, seconds=seconds)
    desk.add_traces(trace("e", 1))
    bob = desk.expert("bob")
    bob.end(bob.take().id, "bad_problem", "blurred")
    open_cases(desk)
    whole = desk.value("SELECT id FROM cases WHERE position = 0")
    decide(desk, whole, "usable", by="ada", rules=(), seconds=8)
    ada, adj = report(desk).adjudicators
    assert (adj.name, adj.decisions, adj.seconds) == ("adj", 4, 30.0), "the median, 5,000 s counting as the cap of 100"
    assert adj.overturned == 1 / 4, "b; c has no majority; d is one at the first level"
    assert adj.with_first == 1 / 4 and adj.changed == 2 / 4
    assert (ada.name, ada.decisions, ada.seconds) == ("ada", 1, 8.0)
    assert ada.overturned is ada.with_first is ada.changed is None, "it is no decision on a step"


def test_labels_that_came_after_a_decision_do_not_change_what_it_overturned(desk: World) -> None:
    decide(desk, labelled(desk, "a", "correct", "correct", "redundant"), "redundant")
    assert report(desk).adjudicators[0].overturned == 1
    desk.publish(small("1.1", affects={"labels": ["correct"]}))
    for name in ("ann", "bob"):
        expert = desk.expert(name)
        work: Any = expert.take()
        assert work.purpose == "redo"
        expert.commit(work.id, 1, "redundant", replaces=work.next.step.mine.id)
        expert.finish(work.id, None)
    assert report(desk).adjudicators[0].overturned == 1


def test_a_label_that_was_taken_back_came_first_and_has_no_vote(desk: World) -> None:
    desk.add_traces(trace("a", 1))
    ann = desk.expert("ann")
    work = ann.take()
    taken_back = ann.commit(work.id, 1, "redundant")
    ann.commit(work.id, 1, "correct", replaces=taken_back.label_id)
    ann.finish(work.id)
    for name, label in (("bob", "correct"), ("cyn", "incorrect")):
        desk.expert(name).label_all([label])
    open_cases(desk)
    decide(desk, desk.value("SELECT id FROM cases"), "redundant", gap="which?")
    (adj,) = report(desk).adjudicators
    assert (adj.overturned, adj.with_first) == (1, 1)
    assert report(desk).gaps[0].labels == ("correct", "incorrect")


def test_a_stale_label_stood_against_nobody(desk: World) -> None:
    desk.set_policy(overlap=2, second_adjudicator_share=0)
    desk.add_traces(trace("a", 1))
    desk.expert("ann").label_all(["incomplete"])
    desk.publish(small("1.1", affects={"labels": ["incomplete"]}))
    for name, label in (("bob", "correct"), ("cyn", "redundant")):
        desk.set_policy(overlap=3)
        desk.expert(name).label_all([label])
    desk.set_policy(overlap=2, second_adjudicator_share=0)
    open_cases(desk)
    decide(desk, desk.value("SELECT id FROM cases"), "correct", gap="what of both?")
    found = report(desk)
    assert found.gaps[0].labels == ("correct", "redundant")
    assert (found.gaps[0].guideline_version, found.adjudicators[0].overturned) == ("small 1.1", 0)


def test_a_correction_counts_in_the_place_of_the_first_decision(desk: World) -> None:
    case_id = labelled(desk, "a", "correct", "redundant", "redundant")
    decide(desk, case_id, "correct", gap="the first", seconds=10)
    decide(desk, case_id, "redundant", gap="the second", seconds=90)
    found = report(desk)
    (adj,) = found.adjudicators
    assert (adj.decisions, adj.overturned, adj.changed, adj.seconds) == (1, 0, 1, 10.0)
    assert [gap.text for gap in found.gaps] == ["the second"] and found.double == 0


def test_adjudicators_agree_by_cohens_kappa_on_what_they_decided_first(desk: World) -> None:
    said = [("correct", "correct")] * 5 + [("redundant", "redundant")] * 4 + [("correct", "redundant")] * 2
    for number, (one, other) in enumerate(said):
        case_id = labelled(desk, f"t{number}", "correct", "redundant", "incorrect")
        to_panel(desk, case_id)
        decide(desk, case_id, one, by="adj")
        decide(desk, case_id, other, by="ada")
    decide(desk, labelled(desk, "alone", "correct", "redundant", "incorrect"), "incorrect")
    found = report(desk)
    observed, chance = 9 / 11, (7 * 5 + 4 * 6) / 121
    assert found.double == 11 and found.agreement.value == pytest.approx((observed - chance) / (1 - chance))
    assert found.agreement.interval is not None and found.agreement.interval.low < 0.6 < found.agreement.interval.high
    decide(desk, case_id, "correct", by="ada")
    assert report(desk).agreement.value == found.agreement.value, "a correction is no opinion of one's own any more"


def test_what_a_person_gets_wrong_more_than_once_is_a_pattern(desk: World) -> None:
    for name, rules in (("a", ("M1",)), ("b", ("M1", "M2")), ("c", ())):
        decide(desk, labelled(desk, name, "redundant", "correct", "correct"), "correct", rules=rules, gap="none says")
    for name in ("d", "e"):
        case_id = labelled(desk, name, "incorrect", "correct", "correct")
        decide(desk, case_id, "correct")
    (one,) = [pattern for pattern in report(desk).patterns if pattern.label == "redundant"]
    assert (one.person, one.label, one.decided, one.times) == ("ann", "redundant", "correct", 3)
    assert one.rules == {"M1": 2, "M2": 1}
    assert [(pattern.label, pattern.times) for pattern in report(desk).patterns] == [("redundant", 3), ("incorrect", 2)]
    decide(desk, case_id, "incorrect")
    assert [pattern.label for pattern in report(desk).patterns] == ["redundant"], "once is no pattern"


def test_a_label_that_two_cases_overrule_is_one_error(desk: World) -> None:
    decide(desk, labelled(desk, "a", "redundant", "incorrect", "correct"), "correct")
    desk.publish(small("1.1", affects={"labels": ["incorrect"]}))
    bob = desk.expert("bob")
    work: Any = bob.take()
    bob.commit(work.id, 1, "incomplete", replaces=work.next.step.mine.id)
    bob.finish(work.id, None)
    assert open_cases(desk) == 1
    again = desk.value("SELECT id FROM cases WHERE number = 2")
    decide(desk, again, "correct")
    assert report(desk).patterns == (), "nothing twice: a step counts by its newest case"
    decide(desk, labelled(desk, "b", "redundant", "correct", "correct"), "correct")
    assert [(one.person, one.label, one.times) for one in report(desk).patterns] == [("ann", "redundant", 2)]
    assert [one.label for one in file(desk, again).earlier] == ["correct"] and file(desk, again).number == 2


def test_gaps_are_counted_where_the_guideline_does_not_decide(desk: World) -> None:
    for name, domain, gap in (("a", "law", "when?"), ("b", "law", "what if?"), ("c", "mathematics", "when?")):
        decide(desk, labelled(desk, name, "redundant", "correct", "correct", domain=domain), "correct", gap=gap)
    of_one_mind = labelled(desk, "d", "correct", "correct", "correct", unsure=True)
    desk.publish(small("1.1", "clarification"))
    decide(desk, of_one_mind, "redundant", gap="not said")
    assert [(gap.text, gap.domain) for gap in report(desk).gaps] == [
        ("not said", "mathematics"), ("when?", "mathematics"), ("what if?", "law"), ("when?", "law"),
    ]  # fmt: skip
    pair = ("correct", "redundant")
    assert gap_counts(desk) == (
        GapCount(labels=pair, domain="law", cases=2, texts=("what if?", "when?")),
        GapCount(labels=pair, domain="mathematics", cases=2, texts=("not said", "when?")),
    )
    assert [(one.domain, one.cases) for one in gap_counts(desk, "small 1.0")] == [("law", 2), ("mathematics", 1)]
    assert [one.texts for one in gap_counts(desk, "small 1.1")] == [("not said",)]


def test_decisions_are_read_by_the_schema_that_they_were_given_under(desk: World) -> None:
    decide(desk, labelled(desk, "a", "redundant", "correct", "redundant"), "redundant")
    same = {name: [name] for name in ("correct", "incorrect", "incomplete", "wrong-operation")}
    names: dict[str, Any] = {
        "label_map": {**same, "redundant": ["surplus"]}, "schema": {"labels": renamed("redundant", "surplus")},
    }  # fmt: skip
    desk.publish(small("2.0", affects={"labels": ["incomplete"]}, **names))
    case_id = labelled(desk, "b", "surplus", "correct", "surplus")
    decide(desk, case_id, "surplus")
    (adj,) = report(desk).adjudicators
    assert (adj.overturned, adj.with_first, adj.changed) == (0, 1, 0)


def test_the_lead_sees_all_of_a_case_with_names(desk: World) -> None:
    desk.add_traces(trace("a", 1))
    for name, label in zip(PEOPLE, ("correct", "redundant", "correct"), strict=True):
        expert = desk.expert(name)
        work = expert.take()
        if name == "bob":
            piloting.ask(desk, name, work.id, 1, "is it needed?")
        expert.commit(work.id, 1, label, rationale=f"says {name}")
        expert.finish(work.id)
    open_cases(desk)
    case_id = desk.value("SELECT id FROM cases")
    assert {reason.value for reason in file(desk, case_id).reasons} == {"disagreement", "question"}
    piloting.answer(desk, piloting.asked(desk)[0].id, text="as M1 says")
    to_panel(desk, case_id)
    for name, label in (("adj", "correct"), ("ada", "redundant")):
        decide(desk, case_id, label, by=name, choice="incorrect")
    found = file(desk, case_id)
    assert (found.state, found.seats, found.position, found.step, found.domain) == (
        "open", 3, 1, "a, step 1", "mathematics",
    )  # fmt: skip
    assert [reason.value for reason in found.reasons] == ["disagreement"], "the question is answered"
    assert {one.name: (one.label, one.rationale) for one in found.labels} == {
        "ann": ("correct", "says ann"), "bob": ("redundant", "says bob"), "cyn": ("correct", "says cyn"),
    }  # fmt: skip
    answer: AnswerBody | None = found.questions[0].answer
    assert found.questions[0].name == "bob" and answer is not None and answer.text == "as M1 says"
    assert [(one.name, one.label) for one in found.opinions] == [("adj", "correct"), ("ada", "redundant")]
    assert [(one.name, one.label) for one in found.choices] == [("adj", "incorrect"), ("ada", "incorrect")]
    assert found.passed_on == ("it is hard",)
    for project, one in ((desk.project, "0" * 32), (desk.add_project("other"), case_id)):
        with pytest.raises(NotFound):
            desk.store.read(lambda db, p=project, c=one: case_files.case_file(db, p, c))  # type: ignore[misc]
