"""Accepted traces and judged answers go out; a right answer by a bad step is an example to nobody."""

import json
from typing import Any

import pytest

from cotlab.domain.datasets.exports import ExportOrder, LabelChoice
from cotlab.domain.errors import BadInput
from cotlab.exchange.readers.jsonl import Good, read_traces
from cotlab.services.datasets.export import prepared
from cotlab.storage import Store
from tests.services.cases.adjudicating import case_on, decide
from tests.services.checks.checked import check
from tests.services.conftest import grown
from tests.services.datasets.releasing import between, counted, release
from tests.services.reports.test_quality import RIGHT, WRONG, add
from tests.support import Clock
from tests.world import World

EXAMPLES = ("sft", "sft-messages")


@pytest.fixture
def judged(store: Store, clock: Clock) -> World:
    """Traces whose answers a check found right or wrong, with good and bad steps; one that only a file calls right."""
    return grown(store, clock, grow_judged)


def grow_judged(world: World) -> None:
    world.write(lambda db: db.run("DELETE FROM queue"))
    answers: dict[str, dict[str, Any]] = {
        "accepted": {"given": ("correct", "correct"), "final_answer": "4"},
        "with-a-redundant-step": {"given": ("correct", "redundant"), "final_answer": "4"},
        "planted": {"given": ("incorrect", "correct"), "final_answer": "4"},
        "wrong": {"given": ("correct", "incorrect"), "final_answer": "5"},
    }
    for name, how in answers.items():
        add(world, name, reference="4", labels=(WRONG,), **how)
    add(world, "by-the-file", ("correct", "correct"), labels=(RIGHT,))
    add(world, "half", ("correct", "correct"), ("ann",), reference="4", final_answer="4")
    check(world)


def rows(world: World, format: str, mapping: str | None = "correctness", **order: Any) -> list[dict[str, Any]]:
    content, manifest = world.export(format, "settled", mapping, **order)
    assert manifest.rows == content.count(b"\n") == manifest.traces_kept
    assert manifest.traces_read == manifest.traces_kept + sum(manifest.traces_dropped.values())
    return [json.loads(line) for line in content.splitlines()]


def prompts(found: list[dict[str, Any]]) -> set[str]:
    return {row["prompt"].strip() if "prompt" in row else row["messages"][0]["content"] for row in found}


@pytest.mark.parametrize("format", EXAMPLES)
def test_only_accepted_traces_are_examples(judged: World, format: str) -> None:
    assert prompts(rows(judged, format)) == {"accepted", "with-a-redundant-step"}
    assert prompts(rows(judged, format, "trl-prm800k")) == {"accepted"}


def test_the_policy_says_which_labels_are_valid(judged: World) -> None:
    judged.set_policy(overlap=2, valid_labels=("correct",))
    assert prompts(rows(judged, "sft")) == {"accepted"}


def test_the_planted_trace_is_an_example_nowhere(judged: World) -> None:
    for format in EXAMPLES:
        assert "planted" not in json.dumps(rows(judged, format))
    (row,) = [row for row in rows(judged, "trl-stepwise") if row["prompt"] == "planted\n"]
    assert row["labels"] == [False, True]
    (row,) = [row for row in rows(judged, "processbench") if row["problem"] == "planted"]
    assert (row["label"], row["final_answer_correct"]) == (0, True)


@pytest.mark.parametrize("labels", ["settled", "each"])
def test_a_main_path_is_canonical_where_it_is_accepted(world: World, labels: str) -> None:
    """Each came in as canonical; one of two people said of the second step of `disputed` that it is wrong."""
    world.write(lambda db: db.run("DELETE FROM queue"))
    given = {
        "accepted": ("correct", "redundant"), "planted": ("incorrect", "correct"), "wrong": ("correct", "correct"),
        "unjudged": ("correct", "correct"), "disputed": ("correct", "correct"),
    }  # fmt: skip
    for name, words in given.items():
        add(
            world, name, words, ("ann",) if name == "disputed" else ("ann", "bob"), canonical=True,
            reference=None if name == "unjudged" else "4", final_answer="5" if name == "wrong" else "4",
        )  # fmt: skip
    world.expert("bob").label_all(["correct", "incorrect"])
    check(world)
    found = [json.loads(line) for line in world.export("native", labels)[0].splitlines()]
    assert {row["problem"]["text"] for row in found if row["canonical"]} == {"accepted"}
    assert len(found) == len(given) and all(row["canonical_in_file"] for row in found)
    lines = (json.dumps(row).encode() for row in found)
    assert all(line.traces[0].canonical for line in read_traces(lines, "native") if isinstance(line, Good))


