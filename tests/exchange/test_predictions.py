"""Predictions of a model, line by line, and what is wrong with a line."""

import json

import pytest

from cotlab.exchange.jsonl import Broken
from cotlab.exchange.predictions import Prediction, read_predictions, text_key


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
