"""What adjudicators decide goes out: as the settled label, with its basis, and beside all other labels."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, Manifest
from cotlab.domain.people import Role
from cotlab.exchange.readers.jsonl import Good, read_traces
from cotlab.services.datasets.export import Export
from tests.services.calibration.piloting import answer, ask, asked
from tests.services.cases.adjudicating import case_on, decide
from tests.services.guidelines.guideline_texts import LABELS, following, renamed, small
from tests.world import Expert, World, trace

NAMES = {label["name"]: [label["name"]] for label in LABELS}


@pytest.fixture
def split(world: World) -> World:
    """Of one trace of three steps under `small 1.0`, ann and bob disagree on the second."""
    following(world, "split", "ann", "bob", "cyn")
    world.join("adj", Role.ADJUDICATOR)
    world.set_policy(overlap=2)
    world.add_traces(trace("a"))
    world.expert("ann").label_all(["correct", "redundant"], rationale="as ann sees it")
    world.expert("bob").label_all(["correct", "incorrect"], rationale="as bob sees it")
    world.catch_up()
    return world


def export(
    world: World, labels: str = "settled", format: str = "native", stale: bool = False, as_of: int | None = None
) -> tuple[list[dict[str, Any]], Manifest]:
    mapping = None if format == "native" else "both"
    order = ExportOrder(format=format, labels=LabelChoice(labels), mapping=mapping, stale=stale, as_of=as_of)
    prepared = world.store.read(lambda db: Export(db, world.project, order))
    content = b"".join(prepared.chunks(world.store))
    if content and format == "native":
        assert all(isinstance(line, Good) for line in read_traces(content.splitlines(keepends=True)))
    return [json.loads(line) for line in content.splitlines()], prepared.manifest(world.clock())


def labels_of(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The one label of each settled step."""
    for row in rows:
        for step in row["steps"]:
            yield from step["labels"]


def settled(world: World, **order: Any) -> list[tuple[str, str | None, str]]:
    """Value, kind and basis of each settled step."""
    return [(one["value"], one["kind"], one["basis"]) for one in labels_of(export(world, **order)[0])]


def test_the_decision_is_the_settled_label(split: World) -> None:
    assert settled(split) == [("correct", None, "unanimous")]
    before = split.clock()
    decide(split, case_on(split, 2), "wrong-operation", choice="redundant")
    assert settled(split) == [
        ("correct", None, "unanimous"), ("incorrect", "wrong-operation", "adjudicated"), ("correct", None, "unanimous"),
    ]  # fmt: skip
    rows, manifest = export(split)
    decided = list(labels_of(rows))[1]
    assert (decided["source"], decided["guideline"]) == ("settled", "small 1.0") and decided["given_at"] > before
    assert manifest.settled_by == {"adjudicated": 1, "unanimous": 2}
    assert export(split, format="trl-stepwise")[0][0]["labels"] == [True, False, True]


def test_every_row_that_a_trainer_reads_keeps_its_keys(split: World) -> None:
    decide(split, case_on(split, 2), "correct")
    (row,), manifest = export(split, format="trl-stepwise")
    assert set(row) == {"prompt", "completions", "labels", "row_id"} and manifest.settled_by["adjudicated"] == 1


def test_everybodys_labels_come_with_the_decisions(split: World) -> None:
    decide(split, case_on(split, 2), "correct", choice="redundant", rules=("M1",))
    (row,), manifest = export(split, "each")
    given = row["steps"][1]["labels"]
    assert [(one["value"], one["purpose"], one["rationale"]) for one in given] == [
        ("redundant", "production", "as ann sees it"), ("incorrect", "production", "as bob sees it"),
        ("correct", "adjudication", "this is why"),
    ]  # fmt: skip
    sources = {one["source"] for one in given}
    assert len(sources) == 3 and all(source.startswith("annotator-") for source in sources)
    assert [one["name"] for one in given[2]["citations"]] == ["M1"]
    assert {one["basis"] for step in row["steps"] for one in step["labels"]} == {None}
    assert manifest.label_distribution == {"correct": 5, "incorrect": 1, "redundant": 1}
    assert len(export(split, "each", "trl-stepwise")[0]) == 2, "an adjudicator is nobody who labelled the trace"


