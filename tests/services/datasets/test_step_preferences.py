"""Labelled steps as pairs: which stand beside each other, which is chosen, and what the manifest counts."""

import json
from typing import Any

import pytest

from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, Manifest
from cotlab.domain.datasets.pair_exports import MOST_PER_STEP, Compared, PairShape
from cotlab.domain.datasets.row_ids import parsed
from cotlab.domain.datasets.splits import Benchmark, FacetValue
from cotlab.domain.errors import BadInput, NotFound
from cotlab.domain.traces.records import Alternative, Origin, Passage, Problem, Step
from cotlab.domain.work.views import NextStep
from cotlab.services.datasets.export import prepared
from cotlab.services.datasets.lineage import lineage
from tests.services.datasets.releasing import between, release
from tests.services.datasets.splitting import export as split_export
from tests.services.datasets.splitting import splits, told
from tests.services.guidelines.guideline_texts import following, small
from tests.world import ANNOTATORS, World, people_and_project, trace

ASKED = Problem(text="What is 2 + 2?\n", domain="mathematics", passages=(Passage(name="hint", text="Count."),))
PROMPT = "What is 2 + 2?\n\n\nhint:\nCount.\n"


@pytest.fixture
def world(store: Any, clock: Any) -> World:
    return people_and_project(store, clock, overlap=1)


def label(world: World, said: dict[str, str] | None = None) -> None:
    """Everybody labels whatever there is: `said` is a text -> its label, `correct` where it is not in there."""
    for name in ANNOTATORS:
        expert = world.expert(name)
        while (assignment := expert.claim().assignment) is not None:
            next_ = assignment.next
            while isinstance(next_, NextStep):
                label = (said or {}).get(next_.step.text.strip(), "correct")
                next_ = expert.commit(assignment.id, next_.step.position, label).next
            expert.finish(assignment.id, "yes" if "complete" in next_.asks else None)  # type: ignore[union-attr]


def export(
    world: World, format: str = "trl-dpo", as_of: int | None = None, redundant: bool = False, stale: bool = False,
    labels: LabelChoice = LabelChoice.SETTLED, most: int = MOST_PER_STEP, **shape: bool,
) -> tuple[list[dict[str, Any]], Manifest]:  # fmt: skip
    order = ExportOrder(
        format=format, labels=labels, as_of=as_of, shape=PairShape(**shape), compared=Compared.STEPS,
        redundant=redundant, stale=stale, most_per_step=most,
    )  # fmt: skip
    made = world.store.read(lambda db: prepared(db, world.project, order))
    rows = [json.loads(line) for line in b"".join(made.chunks(world.store)).splitlines()]
    return rows, made.manifest(0)


def siblings(world: World, *paths: list[str]) -> None:
    world.add_traces(*(trace("t", problem=ASKED, texts=texts) for texts in paths))


def test_siblings_that_part_after_the_same_steps(world: World) -> None:
    siblings(world, ["Add  them.", "It is 4.", "Done."], ["Add\nthem. ", "It is 5.", "So 5."], ["Guess.", "It is 4."])
    label(world, {"It is 5.": "incorrect", "So 5.": "incorrect"})
    rows, manifest = export(world)
    (row,) = rows
    assert (row["chosen"], row["rejected"]) == ("It is 4.", "It is 5.")
    assert row["prompt"] in (f"{PROMPT}Add  them.\n", f"{PROMPT}Add\nthem. \n")
    assert manifest.comparisons == {"sibling": 1} and manifest.rows == 1 and manifest.steps == 2
    assert manifest.label_distribution == {"correct": 1, "incorrect": 1} and manifest.settled_by == {"single": 2}
    assert (manifest.traces_read, manifest.traces_kept) == (3, 2)
    assert manifest.traces_dropped == {"nothing_to_compare": 1}
    assert manifest.compared is Compared.STEPS and manifest.guidelines == {"step-correctness 1.0": 2}


