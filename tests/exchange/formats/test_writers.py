"""Golden bytes of each writer, and what each promises about its rows."""

import json
from contextlib import suppress
from pathlib import Path

import pytest

from cotlab.domain.datasets.exports import ExportedStep, LabelledPath, LeftOut
from cotlab.domain.errors import BadInput
from cotlab.domain.traces.records import Problem
from cotlab.exchange.formats import WRITERS, Writer, writer
from cotlab.exchange.formats.columns import loader_snippet
from cotlab.exchange.readers.jsonl import dump_line
from tests.exchange.paths import (
    BRANCH,
    BY_ANOTHER_VERSION,
    CORRECTNESS,
    FOUR_LABELS,
    GUIDELINE,
    INNER_NEWLINE,
    JUDGED,
    MISTAKEN,
    NO_MAPPING,
    ONE_STEP,
    PATHS,
    RATINGS,
    RIGHT_BY_A_BAD_STEP,
    SEPARATOR_AT_END,
    UNLABELLED_TAIL,
    step,
)

GOLDEN = Path(__file__).parents[1] / "golden"
TARGETS = {None: NO_MAPPING, int: RATINGS, bool: CORRECTNESS}
EVERY = (*PATHS, BY_ANOTHER_VERSION, *JUDGED)
by_name = pytest.mark.parametrize("one", WRITERS, ids=lambda one: one.name)


def rows(name: str, *paths: LabelledPath) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for path in paths:
        with suppress(LeftOut):
            found.extend(writer(name).rows(path, TARGETS[writer(name).target]))
    return found


def marked_step(**marks: bool) -> ExportedStep:
    """The only step of ONE_STEP with marks on its label."""
    (one,) = ONE_STEP.steps
    return one.model_copy(update={"labels": (one.labels[0].model_copy(update=marks),)})


@by_name
def test_bytes_are_the_golden_ones(one: Writer) -> None:
    written = b"".join(map(dump_line, rows(one.name, *EVERY)))
    assert written == (GOLDEN / f"{one.name}.jsonl").read_bytes()


@by_name
def test_every_row_has_the_same_keys_in_the_same_order(one: Writer) -> None:
    keys = {tuple(row) for row in rows(one.name, *EVERY)}
    assert keys == {tuple(one.columns)} if one.columns is not None else len(keys) == 1


def test_an_unknown_format_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match="no format 'csv' here; the formats are native, prm800k, trl-stepwise, openrlhf"):
        writer("csv")


def test_stepwise_labels_are_booleans_and_the_tail_is_cut() -> None:
    for row in rows("trl-stepwise", *PATHS):
        completions, labels = row["completions"], row["labels"]
        assert isinstance(completions, list) and isinstance(labels, list)
        assert {type(label) for label in labels} == {bool} and len(labels) == len(completions)
    assert rows("trl-stepwise", UNLABELLED_TAIL)[0]["completions"] == ["25 % of 40 is 10."]


def test_stepwise_ends_of_prompt_and_steps() -> None:
    (row,) = rows("trl-stepwise", SEPARATOR_AT_END)
    assert row["prompt"] == "Solve x - 1 = 3.\n"
    assert row["completions"] == ["Add 1.", "x = 5.", "\nDone. "]


def test_an_alternative_is_a_row_in_stepwise_and_a_completion_in_prm800k() -> None:
    (row,) = rows("trl-stepwise", BRANCH)
    assert row["completions"] == [step.text for step in BRANCH.steps]
    assert rows("prm800k", BRANCH) == [] and rows("native", BRANCH) == []
    (row,) = rows("prm800k", FOUR_LABELS)
    assert [len(step["completions"]) for step in row["label"]["steps"]] == [1, 1, 2, 2]  # type: ignore[index]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "solution"),
        ({"rest": ("and on",)}, "give_up"),
        ({"ending": "bad_problem"}, "bad_problem"),
        ({"ending": "give_up"}, "give_up"),
        ({"steps": FOUR_LABELS.steps, "rest": ("and on",)}, "found_error"),
        ({"steps": BY_ANOTHER_VERSION.steps[:1]}, "found_error"),
    ],
)
def test_prm800k_says_how_labelling_ended(change: dict[str, object], reason: str) -> None:
    (row,) = rows("prm800k", ONE_STEP.model_copy(update=change))
    assert row["label"]["finish_reason"] == reason  # type: ignore[index]


def test_a_labeller_has_one_pseudonym_everywhere_and_no_two_share_one() -> None:
    def labeler(name: str | None) -> object:
        return rows("prm800k", ONE_STEP.model_copy(update={"labeller": name}))[0]["labeler"]

    assert labeler("annotator-1f") == "11eb9bd5-92fe-5edc-8c73-caeffb49bcb7"
    assert len({labeler("annotator-1f"), labeler("annotator-2a"), labeler(None)}) == 3


def test_a_path_without_labels_is_no_training_row() -> None:
    bare = ONE_STEP.model_copy(update={"steps": (), "rest": ("2 + 2 = 4.",)})
    assert rows("trl-stepwise", bare) == rows("prm800k", bare) == []


