"""What is known of a pair: who said what on which side, what it is settled on and by how much; exported and read."""

import json
from typing import Any

import pytest

from cotlab.domain.traces.pairs import SourceChoice, swapped
from cotlab.services.cases import case_files
from tests.services.work.comparing import CRITERIA, add, for_text, labelled, pair, prefer, prepare, take
from tests.world import World, people_and_project, trace


@pytest.fixture
def world(store: Any, clock: Any) -> World:
    world = people_and_project(store, clock)
    prepare(world)
    return world


def judge(world: World, name: str, strength: str, text: str = "one", **fields: Any) -> None:
    view, shown = take(world.expert(name))
    choice = for_text(shown, text).replace("better", strength).replace("worse", strength.replace("better", "worse"))
    prefer(world.expert(name), view.id, choice, **fields)


def test_a_pair_is_settled_on_the_sign_with_a_mean_of_the_strengths(world: World) -> None:
    add(world, pair("a", labels=(SourceChoice(source="raters", overall="much-worse"),)))
    judge(world, "ann", "much-better")
    (waiting,) = labelled(world)
    assert waiting.settled is None and waiting.unsettled == "waiting_for_people" and waiting.chosen is None
    judge(world, "bob", "slightly-better")
    (one,) = labelled(world)
    assert one.settled is not None and one.settled.basis == "unanimous" and one.settled.choice is None
    assert one.chosen.text.startswith("one") and one.rejected.text.startswith("other")
    towards = 1 if one.settled.sign == "first" else -1
    assert one.settled.margin == 2.0 * towards and set(one.settled.criteria.values()) == {2.0 * towards}
    said = {given.by: given for given in one.preferences}
    assert len(said) == 3 and said["raters"].left is None and not said["raters"].counts
    assert [given.counts for given in one.preferences if given.left] == [True, True]
    assert said["raters"].overall == ("much-worse" if one.first.text.startswith("one") else "much-better")


def test_a_tie_and_a_disagreement_have_no_better_response(world: World) -> None:
    add(world, pair("a"), pair("b"))
    for name in ("ann", "bob"):
        for _ in range(2):
            view, shown = take(world.expert(name))
            if "of a" in shown.left:
                prefer(world.expert(name), view.id, "tie")
            else:
                prefer(world.expert(name), view.id, for_text(shown, "one" if name == "ann" else "other"))
    tie, split = sorted(labelled(world), key=lambda one: one.problem.text)
    assert tie.settled.sign == "tie" and tie.settled.margin == 0 and tie.chosen is None
    assert split.settled is None and split.unsettled == "disagreement"
    world.catch_up()
    assert world.value("SELECT count(*) FROM cases") == 1


def test_an_adjudicator_decides_a_pair_blind_first(world: World) -> None:
    from tests.adjudicator import adjudicators

    add(world, pair("a"))
    judge(world, "ann", "better")
    judge(world, "bob", "better", text="other", rationale="so it is")
    world.set_policy(overlap=2, second_adjudicator_share=0)
    world.catch_up()
    (one,) = adjudicators(world, ["one"])
    case = one.take_case()
    assert case.step is None and case.pair is not None and case.evidence is None
    assert "so it is" not in case.model_dump_json() and "secret" not in case.model_dump_json()
    better = "much-better" if "one" in case.pair.left else "much-worse"
    one.settle(label=better, citations=[{"kind": "rule", "name": "P1"}])
    (decided,) = labelled(world)
    assert decided.settled.basis == "adjudicated" and decided.chosen.text.startswith("one")
    assert decided.settled.choice == ("much-better" if decided.first.text.startswith("one") else "much-worse")