def test_outcomes_are_those_that_were_judged(judged: World) -> None:
    labels = {row["prompt"].strip(): row["label"] for row in rows(judged, "outcome-reward", None)}
    assert labels == {"accepted": True, "with-a-redundant-step": True, "planted": True, "wrong": False}
    _, manifest = judged.export("outcome-reward", "settled", None)
    assert manifest.traces_dropped["answer_not_judged"] == 1


def test_what_is_left_out_is_counted_by_its_reason_and_nothing_else_of_it(judged: World) -> None:
    _, manifest = judged.export("sft", "settled", "correctness")
    why = {name: number for name, number in manifest.traces_dropped.items() if name not in ("not_labelled",)}
    assert why == {
        "a_step_is_not_accepted": 1, "answer_wrong": 1, "answer_not_judged": 1, "waiting_for_people": 1,
    }  # fmt: skip
    assert sum(manifest.settled_by.values()) == manifest.steps == 4
    assert set(manifest.label_distribution) == {"correct", "redundant"}


def test_each_persons_labels_accept_nothing(judged: World) -> None:
    for format in EXAMPLES:
        with pytest.raises(BadInput, match="settled labels"):
            judged.export(format, "each", "correctness")


def test_an_adjudicator_overrules_the_check(judged: World) -> None:
    judged.set_policy(overlap=2, open_cases_on=("wrong_answer_no_bad_step", "disagreement", "bad_problem"))
    judged.expert("cyn").label_all()
    add(judged, "said-wrong", ("correct", "correct"), reference="4", final_answer="5", labels=(WRONG,))
    check(judged)
    judged.catch_up()
    assert "said-wrong" not in prompts(rows(judged, "sft"))
    before = len(judged.kinds())
    decide(judged, case_on(judged, 0), "answer_right")
    assert "said-wrong" in prompts(rows(judged, "sft"))
    assert "said-wrong" not in prompts(rows(judged, "sft", as_of=before))


def test_somebody_who_says_bad_problem_keeps_a_trace_back(judged: World) -> None:
    judged.set_policy(overlap=1, open_cases_on=())
    assert "half" in prompts(rows(judged, "sft"))
    judged.set_policy(overlap=2, open_cases_on=())
    bob = judged.expert("bob")
    bob.end(bob.take().id, "bad_problem")
    judged.set_policy(overlap=1, open_cases_on=())
    assert "half" not in prompts(rows(judged, "sft"))
    assert "half" in prompts(rows(judged, "trl-stepwise")), "the policy opens no case on it"


def test_an_outcome_is_counted_as_an_outcome(judged: World) -> None:
    _, manifest = judged.export("outcome-reward", "settled", None)
    assert manifest.label_distribution == manifest.files[0].label_distribution == {"false": 1, "true": 3}
    assert manifest.files[0].class_weights == {"false": 2.0, "true": 0.6667}
    assert (manifest.rows, manifest.steps, manifest.guidelines) == (4, 0, {})


@pytest.mark.parametrize(
    ("format", "behind"), [("outcome-reward", 3), ("sft", 3), ("processbench", 2), ("trl-stepwise", 2)]
)
def test_the_length_of_a_row_is_that_of_all_it_says(judged: World, format: str, behind: int) -> None:
    """The answer is a line of its own where a format has it."""
    order = ExportOrder(
        format=format, labels=LabelChoice.SETTLED, mapping=None if format == "outcome-reward" else "correctness"
    )  # fmt: skip
    made = judged.store.read(lambda db: prepared(db, judged.project, order))
    (row, *_) = [made for item, _, _ in made.placed(judged.store) for made in item.rows]
    assert sum(piece.count("\n") + 1 for piece in row.pieces) == behind


def test_an_outcome_that_turns_between_two_releases_is_told(judged: World) -> None:
    judged.set_policy(overlap=2, open_cases_on=("wrong_answer_no_bad_step",))
    judged.expert("cyn").label_all()
    add(judged, "said-wrong", ("correct", "correct"), reference="4", final_answer="5")
    check(judged)
    judged.catch_up()
    orders: dict[str, dict[str, Any]] = {
        "outcome": {"format": "outcome-reward"}, "paired": {"format": "trl-stepwise", "paired": True},
        "bench": {"format": "processbench"},
    }  # fmt: skip
    for name, order in orders.items():
        release(judged, f"{name}-1", **order, mapping=None if name == "outcome" else "correctness")
    decide(judged, case_on(judged, 0), "answer_right")
    found = {}
    for name, order in orders.items():
        release(judged, f"{name}-2", **order, mapping=None if name == "outcome" else "correctness")
        found[name] = counted(between(judged, f"{name}-1", f"{name}-2"))
    assert found == {
        "outcome": {"relabelled": {"case_decided": 1}}, "paired": {"relabelled": {"case_decided": 1}},
        "bench": {"changed": {"case_decided": 1}},
    }  # fmt: skip
