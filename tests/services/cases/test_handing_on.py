"""A case is handed on, to a named expert or to a panel, by whoever has it or by the lead."""

from collections.abc import Callable

import pytest

from cotlab.domain.cases import PassBody
from cotlab.domain.errors import BadInput, Conflict, LeaseTaken, NotFound, Refused
from cotlab.domain.people import Role
from cotlab.services.cases import facts, hand_over
from cotlab.storage.cases import cases as stored
from cotlab.storage.people import actors
from tests.adjudicator import Adjudicator, adjudicators, case_on
from tests.services.cases.adjudicating import open_cases
from tests.services.cases.test_cases import PLAIN, labelled
from tests.services.cases.test_deciding import outcomes
from tests.world import World


@pytest.fixture
def disputed(world: World) -> World:
    labelled(world, ["redundant"], ["correct"])
    return world


def by_lead(world: World, case_id: str, *experts: str, panel: int | None = None) -> None:
    body = PassBody(reason="the lead wants it so", experts=experts, panel=panel)
    world.write(lambda db: hand_over.hand_on(db, world.people["lea"], world.project, case_id, body))


def test_to_a_named_expert_and_not_back(disputed: World) -> None:
    one, two, three = adjudicators(disputed, ["one", "two", "three"])
    case = one.take_case()
    stood = len(disputed.kinds())
    one.pass_on(case.id, "two")
    assert disputed.kinds()[stood:] == ["case.passed_on", "assignment.ended"]
    assert disputed.value("SELECT ending FROM assignment_ends WHERE assignment_id = :id", id=case.id) == "passed_on"
    with pytest.raises(LeaseTaken):
        one.choose(case.id)
    for judge in (one, three):
        assert (judge.waiting(), judge.cases(), judge.claim_case().nothing) == (0, (), "nothing_open")
        with pytest.raises(Refused, match="somebody else"):
            judge.claim_case(case.case_id)
    ((entry),) = two.cases()
    assert entry.for_me and two.waiting() == 1
    theirs = two.take_case()
    assert "it is hard" not in theirs.model_dump_json()
    assert two.choose(theirs.id).evidence.passed_on == ("it is hard",)
    assert two.decide(theirs.id).decided


def test_to_a_panel_whose_blind_majority_decides_and_whose_dissent_is_kept(disputed: World) -> None:
    judges = adjudicators(disputed, ["one", "two", "three", "four", "five"])
    one, two, three, four, five = judges
    case = one.take_case()
    one.pass_on(case.id, panel=3)
    with pytest.raises(Refused, match="You have handed this case on"):
        one.claim_case(case.case_id)
    held = [judge.take_case() for judge in (two, three, four)]
    assert {one.case_id for one in held} == {case.case_id} and five.claim_case().nothing == "nothing_open"
    for judge, mine, label in zip((two, three, four), held, ("redundant", "correct", "redundant"), strict=True):
        assert judge.choose(mine.id, label).evidence.earlier == ()
        decided = judge.decide(mine.id, label).decided
        assert decided is (judge is four)
    assert outcomes(disputed) == ["redundant"]

    def kept(db: object) -> list[tuple[str, str, bool]]:
        row = stored.case(db, disputed.project, case.case_id)  # type: ignore[arg-type]
        assert row is not None
        named = actors.names(db).__getitem__  # type: ignore[arg-type]
        return [(one.name, one.label, one.dissent) for one in facts.opinions(db, row, named)]  # type: ignore[arg-type]

    assert disputed.store.read(kept) == [
        ("two", "redundant", False), ("three", "correct", True), ("four", "redundant", False),
    ]  # fmt: skip


def test_a_named_panel_is_asked_alone_and_others_only_where_it_is_split(world: World) -> None:
    labelled(world, ["redundant"], ["correct"])
    one, two, three, four, five = adjudicators(world, ["one", "two", "three", "four", "five"])
    one.pass_on(one.take_case().id, "one", "two", "three", panel=3)
    assert [judge.waiting() for judge in (one, two, three, four)] == [1, 1, 1, 0]
    for judge, label in ((one, "redundant"), (two, "correct"), (three, "incorrect")):
        judge.settle(label)
    assert outcomes(world) == [] and four.waiting() == 1
    four.settle("correct")
    assert outcomes(world) == [] and five.waiting() == 1, "two of four are no majority"
    five.settle("correct")
    assert outcomes(world) == ["correct"]


def test_an_opinion_given_before_counts_and_one_more_is_asked(world: World) -> None:
    world.set_policy(overlap=2, second_adjudicator_share=1)
    one, two, three = adjudicators(world, ["one", "two", "three"])
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        world.expert(name).label_all([label])
    open_cases(world)
    one.settle("redundant")
    two.pass_on(two.take_case().id, "three")
    assert three.waiting() == 1 and outcomes(world) == []
    three.settle("redundant")
    assert outcomes(world) == ["redundant"]


