"""`cotlab convert`, and `import` and `export` of files that are no plain JSON lines."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from cotlab.exchange.readers.jsonl import dump_line
from cotlab.settings import Settings
from tests.cli.conftest import Command
from tests.exchange.formats.test_readers import NATIVE, PROCESSBENCH
from tests.exchange.formats.test_readers_of_sets import MR_BEN

TEXT = "Problem: What is 2 + 2?\n\n1. Add.\n2. So 4.\nAnswer: 4\n===\nAnd 3 + 3?\n\nStep 1: Add.\nStep 2: So 6.\n"
STEPWISE = ("--to", "trl-stepwise", "--mapping", "first-error")


@pytest.fixture
def bench() -> bytes:
    return b"".join(dump_line({**PROCESSBENCH, "id": f"gsm8k-{place}", "problem": f"P{place}"}) for place in range(3))


def rows(path: str) -> list[dict[str, Any]]:
    content = Path(path).read_bytes()
    return [json.loads(line) for line in (gzip.decompress(content) if path.endswith(".gz") else content).splitlines()]


def test_a_file_is_recognised_converted_and_told_of(command: Command, bench: bytes) -> None:
    Path("in.jsonl").write_bytes(bench)
    said = command("convert", "in.jsonl", "out.jsonl", *STEPWISE)
    assert said.code == 0, said.error
    assert said.out == (
        "in.jsonl: JSON lines, read as processbench: 3 traces with 9 steps\n"
        "  labels of ProcessBench: before first error 3, first error 3\n"
        "out.jsonl: 3 rows of trl-stepwise\n"
        "  without a label, or after such a step: 3 steps\n"
    )
    assert [row["labels"] for row in rows("out.jsonl")] == [[True, False]] * 3
    assert 'load_dataset("json", data_files="out.jsonl"' in Path("out.jsonl.load.py").read_text()
    again = command("convert", "in.jsonl", "out.jsonl", *STEPWISE)
    assert again.code == 1 and "--force replaces it" in again.error


def test_every_packing_goes_in_and_out(command: Command, bench: bytes) -> None:
    Path("in.jsonl").write_bytes(bench)
    for place, end in enumerate(("jsonl.gz", "jsonl.zst", "parquet")):
        before = ("in.jsonl", "0.jsonl.gz", "1.jsonl.zst")[place]
        told = STEPWISE if place == 0 else ("--to", "trl-stepwise", "--mapping", "booleans")
        said = command("convert", before, f"{place}.{end}", *told)
        assert said.code == 0, said.error
    assert command("convert", "2.parquet", "back.jsonl", "--to", "trl-stepwise", "--mapping", "booleans").code == 0
    assert rows("back.jsonl") == rows("0.jsonl.gz") == parquet.read_table("2.parquet").to_pylist()
    assert 'load_dataset("parquet", data_files="2.parquet"' in Path("2.parquet.load.py").read_text()


def test_a_broken_line_stops_and_writes_nothing_or_goes_to_the_rejects(command: Command, bench: bytes) -> None:
    Path("in.jsonl").write_bytes(bench.replace(b'"label":1', b'"label":99', 1))
    said = command("convert", "in.jsonl", "out.jsonl", *STEPWISE)
    assert said.code == 1 and "in.jsonl, line 1: label: 99 is no step" in said.error
    assert sorted(path.name for path in Path().iterdir()) == ["in.jsonl"]
    said = command("convert", "in.jsonl", "out.jsonl", *STEPWISE, "--on-error", "skip")
    assert said.code == 1 and "the broken lines are in out.jsonl.rejects.jsonl" in said.error
    assert len(rows("out.jsonl")) == 2
    mended = Path("out.jsonl.rejects.jsonl").read_text().replace("99", "0")
    Path("mended.jsonl").write_text(mended)
    assert command("convert", "mended.jsonl", "rest.jsonl", *STEPWISE).code == 0
    assert [row["labels"] for row in rows("rest.jsonl")] == [[False]]


@pytest.mark.parametrize("out", ["in.jsonl", "x.jsonl"])
def test_a_file_is_never_written_over_while_it_is_read(command: Command, bench: bytes, out: str) -> None:
    for name in ("in.jsonl", "x.jsonl.rejects.jsonl"):
        Path(name).write_bytes(bench)
    read = "in.jsonl" if out == "in.jsonl" else "x.jsonl.rejects.jsonl"
    said = command("convert", read, out, *STEPWISE, "--force")
    assert said.code == 1 and "would be overwritten" in said.error and Path(read).read_bytes() == bench


def test_nothing_to_write_leaves_what_was_there(command: Command) -> None:
    Path("in.jsonl").write_bytes(dump_line({"problem": {"text": "p"}, "steps": [{"text": "a"}]}))
    Path("out.jsonl").write_text("old")
    said = command("convert", "in.jsonl", "out.jsonl", "--to", "sft", "--mapping", "correctness", "--force")
    assert said.code == 1 and "no file was written" in said.error
    assert "left out: 1 item, no step has a label" in said.out and Path("out.jsonl").read_text() == "old"


def test_a_second_source_stops_all_and_what_has_no_label_is_told(command: Command) -> None:
    steps = [{"text": text, "labels": [{"source": "ann", "value": "correct", "stale": text == "b"}]} for text in "abc"]
    mine = {"problem": {"text": "p"}, "steps": steps}
    other = {"problem": {"text": "q"}, "steps": [{"text": "a", "labels": [{"source": "bob", "value": "correct"}]}]}
    Path("in.jsonl").write_bytes(dump_line(mine) + dump_line(other))
    to = ("in.jsonl", "out.jsonl", "--to", "trl-stepwise", "--mapping", "correctness")
    said = command("convert", *to, "--on-error", "skip")
    assert said.code == 1 and "labels of ann and of bob" in said.error
    assert sorted(path.name for path in Path().iterdir()) == ["in.jsonl"]
    said = command("convert", *to, "--source", "ann")
    assert said.code == 0, said.error
    assert said.out.splitlines()[-4:] == [
        "out.jsonl: 1 row of trl-stepwise",
        "  left out: 1 item, no step has a label",
        "  counts for nothing: 1 label, stale",
        "  without a label, or after such a step: 2 steps",
    ]
    assert command("convert", *to, "--source", "ann", "--stale", "--force").code == 0
    assert rows("out.jsonl")[0]["labels"] == [True] * 3


def test_a_preview_shows_the_steps_and_writes_nothing(command: Command) -> None:
    Path("in.txt").write_text(TEXT)
    shown = (
        "in.txt: plain text\nline 1, read as native: What is 2 + 2?\n    1  Add.\n    2  So 4.\n  answer  4\n"
        "line 7, read as native: And 3 + 3?\n    1  Add.\n    2  So 6.\n"
        "steps are split out of one text: numbered 1 trace, step 1 trace\n"
    )
    for arguments in (("in.txt",), ("in.txt", "out.jsonl", "--preview")):
        said = command("convert", *arguments)
        assert (said.code, said.out) == (0, shown)
    said = command("convert", "in.txt", "out.jsonl")
    assert said.code == 1 and said.out == shown and "--yes takes them so" in said.error
    assert not Path("out.jsonl").exists()
    assert command("convert", "in.txt", "out.jsonl", "--yes", "--split", "lines").code == 0
    assert [len(row["steps"]) for row in rows("out.jsonl")] == [2, 2]
    assert rows("out.jsonl")[0]["steps"][0]["text"] == "1. Add."


def test_all_splits_of_a_table_are_counted_and_asked_for(command: Command) -> None:
    rows_of_it = [f"q{place},Add. So {place}." for place in range(9)] + ['last,"1. Add.\n2. So 4."']
    Path("in.csv").write_text("\n".join(["question,worked", *rows_of_it]))
    columns = ("--columns", "problem=question,steps=worked")
    said = command("convert", "in.csv", "out.jsonl", *columns)
    assert said.code == 1 and "--yes takes them so" in said.error and not Path("out.jsonl").exists()
    assert said.out.endswith("steps are split out of one text: sentences 9 traces, numbered 1 trace\n")
    for more in ("--yes",), ("--split", "sentences"):
        assert command("convert", "in.csv", "out.jsonl", *columns, *more, "--force").code == 0
    Path("in.csv").write_text('question,worked\nq,"[""a"", ""b""]"\n')
    said = command("convert", "in.csv", "out.jsonl", *columns, "--force")
    assert said.code == 0 and "split" not in said.out, "steps that are a list need no question"


def test_the_original_file_of_a_set_goes_in_as_it_is(command: Command) -> None:
    Path("biology.json").write_text(
        json.dumps({"q-1": [MR_BEN], "q-2": [{**MR_BEN, "Question_UUID": "q-2"}]}, indent=2)
    )
    said = command("convert", "biology.json", "out.jsonl", *STEPWISE)
    assert said.code == 0 and "one JSON document, read as mr-ben: 2 traces with 6 steps" in said.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("in.jsonl", "out.jsonl", "--to", "trl-stepwise"), "mapping: is required for the format trl-stepwise"),
        (("in.jsonl", "out.parquet"), "Parquet holds tables, and this format is none"),
        (("in.jsonl", "o.jsonl", "--columns", "problem=a,steps=b,labels=c"), "source: labels of mapped columns need"),
        (("in.jsonl", "o.jsonl", "--columns", "problem=a"), "steps must be named"),
        (("in.jsonl", "o.jsonl", "--from", "gsm8k"), "line 1: it is processbench, and the file is read as gsm8k"),
    ],
)
def test_what_is_not_understood_is_one_sentence(
    command: Command, bench: bytes, arguments: tuple[str, ...], says: str
) -> None:
    Path("in.jsonl").write_bytes(bench)
    said = command("convert", *arguments)
    assert said.code == 1 and says in said.error and "Traceback" not in said.error
    assert sorted(path.name for path in Path().iterdir()) == ["in.jsonl"]


CSV = 'question,worked,marks\n"2 + 2?","1. Add.\n2. So 4.","[""ok"", ""ok""]"\n3 + 3?,So 6.,[1]\nbroken\n'
MAPPED = ("--columns", "problem=question,steps=worked,labels=marks", "--source", "a school", "--yes")


@pytest.mark.usefixtures("settled_in")
def test_import_takes_what_convert_takes(command: Command, settled_in: Settings) -> None:
    Path("in.csv").write_text(CSV)
    assert "read as columns: 2 + 2?" in command("import", "in.csv", "--project", "pilot", *MAPPED, "--preview").out
    said = command("import", "in.csv", "--project", "pilot", *MAPPED)
    assert said.code == 1 and said.out.startswith(
        "3 lines (columns): 2 traces with 3 steps and 2 new problems; 3 labels"
    )
    (rejected,) = rows("in.csv.rejects.jsonl")
    assert (rejected["line"], rejected["text"]) == (5, '["broken"]')
    again = command("import", "in.csv", "--project", "pilot", *MAPPED)
    assert "0 traces with 0 steps" in again.out and "2 there already" in again.out
    Path("in.txt").write_text(TEXT)
    assert command("import", "in.txt", "--project", "pilot").code == 1
    said = command("import", "in.txt", "--project", "pilot", "--yes")
    assert said.code == 0 and "2 traces with 4 steps" in said.out


@pytest.mark.usefixtures("settled_in")
def test_import_stops_where_it_is_told_to(command: Command) -> None:
    good, bad = dump_line(NATIVE), dump_line({**NATIVE, "origin": "alien"})
    after = dump_line({**NATIVE, "problem": {"text": "What stands after?"}})
    Path("in.jsonl.gz").write_bytes(gzip.compress(good + bad + after))
    said = command("import", "in.jsonl.gz", "--project", "pilot", "--on-error", "stop")
    assert said.code == 1 and "in.jsonl.gz, line 2: origin: the value should be" in said.error
    assert said.out.startswith("2 lines (native): 1 trace with 2 steps")
    assert not Path("in.jsonl.gz.rejects.jsonl").exists()
    said = command("import", "in.jsonl.gz", "--project", "pilot")
    assert said.code == 1 and "1 trace with" in said.out and "1 there already; 1 broken" in said.out
    mended = Path("in.jsonl.gz.rejects.jsonl").read_text().replace("alien", "human")
    Path("mended.jsonl").write_text(mended)
    said = command("import", "mended.jsonl", "--project", "pilot")
    assert said.code == 0 and "1 there already" in said.out, "the mended line is the first trace"
