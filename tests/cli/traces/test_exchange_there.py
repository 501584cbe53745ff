"""Files of every kind in and out through a real server."""

import gzip
import hashlib
import json
from contextlib import closing
from pathlib import Path

import pytest
from pyarrow import parquet

from cotlab.cli.traces.trace_import import LINES_A_REQUEST
from cotlab.domain.people import Role
from cotlab.exchange.readers.jsonl import dump_line
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command
from tests.cli.datasets.test_convert import CSV, MAPPED, TEXT, rows
from tests.cli.served import running
from tests.exchange.formats.test_readers import NATIVE
from tests.support import Clock
from tests.world import people_and_project, trace


def test_files_go_through_a_server(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command("init").code == 0
    settings = Settings(database="cotlab.db")
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock())
        world.set_policy(overlap=1)
        world.add_traces(trace("a"))
        world.expert("ann").label_all(["correct", "incorrect"])
        world.join("lea", Role.EXPORTER)
        with running(str(tmp_path / "cotlab.db"), settings.key_path().absolute()) as server:
            monkeypatch.setenv("COTLAB_SERVER", server.url)
            monkeypatch.setenv("COTLAB_TOKEN", world.tokens["lea"])
            imports(command)
            exports(command)


def imports(command: Command) -> None:
    Path("in.csv").write_text(CSV)
    said = command("import", "in.csv", "--project", "pilot", *MAPPED)
    assert "2 traces with 3 steps and 2 new problems; 3 labels" in said.out, said.error
    (rejected,) = rows("in.csv.rejects.jsonl")
    assert (said.code, rejected["line"]) == (1, 5) and "in.csv, line 5: it is not a JSON object" in said.error
    Path("in.txt").write_text(TEXT)
    assert "2 traces with 4 steps" in command("import", "in.txt", "--project", "pilot", "--yes").out
    broken = dump_line({**NATIVE, "origin": "alien"})
    Path("in.jsonl.gz").write_bytes(gzip.compress(dump_line(NATIVE) + broken))
    said = command("import", "in.jsonl.gz", "--project", "pilot")
    assert said.code == 1 and "1 trace with 2 steps" in said.out
    assert json.loads(rows("in.jsonl.gz.rejects.jsonl")[0]["text"])["origin"] == "alien"
    stops(command, broken)
    blank(command)


def blank(command: Command) -> None:
    first, last = (dump_line({**NATIVE, "problem": {"text": f"Around blank lines, {text}?"}}) for text in "ab")
    Path("blank.jsonl").write_bytes(b"\n" * LINES_A_REQUEST + first + b"\n" * 3 * LINES_A_REQUEST + last + b"{\n")
    said = command("import", "blank.jsonl", "--project", "pilot")
    assert said.out.startswith("3 lines (native): 2 traces with 4 steps"), said.error
    assert f"blank.jsonl, line {4 * LINES_A_REQUEST + 3}: it is not JSON" in said.error
    Path("empty.jsonl").write_bytes(b"\n" * 5)
    said = command("import", "empty.jsonl", "--project", "pilot")
    assert said.code == 1 and "no record in the file" in said.error


def stops(command: Command, broken: bytes) -> None:
    before, after = (dump_line({**NATIVE, "problem": {"text": text}}) for text in ("What is before?", "What is after?"))
    Path("stop.jsonl").write_bytes(before + broken + after)
    said = command("import", "stop.jsonl", "--project", "pilot", "--on-error", "stop")
    assert said.code == 1 and "stop.jsonl, line 2: origin: the value should be" in said.error
    assert said.out.startswith("2 lines (native): 1 trace with 2 steps")
    said = command("import", "stop.jsonl", "--project", "pilot")
    assert "3 lines (native): 1 trace with 2 steps" in said.out and "1 there already; 1 broken" in said.out
    Path("stop.csv").write_text(CSV.replace("Why", "Whence").replace("What", "Which") + "c,d,e\n")
    said = command("import", "stop.csv", "--project", "pilot", *MAPPED, "--on-error", "stop")
    assert said.code == 1 and "stop.csv, line 5: it is not a JSON object" in said.error
    assert not Path("stop.csv.rejects.jsonl").exists()


def exports(command: Command) -> None:
    order = ("export", "--project", "pilot", "--format", "trl-stepwise", "--labels", "settled",
             "--mapping", "correctness")  # fmt: skip
    assert command(*order).code == 0
    lines = [json.loads(line) for line in Path("pilot-trl-stepwise.jsonl").read_bytes().splitlines()]
    assert [row["labels"] for row in lines] == [[True, False, True]]
    said = command(*order, "--out", "pilot.parquet")
    assert said.code == 0, said.error
    assert parquet.read_table("pilot.parquet").to_pylist() == lines
    manifest = json.loads(Path("pilot.parquet.manifest.json").read_text())
    assert manifest["sha256"] == hashlib.sha256(Path("pilot.parquet").read_bytes()).hexdigest()
    said = command("export", "--project", "pilot", "--format", "native", "--labels", "each", "--out", "n.parquet")
    assert said.code == 1 and "Parquet holds tables" in said.error
