"""Traces of the public sets go into every format and come back, to the same bytes."""

import itertools
import json
from collections import Counter
from pathlib import Path

import pytest

from cotlab.exchange.converting import Told, conversion
from cotlab.exchange.readers.jsonl import Broken, byte_lines, read_traces
from tests.exchange.formats.test_reading_back import MAPS

pytestmark = pytest.mark.data

LABELLED = ("bigbench_mistake", "mr_ben", "mr_gsm8k_judged", "prmbench", "stepverify")
TRACES = 150


def refuse(line: Broken) -> None:
    raise AssertionError(line.sentence)


@pytest.mark.parametrize("name", LABELLED)
@pytest.mark.parametrize("format", [name for name in MAPS if name not in ("prm800k", "outcome-reward")])
def test_a_set_goes_into_a_format_and_comes_back(data: Path, name: str, format: str) -> None:
    told, again = Told(), Told()
    with (data / f"{name}.jsonl").open("rb") as file:
        lines = read_traces(itertools.islice(byte_lines(file), TRACES))
        written = [line for _, line in conversion(format, "public").rows(lines, told, refuse)]
    assert told.traces == TRACES and told.rows == len(written) == TRACES - told.left_out.total()
    if not written:
        assert told.left_out.total() == TRACES and set(told.left_out) <= WITHOUT[format]
        return
    same = conversion(format, MAPS[format]).rows(read_traces(written, format), again, refuse)
    assert [line for _, line in same] == written


WITHOUT = {
    "processbench": {"answer_not_judged", "no_step_has_a_label", "steps_without_a_label"},
    "bigbench-mistake": {"no_final_answer", "no_reference_answer", "no_step_has_a_label", "steps_without_a_label"},
    "prmbench": {"steps_without_a_label", "no_step_has_a_label"},
}
"""Why a set has no row in a format that asks for more than it has."""


def test_first_errors_are_where_the_set_says(data: Path) -> None:
    """By the set's own `first_error`, which counts from 0, and not by the labels that are converted."""
    content = (data / "bigbench_mistake.jsonl").read_bytes().splitlines()
    expected = Counter(json.loads(line)["first_error"] for line in content)
    rows = conversion("bigbench-mistake", "public").rows(read_traces(content), Told(), refuse)
    found = Counter(-1 if row["mistake_index"] is None else row["mistake_index"] for row, _ in rows)
    assert found == expected
