"""What is known of a pair: who said what on which side, what it is settled on and by how much; exported and read."""

import json
from typing import Any

import pytest

from cotlab.domain.pairs import SourceChoice
from cotlab.services import labelled_pairs
from tests.services.comparing import CRITERIA, add, for_text, pair, prefer, prepare, take
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


def all_pairs(world: World) -> list[Any]:
    return world.store.read(lambda db: list(labelled_pairs.all_pairs(db, world.project)))


def test_a_pair_is_settled_on_the_sign_with_a_mean_of_the_strengths(world: World) -> None:
    add(world, pair("a", labels=(SourceChoice(source="raters", overall="much-worse"),)))
    judge(world, "ann", "much-better")
    (waiting,) = all_pairs(world)
    assert waiting.settled is None and waiting.unsettled == "waiting_for_people" and waiting.chosen is None
    judge(world, "bob", "slightly-better")
    (one,) = all_pairs(world)
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
    tie, split = sorted(all_pairs(world), key=lambda one: one.problem.text)
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
    one.settle(label="much-better", citations=[{"kind": "rule", "name": "P1"}])
    (decided,) = all_pairs(world)
    assert (decided.settled.sign, decided.settled.basis, decided.settled.choice) == (
        "first", "adjudicated", "much-better",
    )  # fmt: skip


def test_a_corrected_choice_is_the_one_that_is_exported(world: World) -> None:
    world.set_policy(overlap=1)
    add(world, pair("a"))
    view, _ = take(world.expert("ann"))
    given = prefer(world.expert("ann"), view.id, "better", safety="both", unsure=False)
    prefer(world.expert("ann"), view.id, "tie", replaces=given.label_id)
    (one,) = all_pairs(world)
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
    from cotlab.exchange.jsonl import read_traces
    from cotlab.services.importing import import_lines

    done = import_lines(world.store, world.host, other, read_traces(content.splitlines()))
    assert (done.pairs, done.broken) == (len(rows), [])
    again, _ = world.export("native-pairs", labels="each")
    read = {row["problem"]["text"]: row for row in map(json.loads, again.splitlines())}
    for row in rows:
        said = {(one["overall"], one["rationale"]) for one in row["preferences"]}
        assert {(one["overall"], one["rationale"]) for one in read[row["problem"]["text"]]["preferences"]} == said
        assert read[row["problem"]["text"]]["responses"] == row["responses"]