def test_alternatives_of_a_step(world: World) -> None:
    other = (
        Alternative(position=2, steps=(Step(text="It is 5."),)),
        Alternative(position=2, steps=(Step(text="It is four."),)),
    )
    world.add_traces(trace("t", problem=ASKED, texts=["Add them.", "It is 4.", "Done."], alternatives=other))
    label(world, {"It is 5.": "incorrect"})
    rows, manifest = export(world)
    assert sorted((row["prompt"], row["chosen"], row["rejected"]) for row in rows) == [
        (f"{PROMPT}Add them.\n", "It is 4.", "It is 5."), (f"{PROMPT}Add them.\n", "It is four.", "It is 5."),
    ]  # fmt: skip
    assert manifest.comparisons == {"alternative": 2} and manifest.traces_kept == manifest.traces_read == 3


def test_a_chat_has_the_steps_before_in_the_turn_that_asks(world: World) -> None:
    siblings(world, ["Add them.", "It is 4."], ["Add them.", "It is 5."])
    label(world, {"It is 5.": "incorrect"})
    ((row,), manifest) = export(world, conversational=True)
    assert {name: value for name, value in row.items() if name != "row_id"} == {
        "prompt": [{"role": "user", "content": f"{PROMPT}Add them."}],
        "chosen": [{"role": "assistant", "content": "It is 4."}],
        "rejected": [{"role": "assistant", "content": "It is 5."}],
    }
    assert manifest.shape is not None and manifest.shape.conversational


def test_kto_has_each_step_once(world: World) -> None:
    siblings(world, ["It is 4."], ["Four."], ["It is 5."], ["It is 6."])
    label(world, {"It is 5.": "incorrect", "It is 6.": "incorrect"})
    rows, manifest = export(world, "trl-kto")
    assert {(row["completion"], row["label"]) for row in rows} == {
        ("It is 4.", True), ("Four.", True), ("It is 5.", False), ("It is 6.", False),
    }  # fmt: skip
    assert len(rows) == 4 and {row["prompt"] for row in rows} == {PROMPT}
    assert manifest.comparisons == {"sibling": 4} and manifest.rows == manifest.steps == 4


def test_a_redundant_step_is_rejected_only_where_asked(world: World) -> None:
    siblings(world, ["It is 4.", "So it is."], ["Let us see.", "It is 4."])
    label(world, {"Let us see.": "redundant"})
    assert export(world)[0] == []
    ((row,), manifest) = export(world, redundant=True)
    assert (row["chosen"], row["rejected"]) == ("It is 4.", "Let us see.")
    assert manifest.redundant and manifest.label_distribution == {"correct": 1, "redundant": 1}


def test_two_of_one_label_and_what_is_behind_an_error_are_no_rows(world: World) -> None:
    siblings(world, ["It is 4."], ["Four."], ["Wrong.", "It is 4."], ["Wrong.", "It is 5."])
    label(world, {"Wrong.": "incorrect", "It is 5.": "incorrect"})
    rows, _ = export(world)
    assert {(row["chosen"], row["rejected"]) for row in rows} == {("It is 4.", "Wrong."), ("Four.", "Wrong.")}
    assert {row["prompt"] for row in rows} == {PROMPT}


def test_a_step_that_one_path_accepts_and_another_denies_is_no_side(world: World) -> None:
    siblings(world, ["It is 4.", "a"], ["It  is 4.", "b"], ["It is 5."])
    label(world, {"It  is 4.": "incorrect", "It is 5.": "incorrect"})
    rows, manifest = export(world)
    assert rows == [] and manifest.steps_dropped == {"contradicted": 1}


def test_nothing_behind_a_step_that_a_path_denies_is_compared(world: World) -> None:
    siblings(world, ["It is 4.", "a"], ["It is  4.", "b"], ["It  is 4.", "c"])
    label(world, {"It  is 4.": "incorrect", "b": "incorrect"})
    rows, manifest = export(world)
    assert rows == [] and manifest.steps_dropped == {}


def test_steps_before_an_alternative_are_its_parents(world: World) -> None:
    other = (Alternative(position=2, steps=(Step(text="Four."),)),)
    world.add_traces(trace("t", problem=ASKED, texts=["Add them.", "It is 4."], alternatives=other))
    siblings(world, ["Guess."])
    label(world, {"Guess.": "incorrect"})
    rows, manifest = export(world)
    assert [(row["chosen"], row["rejected"]) for row in rows] == [("Add them.", "Guess.")]
    assert (manifest.traces_read, manifest.traces_kept, manifest.steps) == (3, 2, 2)


