"""Labels given with a draft in sight: counted in every manifest, left out where that is asked for, and told whole."""

import json
from typing import Any

import pytest

from cotlab.cli.datasets.releases import _history
from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, Manifest
from cotlab.domain.datasets.pair_exports import Compared, PairShape
from cotlab.domain.provenance import Provenance
from cotlab.exchange.card import card
from cotlab.services.datasets.export import prepared
from cotlab.services.datasets.lineage import lineage
from cotlab.storage.labels.exports import without
from tests.services.drafts import drafted
from tests.services.drafts.revealed import ALWAYS, ask_rationale, item_of, leave, opinion, reveal
from tests.services.work import comparing
from tests.world import World


def export(world: World, **order: Any) -> tuple[list[dict[str, Any]], Manifest]:
    wanted = ExportOrder(**{"format": "native", "labels": LabelChoice.EACH, **order})
    ordered = world.store.read(lambda db: prepared(db, world.project, wanted))
    lines = b"".join(ordered.chunks(world.store)).splitlines()
    return [json.loads(line) for line in lines], ordered.manifest(world.clock())


def labelled(world: World, name: str, *changed: int, reveal: bool = True) -> str:
    """A trace that somebody labels; after a look at a draft they change the labels of some steps. Returns its item."""
    expert = world.expert(name)
    taken = expert.take()
    item = item_of(world, taken.id)
    for position in (1, 2, 3):
        if reveal:
            leave(world, item, position, opinion("redundant"))
        given = expert.commit(taken.id, position)
        if position in changed:
            expert.commit(taken.id, position, "redundant", replaces=given.label_id)
    expert.finish(taken.id)
    return item


@pytest.fixture
def one_each(world: World) -> World:
    """Of two traces with one label a step, one step of one was changed after a look at a draft."""
    world.set_policy(overlap=1, **ALWAYS)
    labelled(world, "ann", 2)
    labelled(world, "bob", reveal=False)
    return world


def test_the_manifest_says_how_many_labels_were_given_with_a_draft_in_sight(one_each: World) -> None:
    for labels in ("each", "settled"):
        manifest = export(one_each, labels=LabelChoice(labels))[1]
        assert (manifest.votes, manifest.draft_assisted_votes, manifest.assisted_votes) == (6, 1, 0)
        assert manifest.assisted_share == pytest.approx(1 / 6, abs=1e-4) and not manifest.without_assisted
    said = card(manifest, PairShape())
    assert "1 (16.7%) were given with a draft of a model in sight" in said
    assert "6 of 6 labels were given by somebody who had seen no answer or label of others; 0 labels were" in said
    assert "- The bar before production, in force at the export: none." in said
    informed = manifest.model_copy(update={"assisted_votes": 2, "settled_by": {"adjudicated": 3}})
    assert "4 of 6 labels were given by somebody who had seen no answer or label of others; 3 labels were" in card(
        informed, PairShape()
    )
    assert "Pairs are shown" not in said and "Traces are shown step by step" in said


@pytest.mark.parametrize("labels", ["settled", "each"])
def test_the_label_before_the_one_that_is_left_out_stands_in_its_place(one_each: World, labels: str) -> None:
    order: dict[str, Any] = {"labels": labels, "format": "trl-stepwise", "mapping": "correctness"}
    rows, manifest = export(one_each, without_assisted=True, **order)
    assert [len(row["completions"]) for row in rows] == [3, 3] and manifest.label_distribution == {"correct": 6}
    assert manifest.without_assisted and "--without-assisted" in manifest.command
    assert (manifest.votes, manifest.draft_assisted_votes, manifest.assisted_share) == (6, 0, 0.0)
    assert manifest.labels_dropped == {"assisted": 1} and "assisted" not in manifest.steps_dropped
    whole, all_ = export(one_each, **order)
    assert [len(row["completions"]) for row in whole] == [3, 3] and "assisted" not in all_.labels_dropped
    assert all_.label_distribution == {"correct": 5, "redundant": 1}


def test_of_several_the_newest_without_a_draft_in_sight_stands(world: World) -> None:
    """Two labels before the look, and two after it."""
    world.set_policy(overlap=1, drafts=[{"reveal": "on_key", "blind_share": 0.0}])
    ann = world.expert("ann")
    taken = ann.take()
    leave(world, item_of(world, taken.id), 1, opinion("redundant"))
    standing = None
    for label in ("correct", "incomplete", "redundant", "incorrect"):
        if label == "redundant":
            reveal(world, "ann", taken.id, 1)
        standing = ann.commit(taken.id, 1, label, replaces=standing).label_id
    rows, manifest = export(world, without_assisted=True)
    (label,) = rows[0]["steps"][0]["labels"]
    assert (label["value"], label["drafts"]) == ("incomplete", []) and manifest.labels_dropped == {"assisted": 1}


def test_without_what_was_left_out_answers_replace_what_that_did() -> None:
    answers = [{"id": one, "replaces": before} for one, before in (("a", None), ("b", "a"), ("c", "b"), ("d", "c"))]
    assert without(answers, {"b", "c"}) == [{"id": "a", "replaces": None}, {"id": "d", "replaces": "a"}]
    assert without(answers, {"a", "d"}) == [{"id": "b", "replaces": None}, {"id": "c", "replaces": "b"}]
    assert without(answers, set()) == answers


