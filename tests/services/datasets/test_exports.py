"""What goes out: settled prefixes, each person's own, alternatives, any past state, and a manifest that adds up."""

import hashlib
import json
from collections import Counter
from typing import Any

import pytest

from cotlab.domain.datasets.exports import ExportOrder, LabelChoice
from cotlab.domain.errors import BadInput, NotFound
from cotlab.services.datasets import export
from tests.world import World, guideline_text

EVERYTHING = (("native", "each", None), ("native", "settled", None), ("trl-stepwise", "settled", "correctness"),
              ("trl-stepwise", "each", "correctness"), ("prm800k", "each", "prm800k"))  # fmt: skip


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def completions(content: bytes) -> dict[str, list[bool]]:
    return {row["prompt"].split("\n")[0]: row["labels"] for row in lines(content)}


def two_label(world: World, *labels: tuple[str, ...]) -> None:
    """Ann and bob label the first trace, each with labels of their own."""
    for name, mine in zip(("ann", "bob"), labels, strict=True):
        world.expert(name).label_all(mine)


def test_a_settled_export_ends_before_the_first_step_that_is_not(world: World) -> None:
    two_label(world, ("correct", "redundant", "correct"), ("correct", "correct", "correct"))
    content, manifest = world.export("trl-stepwise", "settled", "correctness")
    (row,) = lines(content)
    assert row["completions"] == ["a, step 1"] and row["labels"] == [True]
    assert manifest.steps_dropped == {"after_an_unsettled_step": 1, "disagreement": 1}
    assert manifest.settled_by == {"unanimous": 1}
    assert manifest.traces_dropped == {"not_labelled": 2} and (manifest.traces_read, manifest.traces_kept) == (3, 1)


def test_a_label_that_was_corrected_counts_as_corrected(world: World) -> None:
    ann, bob = world.expert("ann"), world.expert("bob")
    mine = ann.take()
    first = ann.commit(mine.id, 1, "redundant")
    ann.commit(mine.id, 1, "correct", replaces=first.label_id)
    bob.commit(bob.take().id, 1, "correct")
    content, _ = world.export("trl-stepwise", "settled", "correctness")
    assert completions(content) == {"Problem a": [True]}
    native = lines(world.export("native", "each")[0])[0]
    assert [label["value"] for label in native["steps"][0]["labels"]] == ["correct", "correct"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, None),
        ({"unsure": True}, "unsure"),
        ({"policy": {"overlap": 3}}, "waiting_for_people"),
        ({"bad": True}, "bad_problem"),
        ({"bad": True, "policy": {"overlap": 2, "open_cases_on": ()}}, None),
        ({"unsure": True, "policy": {"overlap": 2, "open_cases_on": ("disagreement",)}}, None),
    ],
)
def test_what_keeps_a_trace_back(world: World, change: dict[str, Any], why: str | None) -> None:
    ann, bob = world.expert("ann"), world.expert("bob")
    ann.label_all(finish=False)
    if change.get("bad"):
        ann.end(ann.take().id, "bad_problem")
    bob.label_all(unsure=change.get("unsure", False))
    if "policy" in change:
        world.set_policy(**change["policy"])
    content, manifest = world.export("trl-stepwise", "settled", "correctness")
    assert bool(content) == (why is None)
    assert manifest.traces_dropped == ({"not_labelled": 2} | ({why: 1} if why else {}))


def test_each_exports_everybody_under_a_pseudonym(world: World) -> None:
    two_label(world, ("incorrect",), ("correct", "redundant"))
    content, manifest = world.export("trl-stepwise", "each", "correctness")
    assert sorted(row["labels"] for row in lines(content)) == [[False, True, True], [True, True, True]]
    assert manifest.label_distribution == {"correct": 4, "incorrect": 1, "redundant": 1}
    assert manifest.value_distribution == {"false": 1, "true": 5}
    native, _ = world.export("native", "each")
    names = {label["source"] for row in lines(native) for step in row["steps"] for label in step["labels"]}
    assert len(names) == 2 and all(name.startswith("annotator-") for name in names)
    for hidden in (*world.people, *world.people.values()):
        assert f'"{hidden}"'.encode() not in native


def test_a_past_state_reads_the_same_whatever_came_later(world: World) -> None:
    two_label(world, ("correct",), ("correct", "redundant"))
    world.expert("ann").write(world.expert("ann").take().id, 1, "said better")
    then = len(world.kinds())
    before = [world.export(*which) for which in EVERYTHING]
    world.set_policy(overlap=3, open_cases_on=())
    cyn = world.expert("cyn")
    cyn.label_all(["incorrect"])
    bob = world.expert("bob")
    mine = bob.take()
    first = bob.commit(mine.id, 1, "redundant")
    bob.commit(mine.id, 1, "correct", replaces=first.label_id)
    bob.end(mine.id, "bad_problem")
    world.publish(guideline_text("1.1", "clarification"))
    for which, (content, manifest) in zip(EVERYTHING, before, strict=True):
        again, told = world.export(*which, as_of=then)
        assert again == content and told == manifest.model_copy(update={"made_at": told.made_at}), which
        assert world.export(*which)[0] != content, which


def test_a_sequence_that_is_not_there_yet_is_refused(world: World) -> None:
    with pytest.raises(BadInput, match="as_of"):
        world.export(as_of=len(world.kinds()) + 1)
    assert world.export(as_of=0)[0] == b""