def test_an_alternative_behind_steps_that_are_not_settled_is_left_out(world: World) -> None:
    other = (Alternative(position=3, steps=(Step(text="It is 5."),)),)
    world.add_traces(trace("t", problem=ASKED, texts=["Add them.", "Slowly.", "It is 4."], alternatives=other))
    siblings(world, ["Four."])
    for name in ANNOTATORS:
        expert = world.expert(name)
        while (view := expert.claim().assignment) is not None:
            assert isinstance(view.next, NextStep)
            if view.next.step.text == "Add them.":
                expert.end(view.id, "give_up")
            else:
                wrong = view.next.step.text == "It is 5."
                expert.commit(view.id, view.next.step.position, "incorrect" if wrong else "correct")
                expert.finish(view.id)
    rows, manifest = export(world)
    assert rows == [] and manifest.traces_dropped == {
        "not_labelled": 1, "nothing_to_compare": 1, "the_steps_before_the_alternative_are_unsettled": 1,
    }  # fmt: skip


def test_only_what_is_settled_counts_and_the_past_stays(world: World) -> None:
    siblings(world, ["It is 4."], ["It is 5."])
    label(world, {"It is 5.": "incorrect"})
    then = len(world.kinds())
    before, told = export(world)
    world.set_policy(overlap=2)
    rows, manifest = export(world)
    assert rows == [] and manifest.traces_dropped == {"waiting_for_people": 2}
    again, told_again = export(world, as_of=then)
    assert again == before != [] and told_again == told