@pytest.mark.parametrize("name", ["sft", "sft-messages"])
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"answer_right": None}, "answer_not_judged"),
        ({"answer_right": False}, "answer_wrong"),
        ({"open_case": True}, "open_case"),
        ({"rest": ("and on",)}, "steps_without_a_label"),
        ({"steps": ()}, "steps_without_a_label"),
        ({"steps": (step("2 + 2 = 4.", "incorrect"),)}, "a_step_is_not_accepted"),
        ({"steps": (*ONE_STEP.steps, step("So 4.", "incomplete"))}, "a_step_is_not_accepted"),
        ({"steps": (marked_step(stale=True),)}, "stale_or_in_doubt"),
        ({"steps": (marked_step(doubted=True),)}, "stale_or_in_doubt"),
    ],
)
def test_what_is_not_accepted_is_left_out_with_its_reason(name: str, change: dict[str, object], why: str) -> None:
    assert len(rows(name, ONE_STEP)) == 1
    with pytest.raises(LeftOut, match=f"^{why}$"):
        list(writer(name).rows(ONE_STEP.model_copy(update=change), CORRECTNESS))


def test_a_label_that_the_schema_calls_an_error_is_not_accepted_whatever_the_mapping_says() -> None:
    values = {GUIDELINE: dict.fromkeys(("correct", "redundant", "incorrect", "incomplete"), True)}
    lenient = CORRECTNESS.model_copy(update={"values": values})
    with pytest.raises(LeftOut, match="a_step_is_not_accepted"):
        list(writer("sft").rows(RIGHT_BY_A_BAD_STEP, lenient))


def test_the_mapping_says_whether_redundant_steps_are_accepted() -> None:
    strict = {GUIDELINE: {"correct": True, "redundant": False, "incorrect": False, "incomplete": False}}
    target = CORRECTNESS.model_copy(update={"values": strict})
    assert len(rows("sft", INNER_NEWLINE)) == 1
    with pytest.raises(LeftOut, match="a_step_is_not_accepted"):
        list(writer("sft").rows(INNER_NEWLINE, target))


def test_a_right_answer_by_a_bad_step_is_no_example_anywhere() -> None:
    for name in ("sft", "sft-messages"):
        assert rows(name, RIGHT_BY_A_BAD_STEP) == []
    for name in ("trl-stepwise", "openrlhf", "rlhflow", "math-shepherd"):
        assert "false" in (text := json.dumps(rows(name, RIGHT_BY_A_BAD_STEP))) or " -" in text or '"-"' in text
    told = NO_MAPPING.model_copy(update={"errors": CORRECTNESS.errors})
    (row,) = writer("native").rows(RIGHT_BY_A_BAD_STEP, told)
    assert row["canonical"] is False and row["canonical_in_file"] is True


@pytest.mark.parametrize(
    ("last", "answer", "completion"),
    [
        ("So x = 14.", "4", "So x = 14.\n4"),
        ("So x = -4.", "4", "So x = -4.\n4"),
        ("So x = 4.5", "4", "So x = 4.5\n4"),
        ("So x = 4.", "4", "So x = 4."),
        ("That is $30,000.", "30", "That is $30,000.\n30"),
        ("So it is \\boxed{7}", "7", "So it is \\boxed{7}"),
        ("Thus yes", None, "Thus yes"),
    ],
)
def test_the_final_answer_stands_below_the_steps_unless_the_last_one_says_it(
    last: str, answer: str | None, completion: str
) -> None:
    path = ONE_STEP.model_copy(update={"steps": (step(last, "correct"),), "final_answer": answer})
    assert rows("sft", path)[0]["completion"] == completion


@pytest.mark.parametrize("name", ["processbench", "bigbench-mistake", "prmbench"])
def test_steps_without_a_label_are_not_called_right(name: str) -> None:
    path = MISTAKEN.model_copy(update={"steps": MISTAKEN.steps[:1]})
    with pytest.raises(LeftOut, match="steps_without_a_label"):
        list(writer(name).rows(path, CORRECTNESS))


@pytest.mark.parametrize("name", ["openrlhf", "math-shepherd", "rlhflow"])
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"problem": Problem(text="Чьи руки?")}, "the_marker_stands_in_the_text"),
        ({"steps": (step("руки", "correct"),)}, "the_marker_stands_in_the_text"),
        ({"problem": Problem(text="As in Step 1: do it.")}, "step_1_stands_in_the_text"),
        ({"steps": (step("a", "correct"), step("As in Step 1: b", "correct"))}, "step_1_stands_in_the_text"),
    ],
)
def test_texts_that_would_be_cut_elsewhere_are_left_out(name: str, change: dict[str, object], why: str) -> None:
    with pytest.raises(LeftOut, match=why):
        list(writer(name).rows(ONE_STEP.model_copy(update=change), CORRECTNESS))


@pytest.mark.parametrize(
    ("change", "why"),
    [({"final_answer": None}, "no_final_answer"), ({"problem": Problem(text="x")}, "no_reference_answer")],
)
def test_bigbench_mistake_needs_both_answers(change: dict[str, object], why: str) -> None:
    with pytest.raises(LeftOut, match=why):
        list(writer("bigbench-mistake").rows(MISTAKEN.model_copy(update=change), CORRECTNESS))


def test_index_bases() -> None:
    """The second step is the first error: 1 where steps count from 0, 2 where they count from 1."""
    assert rows("processbench", MISTAKEN)[0]["label"] == 1
    assert rows("bigbench-mistake", MISTAKEN)[0]["mistake_index"] == 1
    whole = MISTAKEN.model_copy(update={"rest": ()})
    (row,) = rows("prmbench", whole)
    assert (row["error_steps"], row["classification"], row["reason"]) == ([2], "wrong-sum", "It is 11.")


def test_the_loader_is_python_that_names_the_file_and_the_types() -> None:
    columns = writer("trl-stepwise").columns
    assert columns is not None
    snippet = loader_snippet("it's.jsonl", columns)
    compile(snippet, "loader", "exec")
    assert '"it\'s.jsonl"' in snippet and 'List(Value("bool"))' in snippet


def test_a_row_with_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump_line({"x": float("nan")})