def test_an_adjudicator_sees_drawn_sides_and_everything_from_there(world: World) -> None:
    """What is said of left and right is kept of first and second, and told to each as they see it."""
    from tests.adjudicator import adjudicators

    names = [f"pair {number}" for number in range(10)]
    add(world, *map(pair, names))
    for name, text in (("ann", "one"), ("bob", "other")):
        for _ in names:
            judge(world, name, "better", text=text)
    world.set_policy(overlap=2, second_adjudicator_share=0)
    world.catch_up()
    (adj,) = adjudicators(world, ["one"])
    lefts = set()
    for _ in names:
        case = adj.take_case()
        assert case.pair is not None
        kept = world.rows(
            "SELECT p.*, s.left_one FROM pairs p JOIN pair_sides s ON s.assignment_id = :a JOIN assignments a "
            "ON a.id = s.assignment_id AND a.item_id = p.item_id", a=case.id,
        )[0]  # fmt: skip
        lefts.add(kept["left_one"])
        assert case.pair.left == kept[f"{kept['left_one']}_text"] != case.pair.right
        chosen = adj.choose(case.id, for_text(case.pair, "one"))
        said = {one.label for one in chosen.evidence.labels if one.rationale is None}
        assert said == {"better", "worse"}
        for one in chosen.evidence.labels:
            row = world.rows(
                "SELECT s.left_one FROM answers n JOIN pair_sides s ON s.assignment_id = n.assignment_id "
                "WHERE n.item_id = :i AND n.question = 'label' AND n.purpose = 'production' AND n.value = :v",
                i=kept["item_id"], v=swapped(one.label) if kept["left_one"] == "second" else one.label,
            )[0]  # fmt: skip
            assert one.swapped == (row["left_one"] != kept["left_one"])
        assert adj.case(case.id).choice.label == for_text(case.pair, "one")  # type: ignore[union-attr]
        adj.decide(
            case.id, "first" if "one" in case.pair.left else "second", citations=[{"kind": "rule", "name": "P1"}]
        )
        back = adj.take_case(case.case_id)
        assert back.pair is not None and back.pair.left == case.pair.left, "the sides stay when a case comes back"
        assert back.decision is not None and back.decision.label == ("first" if "one" in case.pair.left else "second")
        adj.decide(back.id, for_text(back.pair, "one"), citations=[{"kind": "rule", "name": "P1"}])
        file = world.store.read(lambda db, one=case.case_id: case_files.case_file(db, world.project, one))  # type: ignore[misc]
        first_is_one = kept["first_text"].startswith("one")
        assert [one.label for one in file.opinions] == ["better" if first_is_one else "worse"]
        assert [one.swapped for one in file.opinions] == [kept["left_one"] == "second"]
    assert lefts == {"first", "second"}
    assert all(one.chosen.text.startswith("one") for one in labelled(world))


def test_a_corrected_choice_is_the_one_that_is_exported(world: World) -> None:
    world.set_policy(overlap=1)
    add(world, pair("a"))
    view, _ = take(world.expert("ann"))
    given = prefer(world.expert("ann"), view.id, "better", safety="both", unsure=False)
    prefer(world.expert("ann"), view.id, "tie", replaces=given.label_id)
    (one,) = labelled(world)
    (said,) = one.preferences
    assert said.overall == "tie" and said.unsafe == () and set(said.criteria) == set(CRITERIA)


def test_the_export_has_everything_as_of_a_sequence_and_is_read_again(world: World) -> None:
    world.add_traces(trace("t"))
    add(world, pair("a"), pair("b"))
    judge(world, "ann", "better")
    before = world.value("SELECT max(sequence) FROM events WHERE chain = :c", c=world.project)
    judge(world, "bob", "better", safety="left", rationale="since")
    judge(world, "cyn", "better")
    content, manifest = world.export("native-pairs", labels="each")
    rows = [json.loads(line) for line in content.splitlines()]
    assert manifest.rows == len(rows) == manifest.traces_kept and manifest.traces_read == 2
    assert b"secret-one" in content and b"annotator-" in content
    assert not any(name.encode() in content for name in ('"ann"', '"bob"'))
    settled, _ = world.export("native-pairs")
    assert all(json.loads(line)["preferences"] == [] for line in settled.splitlines())
    then, older = world.export("native-pairs", labels="each", as_of=before)
    assert older.rows == 1 and b"since" not in then
    other = world.add_project("other", "lea")
    world.project = other
    from cotlab.exchange.readers.jsonl import read_traces
    from cotlab.services.traces.trace_import import import_lines

    done = import_lines(world.store, world.host, other, read_traces(content.splitlines()))
    assert (done.pairs, done.broken) == (len(rows), [])
    again, _ = world.export("native-pairs", labels="each")
    read = {row["problem"]["text"]: row for row in map(json.loads, again.splitlines())}
    for row in rows:
        said = {(one["overall"], one["rationale"]) for one in row["preferences"]}
        assert {(one["overall"], one["rationale"]) for one in read[row["problem"]["text"]]["preferences"]} == said
        assert read[row["problem"]["text"]]["responses"] == row["responses"]
