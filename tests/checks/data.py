"""The shared cases and data, which are not in this repository; tests that read them skip where they are not."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.checks import StepToCheck
from cotlab.domain.projects.gates import Setting

HOSTILE_CASES = frozenset(f"c{number}" for number in range(174, 196))


def folder() -> Path:
    named = os.environ.get("COTLAB_TEST_DATA")
    if not named:
        pytest.skip("COTLAB_TEST_DATA names no folder with cases/ and data/")
    return Path(named)


def cases() -> list[dict[str, Any]]:
    """The hand-made cases: what the checker must say about one step."""
    return _rows(folder() / "cases" / "step_checks.jsonl")


def rows(name: str) -> list[dict[str, Any]]:
    """A public set of traces or equations."""
    return _rows(folder() / "data" / f"{name}.jsonl")


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def asked(row: dict[str, Any]) -> StepToCheck:
    return StepToCheck(previous=tuple(row["previous"]), step=row["step"])


def expected(row: dict[str, Any], setting: Setting) -> str:
    """By default a contradiction with an earlier step stays undecided."""
    across = row["context"] and row["verdict"] == "refuted"
    return "undecided" if setting is Setting.DEFAULT and across else str(row["verdict"])
