"""Every public set of traces is read whole: no broken line, and each step's text as it stands in the file."""

import json
from pathlib import Path

import pytest

from cotlab.exchange.readers.jsonl import Good, byte_lines, read_traces

pytestmark = pytest.mark.data

SETS = {
    "bigbench_mistake": (1_123, 8_876),
    "gsm8k": (2_152, 0),
    "gsm8k_model_solutions": (1_964, 0),
    "mr_ben": (781, 3_693),
    "mr_gsm8k_judged": (274, 1_033),
    "prmbench": (978, 10_376),
    "stepverify": (527, 1_472),
}
"""Name of the file -> number of traces, number of labels on steps."""


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_read_whole_and_exactly(data: Path, name: str) -> None:
    records = [json.loads(line) for line in (data / f"{name}.jsonl").read_bytes().splitlines()]
    with (data / f"{name}.jsonl").open("rb") as file:
        lines = list(read_traces(byte_lines(file)))
    traces = [trace for line in lines if isinstance(line, Good) for trace in line.traces]
    assert [line for line in lines if not isinstance(line, Good)] == []
    assert [trace.id for trace in traces] == [record["id"] for record in records]
    for trace, record in zip(traces, records, strict=True):
        gold = record["gold_labels"] or [None] * len(record["steps"])
        kept = [(text, value) for text, value in zip(record["steps"], gold, strict=True) if text.strip()]
        assert [(s.text, s.labels[0].value if s.labels else None) for s in trace.steps] == kept
        assert trace.problem.text.startswith(record["problem"])
    assert (len(traces), sum(len(step.labels) for trace in traces for step in trace.steps)) == SETS[name]


def test_only_one_blank_step_is_left_out(data: Path) -> None:
    files = [(data / f"{name}.jsonl").read_bytes() for name in SETS]
    steps = [step for file in files for line in file.splitlines() for step in json.loads(line)["steps"]]
    assert sum(not step.strip() for step in steps) == 1
