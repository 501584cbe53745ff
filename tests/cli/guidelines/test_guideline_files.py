"""The guideline commands on files: what they print, and how they exit."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.domain.test_lint import CLEAN, STEPS

POOR = Path(__file__).parents[2] / "domain" / "poor_steps.md"


@pytest.fixture(autouse=True)
def files(command: Command) -> None:
    """In the fresh folder: a clean file, and one with every fault."""
    Path("clean.md").write_text(CLEAN, "utf-8")
    shutil.copy(POOR, "poor.md")


def test_lint_prints_a_line_for_each_finding(command: Command) -> None:
    said = command("guideline", "lint", "poor.md")
    lines = said.out.splitlines()
    assert said.code == 1 and len(lines) == len(STEPS)
    assert lines[0] == "poor.md:1: warning no-quick-reference: there is no text under a heading ## Quick reference"
    assert "poor.md:23: error owned-key: the key j of incorrect is taken by the terminal UI" in lines
    assert said.error == "poor.md: 10 errors, 13 warnings\n"


def test_lint_as_json(command: Command) -> None:
    said = command("guideline", "lint", "poor.md", "--json")
    found = json.loads(said.out)
    assert said.code == 1 and [(one["code"], one["severity"]) for one in found] == [mark[1:] for mark in STEPS]
    assert set(found[0]) == {"code", "severity", "line", "message"}
    said = command("guideline", "lint", "clean.md", "--json")
    assert (said.code, json.loads(said.out)) == (0, [])


def test_nothing_to_find(command: Command) -> None:
    said = command("guideline", "lint", "clean.md")
    assert (said.code, said.out, said.error) == (0, "", "clean.md: 0 errors, 0 warnings\n")


@pytest.mark.parametrize(
    ("judgement", "flags", "environment", "wanted"),
    [
        (False, ["--examples", "9"], {}, "wanted: 9, and 1 or more"),
        (False, [], {"COTLAB_LINT_EXAMPLES": "8"}, "wanted: 8, and 1 or more"),
        (False, ["--examples", "3"], {"COTLAB_LINT_EXAMPLES": "8"}, None),
        (False, ["--judgement-examples", "9"], {}, None),
        (True, [], {}, "wanted: 10, and 3 or more"),
        (True, ["--judgement-examples", "5"], {}, "wanted: 5, and 2 or more"),
        (True, [], {"COTLAB_LINT_JUDGEMENT_EXAMPLES": "7"}, "wanted: 7, and 3 or more"),
        (True, ["--judgement-examples", "0"], {"COTLAB_LINT_JUDGEMENT_EXAMPLES": "7"}, None),
    ],
)
def test_the_numbers_that_are_wanted(
    command: Command, monkeypatch: pytest.MonkeyPatch, judgement: bool, flags: list[str], environment: dict[str, str],
    wanted: str | None,
) -> None:  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if judgement:
        hard = CLEAN.replace("mappings:\n", "  judgement: [[correct, incorrect]]\nmappings:\n", 1)
        Path("clean.md").write_text(hard, "utf-8")
    said = command("guideline", "lint", "clean.md", *flags)
    assert said.code == 0, "warnings alone are no failure"
    assert wanted in said.out if wanted else said.out == ""


@pytest.mark.parametrize(
    "arguments", [("lint", "bad.md"), ("lint", "bad.md", "--json"), ("diff", "clean.md", "bad.md")]
)
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "Error: bad.md: No such file or directory\n"),
        (b"no head", "Error: bad.md line 1: the file does not begin with front matter between two lines of ---.\n"),
        (CLEAN.encode().replace(b"steps", b"stairs", 1),
         "Error: bad.md line 5: task: the value should be 'steps' or 'pairs'.\n"),
        (CLEAN.encode("utf-16"), "Error: bad.md line 1: byte 1 of the file is not UTF-8.\n"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_one_sentence(
    command: Command, arguments: tuple[str, ...], data: bytes | None, sentence: str
) -> None:
    if data is not None:
        Path("bad.md").write_bytes(data)
    said = command("guideline", *arguments)
    assert (said.code, said.out, said.error) == (1, "", sentence)


NEW = (
    CLEAN.replace('version: "1.0"', 'version: "1.1"')
    .replace("change: initial", "change: label-changing\nlabel_map: {wrong-operation: [slip]}")
    .replace("    - name: wrong-operation\n", "    - name: slip\n")
    .replace("meaning: wrong", "meaning: false or not")
    .replace("A step is one calculation", "A step is a calculation")
    .replace("If\nyou get another one, then `incorrect`", "If\nyou get something else, then `slip`")
    .replace("`wrong-operation` (it is 72)", "`slip` (it is 72)")
    .replace("## Glossary", "### S2 The second\n\nIf seen, then `correct`.\n\n## Glossary")
)
DIFFERENCE = """\
sums 1.0 -> sums 1.1 (label-changing)

label incorrect: changed
  meaning: "wrong" -> "false or not"

label slip: new

label wrong-operation: removed, becomes slip

changed too: granularity

rule S1 Does it come out?: changed
  decides between: correct, incorrect -> correct, slip
  decision: … then `correct`. If you get [-another one,-] {+something else,+} then [-`incorrect`.-]
    {+`slip`.+}
  - counter-example: Step: "3 · 24 = 74." This is `wrong-operation` (it is 72).
  + counter-example: Step: "3 · 24 = 74." This is `slip` (it is 72).

rule S2 The second: new
  decides between: nothing -> correct
  + decision: If seen, then `correct`.
"""


def test_diff_tells_by_label_rule_and_example(command: Command) -> None:
    Path("new.md").write_text(NEW, "utf-8")
    said = command("guideline", "diff", "clean.md", "new.md")
    assert (said.code, said.out, said.error) == (0, DIFFERENCE, "")
    back = command("guideline", "diff", "new.md", "clean.md").out
    assert "rule S2 The second: removed\n  decides between: correct -> nothing\n  - decision: If seen" in back
    assert "get [-something else,-] {+another one,+} then" in back


def test_diff_as_json(command: Command) -> None:
    Path("new.md").write_text(NEW, "utf-8")
    found = json.loads(command("guideline", "diff", "clean.md", "new.md", "--json").out)
    assert (found["old"], found["new"], found["change"]) == ("sums 1.0", "sums 1.1", "label-changing")
    assert [(rule["rule"], rule["kind"]) for rule in found["rules"]] == [("S1", "changed"), ("S2", "new")]


def test_diff_of_what_is_the_same(command: Command) -> None:
    Path("wrapped.md").write_text(CLEAN.replace("If you calculate ", "If you calculate\n"), "utf-8")
    said = command("guideline", "diff", "clean.md", "wrapped.md")
    assert said.out.splitlines() == ["sums 1.0 -> sums 1.0 (initial)", "no label, rule, example or section changed"]