def test_who_else_has_it_goes_on_where_an_adjudicator_hands_it_on(world: World) -> None:
    world.set_policy(overlap=2, second_adjudicator_share=1)
    one, two, three = adjudicators(world, ["one", "two", "three"])
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        world.expert(name).label_all([label])
    open_cases(world)
    first, second = one.take_case(), two.take_case()
    two.pass_on(second.id, "three")
    third = three.take_case()
    one.choose(first.id, "redundant")
    assert not one.decide(first.id, "redundant").decided
    three.choose(third.id)
    assert three.decide(third.id, "redundant").decided


def test_the_lead_hands_on_what_somebody_has(disputed: World) -> None:
    one, two = adjudicators(disputed, ["one", "two"])
    case = one.take_case()
    by_lead(disputed, case.case_id, "two")
    assert disputed.kinds()[-2:] == ["assignment.ended", "case.passed_on"]
    with pytest.raises(LeaseTaken):
        one.choose(case.id)
    theirs = two.take_case()
    by_lead(disputed, case.case_id, "two")
    two.choose(theirs.id)
    assert two.decide(theirs.id).decided
    with pytest.raises(Conflict, match="is decided"):
        by_lead(disputed, case.case_id, "one")
    with pytest.raises(NotFound):
        by_lead(disputed, "0" * 32, "one")


@pytest.mark.parametrize(
    ("names", "panel", "sentence", "to_the_lead_alone"),
    [
        (("ann",), None, "experts: ann cannot decide this case", True),
        (("said",), None, "experts: said cannot decide this case", True),
        (("two", "three", "ann"), 3, "experts: ann cannot decide this case", True),
        (("cyn",), None, "experts: cyn cannot decide this case", False),
        (("nobody",), None, "experts: nobody cannot decide this case", False),
        (("lea",), None, "experts: lea cannot decide this case", False),
        (("two", "three", "two"), 3, "experts: somebody is named twice", False),
        ((), 7, "panel: fewer than 7 people adjudicate in this project", False),
    ],
)
def test_who_cannot_decide_it_is_refused_and_of_who_labelled_it_only_the_lead_learns(
    world: World, names: tuple[str, ...], panel: int | None, sentence: str, to_the_lead_alone: bool
) -> None:
    """Ann labelled the step and adjudicates, cyn does not adjudicate, `said` gave an opinion."""
    world.set_policy(overlap=2, second_adjudicator_share=1)
    said, one, two, _ = adjudicators(world, ["said", "one", "two", "three"])
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        world.expert(name).label_all([label])
    open_cases(world)
    world.join("ann", Role.ADJUDICATOR)
    said.settle()
    case = one.take_case()
    with pytest.raises(BadInput) as refused:
        by_lead(world, case.case_id, *names, panel=panel)
    assert refused.value.sentence == sentence
    if to_the_lead_alone:
        one.pass_on(case.id, *names, panel=panel)
        assert two.waiting() == 1, "whoever can decide it gets it"
        assert [Adjudicator(world, name).waiting() for name in ("ann", "said", "one")] == [0, 0, 0]
        return
    with pytest.raises(BadInput) as refused:
        one.pass_on(case.id, *names, panel=panel)
    assert refused.value.sentence == sentence
    assert one.case(case.id).id == case.id and "case.passed_on" not in world.kinds()


def test_the_newest_word_counts(disputed: World) -> None:
    one, two, three = adjudicators(disputed, ["one", "two", "three"])
    case_id = case_on(disputed, "a", 1)
    one.pass_on(one.take_case().id, "two")
    two.pass_on(two.take_case().id, "one")
    assert [judge.waiting() for judge in (one, two, three)] == [1, 0, 0]
    by_lead(disputed, case_id, panel=3)
    assert [judge.waiting() for judge in (one, two, three)] == [0, 0, 1], "who handed it on is not named now"
    by_lead(disputed, case_id, "one", "two", "three", panel=3)
    assert [judge.waiting() for judge in (one, two, three)] == [1, 1, 1]


def leaves(world: World) -> None:
    world.leave("two", Role.ADJUDICATOR)


def labels_it(world: World) -> None:
    world.set_policy(overlap=3, **PLAIN)
    world.expert("two").label_all(["redundant"])


def reads_answers(world: World) -> None:
    world.set_policy(overlap=2, readers_may_label=True, **PLAIN)
    world.join("two", Role.EXPORTER)
    world.set_policy(overlap=2, **PLAIN)


@pytest.mark.parametrize("change", [leaves, labels_it, reads_answers])
def test_a_case_of_an_expert_who_can_decide_it_no_more_goes_to_others(
    disputed: World, change: Callable[[World], None]
) -> None:
    disputed.set_policy(overlap=2, **PLAIN)
    one, two, three = adjudicators(disputed, ["one", "two", "three"])
    one.pass_on(one.take_case().id, "two")
    assert [judge.waiting() for judge in (one, two, three)] == [0, 1, 0]
    change(disputed)
    assert [judge.waiting() for judge in (one, two, three)] == [0, 0, 1]
    three.settle()
    assert outcomes(disputed) == ["correct"]
