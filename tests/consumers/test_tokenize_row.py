"""TRL's own tokenisation of exported rows: each label lands on the separator that ends its step."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cotlab.exchange import writer
from cotlab.exchange.jsonl import dump_line
from tests.consumers.environment import InstallFailed, trl_wheel
from tests.consumers.skipping import skip_or_fail
from tests.consumers.tokenizing import IGNORED, TokenizeRow, tokenize_row_of, tokenized
from tests.exchange.paths import CORRECTNESS, LONG, PATHS

pytestmark = pytest.mark.consumer

NEWLINE = 10
EXPORTED = [(path.trace_id, row) for path in (*PATHS, LONG) for row in writer("trl-stepwise").rows(path, CORRECTNESS)]


@pytest.fixture(scope="module")
def tokenize_row() -> TokenizeRow:
    try:
        return tokenize_row_of(trl_wheel())
    except InstallFailed as error:
        skip_or_fail(error)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The rows as they come back from a file, in the order of EXPORTED."""
    file: Path = tmp_path_factory.mktemp("export") / "train.jsonl"
    file.write_bytes(b"".join(dump_line(row) for _, row in EXPORTED))
    return [json.loads(line) for line in file.read_bytes().splitlines()]


def steps_of(labels: list[int], tokens: list[int], prompt: int) -> Iterator[tuple[bytes, int]]:
    """The bytes before each labelled token, and its label."""
    start = prompt
    for place, label in enumerate(labels):
        if label != IGNORED:
            assert tokens[place] == NEWLINE, "a label stands on the separator"
            yield bytes(tokens[start:place]), label
            start = place + 1
    assert start == len(tokens), "nothing follows the last label"


@pytest.mark.parametrize("index", range(len(EXPORTED)), ids=[f"{i}-{name}" for i, (name, _) in enumerate(EXPORTED)])
def test_labels_stand_on_the_last_separator_of_each_step(
    tokenize_row: TokenizeRow, loaded: list[dict[str, Any]], index: int
) -> None:
    row = loaded[index]
    result = tokenized(tokenize_row, row)
    prompt = len(row["prompt"].encode())
    assert bytes(result["input_ids"][:prompt]).decode() == row["prompt"] and row["prompt"].endswith("\n")
    assert set(result["labels"][:prompt]) == {IGNORED}
    found = list(steps_of(result["labels"], result["input_ids"], prompt))
    assert [text.decode() for text, _ in found] == row["completions"]
    assert [label for _, label in found] == [int(label) for label in row["labels"]]


def test_the_file_holds_every_trap(loaded: list[dict[str, Any]]) -> None:
    assert len(loaded) == len(EXPORTED) == 8
    assert any(len(row["completions"]) == 1 for row in loaded)
    assert any("\n" in step for row in loaded for step in row["completions"])
    assert any(not step.isascii() for row in loaded for step in row["completions"])
    assert not any(step.endswith("\n") for row in loaded for step in row["completions"])


def test_the_separator_is_not_doubled_where_a_step_ended_in_it(
    tokenize_row: TokenizeRow, loaded: list[dict[str, Any]]
) -> None:
    (row,) = [row for row in loaded if row["prompt"].startswith("Solve x - 1")]
    text = bytes(tokenized(tokenize_row, row)["input_ids"]).decode()
    assert text == "Solve x - 1 = 3.\nAdd 1.\nx = 5.\n\nDone. \n"


def test_the_trainer_drops_what_is_beyond_its_length(tokenize_row: TokenizeRow, loaded: list[dict[str, Any]]) -> None:
    """The trap that the manifest's `longest_row_characters` is for: labels go missing without a word."""
    row = loaded[-1]
    kept = [label for label in tokenized(tokenize_row, row, max_length=1_024)["labels"] if label != IGNORED]
    whole = [label for label in tokenized(tokenize_row, row)["labels"] if label != IGNORED]
    assert len(whole) == len(LONG.steps) == 80 and whole[-1] == 0
    assert len(kept) < len(whole) and 0 not in kept


@pytest.mark.parametrize(("labels", "error"), [([None], TypeError), ([], ValueError)])
def test_what_the_writer_must_never_write(tokenize_row: TokenizeRow, labels: list[Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        tokenized(tokenize_row, {"prompt": "p\n", "completions": ["a"], "labels": labels})


def test_prm800k_ratings_would_pass_unseen(tokenize_row: TokenizeRow) -> None:
    """Why the writer takes booleans only: -1 is no class of the trainer's two."""
    assert tokenized(tokenize_row, {"prompt": "p\n", "completions": ["a"], "labels": [-1]})["labels"][-1] == -1
