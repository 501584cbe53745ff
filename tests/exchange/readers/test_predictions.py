"""Predictions of a model, line by line, and what is wrong with a line."""

import json

import pytest

from cotlab.exchange.readers.jsonl import Broken
from cotlab.exchange.readers.predictions import Prediction, read_predictions, text_key


def read(*records: object) -> list[Prediction | Broken]:
    lines = [one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in records]
    return list(read_predictions(lines))


def test_a_trace_is_named_by_its_id_or_by_what_it_says() -> None:
    named, said = read(
        {"id": "t1", "scores": [0.25, None, 1], "of": "another field", "problem": {"text": "x"}, "steps": [{}]},
        {"problem": "p", "steps": ["a", "b"], "verdicts": ["correct", None], "first_error": None},
    )
    assert named == Prediction(1, "t1", None, (0.25, None, 1.0), None, None, False)
    assert said == Prediction(2, None, text_key("p", ["a", "b"]), None, ("correct", None), None, True)


ITEM = "0123456789abcdef" * 2


def test_an_exported_row_names_its_trace() -> None:
    """Also one whose problem and steps stand there in another form; an id of its own goes before."""
    row = {"prompt": "p", "completions": ["a"], "labels": [True], "row_id": f"{ITEM}.settled", "scores": [0.5]}
    bare, native, with_id = read(row, {**row, "problem": {"text": "p"}, "steps": [{}]}, {**row, "id": "t1"})
    assert bare == Prediction(1, ITEM, None, (0.5,), None, None, False, True)
    assert isinstance(native, Prediction) and (native.trace, native.text) == (ITEM, None)
    assert isinstance(with_id, Prediction) and with_id.trace == "t1"
    for other in ("mine", f"{ITEM}:2", 7):
        (broken,) = read({**row, "row_id": other})
        assert isinstance(broken, Broken) and "the line names no trace" in broken.why


def test_the_lists_of_a_row_that_ends_early_are_filled_up() -> None:
    (row,) = read({"row_id": ITEM, "scores": [0.5], "verdicts": []})
    assert isinstance(row, Prediction)
    filled = row.up_to(3)
    assert (filled.scores, filled.verdicts) == ((0.5, None, None), (None, None, None)) and row.up_to(1).scores == (0.5,)


@pytest.mark.parametrize(
    ("line", "field", "why"),
    [
        (b"{", None, "it is not JSON"),
        ({"scores": [1]}, "id", "the line names no trace"),
        ({"problem": "p", "scores": [1]}, "id", "the line names no trace"),
        ({"id": "t"}, "scores", "there is no prediction"),
        ({"id": "t", "scores": [0.5, 1.5]}, "scores.1", "less than or equal to 1"),
        ({"id": "t", "scores": ["0.5"]}, "scores.0", "valid number"),
        ({"id": "t", "scores": [True]}, "scores.0", "valid number"),
        (b'{"id": "t", "scores": [NaN]}', None, "NaN is no number in JSON"),
        ({"id": "t", "verdicts": [1]}, "verdicts.0", "valid string"),
        ({"id": "t", "first_error": -2}, "first_error", "greater than or equal to -1"),
        ({"id": "t", "first_error": "1"}, "first_error", "valid integer"),
    ],
)
def test_a_broken_line_names_its_field(line: object, field: str | None, why: str) -> None:
    ok, broken, also = read({"id": "a", "scores": [1]}, line, {"id": "b", "first_error": 0})
    assert isinstance(ok, Prediction) and isinstance(also, Prediction)
    assert isinstance(broken, Broken) and (broken.line_number, broken.field) == (2, field)
    assert why in broken.why
