"""What goes out where guideline versions act: stale labels, new names, kinds, pilots, and what stands beside labels."""

import json
from typing import Any

import pytest

from cotlab.domain.answers import StepSize
from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, Manifest
from cotlab.domain.errors import BadInput
from cotlab.domain.people import Role
from cotlab.domain.traces.records import Passage, Problem
from cotlab.exchange.readers.jsonl import Good, read_traces
from cotlab.services.datasets.export import Export
from tests.services.calibration.piloting import open_production, start
from tests.services.guidelines.guideline_texts import LABELS, renamed, small
from tests.world import World, trace

LISTED = small("1.1", affects={"labels": ["incomplete"]})
NAMES = {label["name"]: [label["name"]] for label in LABELS}
TOP = [label["name"] for label in LABELS if "parent" not in label]


def mapped(labels: list[dict[str, Any]], **mappings: dict[str, bool | int]) -> dict[str, Any]:
    """A schema of these labels; mapping -> value of each label of the first level."""
    return {
        "labels": [
            one if "parent" in one else {**one, "values": {name: of[one["name"]] for name, of in mappings.items()}}
            for one in labels
        ]
    }


def idle(**mappings: dict[str, bool | int]) -> str:
    """A version in which `redundant` is called `idle`, with other mappings where they are given."""
    labels = renamed("redundant", "idle")
    schema = mapped(labels, **mappings) if mappings else {"labels": labels}
    return small("1.1", label_map={**NAMES, "redundant": ["idle"]}, schema=schema)


@pytest.fixture
def followed(world: World) -> World:
    """A project that follows `small 1.0`, with overlap 2 and one trace of three steps; a passage has a rule's name."""
    world.project = world.add_project("followed", "lea")
    for name in ("ann", "bob", "cyn", "dan"):
        world.join(name, Role.ANNOTATOR)
    world.publish(small("1.0", "initial"))
    note = Passage(name="M1", text="as it is said here")
    world.add_traces(trace("a", problem=Problem(text="Problem a", domain="law", tags=("lease",), passages=(note,))))
    world.set_policy(overlap=2)
    return world


def export(
    world: World, format: str = "native", labels: str = "settled", stale: bool = False, **order: Any
) -> tuple[list[dict[str, Any]], Manifest]:
    """The rows and the manifest; the mapping is `both` where there must be one."""
    mapping = order.pop("mapping", None if format == "native" else "both")
    wanted = ExportOrder(format=format, labels=LabelChoice(labels), mapping=mapping, stale=stale, **order)
    prepared = world.store.read(lambda db: Export(db, world.project, wanted))
    content = b"".join(prepared.chunks(world.store))
    if content and format == "native":
        assert all(isinstance(line, Good) for line in read_traces(content.splitlines(keepends=True)))
    return [json.loads(line) for line in content.splitlines()], prepared.manifest(world.clock())


def label(world: World, name: str, *labels: str, **fields: Any) -> None:
    """Label the trace that comes next; `correct` where nothing is said."""
    world.expert(name).label_all(labels, **fields)


def both(world: World, *labels: str, **fields: Any) -> None:
    for name in ("ann", "bob"):
        label(world, name, *labels, **fields)


def seen(rows: list[dict[str, Any]], *fields: str) -> list[Any]:
    """These fields of the labels of the one row's steps, a list a step."""
    (row,) = rows
    return [[tuple(one[field] for field in fields) for one in step["labels"]] for step in row["steps"]]


def test_a_settled_export_ends_before_a_step_of_stale_labels(followed: World) -> None:
    both(followed, "correct", "incomplete")
    followed.publish(LISTED)
    rows, manifest = export(followed, "trl-stepwise")
    assert [row["labels"] for row in rows] == [[True]]
    assert manifest.steps_dropped == {"stale": 1, "after_an_unsettled_step": 1}
    assert (manifest.stale, manifest.stale_labels, manifest.labels_dropped) == (False, 0, {})
    rows, manifest = export(followed, "trl-stepwise", stale=True)
    assert [row["labels"] for row in rows] == [[True, False, True]]
    assert (manifest.stale, manifest.stale_labels, manifest.steps_dropped) == (True, 1, {})
    rows, _ = export(followed, stale=True)
    assert seen(rows, "value", "stale") == [[("correct", False)], [("incomplete", True)], [("correct", False)]]