@pytest.mark.parametrize(
    ("format", "mapping", "says"),
    [
        ("trl-stepwise", None, "mapping: is required for the format trl-stepwise; there is correctness, trl-prm800k"),
        ("trl-stepwise", "prm800k", "mapping: prm800k does not fit the format trl-stepwise under step-correctness 1.0"),
        ("prm800k", "correctness", "does not fit.*prm800k"),
        ("trl-stepwise", "none", "does not fit"),
        ("native", "correctness", "has no target value"),
        ("csv", None, "csv"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(world: World, format: str, mapping: str | None, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        world.export(format, "each", mapping)


def test_the_mappings_differ_where_they_should(world: World) -> None:
    world.set_policy(overlap=1)
    world.expert("ann").label_all(["correct", "redundant", "incomplete"])
    for mapping, values in (("correctness", [True, True, False]), ("trl-prm800k", [True, False, False])):
        assert completions(world.export("trl-stepwise", "settled", mapping)[0]) == {"Problem a": values}


@pytest.mark.parametrize("which", EVERYTHING)
def test_the_manifest_adds_up(world: World, which: tuple[str, str, str | None]) -> None:
    two_label(world, ("correct", "incorrect"), ("correct", "incomplete"))
    ann = world.expert("ann")
    ann.commit(ann.take().id, 1, "redundant")
    content, manifest = world.export(*which)
    assert manifest.rows == len(content.splitlines()) and manifest.bytes == len(content)
    assert manifest.sha256 == hashlib.sha256(content).hexdigest()
    assert manifest.traces_read == manifest.traces_kept + sum(manifest.traces_dropped.values()) == 3
    assert sum(manifest.label_distribution.values()) == sum(manifest.guidelines.values())
    assert manifest.longest_row_characters == max(len(line.decode()) + 1 for line in content.splitlines())
    assert set(manifest.guidelines) <= {"step-correctness 1.0"} or manifest.labels == "settled"
    if manifest.mapping:
        assert sum(manifest.value_distribution.values()) == manifest.steps
    if which[1] == "settled":
        assert manifest.steps + sum(manifest.steps_dropped.values()) == 3 * manifest.traces_kept
    assert manifest.audit_head == world.value(
        "SELECT hash FROM events WHERE chain = :c ORDER BY sequence DESC LIMIT 1", c=world.project
    )
    assert manifest.as_of == len(world.kinds())


def test_an_alternative_goes_out_with_the_settled_steps_before_it(world: World) -> None:
    ann = world.expert("ann")
    mine = ann.take()
    ann.commit(mine.id, 1, "redundant")
    ann.write(mine.id, 2, "said better")
    for position in (2, 3):
        ann.commit(mine.id, position)
    ann.finish(mine.id)
    for name in ("bob", "cyn"):
        world.set_policy(overlap=3)
        world.expert(name).label_all(["redundant"])
    world.set_policy(overlap=2)
    for name in ("bob", "cyn"):
        while not (assignment := world.expert(name).take()).done:
            world.expert(name).end(assignment.id, "give_up")
        assert [step.prefix for step in assignment.done] == [True]
        world.expert(name).commit(assignment.id, 2, "incorrect")
    content, manifest = world.export("trl-stepwise", "settled", "correctness")
    rows = Counter((tuple(row["completions"]), tuple(row["labels"])) for row in lines(content))
    assert rows == {
        (("a, step 1", "a, step 2", "a, step 3"), (True, True, True)): 1,
        (("a, step 1", "said better"), (True, False)): 1,
    }
    assert manifest.traces_read == manifest.traces_kept + sum(manifest.traces_dropped.values()) == 4
    once = {"correct": 2, "incorrect": 1, "redundant": 1}
    assert manifest.label_distribution == manifest.files[0].label_distribution == once, "the prefix is its parent's"
    assert manifest.steps == sum(manifest.settled_by.values()) == sum(manifest.guidelines.values()) == 4
    inside = [world.export("native", "settled"), world.export("prm800k", "settled", "prm800k")]
    told = (manifest, *(one for _, one in inside))
    measured = [[(found.label, found.value, found.units) for found in one.agreement] for one in told]
    assert measured == measured[:1] * 3 and measured[0][0] == (None, 1.0, 4)


def test_an_export_is_an_event_with_its_manifest(world: World) -> None:
    two_label(world, (), ())
    _, manifest = world.export()
    order = ExportOrder(format="native", labels=LabelChoice.SETTLED)
    receipt = world.write(lambda db: export.record(db, world.people["exp"], "e" * 32, manifest, order))
    event = world.rows(
        "SELECT body, hash FROM events WHERE chain = :c ORDER BY sequence DESC LIMIT 1", c=world.project
    )[0]
    body = json.loads(event["body"])
    assert (body["kind"], body["actor"], event["hash"]) == ("export.made", world.people["exp"], receipt)
    assert body["data"]["sha256"] == manifest.sha256 and body["data"]["rows"] == manifest.rows
    stored = world.store.read(lambda db: export.manifest(db, world.project, "e" * 32))
    assert json.loads(stored)["sha256"] == manifest.sha256
    with pytest.raises(NotFound):
        world.store.read(lambda db: export.manifest(db, world.project, "f" * 32))


def test_steps_of_a_manifest_are_those_with_a_label(world: World) -> None:
    ann = world.expert("ann")
    ann.commit(ann.take().id, 1)
    native, manifest = world.export("native", "each")
    (row,) = lines(native)
    assert len(row["steps"]) > 1 and manifest.steps == sum(bool(step["labels"]) for step in row["steps"]) == 1