@pytest.mark.parametrize(("decision", "settled_", "why"), [
    ("usable", 3, {}), ("bad_problem", 0, {"bad_problem": 1}),
])  # fmt: skip
def test_a_whole_trace(world: World, decision: str, settled_: int, why: dict[str, int]) -> None:
    following(world, "whole", "ann", "bob", "cyn")
    world.join("adj", Role.ADJUDICATOR)
    world.set_policy(overlap=1)
    world.add_traces(trace("a"))
    ann = world.expert("ann")
    mine = ann.take()
    for position in (1, 2, 3):
        ann.commit(mine.id, position)
    ann.end(mine.id, "bad_problem")
    world.catch_up()
    assert export(world)[1].traces_dropped == {"bad_problem": 1}
    decide(world, case_on(world, 0), decision, rules=())
    rows, manifest = export(world)
    assert (len(list(labels_of(rows))), manifest.traces_dropped) == (settled_, why)
    (row,), _ = export(world, "each")
    said = [(one["value"], one["rationale"], one["purpose"]) for one in row["labels"]]
    assert (f"decision: {decision}", "this is why", "adjudication") in said
    assert ("bad_problem", "it is so", "production") in said


def test_an_open_question_keeps_a_step_until_it_is_answered(split: World) -> None:
    decide(split, case_on(split, 2), "correct")
    cyn = begun(split)
    ask(split, "cyn", cyn, 1)
    assert export(split)[1].traces_dropped == {"question": 1}
    answer(split, asked(split)[0].id)
    assert len(settled(split)) == 3


def begun(world: World) -> str:
    """Cyn has a trace open that others labelled."""
    world.set_policy(overlap=3)
    mine = world.expert("cyn").take().id
    world.set_policy(overlap=2)
    return mine


def test_a_newer_label_does_not_outvote_the_decision_in_silence(split: World) -> None:
    decide(split, case_on(split, 2), "correct")
    cyn, mine = Expert(split, "cyn"), begun(split)
    cyn.commit(mine, 1)
    assert [basis for _, _, basis in settled(split)] == ["unanimous", "adjudicated", "unanimous"]
    cyn.commit(mine, 2, "redundant")
    rows, manifest = export(split)
    assert len(list(labels_of(rows))) == 1 and manifest.steps_dropped["disagreement"] == 1
    split.catch_up()
    decide(split, case_on(split, 2), "redundant")
    assert settled(split)[1] == ("redundant", None, "adjudicated")


def test_the_same_labels_before_and_after_a_decision_are_told_apart(world: World) -> None:
    """Two traces of one step with the same labels and decision; on one of them a label came after the decision."""
    following(world, "two", "ann", "bob")
    world.join("adj", Role.ADJUDICATOR)
    world.set_policy(overlap=2)
    world.add_traces(trace("a", 1), trace("b", 1))
    ann, bob = world.expert("ann"), world.expert("bob")
    for label in ("correct", "redundant"):
        mine, his = ann.take(), bob.take()
        assert mine.problem == his.problem
        ann.commit(mine.id, 1)
        given = bob.commit(his.id, 1, "redundant", unsure=label == "correct").label_id
        world.catch_up()
        decide(world, case_on(world, 1), "correct")
        if label == "correct":
            bob.commit(his.id, 1, "redundant", replaces=given)
        ann.finish(mine.id)
        bob.finish(his.id)
    assert settled(world) == [("correct", None, "adjudicated")]
    assert export(world)[1].traces_dropped == {"disagreement": 1}