@pytest.mark.parametrize(
    ("affects", "kept"),
    [
        ({"labels": ["incomplete"]}, 1),
        ({"labels": ["incomplete"], "domains": ["finance"]}, 3),
        ({"labels": ["incomplete"], "domains": ["law"]}, 1),
        ({"labels": ["incomplete"], "tags": ["sale"]}, 3),
        ({"labels": ["incomplete"], "tags": ["lease", "sale"]}, 1),
        ({"labels": ["redundant"]}, 3),
        ({"rules": ["M2"]}, 1),
        ({"rules": ["M1"]}, 3),
    ],
)
@pytest.mark.parametrize("labels", ["settled", "each"])
def test_only_what_a_version_affects_is_stale(
    followed: World, affects: dict[str, list[str]], kept: int, labels: str
) -> None:
    for name in ("ann", "bob"):
        expert = followed.expert(name)
        work = expert.take()
        expert.commit(work.id, 1, "correct", citations=({"kind": "passage", "name": "M1"},))
        expert.commit(work.id, 2, "incomplete", citations=({"kind": "rule", "name": "M2"},))
        expert.commit(work.id, 3, "correct")
    followed.publish(small("1.1", affects=affects))
    rows, _ = export(followed, "trl-stepwise", labels)
    assert [len(row["labels"]) for row in rows] == [kept] * (2 if labels == "each" else 1)


def test_a_trace_whose_first_step_is_stale_is_left_out(followed: World) -> None:
    both(followed, "incomplete")
    followed.publish(LISTED)
    for order in (("native", "settled"), ("trl-stepwise", "settled"), ("trl-stepwise", "each")):
        rows, manifest = export(followed, *order)
        assert rows == [] and (manifest.traces_dropped, manifest.steps_dropped) == ({"stale": 1}, {}), order
        assert export(followed, *order, stale=True)[1].traces_kept == 1
    assert len(seen(export(followed, labels="each")[0], "value")) == 3


def test_a_trace_with_stale_labels_alone_is_left_out_of_everybodys_labels(followed: World) -> None:
    both(followed, "incomplete", "incomplete", "incomplete")
    followed.publish(LISTED)
    rows, manifest = export(followed, labels="each")
    assert rows == [] and manifest.traces_dropped == {"stale": 1}
    assert (manifest.labels_dropped, manifest.steps_dropped) == ({"stale": 6}, {})


def test_what_is_labelled_anew_counts_again(followed: World) -> None:
    both(followed, "correct", "incomplete", step_size=StepSize.TOO_COARSE)
    followed.publish(LISTED)
    for name in ("ann", "bob"):
        assert export(followed)[1].steps_dropped["stale"] == 1
        expert = followed.expert(name)
        work = expert.take()
        mine = work.next.step.mine  # type: ignore[union-attr]
        expert.commit(work.id, 2, "incorrect", replaces=mine.id, step_size=mine.step_size)  # type: ignore[union-attr]
        expert.finish(work.id, None)
    rows, manifest = export(followed)
    assert seen(rows, "value", "guideline") == [
        [("correct", "small 1.0")], [("incorrect", "small 1.1")], [("correct", "small 1.0")]
    ]  # fmt: skip
    assert manifest.guidelines == {"small 1.0": 2, "small 1.1": 1}
    (row,), _ = export(followed, labels="each")
    assert [[one["step_size"] for one in step["labels"]] for step in row["steps"]] == [["too_coarse"] * 2] * 3
    assert sorted(one["value"] for one in row["labels"]) == ["complete: yes"] * 2 + ["finished"] * 2


def test_enough_fresh_labels_settle_a_step_beside_a_stale_one(followed: World) -> None:
    followed.set_policy(overlap=3, open_cases_on=())
    both(followed, "incorrect")
    label(followed, "cyn", "incomplete")
    followed.publish(LISTED)
    assert export(followed)[1].traces_dropped == {"stale": 1}
    followed.set_policy(overlap=2)
    for stale in (False, True):
        rows, manifest = export(followed, stale=stale)
        assert seen(rows, "value", "stale")[0] == [("incorrect", False)]
        assert (manifest.stale_labels, manifest.settled_by) == (0, {"unanimous": 3})


