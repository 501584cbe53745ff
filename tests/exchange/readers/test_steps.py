"""Steps to be checked, from rows and from traces."""

import json

import pytest

from cotlab.domain.errors import BadInput
from cotlab.exchange.readers.jsonl import Broken
from cotlab.exchange.readers.steps import NamedStep, read_steps


def lines(*rows: object) -> list[bytes]:
    return [(row if isinstance(row, str) else json.dumps(row)).encode() + b"\n" for row in rows]


def read(*rows: object) -> list[NamedStep | Broken]:
    return list(read_steps(lines(*rows)))


def test_rows_with_what_was_before() -> None:
    one, broken, two = read({"step": "a", "previous": ["b"], "other": 1}, {"previous": []}, "", {"step": "", "id": "x"})
    assert isinstance(one, NamedStep) and isinstance(two, NamedStep) and isinstance(broken, Broken)
    assert (one.line_number, one.id, one.place, one.asked.previous, one.asked.step) == (1, None, None, ("b",), "a")
    assert (broken.line_number, broken.field) == (2, "step")
    assert (two.line_number, two.id, two.asked.step) == (4, "x", "")


def test_a_byte_order_mark_and_a_broken_first_line_do_not_hide_what_the_file_holds() -> None:
    found = list(read_steps([b"\xef\xbb\xbfnonsense\n", *lines({"step": "a"})]))
    assert [type(one) for one in found] == [Broken, NamedStep]


def test_traces_give_each_step_with_those_before() -> None:
    trace = {"id": "t", "source": "s", "problem": "p", "steps": ["a", "b"], "gold_labels": None, "first_error": None}
    found = [one for one in read(trace) if isinstance(one, NamedStep)]
    assert [(one.id, one.place, one.asked.previous, one.asked.step) for one in found] == [
        ("t", 1, (), "a"),
        ("t", 2, ("a",), "b"),
    ]


def test_a_file_of_something_else_or_of_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="no record"):
        read("", " ")
    with pytest.raises(BadInput, match="none of the formats"):
        read({"question": "?"})
