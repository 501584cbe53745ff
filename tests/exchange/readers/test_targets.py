"""Targets as people write them, and samples as they come."""

import json

import pytest

from cotlab.domain.errors import BadInput
from cotlab.exchange.readers.targets import read_sample, read_target

YAML = """domain:
  law: 0.4
  mathematics: 0.6
difficulty: {1: 0.5, 2: 0.5}
cells:
  - {domain: law, strategy: drawing, share: 0.25}
  - {domain: law, strategy: guess, share: 0.75}
"""


def test_yaml_json_and_csv_read_alike() -> None:
    found = read_target(YAML.encode(), "t.yaml")
    assert [one.dimensions for one in found] == [("domain",), ("difficulty",), ("domain", "strategy")]
    assert {cell.values: cell.share for cell in found[0].cells} == {("law",): 0.4, ("mathematics",): 0.6}
    document = {"cells": [{"domain": "law", "strategy": "drawing", "share": 0.25},
                          {"domain": "law", "strategy": "guess", "share": 0.75}]}  # fmt: skip
    (as_json,) = read_target(json.dumps(document).encode(), "t.json")
    (as_csv,) = read_target(b"\xef\xbb\xbfstrategy,domain,share\r\ndrawing,law,0.25\r\nguess,law,0.75\r\n", "t.CSV")
    assert as_json == as_csv == found[2]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("t.yaml", "domain:\n  law: 0.4\n", "t.yaml, line 1: domain: the shares of domain sum to 0.4, and not to 1"),
        ("t.yaml", "domain:\n  law: much\n", "t.yaml, line 2: domain.law: a share is a number from 0 to 1"),
        ("t.yaml", "domain:\n  law: 1.5\n", "t.yaml, line 2: domain.law: a share is a number from 0 to 1"),
        ("t.yaml", "domain: [law]\n", "t.yaml, line 1: domain: say the share of each value, as value: 0.25"),
        ("t.yaml", "\nlevel: {a: 1}\n", "t.yaml, line 2: level: there is no such field; there are domain, difficulty, "
                                        "strategy, tag and cells"),
        ("t.yaml", "cells:\n - {domain: law, share: 1}\n - {tag: x, share: 0}\n",
         "t.yaml, line 3: cells.1: every cell has domain and share, and nothing else"),
        ("t.yaml", "cells:\n - {domain: law}\n", "t.yaml, line 1: cells: share is missing"),
        ("t.yaml", "cells:\n - {domain: law, share: 0.5}\n - {domain: law, share: 0.5}\n",
         "t.yaml, line 1: cells: a cell stands twice"),
        ("t.yaml", "a: {b: 1, b: 1}", "t.yaml, line 1: b: the field stands here twice"), ("t.yaml", "a: [", None),
        ("t.yaml", "", "t.yaml, line 1: a target is fields of shares: domain, difficulty, strategy, tag or cells"),
        ("t.csv", "domain,share\nlaw,1\nx,y,z\n", "t.csv, line 3: the line has more fields than the 2 of the header"),
        ("t.csv", "domain,share\nlaw,\n", "t.csv, line 2: share: a share is a number from 0 to 1"),
        ("t.csv", "domain,share\n,1\n", "t.csv, line 2: domain: the value is empty; (none) stands for what has none"),
        ("t.csv", "domain,part\nlaw,1\n", "t.csv, line 1: header: share is missing"),
        ("t.csv", "domain,share\n", "t.csv, line 1: there is no line below the header"),
        ("t.csv", 'domain,share\n"law,1\n', None),
    ],
)  # fmt: skip
def test_bad_targets_are_named_by_line_and_field(name: str, text: str, sentence: str | None) -> None:
    with pytest.raises(BadInput) as error:
        read_target(text.encode(), name)
    if sentence is not None:
        assert error.value.sentence == sentence
    assert error.value.sentence.startswith(f"{name}, line ")


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(BadInput, match=r"^t.yaml, line 2: the file is no UTF-8 text$"):
        read_target(b"domain:\n  \xff: 1", "t.yaml")


def test_a_sample_is_counted() -> None:
    lines = [
        b'{"text": "a", "domain": "law", "difficulty": 2, "tags": ["x", "y"], "id": 7}\n', b"\n",
        b'{"problem": {"text": "b", "domain": "law"}, "steps": []}', b'{"problem": "c"}\n', b'{"domain": "law"}\n',
    ]  # fmt: skip
    parts = {part.dimensions: part for part in read_sample(lines, "s.jsonl")}
    assert all(part.size == 4 for part in parts.values())
    assert {cell.values: cell.share for cell in parts["domain",].cells} == {("law",): 0.75, ("general",): 0.25}
    tags = {cell.values: cell.share for cell in parts["tag",].cells}
    assert tags == {("x",): 0.2, ("y",): 0.2, ("(none)",): pytest.approx(0.6)}
    assert ("law", "2") in {cell.values for cell in parts["domain", "difficulty"].cells}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b'{"domain": 7}', "s.jsonl, line 2: domain: the domain is no name"),
        (b'{"difficulty": 9}', "s.jsonl, line 2: difficulty: a difficulty is 1 to 5"),
        (b'{"tags": "x"}', "s.jsonl, line 2: tags: tags are a list of names"),
        (b"[]", "s.jsonl, line 2: it is not a JSON object, nor a row that fits the header of its table"),
    ],
)
def test_bad_lines_of_a_sample(line: bytes, sentence: str) -> None:
    with pytest.raises(BadInput) as error:
        read_sample([b"{}\n", line], "s.jsonl")
    assert error.value.sentence == sentence


def test_an_empty_sample() -> None:
    with pytest.raises(BadInput, match="no problem"):
        read_sample([b"\n"], "s.jsonl")
