"""`cotlab check FILE`: a verdict a step for people and machines, and what it says of a file that does not fit."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from cotlab.domain.checks import StepVerdict
from tests.cli.conftest import Command

ROOT = Path(__file__).parents[3]
ROWS = [
    {"previous": ["3x + 6 = 15"], "step": "So 3x = 10.", "id": "one"},
    {"step": "14 * 3 = 48"},
    {"step": "The sum of 18 and 27 is 45."},
    {"step": "No sums.\u001b[31m"},
]
TRACE = {
    "id": "t1",
    "source": "made",
    "problem": "How many?",
    "steps": ["x + 1 = 4", "x = 3", "x = 5"],
    "gold_labels": None,
    "first_error": None,
}


def write(*rows: object) -> str:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    Path("steps.jsonl").write_text(text, "utf-8")
    return "steps.jsonl"


def test_a_line_a_step_for_people(command: Command) -> None:
    said = command("check", write(*ROWS))
    assert (said.code, said.out) == (
        0,
        """\
line 1, one: undecided: conflicts with step 1: 3 * x = 10 contradicts what was said before
line 2: refuted: 14 * 3 is 42, not 48
line 3: verified: the sums hold
line 4: undecided: there is no claim that can be computed
""",
    )
    assert said.error == "4 steps: 1 verified, 1 refuted, 2 undecided; 0 broken lines\n"


def test_a_row_a_step_for_machines(command: Command) -> None:
    said = command("check", write(*ROWS), "--json", "--all-kinds")
    rows = [json.loads(line) for line in said.out.splitlines()]
    assert [(row["line"], row["verdict"]) for row in rows] == [
        (1, "refuted"),
        (2, "refuted"),
        (3, "verified"),
        (4, "undecided"),
    ]
    assert rows[0]["id"] == "one" and "id" not in rows[1]
    found = StepVerdict.model_validate({key: rows[0][key] for key in ("verdict", "claims", "reason")})
    assert [(one.conflicts_with, one.kind) for one in found.claims] == [(0, "implication")]


def test_each_step_of_a_trace_with_those_before_it(command: Command) -> None:
    said = command("check", write(TRACE), "--all-kinds")
    assert said.code == 0
    assert [line.split(": ")[:2] for line in said.out.splitlines()] == [
        ["line 1, t1, step 1", "undecided"],
        ["line 1, t1, step 2", "verified"],
        ["line 1, t1, step 3", "refuted"],
    ]


def test_broken_lines_are_named_and_the_rest_is_checked(command: Command) -> None:
    said = command("check", write("nonsense", *ROWS[1:2], {"step": 5}, "", {"previous": "x", "step": "1 + 1 = 2"}))
    assert said.code == 1
    assert said.out == "line 2: refuted: 14 * 3 is 42, not 48\n"
    assert said.error.splitlines() == [
        "steps.jsonl, line 1: it is not JSON: Expecting value at character 1",
        "steps.jsonl, line 3: step: the value should be a valid string",
        "steps.jsonl, line 5: previous: the value should be a valid array",
        "1 steps: 0 verified, 1 refuted, 0 undecided; 3 broken lines",
    ]


def test_a_file_without_records_and_one_that_is_not_there(command: Command) -> None:
    said = command("check", write(""))
    assert (said.code, said.error) == (
        1,
        "Error: There is no record in the file; it should hold one JSON object a line.\n",
    )
    assert command("check", "none.jsonl").error == "Error: none.jsonl: No such file or directory\n"


def test_more_steps_than_go_at_once_keep_their_order(command: Command) -> None:
    said = command("check", write(*({"step": f"{number} + 1 = {number + 1}"} for number in range(200))), "--json")
    rows = [json.loads(line) for line in said.out.splitlines()]
    assert [row["line"] for row in rows] == list(range(1, 201))
    assert [row["claims"][0]["normalised"] for row in rows] == [f"{n} + 1 = {n + 1}" for n in range(200)]


def test_the_session_of_the_docs_runs(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "evidence.md").read_text("utf-8")
    (session,) = re.findall(r"^```sh session\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (shown,) = re.findall(r"^```text output\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "cotlab").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cotlab "$@"\n')
    (tmp_path / "cotlab").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-ec", session], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, shown), done.stderr