def test_a_stale_decision_goes_out_no_more(split: World) -> None:
    decide(split, case_on(split, 2), "incomplete")
    split.publish(small("1.1", affects={"labels": ["incomplete"]}))
    assert export(split)[1].steps_dropped["disagreement"] == 1
    _, manifest = export(split, "each")
    assert manifest.labels_dropped == {"stale": 1}
    (row,), _ = export(split, "each", stale=True)
    assert [(one["value"], one["stale"]) for one in row["steps"][1]["labels"]][2] == ("incomplete", True)


def test_stale_labels_with_a_stale_decision_go_out_where_they_are_let_in(split: World) -> None:
    decide(split, case_on(split, 2), "incorrect")
    split.publish(small("1.1", affects={"labels": ["redundant", "incorrect"]}))
    assert export(split)[1].steps_dropped["stale"] == 1
    rows, manifest = export(split, stale=True)
    assert [(one["value"], one["basis"], one["stale"]) for one in labels_of(rows)][1] == (
        "incorrect", "adjudicated", True,
    )  # fmt: skip
    assert manifest.stale_labels == 1


def test_a_decision_reads_under_its_new_name(split: World) -> None:
    decide(split, case_on(split, 2), "redundant")
    split.publish(
        small("1.1", label_map={**NAMES, "redundant": ["idle"]}, schema={"labels": renamed("redundant", "idle")})
    )
    rows, _ = export(split)
    decided = list(labels_of(rows))[1]
    assert (decided["value"], decided["guideline"], decided["schema_version"]) == ("idle", "small 1.0", "small 1.1")


def test_as_of_reads_every_past_state(split: World) -> None:
    """Each state of the one trace is exported again after all that came later."""
    states = [("open", sequence(split), settled(split))]
    decide(split, case_on(split, 2), "incorrect")
    states.append(("decided", sequence(split), settled(split)))
    decide(split, case_on(split, 2), "correct")
    states.append(("corrected", sequence(split), settled(split)))
    mine = begun(split)
    ask(split, "cyn", mine, 1)
    states.append(("asked", sequence(split), settled(split)))
    answer(split, asked(split)[0].id)
    states.append(("answered", sequence(split), settled(split)))
    split.expert("cyn").commit(mine, 1, "redundant")
    states.append(("newer label", sequence(split), settled(split)))
    split.expert("cyn").end(mine, "bad_problem")
    split.catch_up()
    states.append(("bad problem", sequence(split), settled(split)))
    decide(split, case_on(split, 0), "usable", rules=())
    states.append(("usable", sequence(split), settled(split)))
    lengths = [len(found) for _, _, found in states]
    assert lengths == [1, 3, 3, 0, 3, 0, 0, 0]
    assert [found[1][0] for _, _, found in states[1:3]] == ["incorrect", "correct"]
    for name, at, found in states:
        assert settled(split, as_of=at) == found, name
    (row,), _ = export(split, "each", as_of=states[1][1])
    assert [one["value"] for one in row["steps"][1]["labels"]] == ["redundant", "incorrect", "incorrect"]


def sequence(world: World) -> int:
    return len(world.kinds())


def test_what_was_left_to_others_settles_nothing(world: World) -> None:
    following(world, "left", "ann", "bob", "cyn")
    world.set_policy(overlap=2)
    world.add_traces(trace("a", 1))
    ann = world.expert("ann")
    mine = ann.take()
    ann.commit(mine.id, 1, "redundant")
    at = sequence(world)
    ann.end(mine.id, "give_up")
    for name in ("bob", "cyn"):
        assert settled(world) == []
        world.expert(name).label_all()
    assert settled(world) == [("correct", None, "unanimous")]
    assert export(world, as_of=at)[1].traces_dropped == {"waiting_for_people": 1}
    (row,), _ = export(world, "each")
    assert [one["value"] for one in row["steps"][0]["labels"]] == ["redundant", "correct", "correct"]