def test_a_settled_label_is_told_as_the_last_fresh_one_was_given(followed: World) -> None:
    cyn = followed.expert("cyn")
    work = cyn.take()
    followed.publish(LISTED)
    followed.set_policy(overlap=3)
    both(followed, "incomplete")
    followed.set_policy(overlap=2)
    followed.clock.advance(minutes=1)
    cyn.commit(work.id, 1, "incomplete")
    for stale in (False, True):
        rows, _ = export(followed, stale=stale)
        assert seen(rows, "value", "guideline")[0] == [("incomplete", "small 1.1")]


def test_stale_labels_that_are_let_in_still_have_to_agree(followed: World) -> None:
    label(followed, "ann", "correct", "incomplete")
    label(followed, "bob", "correct", "incorrect")
    followed.publish(LISTED)
    assert export(followed)[1].steps_dropped["stale"] == 1
    assert export(followed, stale=True)[1].steps_dropped["disagreement"] == 1


def test_each_ends_at_a_stale_label_of_that_person(followed: World) -> None:
    label(followed, "ann", "correct", "incomplete")
    label(followed, "bob", "incomplete", "correct")
    followed.publish(LISTED)
    rows, manifest = export(followed, "trl-stepwise", "each")
    assert [row["labels"] for row in rows] == [[True]]
    assert manifest.steps_dropped == {"stale": 2, "after_an_unsettled_step": 3}
    rows, manifest = export(followed, "trl-stepwise", "each", stale=True)
    assert sorted(row["labels"] for row in rows) == [[False, True, True], [True, False, True]]
    assert (manifest.steps_dropped, manifest.stale_labels) == ({}, 2)


def test_everybodys_labels_are_without_the_stale_ones(followed: World) -> None:
    label(followed, "ann", "correct", "incomplete", "incomplete")
    label(followed, "bob", "correct", "correct", "incomplete")
    followed.publish(LISTED)
    rows, manifest = export(followed, labels="each")
    assert seen(rows, "value") == [[("correct",), ("correct",)], [("correct",)], []]
    assert (manifest.labels_dropped, manifest.steps_dropped) == ({"stale": 3}, {"stale": 1})
    assert manifest.label_distribution == {"correct": 3}
    rows, manifest = export(followed, labels="each", stale=True)
    assert sorted(seen(rows, "value", "stale")[1]) == [("correct", False), ("incomplete", True)]
    assert (manifest.labels_dropped, manifest.stale_labels) == ({}, 3)


@pytest.mark.parametrize("affects", [{"labels": ["incomplete"]}, {"rules": ["M2"]}])
def test_an_alternative_waits_for_the_stale_steps_before_it(followed: World, affects: dict[str, list[str]]) -> None:
    cited = ({"kind": "rule", "name": "M2"},)
    followed.set_policy(overlap=1)
    ann = followed.expert("ann")
    work = ann.take()
    ann.commit(work.id, 1, "incomplete", citations=cited)
    ann.write(work.id, 2, "said better")
    ann.commit(work.id, 2)
    ann.commit(work.id, 3)
    ann.finish(work.id)
    followed.set_policy(overlap=2)
    label(followed, "bob", "incomplete", citations=cited)
    branch = followed.expert("bob").take()
    followed.expert("bob").commit(branch.id, 2, citations=({"kind": "rule", "name": "M1"},))
    followed.set_policy(overlap=1)
    assert len(export(followed, "trl-stepwise")[0]) == 2
    (row,), _ = export(followed, labels="each")
    assert [one["name"] for one in row["alternatives"][0]["steps"][0]["labels"][0]["citations"]] == ["M1"]
    followed.publish(small("1.1", affects=affects))
    rows, manifest = export(followed, "trl-stepwise")
    assert rows == []
    assert manifest.traces_dropped == {"stale": 1, "the_steps_before_the_alternative_are_unsettled": 1}


def test_a_past_state_is_read_by_the_versions_of_then(followed: World) -> None:
    both(followed, "correct", "incomplete")
    then = len(followed.kinds())
    orders: list[tuple[str, str, bool]] = [
        (format, labels, stale)
        for format in ("native", "trl-stepwise") for labels in ("settled", "each") for stale in (False, True)
    ]  # fmt: skip
    before = [export(followed, *order) for order in orders]
    followed.publish(LISTED)
    for order, (rows, manifest) in zip(orders, before, strict=True):
        again, told = export(followed, *order, as_of=then)
        assert again == rows and told == manifest.model_copy(update={"made_at": told.made_at}), order
        assert export(followed, *order)[1].sha256 != manifest.sha256 or (order[0] != "native" and order[2])


