"""TRL's and axolotl's own tokenisation of exported rows: each label lands on the separator that ends its step."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cotlab.exchange.readers.jsonl import dump_line
from tests.consumers.environment import AXOLOTL, InstallFailed, skip_or_fail, trl_wheel, wheel
from tests.consumers.expected import FAULTS, Judged, judged, named, rows, training_paths
from tests.consumers.tokenizing import IGNORED, Tokenize, axolotl_tokenize, trl_tokenize
from tests.exchange.paths import LONG

pytestmark = pytest.mark.consumer

NEWLINE = 10
CONSUMERS: dict[str, Callable[[], Tokenize]] = {
    "trl 1.13.0": lambda: trl_tokenize(trl_wheel()),
    "axolotl 0.19.0": lambda: axolotl_tokenize(wheel(AXOLOTL)),
}


@pytest.fixture(scope="module", params=CONSUMERS)
def tokenize(request: pytest.FixtureRequest) -> Tokenize:
    try:
        return CONSUMERS[request.param]()
    except InstallFailed as error:
        skip_or_fail(error)


@pytest.fixture
def trl(tokenize: Tokenize) -> Tokenize:
    """For what is TRL's alone."""
    return trl_tokenize(trl_wheel())


def through_a_file(folder: Path, fault: str | None = None) -> list[dict[str, Any]]:
    """The rows of all paths as they come back from a file."""
    file = folder / "train.jsonl"
    file.write_bytes(b"".join(map(dump_line, named(rows("trl-stepwise", fault, training_paths())))))
    return [json.loads(line) for line in file.read_bytes().splitlines()]


def seen(tokenize: Tokenize, row: dict[str, Any]) -> Judged:
    """The problem and the steps with their labels, as the trainer sees them in its tokens."""
    result = tokenize(row)
    prompt = len(row["prompt"].encode())
    tokens, labels = result["input_ids"], result["labels"]
    assert set(labels[:prompt]) == {IGNORED} and bytes(tokens[:prompt]).endswith(b"\n")
    steps = tuple((text.decode(), bool(label)) for text, label in steps_of(labels, tokens, prompt))
    assert {label for label in labels if label != IGNORED} <= {0, 1}
    return Judged(bytes(tokens[:prompt]).decode().removesuffix("\n"), steps)


def steps_of(labels: list[int], tokens: list[int], prompt: int) -> Iterator[tuple[bytes, int]]:
    """The bytes before each labelled token, and its label."""
    start = prompt
    for place, label in enumerate(labels):
        if label != IGNORED:
            assert tokens[place] == NEWLINE, "a label stands on the separator"
            yield bytes(tokens[start:place]), label
            start = place + 1
    assert start == len(tokens), "nothing follows the last label"


def test_the_trainer_sees_the_steps_with_their_labels(tokenize: Tokenize, tmp_path: Path) -> None:
    assert [seen(tokenize, row) for row in through_a_file(tmp_path)] == list(map(judged, training_paths()))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_exporter_is_seen(tokenize: Tokenize, tmp_path: Path, fault: str) -> None:
    found = [seen(tokenize, row) for row in through_a_file(tmp_path, fault)]
    assert len(found) == len(training_paths()) and found != list(map(judged, training_paths()))


def test_the_file_holds_every_trap(tmp_path: Path) -> None:
    loaded = through_a_file(tmp_path)
    assert len(loaded) == len(training_paths()) == 12
    assert any(len(row["completions"]) == 1 for row in loaded)
    assert any("\n" in step for row in loaded for step in row["completions"])
    assert any(not step.isascii() for row in loaded for step in row["completions"])
    assert not any(step.endswith("\n") for row in loaded for step in row["completions"])


def test_the_separator_is_not_doubled_where_a_step_ended_in_it(tokenize: Tokenize, tmp_path: Path) -> None:
    (row,) = [row for row in through_a_file(tmp_path) if row["prompt"].startswith("Solve x - 1")]
    assert bytes(tokenize(row)["input_ids"]).decode() == "Solve x - 1 = 3.\nAdd 1.\nx = 5.\n\nDone. \n"


def test_the_trainer_drops_what_is_beyond_its_length(trl: Tokenize) -> None:
    """The trap that the manifest's `longest_row_characters` is for: labels go missing without a word."""
    (row,) = rows("trl-stepwise", None, [LONG])
    kept = [label for label in trl_tokenize(trl_wheel(), max_length=1_024)(row)["labels"] if label != IGNORED]
    whole = [label for label in trl(row)["labels"] if label != IGNORED]
    assert len(whole) == len(LONG.steps) == 80 and whole[-1] == 0
    assert len(kept) < len(whole) and 0 not in kept


@pytest.mark.parametrize(("labels", "error"), [([None], TypeError), ([], ValueError)])
def test_what_the_writer_must_never_write(trl: Tokenize, labels: list[Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        trl({"prompt": "p\n", "completions": ["a"], "labels": labels})


def test_axolotl_drops_a_step_without_a_label_unseen() -> None:
    """Why the writer ends a row before the first step without a label."""
    try:
        one = axolotl_tokenize(wheel(AXOLOTL))
    except InstallFailed as error:
        skip_or_fail(error)
    result = one({"prompt": "p\n", "completions": ["a", "b"], "labels": [True]})
    assert len(result["labels"]) < len(result["input_ids"])


def test_prm800k_ratings_would_pass_unseen(trl: Tokenize) -> None:
    """Why the writer takes booleans only: -1 is no class of the trainer's two."""
    assert trl({"prompt": "p\n", "completions": ["a"], "labels": [-1]})["labels"][-1] == -1
