"""What people learn of decisions on pairs that they judged, and their past choices, on the sides as they saw them."""

import pytest

from cotlab.domain.cases import ChoiceBody
from cotlab.domain.errors import BadInput, NotFound
from cotlab.domain.work.views import PastLabel
from cotlab.services.cases import decision
from cotlab.services.reports import my_work
from tests.adjudicator import Adjudicator
from tests.services.cases.adjudicating import case_on, decide, open_cases
from tests.services.cases.test_decided_cases import mine, read, unread
from tests.services.work import comparing
from tests.world import World

ONE = "one of a"
"""The response that ann finds better, and that is decided for."""


@pytest.fixture
def judged(world: World) -> World:
    """A pair of which ann finds the one response better and unsafe, bob the other; adj is to decide."""
    comparing.prepare(world)
    world.set_policy(overlap=2, second_adjudicator_share=0, repeat_share=0)
    comparing.add(world, comparing.pair("a"))
    for name, better in (("ann", ONE), ("bob", "other of a")):
        view, pair = comparing.take(world.expert(name))
        criteria = dict.fromkeys(comparing.CRITERIA, "tie") | {"clarity": comparing.for_text(pair, better)}
        safety = "left" if better in pair.left else "right"
        comparing.prefer(
            world.expert(name), view.id, comparing.for_text(pair, better), criteria=criteria, safety=safety
        )
    open_cases(world)
    return world


def better(responses: tuple[str, str] | None, choice: str | None) -> str:
    """The text that a choice on those sides finds better."""
    assert responses is not None and choice in ("better", "worse")
    return responses[0] if choice == "better" else responses[1]


def past(world: World, name: str) -> tuple[PastLabel, ...]:
    person = world.person(name)
    return world.store.read(lambda db: my_work.past_labels(db, person, world.project, None)).labels


def to_adjudicate(world: World) -> tuple[str, str]:
    """The case on the pair in the hands of adj, with the choice there that finds ONE better."""
    case = Adjudicator(world, "adj").take_case()
    assert case.pair is not None
    return case.case_id, comparing.for_text(case.pair, ONE)


def test_a_decision_on_a_pair_is_told_on_the_sides_as_its_people_saw_them(judged: World) -> None:
    case_id, choice = to_adjudicate(judged)
    assert mine(judged, "ann") == []
    decide(judged, case_id, choice, rules=("P1",))
    for name, own in (("ann", ONE), ("bob", "other of a")):
        (entry,) = mine(judged, name)
        assert (entry.case_id, entry.step, unread(judged, name)) == (case_id, None, 1)
        assert better(entry.responses, entry.mine) == own
        told = read(judged, name, case_id)
        assert told.responses is not None and told.responses == entry.responses and told.step is None
        assert better(told.responses, told.opinions[0].label) == ONE
        by = {label.name: label for label in told.labels}
        assert better(told.responses, by["you"].label) == own
        (peer,) = (label for label in told.labels if label.name != "you")
        assert better(told.responses, peer.label) != own
        assert better(told.responses, peer.criteria["clarity"]) == better(told.responses, peer.label)
        for label in told.labels:
            assert label.unsafe is not None
            assert told.responses[("left", "right").index(label.unsafe)] == better(told.responses, label.label)
        assert unread(judged, name) == 0
        assert "secret" not in told.model_dump_json() + entry.model_dump_json()


def test_a_decision_on_a_pair_of_others_is_not_told(judged: World) -> None:
    case_id, choice = to_adjudicate(judged)
    decide(judged, case_id, choice, rules=("P1",))
    assert mine(judged, "cyn") == [] == mine(judged, "adj")
    with pytest.raises(NotFound):
        read(judged, "cyn", case_id)


def test_an_adjudicator_sees_criteria_and_flags_of_others_on_their_own_sides(judged: World) -> None:
    adj, person = Adjudicator(judged, "adj"), judged.person("adj")
    case = adj.take_case()
    assert case.pair is not None
    sides, choice = (case.pair.left, case.pair.right), comparing.for_text(case.pair, ONE)
    chosen = judged.write(lambda db: decision.choose(db, person, case.id, ChoiceBody(label=choice)))
    assert len(chosen.evidence.labels) == 2
    for label in chosen.evidence.labels:
        text = better(sides, label.label)
        assert set(label.criteria) == set(comparing.CRITERIA) and better(sides, label.criteria["clarity"]) == text
        assert label.unsafe is not None and sides[("left", "right").index(label.unsafe)] == text


def test_an_adjudicator_says_nothing_off_the_scale_of_the_project(judged: World) -> None:
    judged.set_policy(scale_points=3)
    case, person = Adjudicator(judged, "adj").take_case(), judged.person("adj")
    for label in ("much-better", "slightly-worse"):
        body, off = (
            ChoiceBody(label=label),
            rf"label: {label} is not on the scale of this project \(better, tie, worse\)",
        )
        with pytest.raises(BadInput, match=off):
            judged.write(lambda db: decision.choose(db, person, case.id, body))  # noqa: B023
    judged.write(lambda db: decision.choose(db, person, case.id, ChoiceBody(label="first")))


def test_my_labels_hold_pairs_as_i_saw_them(judged: World) -> None:
    for name, own in (("ann", ONE), ("bob", "other of a")):
        (label,) = past(judged, name)
        assert better(label.responses, label.label) == own and label.step is None
        assert label.problem == "Prompt a" and label.guideline_version == "preference 1.0"


def test_a_pair_that_is_open_again_is_not_among_my_labels(world: World) -> None:
    comparing.prepare(world)
    world.set_policy(overlap=1, repeat_share=1)
    comparing.add(world, *(comparing.pair(str(number)) for number in range(52)))
    ann = world.expert("ann")
    for _ in range(51):
        view, _ = comparing.take(ann)
        comparing.prefer(ann, view.id)
    _, again = comparing.take(ann)
    labels = past(world, "ann")
    assert {again.left, again.right} not in [set(one.responses or ()) for one in labels]
    assert world.value("SELECT count(*) FROM assignments WHERE purpose = 'repeat'") == 1


def test_who_read_a_decision_is_not_given_the_pair_once_more(world: World) -> None:
    comparing.prepare(world)
    world.set_policy(overlap=2, second_adjudicator_share=0, repeat_share=1)
    comparing.add(world, comparing.pair("a"))
    for name, said in (("ann", "tie"), ("bob", "both-bad")):
        view, _ = comparing.take(world.expert(name))
        comparing.prefer(world.expert(name), view.id, said, criteria=dict.fromkeys(comparing.CRITERIA, "tie"))
    open_cases(world)
    decide(world, case_on(world, 1), "tie", rules=("P1",))
    read(world, "ann", case_on(world, 1))
    comparing.add(world, *(comparing.pair(str(number)) for number in range(52)))
    for name in ("ann", "bob"):
        for _ in range(51):
            view, _ = comparing.take(world.expert(name))
            comparing.prefer(world.expert(name), view.id)
    by = world.rows("SELECT m.name FROM assignments a JOIN actors m ON m.id = a.actor_id WHERE a.purpose = 'repeat'")
    assert [row["name"] for row in by] == ["bob"]
