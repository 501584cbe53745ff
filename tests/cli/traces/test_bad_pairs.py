"""A file with every broken pair: a sentence each, the good lines kept, and no more than these after a second run."""

import json
from pathlib import Path

import pytest

from cotlab.settings import Settings
from tests.bad_pairs import BAD, GOOD, TURNED
from tests.cli.conftest import Command


@pytest.mark.usefixtures("settled_in")
def test_each_broken_pair_has_its_sentence_and_the_good_ones_are_kept(command: Command) -> None:
    file = Path("pairs.jsonl")
    file.write_bytes(b"\n".join([GOOD, *(line for _, line, _, _ in BAD), TURNED]) + b"\n")
    for new, there in ((1, 1), (0, 2)):
        said = command("import", str(file), "--project", "pilot")
        assert said.code == 1
        came = "1 pair and 1 new problem" if new else "0 pairs and 0 new problems"
        assert said.out == (
            f"{len(BAD) + 2} lines (native-pairs): {came}; 0 labels of the file kept apart; {there} there already; "
            f"{len(BAD)} broken\n"
        )
        kept = Path("pairs.jsonl.rejects.jsonl").read_text(encoding="utf-8").splitlines()
        for (what, _, field, why), row in zip(BAD, map(json.loads, kept), strict=True):
            assert row["field"] == field and why in row["why"], (what, row["field"], row["why"])
            assert len(row["why"]) < 200 and "\n" not in row["why"], what
        assert [json.loads(row)["line"] for row in kept] == list(range(2, len(BAD) + 2))


@pytest.mark.parametrize(("what", "line", "field", "why"), BAD, ids=[one[0] for one in BAD])
def test_a_file_of_one_broken_pair_says_why_and_brings_nothing(
    command: Command, settled_in: Settings, what: str, line: bytes, field: str, why: str
) -> None:
    Path("one.jsonl").write_bytes(line)
    said = command("import", "one.jsonl", "--project", "pilot")
    assert said.code == 1 and "0 new problems; 0 labels" in said.out, what
    first, where = said.error.splitlines()
    assert first.startswith(f"one.jsonl, line 1: {field}") and why in first
    assert where == "the broken lines are in one.jsonl.rejects.jsonl"
