"""Pairs that are no pairs: a line of a file, the field that is named, and the sentence."""

import json
from typing import Any


def line(one: str, other: str, **fields: Any) -> bytes:
    """A line of the native format of pairs."""
    return json.dumps(
        {
            "problem": {"text": "Prompt a", "domain": "mathematics"},
            "responses": [{"text": one}, {"text": other}],
            **fields,
        }
    ).encode()


GOOD = line("first", "second")
TURNED = line("second", "first")
"""The same pair in the other order."""

BAD: tuple[tuple[str, bytes, str, str], ...] = (
    ("two equal responses", line("x", "x"), "", "the two responses are the same text"),
    ("equal but for how letters are composed", line("é", "e\u0301"), "", "the two responses are the same text"),
    ("an empty response", line("x", ""), "responses.1.text", "the text is empty"),
    ("a blank response", line(" \n", "x"), "responses.0.text", "the text is empty"),
    ("half of a surrogate pair", line("x", "\ud800"), "responses.1.text",
     "the text holds half of a surrogate pair, which is no character"),
    ("10 MB", line("x", "y" * 10_000_000), "responses.1.text", "the text is longer than 1000000 characters"),
    ("a strength that is none", line("x", "y", labels=[{"source": "s", "overall": "best"}]), "labels.0.overall",
     "the value should be 'much-better', 'better', 'slightly-better', 'tie', 'slightly-worse', 'worse', 'much-worse', "
     "'both-bad' or 'cannot-judge'"),
    ("a strength of a criterion that is a number",
     line("x", "y", labels=[{"source": "s", "overall": "better", "criteria": {"clarity": 9}}]),
     "labels.0.criteria.clarity", "should be"),
    ("one response", line("x", "y").replace(b', {"text": "y"}', b""), "responses.1", "is missing"),
)  # fmt: skip