def test_a_renamed_label_goes_out_under_its_new_name(followed: World) -> None:
    label(followed, "ann", "correct", "redundant")
    followed.publish(idle())
    label(followed, "bob", "correct", "idle")
    rows, manifest = export(followed, labels="each")
    labels = sorted(seen(rows, "value", "guideline", "schema_version")[1], key=str)
    assert labels == [("idle", "small 1.0", "small 1.1"), ("idle", "small 1.1", None)]
    assert manifest.label_distribution == {"correct": 4, "idle": 2}
    rows, manifest = export(followed, "trl-stepwise")
    assert [row["labels"] for row in rows] == [[True, True, True]]
    assert manifest.settled_by == {"unanimous": 3}
    values = {"correct": True, "idle": True, "incorrect": False, "incomplete": False}
    assert manifest.mapping_values == {"small 1.1": values}


STRICT: dict[str, bool | int] = {"correct": True, "idle": False, "incorrect": False, "incomplete": False}


def test_a_label_is_mapped_by_the_version_that_its_name_belongs_to(followed: World) -> None:
    both(followed, "correct", "redundant", "incorrect")
    assert export(followed, "trl-stepwise")[0][0]["labels"] == [True, True, False]
    followed.publish(idle(both=STRICT))
    rows, manifest = export(followed, "trl-stepwise")
    assert [row["labels"] for row in rows] == [[True, False, False]]
    assert manifest.value_distribution == {"false": 2, "true": 1}
    assert manifest.guidelines == {"small 1.0": 3}


def test_a_version_by_which_no_label_is_read_need_not_have_the_mapping(followed: World) -> None:
    both(followed, "correct", "redundant")
    followed.publish(idle(new=STRICT))
    rows, _ = export(followed, "trl-stepwise", mapping="new")
    assert [row["labels"] for row in rows] == [[True, False, True]]
    with pytest.raises(BadInput, match=r"both does not fit the format trl-stepwise under small 1\.1; there is new"):
        export(followed, "trl-stepwise")


@pytest.mark.parametrize(("affected", "stale", "fits"), [
    (["incomplete"], False, False), (TOP, False, True), (TOP, True, False),
])  # fmt: skip
def test_a_mapping_fits_every_version_whose_labels_can_go_out(
    followed: World, affected: list[str], stale: bool, fits: bool
) -> None:
    both(followed)
    schema = mapped(LABELS, new=dict.fromkeys(TOP, True))
    followed.publish(small("1.1", affects={"labels": affected}, schema=schema))
    if fits:
        assert export(followed, "trl-stepwise", stale=stale, mapping="new")[1].mapping_values.keys() == {"small 1.1"}
    else:
        with pytest.raises(BadInput, match=r"new does not fit the format trl-stepwise under small 1\.0; there is none"):
            export(followed, "trl-stepwise", stale=stale, mapping="new")


def test_labels_that_became_one_agree_and_one_that_became_several_is_stale(followed: World) -> None:
    label(followed, "ann", "correct", "redundant")
    label(followed, "bob", "redundant", "redundant", "incorrect")
    merged = {**NAMES, "redundant": ["correct"], "incorrect": ["incorrect", "incomplete"]}
    fewer = {"labels": [{**one, "neighbours": []} for one in LABELS if one["name"] != "redundant"]}
    followed.publish(small("1.1", label_map=merged, schema=fewer))
    rows, manifest = export(followed)
    assert seen(rows, "value")[:2] == [[("correct",)], [("correct",)]]
    assert manifest.steps_dropped == {"stale": 1}


