"""OpenRLHF's own dataset reads exported files: each sign stands at the marker of its step, and faults are seen."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.datasets.exports import LabelledPath
from cotlab.exchange.formats.columns import loader_snippet
from cotlab.exchange.formats.traces.openrlhf import OpenRlhfWriter
from cotlab.exchange.readers.jsonl import dump_line
from tests.consumers.environment import OPENRLHF, InstallFailed, skip_or_fail, training_python, wheel
from tests.consumers.expected import FAULTS, judged, named, rows, training_paths, with_names

pytestmark = pytest.mark.consumer

SCRIPT = Path(__file__).with_name("read_openrlhf.py")
BY_HAND: dict[str, list[dict[str, Any]]] = {
    "one label for two markers": [{"input": "p Step 1: a ки\nStep 2: b ки", "label": ["+"]}],
    "too many labels": [{"input": "p Step 1: a ки", "label": ["+", "-"]}],
    "no label": [{"input": "p Step 1: a ки", "label": []}],
    "another sign": [{"input": "p Step 1: a ки", "label": ["0"]}],
}
"""Rows that the writer must never write."""


def paths() -> list[LabelledPath]:
    """Those that are rows: one with the marker inside a word is none."""
    return [path for path in training_paths() if "руки" not in path.problem.text]


def steps(path: LabelledPath) -> list[list[str]]:
    """The texts between the markers, each with its sign."""
    told = judged(path)
    found = [
        [text if text.startswith(f"Step {place}:") else f"Step {place}: {text}", "+" if holds else "-"]
        for place, (text, holds) in enumerate(told.steps, start=1)
    ]
    return [
        [f"{told.problem.rstrip()} {text} " if place == 0 else f"\n{text} ", sign]
        for place, (text, sign) in enumerate(found)
    ]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What the dataset finds in each file: that of the writer, those with a fault, and those made by hand."""
    files = {"": rows("openrlhf", None, paths())}
    files |= {fault: rows("openrlhf", fault, paths()) for fault in FAULTS} | BY_HAND
    loaders = list[str]()
    for place, content in enumerate(files.values()):
        folder = tmp_path_factory.mktemp(f"file-{place}")
        (folder / "train.jsonl").write_bytes(b"".join(map(dump_line, named(content))))
        (folder / "load.py").write_text(
            loader_snippet("train.jsonl", with_names(OpenRlhfWriter.columns)), encoding="utf-8"
        )
        loaders.append(str(folder / "load.py"))
    try:
        command = [str(training_python()), str(SCRIPT), str(wheel(OPENRLHF)), *loaders]
    except InstallFailed as error:
        skip_or_fail(error)
    environment = os.environ | {"HF_HOME": str(tmp_path_factory.mktemp("cache"))}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(zip(files, json.loads(done.stdout.strip().splitlines()[-1]), strict=True))


def test_each_sign_stands_at_the_marker_of_its_step(read: dict[str, list[Any]]) -> None:
    assert read[""] == [steps(path) for path in paths()] and len(read[""]) == len(training_paths()) - 1


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_exporter_is_seen(read: dict[str, list[Any]], fault: str) -> None:
    assert len(read[fault]) == len(paths()) and read[fault] != [steps(path) for path in paths()]


def test_why_the_writer_counts_markers(read: dict[str, list[Any]]) -> None:
    """One label goes to all markers and surplus ones are cut, both without a word."""
    assert [sign for _, sign in read["one label for two markers"][0]] == ["+", "+"]
    assert [sign for _, sign in read["too many labels"][0]] == ["+"]
    assert read["no label"][0].startswith("IndexError") and read["another sign"][0].startswith("AssertionError")
