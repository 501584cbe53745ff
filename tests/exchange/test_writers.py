"""Golden bytes of each writer, and what each promises about its rows."""

from pathlib import Path

import pytest

from cotlab.domain.errors import BadInput
from cotlab.exchange import WRITERS, Writer, writer
from cotlab.exchange.jsonl import dump_line
from cotlab.exchange.trl_stepwise import loader_snippet
from tests.exchange.paths import (
    BRANCH,
    BY_ANOTHER_VERSION,
    CORRECTNESS,
    FOUR_LABELS,
    NO_MAPPING,
    ONE_STEP,
    PATHS,
    RATINGS,
    SEPARATOR_AT_END,
    UNLABELLED_TAIL,
)

GOLDEN = Path(__file__).parent / "golden"
TARGETS = {"native": NO_MAPPING, "prm800k": RATINGS, "trl-stepwise": CORRECTNESS}
by_name = pytest.mark.parametrize("one", WRITERS, ids=lambda one: one.name)


def rows(name: str, *paths: object) -> list[dict[str, object]]:
    return [row for path in paths for row in writer(name).rows(path, TARGETS[name])]  # type: ignore[arg-type]


@by_name
def test_bytes_are_the_golden_ones(one: Writer) -> None:
    written = b"".join(map(dump_line, rows(one.name, *PATHS, BY_ANOTHER_VERSION)))
    assert written == (GOLDEN / f"{one.name}.jsonl").read_bytes()


@by_name
def test_every_row_has_the_same_keys_in_the_same_order(one: Writer) -> None:
    keys = {tuple(row) for row in rows(one.name, *PATHS, BY_ANOTHER_VERSION)}
    assert len(keys) == 1


def test_an_unknown_format_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match="no format 'csv' here; the formats are native, prm800k, trl-stepwise"):
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


def test_the_loader_is_python_that_names_the_file_and_the_types() -> None:
    snippet = loader_snippet("it's.jsonl")
    compile(snippet, "loader", "exec")
    assert '"it\'s.jsonl"' in snippet and 'List(Value("bool"))' in snippet


def test_a_row_with_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump_line({"x": float("nan")})