def test_stale_labels_stay_out_unless_they_are_let_in(world: World) -> None:
    following(world, "other", *ANNOTATORS).set_policy(overlap=1)
    siblings(world, ["It is 4."], ["It is 5."])
    label(world, {"It is 5.": "incorrect"})
    world.publish(small("1.1", affects={"labels": ["incorrect"]}))
    rows, manifest = export(world)
    assert rows == [] and manifest.traces_dropped == {"nothing_to_compare": 1, "stale": 1}
    rows, manifest = export(world, stale=True)
    assert len(rows) == 1 and manifest.stale_labels == 1


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ({"format": "native-pairs"}, "compared: steps are compared in trl-dpo, .*, and not in native-pairs"),
        ({"format": "native"}, "compared: .* not in native$"),
        ({"format": "trl-stepwise"}, "compared: .* not in trl-stepwise$"),
        ({"labels": LabelChoice.EACH}, "labels: steps are compared by their settled labels"),
        ({"margin": True, "format": "trl-reward"}, "margin: steps are labelled one by one"),
    ],
)
def test_what_steps_have_not_is_refused(world: World, order: dict[str, Any], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        export(world, **order)


def test_redundant_without_compared_steps_is_refused_in_every_format(world: World) -> None:
    for name in ("native", "trl-stepwise", "trl-dpo", "native-pairs"):
        order = ExportOrder(format=name, labels=LabelChoice.SETTLED, redundant=True)
        with pytest.raises(BadInput, match="redundant: this is of steps that are compared"):
            world.store.read(lambda db: prepared(db, world.project, order))  # noqa: B023


def test_where_many_traces_part_so_many_rows_are_drawn(world: World) -> None:
    good, bad = [f"It is {n}." for n in range(5)], [f"It is minus {n}." for n in range(6)]
    siblings(world, *([text] for text in (*good, *bad)))
    label(world, dict.fromkeys(bad, "incorrect"))
    rows, manifest = export(world, most=30)
    assert len(rows) == 30 and manifest.comparisons == {"sibling": 30} and manifest.steps == 11
    rows, manifest = export(world)
    assert len(rows) == MOST_PER_STEP and manifest.comparisons == {"sibling": 20, "left_out": 10}
    rows, manifest = export(world, most=3)
    met = [(row["chosen"], row["rejected"]) for row in rows]
    assert len(set(met)) == 3 and all(one in good and other in bad for one, other in met)
    assert manifest.comparisons == {"sibling": 3, "left_out": 27} and manifest.most_per_step == 3
    steps = {text for pair in met for text in pair}
    assert manifest.steps == manifest.traces_kept == len(steps) and sum(manifest.label_distribution.values()) == len(
        steps
    )
    assert manifest.traces_dropped == {"nothing_to_compare": 11 - len(steps)}
    assert export(world, most=3)[0] == rows, "the draw is that of the texts"


def test_splits_and_choices_hold_for_steps_too(world: World) -> None:
    for number in range(8):
        problem = Problem(text=told(number), domain=("law", "mathematics")[number % 2])
        for text, origin in (("It holds.", Origin.HUMAN), ("It fails.", Origin.MODEL)):
            world.add_traces(trace(f"{number}", problem=problem, texts=[text], origin=origin))
    label(world, {"It fails.": "incorrect"})
    common = {"format": "trl-dpo", "compared": Compared.STEPS}
    files, manifest = split_export(world, **common, splits=splits())
    assert [len(rows) for rows in files.values()] == [6, 2] == [file.rows for file in manifest.files]
    prompts = [{row["prompt"] for row in rows} for rows in files.values()]
    assert not prompts[0] & prompts[1] and len(prompts[0] | prompts[1]) == 8
    assert [file.traces for file in manifest.files] == [12, 4] and manifest.traces_kept == 16
    law = FacetValue.model_validate({"facet": "domain", "value": "law"}, strict=False)
    benchmark = Benchmark(name="known", sha256="0" * 64, problems=(told(2),))
    _, chosen = split_export(world, **common, where=(law,), against=(benchmark,))
    assert (chosen.rows, chosen.comparisons) == (3, {"sibling": 3})
    assert chosen.traces_dropped == {"in_a_benchmark": 2, "not_selected": 8} and chosen.traces_read == 16
    human = FacetValue.model_validate({"facet": "origin", "value": "human"}, strict=False)
    _, alone = split_export(world, **common, where=(human,))
    assert alone.rows == 0 and alone.traces_dropped == {"nothing_to_compare": 8, "not_selected": 8}


def test_what_is_compared_keeps_its_name_and_the_traces_behind_it_know_the_release(world: World) -> None:
    siblings(world, ["Add them.", "It is 4."], ["Add them.", "It is 5."], ["Guess."])
    label(world, {"It is 5.": "incorrect", "Guess.": "incomplete"})
    (row, other), _ = export(world)
    name = parsed(row["row_id"])
    problem = world.value("SELECT problem_id FROM traces WHERE id IN (SELECT min(id) FROM traces)")
    assert name is not None and name.item_id == problem and (name.labels or "").startswith("steps-")
    assert row["row_id"] != other["row_id"] and row["row_id"] in {one["row_id"] for one in export(world)[0]}
    kto = {one["completion"]: one["row_id"] for one in export(world, "trl-kto")[0]}
    assert len(set(kto.values())) == len(kto)
    release(world, "v1", format="trl-dpo", compared=Compared.STEPS)
    release(world, "v2", format="trl-dpo", compared=Compared.STEPS)
    found = between(world, "v1", "v2")
    assert (found.unchanged, found.rows) == (2, ())
    for trace_row in world.rows("SELECT id FROM traces"):
        history = lineage(world.store, world.project, trace_row["id"], gold=True)
        assert [one.release for one in history.events if one.release] == ["v1", "v2"]
        assert all(row["row_id"] in one.exported.rows for one in history.events if one.exported)
    told = lineage(world.store, world.project, row["row_id"], gold=True)
    assert (told.id, told.item_id, told.task) == (row["row_id"], problem, "steps")
    assert [one.exported.rows for one in told.events if one.exported] == [(row["row_id"],)] * 2
    traces = {one["id"] for one in world.rows("SELECT id FROM traces")}
    assert {one.item for one in told.events if one.kind == "answer.given"} == traces
    assert [one.kind for one in told.events].count("traces.imported") == 1, "they came with one file"
    assert len(told.events) == len({(one.sequence, one.item, one.what) for one in told.events})
    with pytest.raises(NotFound, match="no row"):
        lineage(world.store, world.project, f"{traces.pop()}.steps-0", gold=True)