def test_people_agree_where_the_first_level_agrees(followed: World) -> None:
    label(followed, "ann", "incorrect", "wrong-operation")
    label(followed, "bob", "wrong-operation", "wrong-operation")
    rows, manifest = export(followed)
    assert seen(rows, "value", "kind", "schema_version", "stale") == [
        [("incorrect", None, None, False)], [("incorrect", "wrong-operation", None, False)],
        [("correct", None, None, False)],
    ]  # fmt: skip
    assert manifest.label_distribution == {"correct": 1, "incorrect": 2}
    assert (manifest.kind_distribution, manifest.settled_by) == ({"wrong-operation": 1}, {"unanimous": 3})
    rows, manifest = export(followed, labels="each")
    assert sorted(seen(rows, "value", "kind")[0], key=str) == [("incorrect", "wrong-operation"), ("incorrect", None)]
    assert (manifest.label_distribution, manifest.kind_distribution) == (
        {"correct": 2, "incorrect": 4}, {"wrong-operation": 3},
    )  # fmt: skip
    rows, manifest = export(followed, "trl-stepwise")
    assert [row["labels"] for row in rows] == [[False, False, True]]
    assert manifest.mapping_values == {"small 1.0": {name: name in ("correct", "redundant") for name in TOP}}


def test_a_kind_is_an_error_as_its_label_is(followed: World) -> None:
    schema = mapped(LABELS, both={"correct": 1, "redundant": 0, "incorrect": -1, "incomplete": -1})
    followed.publish(small("1.1", affects={"labels": TOP}, schema=schema))
    both(followed, "correct", "wrong-operation", rationale="so")
    (row,), manifest = export(followed, "prm800k")
    assert row["label"]["finish_reason"] == "found_error"
    assert [step["completions"][0]["rating"] for step in row["label"]["steps"]] == [1, -1, 1]
    assert manifest.kind_distribution == {"wrong-operation": 1} and list(manifest.mapping_values) == ["small 1.1"]


def test_what_is_told_beside_a_label(followed: World) -> None:
    ann = followed.expert("ann")
    work = ann.take()
    cited = ({"kind": "rule", "name": "M2"}, {"kind": "passage", "name": "M1", "start": 0, "stop": 5})
    first = ann.commit(work.id, 1, "incomplete", citations=cited, step_size=StepSize.TOO_COARSE)
    second = ann.commit(work.id, 2, step_size=StepSize.TOO_FINE)
    ann.commit(work.id, 2, replaces=second.label_id)
    ann.commit(work.id, 3)
    ann.finish(work.id, strategy="forward chaining")
    (row,), _ = export(followed, labels="each")
    one, two, three = (step["labels"][0] for step in row["steps"])
    assert one["citations"] == [
        {"kind": "rule", "name": "M2", "start": None, "stop": None},
        {"kind": "passage", "name": "M1", "start": 0, "stop": 5},
    ]
    assert (two["citations"], three["citations"]) == ([], [])
    assert [label["step_size"] for label in (one, two, three)] == ["too_coarse", None, None]
    assert [label["value"] for label in row["labels"]] == ["complete: yes", "strategy: forward chaining", "finished"]
    assert first.label_id


def test_the_labels_of_a_pilot_go_nowhere(followed: World) -> None:
    start(followed, traces=1, people=2)
    for name in ("ann", "bob"):
        expert = followed.expert(name)
        work = expert.take()
        assert work.purpose == "pilot"
        expert.commit(work.id, 1, "wrong-operation", rationale="so", step_size=StepSize.TOO_FINE)
        expert.end(work.id, "bad_problem")
    for format in ("native", "trl-stepwise"):
        for labels in ("settled", "each"):
            rows, manifest = export(followed, format, labels, stale=True)
            assert rows == [] and manifest.traces_dropped == {"not_labelled": 1}, (format, labels)
            assert (manifest.label_distribution, manifest.kind_distribution, manifest.guidelines) == ({}, {}, {})


def test_a_pilot_keeps_no_label_of_production_back(followed: World) -> None:
    start(followed, traces=1, people=2)
    label(followed, "cyn", "incorrect", step_size=StepSize.TOO_FINE)
    work = followed.expert("dan").take()
    followed.expert("dan").commit(work.id, 1, "incorrect")
    followed.expert("dan").end(work.id, "bad_problem")
    open_production(followed, "it went well")
    both(followed)
    assert seen(export(followed)[0], "value") == [[("correct",)]] * 3
    (row,), _ = export(followed, labels="each")
    assert [[one["step_size"] for one in step["labels"]] for step in row["steps"]] == [[None, None]] * 3
    assert sorted(one["value"] for one in row["labels"]) == ["complete: yes"] * 2 + ["finished"] * 2
