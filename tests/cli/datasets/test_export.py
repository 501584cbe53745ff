"""What `cotlab export` says and writes where labels are stale."""

import gzip
import hashlib
import json
from contextlib import closing
from pathlib import Path

import pytest
from pyarrow import parquet

from cotlab.domain.people import Role
from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Command
from tests.services.guidelines.guideline_texts import small
from tests.support import Clock
from tests.world import people_and_project, trace

LEFT_OUT = "  left out: 1 step, after an unsettled step\n  left out: 1 step, stale\n"


@pytest.fixture
def stale(command: Command) -> None:
    """A project `law` in which one person labelled three steps; the label of the second is stale."""
    assert command("init").code == 0
    with closing(open_database(Settings(database="cotlab.db"))) as store:
        world = people_and_project(store, Clock())
        world.project = world.add_project("law", "lea")
        world.join("ann", Role.ANNOTATOR)
        world.publish(small("1.0", "initial"))
        world.set_policy(overlap=1)
        world.add_traces(trace("a"))
        world.expert("ann").label_all(["correct", "incomplete"])
        world.publish(small("1.1", affects={"labels": ["incomplete"]}))


@pytest.mark.usefixtures("stale")
@pytest.mark.parametrize(
    ("labels", "format", "more", "left_out", "values", "marked"),
    [
        ("settled", "native", (), LEFT_OUT, ["correct"], 0),
        ("settled", "native", ("--stale",), "", ["correct", "incomplete", "correct"], 1),
        ("each", "native", (), "  left out: 1 step, stale\n  left out: 1 label, stale\n", ["correct", "correct"], 0),
        ("each", "native", ("--stale",), "", ["correct", "incomplete", "correct"], 1),
        ("each", "trl-stepwise", ("--mapping", "both"), LEFT_OUT, [True], 0),
        ("each", "trl-stepwise", ("--mapping", "both", "--stale"), "", [True, False, True], 1),
    ],
)
def test_stale_labels_are_left_out_unless_they_are_let_in(
    command: Command, labels: str, format: str, more: tuple[str, ...], left_out: str, values: list[object], marked: int
) -> None:
    said = command("export", "--project", "law", "--format", format, "--labels", labels, *more)
    assert said.code == 0 and "".join(line for line in said.out.splitlines(True) if "left out" in line) == left_out
    assert ("  stale: 1 label that a newer guideline version asks for anew\n" in said.out) == bool(marked)
    row = json.loads(Path(f"law-{format}.jsonl").read_text())
    found = [label for step in row["steps"] for label in step["labels"]] if format == "native" else []
    assert [label["value"] for label in found] == values or row.get("labels") == values
    assert sum(label["stale"] for label in found) == (marked if format == "native" else 0)
    manifest = json.loads(Path(f"law-{format}.jsonl.manifest.json").read_text())
    assert (manifest["stale"], manifest["stale_labels"]) == ("--stale" in more, marked)


@pytest.mark.usefixtures("stale")
def test_an_order_with_stale_labels_is_an_event_that_says_so(command: Command) -> None:
    command("export", "--project", "law", "--format", "native", "--labels", "each", "--stale")
    assert command("audit", "export", "--project", "law", "--out", "law.audit").code == 0
    (event,) = [line for line in Path("law.audit").read_text().splitlines() if '"kind":"export.made"' in line]
    assert json.loads(event.partition(" ")[2])["data"]["stale"] is True


@pytest.mark.usefixtures("stale")
def test_a_packed_export_is_the_same_rows_and_the_manifest_is_of_its_bytes(command: Command) -> None:
    order = ("export", "--project", "law", "--format", "trl-stepwise", "--labels", "each", "--mapping", "both")
    assert command(*order).code == 0
    lines = Path("law-trl-stepwise.jsonl").read_bytes()
    for more, name in (
        (("--compress", "gzip"), "law-trl-stepwise.jsonl.gz"),
        (("--compress", "zstd"), "law-trl-stepwise.jsonl.zst"),
        (("--out", "law.parquet"), "law.parquet"),
    ):
        said = command(*order, *more)
        assert said.code == 0, said.error
        content = Path(name).read_bytes()
        manifest = json.loads(Path(f"{name}.manifest.json").read_text())
        assert manifest["sha256"] == hashlib.sha256(content).hexdigest() and manifest["bytes"] == len(content)
        assert name.endswith(manifest["packing"])
        assert command("convert", name, f"{name}.native.jsonl").code == 0, "it can be read"
        assert command(*order, *more, "--as-of", str(manifest["as_of"]), "--force").code == 0
        assert Path(name).read_bytes() == content, "the same snapshot has the same bytes"
    assert gzip.decompress(Path("law-trl-stepwise.jsonl.gz").read_bytes()) == lines
    assert parquet.read_table("law.parquet").to_pylist() == [json.loads(line) for line in lines.splitlines()]
    assert "parquet" in Path("law.parquet.load.py").read_text()


@pytest.mark.usefixtures("stale")
@pytest.mark.parametrize(
    ("more", "says"),
    [
        (
            ("--compress", "gzip", "--out", "a.jsonl"),
            "compress: a.jsonl is not the name of a file compressed with gzip",
        ),
        (("--format", "native", "--out", "a.parquet"), "Parquet holds tables, and this format is none"),
        (("--format", "sft", "--mapping", "both"), "labels: the format sft is of accepted traces"),
    ],
)
def test_a_packing_that_does_not_fit_is_refused(command: Command, more: tuple[str, ...], says: str) -> None:
    said = command("export", "--project", "law", "--labels", "each", "--format", "native", *more)
    assert said.code == 1 and says in said.error
    assert not list(Path().glob("a.*"))