def test_the_native_row_says_what_was_visible(one_each: World) -> None:
    rows, _ = export(one_each)
    found = [label for row in rows for step in row["steps"] for label in step["labels"] if label["drafts"]]
    (label,) = found
    draft = one_each.value("SELECT draft_id FROM assistance")
    assert label["value"] == "redundant" and label["drafts"] == [
        {
            "draft": draft, "kind": "label_opinion", "source": "judge", "said": "redundant", "similarity": None,
            "provenance": Provenance(driver="scripted", model="judge").model_dump(mode="json"),
        }
    ]  # fmt: skip
    alone, manifest = export(one_each, without_assisted=True)
    assert not any(label["drafts"] for row in alone for step in row["steps"] for label in step["labels"])
    assert [label["value"] for row in alone for step in row["steps"] for label in step["labels"]] == ["correct"] * 6
    assert manifest.labels_dropped == {"assisted": 1}


def test_with_others_the_step_is_settled_by_what_all_said_first(world: World) -> None:
    world.set_policy(overlap=3, **ALWAYS)
    for name in ("ann", "bob", "cyn"):
        labelled(world, name, *((1,) if name == "ann" else ()))
    order: dict[str, Any] = {"labels": LabelChoice.SETTLED, "format": "trl-stepwise", "mapping": "correctness"}
    assert export(world, without_assisted=True, **order)[1].settled_by == {"unanimous": 3}


def test_a_reason_that_a_draft_began_counts_too(world: World) -> None:
    drafted.add_model(world)
    world.set_policy(overlap=1, drafts=[{"rationales": "small", "blind_share": 0.0}])
    ann = world.expert("ann")
    taken = ann.take()
    given = ann.commit(taken.id, 1, "incorrect")
    ask_rationale(world, "ann", taken.id, 1)
    drafted.worker(world, drafted.Scripted(lambda _: "two and two are four")).draft_next()
    there = ask_rationale(world, "ann", taken.id, 1)
    assert there.draft is not None
    ann.commit(
        taken.id, 1, "incorrect", replaces=given.label_id, rationale="two and two are not five",
        rationale_draft=there.draft.id,
    )  # fmt: skip
    rows, manifest = export(world)
    (draft,) = rows[0]["steps"][0]["labels"][0]["drafts"]
    assert draft["kind"] == "rationale" and 0.5 < draft["similarity"] < 1 and manifest.draft_assisted_votes == 1


def test_pairs_are_counted_and_left_out_alike(world: World) -> None:
    comparing.prepare(world)
    world.set_policy(overlap=1, repeat_share=0.0, drafts=[{"task": "pairs", "reveal": "always", "blind_share": 0.0}])
    comparing.add(world, comparing.pair("a"), comparing.pair("b"))
    ann = world.expert("ann")
    document = {"preference": "first", "first": 0.8, "second": 0.2, "by": "votes", "flipped": False}
    for changes in (False, True):
        view, _ = comparing.take(ann)
        leave(world, item_of(world, view.id), 1, document, "pair_opinion")
        done = comparing.prefer(ann, view.id)
        if changes:
            comparing.prefer(ann, view.id, "worse", replaces=done.label_id)
    order: dict[str, Any] = {"format": "native-pairs", "labels": LabelChoice.EACH, "compared": Compared.RESPONSES}
    rows, manifest = export(world, **order)
    assert (manifest.votes, manifest.draft_assisted_votes) == (2, 1)
    assert sorted(len(one["drafts"]) for row in rows for one in row["preferences"]) == [0, 1]
    rows, manifest = export(world, without_assisted=True, **order)
    first = world.rows("SELECT value FROM answers WHERE question = 'label' AND replaces IS NULL ORDER BY item_id")
    assert [one["overall"] for row in rows for one in row["preferences"]] == [row["value"] for row in first]
    assert manifest.labels_dropped == {"assisted": 1} and not manifest.traces_dropped


def test_lineage_tells_what_was_seen_and_what_stood_beside_a_label(one_each: World) -> None:
    item = one_each.value("SELECT DISTINCT item_id FROM assistance")
    found = lineage(one_each.store, one_each.project, item, gold=False)
    seen = [event for event in found.events if event.kind == "drafts.revealed"]
    assert [(event.position, len(event.drafts), event.what) for event in seen] == [
        (position, 1, "saw what models drafted of step " + str(position)) for position in (1, 2, 3)
    ]
    given = [event for event in found.events if event.kind == "answer.given" and event.drafts]
    assert [(event.position, event.value, event.drafts[0].said) for event in given] == [(2, "redundant", "redundant")]


def test_lineage_says_it_in_words(one_each: World) -> None:
    item = one_each.value("SELECT DISTINCT item_id FROM assistance")
    lines = list(_history(lineage(one_each.store, one_each.project, item, gold=False)))
    assert lines.count("           draft in sight: label_opinion by judge: redundant") == 4
